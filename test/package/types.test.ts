import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { SignatureOf } from "../../src/dispatch/declare.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Unlabelled } from "../../src/dispatch/signature.ts";
import type * as ops from "../../src/ops/index.ts";

test("every op whose first argument is self is a method, unless its name begins with _", () => {
  const isSelf = (f: unknown): boolean => registry.get(f)?.schema.args[0]?.name === "self";
  const expected = Object.keys(torch).filter((name) => isSelf((torch as Record<string, unknown>)[name]));
  const methods = Object.getOwnPropertyNames(Tensor.prototype);
  expect(expected.filter((name) => !name.startsWith("_") && !methods.includes(name))).toEqual([]);
  const own = [...registry.values()].map((e) => e.schema.name).filter((name) => name.startsWith("_"));
  expect(methods.filter((name) => own.includes(name))).toEqual([]);
});

test("every argument that can be given by place has a label for editors to show", () => {
  type Missing = Unlabelled<SignatureOf<(typeof ops)[keyof typeof ops]>>;
  const none: [Missing] extends [never] ? true : Missing = true;
  expect(none).toBe(true);
});

test("so has every argument of a constructor, and of a function that is no op", () => {
  const text = readFileSync("src/dispatch/labels.ts", "utf8");
  const labels = new Set([...text.matchAll(/^ {2}(\w+): \[\1_?: T\];$/gm)].map(([, name]) => name));
  const missing: string[] = [];
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")))
    for (const [, args] of readFileSync(`src/${file}`, "utf8").matchAll(/"[\w.]+\(([^"]*)\) -> [^"]+"/g)) {
      const byPlace = args.replace(/(^|, )\*.*$/, "").split(", ");
      for (const [, name] of byPlace.map((arg) => /^\S+ (\w+)/.exec(arg) ?? []))
        if (name !== undefined && !labels.has(name)) missing.push(`${file}: ${name}`);
    }
  expect(labels.size).toBeGreaterThan(300);
  expect(missing).toEqual([]);
});

test("wrong calls do not compile", () => {
  const x = torch.ones(2, 3);
  const wrong = (): void => {
    // @ts-expect-error keepdim is a boolean
    x.sum(1, "yes");
    // @ts-expect-error no such argument
    x.sum({ dims: 1 });
    // @ts-expect-error other is missing
    x.mul();
    // @ts-expect-error a number is no tensor
    torch.exp(3);
    // @ts-expect-error a factory is no method
    x.full([2], 1);
    // @ts-expect-error in_features is missing
    new torch.nn.Linear();
    // @ts-expect-error bias is a boolean
    new torch.nn.Linear(1, 2, { bias: 3 });
    // @ts-expect-error forward takes one tensor
    new torch.nn.Linear(1, 2)(x, x);
  };
  expect(wrong).toBeTypeOf("function");
});

test("calls take arguments by place, then from some place on by name", () => {
  const x = torch.arange(6).float().reshape(2, 3);
  for (const y of [
    x.sum(1, true),
    x.sum({ dim: 1, keepdim: true }),
    x.sum(1, { keepdim: true }),
    torch.sum(x, [1], true),
  ])
    expect(y.tolist()).toEqual([[3], [12]]);
  expect(x.view(3, 2).tolist()).toEqual(x.view([3, 2]).tolist());
  expect(torch.zeros(2, 3, { dtype: torch.int64 }).dtype).toBe(torch.int64);
  const { values, indices } = x.max(0);
  const [v, i] = torch.max(x, { dim: 0 });
  expect([values.tolist(), indices.tolist()]).toEqual([v.tolist(), i.tolist()]);
});

test("making a tensor never walks up to the proxy behind x[i]", () => {
  // The proxy sits above Tensor.prototype; an undeclared field set in the constructor would reach its trap.
  const own = new Set(Object.keys(torch.ones(1)));
  const t = torch.ones(1, { requires_grad: true }).mul(2);
  t.sum().backward();
  expect(Object.keys(t).filter((k) => !own.has(k))).toEqual([]);
});
