// These read the built declarations. The long forms: npm run typed.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as ops from "../../src/ops/methods/ops.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { calls } from "../../tools/typed/calls.ts";
import { check } from "../../tools/typed/checked.ts";
import type { ts } from "../../tools/typed/checked.ts";
import { cost } from "../../tools/typed/cost.ts";
import { coverage } from "../../tools/typed/coverage.ts";
import { faults } from "../../tools/typed/faults.ts";

test("the shape inferred for a random call is the one that comes, or not known", { timeout: 300_000 }, () => {
  const { ran, known, wrong, refused, told } = calls(80, 7);
  expect(wrong).toEqual([]);
  expect(ran).toBeGreaterThan(20);
  expect(known).toBeGreaterThan(0.9 * ran);
  // What fails and does not compile is refused with the sentence that it raises.
  expect(refused).toBeGreaterThan(8);
  expect(told).toBeGreaterThan(0.8 * refused);
});

test("numbers that the type checker does not know are refused nowhere", { timeout: 300_000 }, () => {
  const { ran, wrong } = calls(40, 8, true);
  expect(wrong).toEqual([]);
  expect(ran).toBeGreaterThan(20);
});

test("of the tensors in a model nine in ten have a known shape", { timeout: 300_000 }, () => {
  for (const name of ["lenet", "lstm_tagger"]) {
    const { known, all, faults } = coverage(readFileSync(`test/typed/models/${name}.ts`, "utf8"));
    expect(faults).toEqual([]);
    expect(all).toBeGreaterThan(5);
    expect(known).toBeGreaterThanOrEqual(0.9 * all);
  }
});

test("every model runs", { timeout: 300_000 }, async () => {
  for (const name of readdirSync("test/typed/models"))
    expect(((await import(`./models/${name}`)) as { run: () => unknown }).run()).toBeDefined();
});

test(
  "docs/typed-shapes.md shows the faults that the type checker tells, where it tells them",
  { timeout: 300_000 },
  () => {
    const page = readFileSync("docs/typed-shapes.md", "utf8");
    const blocks = [...page.matchAll(/```ts types\n([^]*?)```/g)].map(([, code]) => code);
    expect(blocks.length).toBeGreaterThan(4);
    for (const block of blocks) {
      // A line of the form "//    ^ sentence" tells what is wrong in the line before it, above the caret.
      const lines = block.split("\n");
      const shown = lines.flatMap((line, i) => {
        const [, before, sentence] = /^( *\/\/ *)\^ (.*)$/.exec(line) ?? [];
        return sentence === undefined ? [] : [[i - 1, before.length, sentence]];
      });
      const { faults, source } = check(block);
      const said = faults.map(({ start, text }) => {
        const { line, character } = source.getLineAndCharacterOfPosition(start);
        return [line, character, /type '"(.*)"'/.exec(text)?.[1]];
      });
      expect(said).toEqual(shown);
    }
  },
);

test("what a fault raises is told of the program that was checked, after those that are passed over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  try {
    writeFileSync(
      join(folder, "sizes.ts"),
      `export function run() {
  for (const [i, n] of [3, 3, 3, 3].entries()) {
    if (n > Number("3")) throw new Error("index " + n + " is out of bounds");
    if (n < Number("3")) throw new Error("size " + i + " is " + n);
  }
}
`,
    );
    const found = await faults(folder, 4, 1);
    expect(found.map(({ raised }) => raised).sort()).toEqual([
      "size 0 is 2",
      "size 1 is 2",
      "size 2 is 2",
      "size 3 is 2",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);

test(
  "published tensors, with shapes and without, have every method that an op gives them",
  { timeout: 300_000 },
  () => {
    const { checker, source } = check(`
    import type { Tensor } from "tidu";
    import type { Tensor as Typed } from "tidu/typed";
    export type Both = [keyof Tensor & string, keyof Typed & string];`);
    const { statements } = source;
    const pair = checker.getTypeAtLocation(statements[statements.length - 1]) as ts.TypeReference;
    const [without, typed] = checker.getTypeArguments(pair).map((keys) => {
      return (keys as ts.UnionType).types.map((key) => (key as ts.StringLiteralType).value).sort();
    });
    const methods = Object.keys(ops).filter((name) => !name.startsWith("_") && name in Tensor.prototype);
    expect(methods.length).toBeGreaterThan(400);
    expect(methods.filter((name) => !without.includes(name))).toEqual([]);
    expect(typed).toEqual([...without, "shaped"].sort());
  },
);

test("a model with shapes costs the type checker no more than it was allowed", { timeout: 300_000 }, () => {
  // What a program costs is the same on every machine in this measure. In seconds: npm run typed -- cost.
  const { typed, untyped } = cost(readFileSync("test/typed/models/gpt.ts", "utf8"));
  expect(untyped.instantiations).toBeLessThan(40_000);
  expect(typed.instantiations).toBeLessThan(90_000);
  expect(typed.types).toBeLessThan(25_000);
});

test("a list of a tensor and something else does not have the type checker look at every method", () => {
  const { program } = check(
    `import type { Tensor } from "tidu";\ndeclare const x: Tensor;\nexport const pair = [x, x.shape];`,
  );
  expect(program.getInstantiationCount()).toBeLessThan(5_000);
});
