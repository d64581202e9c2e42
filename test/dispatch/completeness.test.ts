// What one adds to the library needs values recorded from PyTorch: an op has samples (gradcheck.test.ts), and these have cases.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { nn, optim } = torch;
interface Case {
  readonly kind: string;
  readonly op: string;
}
const lines = gunzipSync(readFileSync("test/recorded/conformance/cases.jsonl.gz")).toString().trimEnd().split("\n");
const cases = lines.map((line) => JSON.parse(line) as Case);
const recorded = (...kinds: string[]): string[] => cases.filter(({ kind }) => kinds.includes(kind)).map(({ op }) => op);
const schedulers = JSON.parse(readFileSync("test/recorded/schedulers.json", "utf8")) as { scheduler: string }[];

interface Layer {
  readonly name: string;
  readonly args: unknown[];
  readonly kwargs?: Record<string, unknown>;
  readonly eval?: boolean;
  readonly shape: number[];
  readonly x: number[];
  readonly sizes: number[];
  readonly y: number[];
  readonly grad: number[] | null;
}
interface Muon {
  readonly options: Record<string, unknown>;
  readonly w: number[];
  readonly steps: number[][];
}
const more = JSON.parse(readFileSync("test/recorded/layers.json", "utf8")) as { cases: Layer[]; muon: Muon[] };

type Class = abstract new (...args: never[]) => unknown;
const subclasses = (exports: object, base: unknown): string[] =>
  Object.entries(exports)
    .filter(([, value]) => typeof value === "function" && value.prototype instanceof (base as Class))
    .map(([name]) => name);
const missing = (names: readonly string[], ...known: readonly (readonly string[])[]): string[] => {
  const all = new Set(known.flat());
  return names.filter((name) => !all.has(name));
};

describe("PyTorch's values are recorded for", () => {
  const ofLayers = more.cases.map(({ name }) => name);
  test("every layer, loss and container", () => {
    const apart = [
      "RNNBase", // what RNN, GRU and LSTM have in common
      "RNNCellBase", // the same of their cells
      "ParameterList", // it computes nothing
    ];
    // Lazy layers compute what their bases do: test/nn/lazy.test.ts, test/python_front/lazy.py.
    const names = subclasses(nn, nn.Module).filter((name) => !name.startsWith("Lazy"));
    expect(names.length).toBeGreaterThan(140);
    expect(missing(names, recorded("module", "module_struct"), ofLayers)).toEqual(apart);
  });
  test("every function of nn.functional", () => {
    const apart = [
      "one_hot", // integers: test/dispatch/dtypes_taken.test.ts
      "feature_dropout", // dropout1d, dropout2d and dropout3d are it
    ];
    const ops = recorded("op").map((name) => name.split(".").at(-1)!);
    const names = Object.keys(nn.functional).filter((name) => !inPlace.includes(name));
    expect(missing(names, ops, ofLayers).filter((name) => !apart.includes(name))).toEqual([]);
  });
  const inPlace = Object.keys(nn.functional).filter((name) => name.endsWith("_"));
  test.each(inPlace)("nn.functional.%s writes what its twin gives into its input", (name) => {
    const functions = nn.functional as unknown as Record<string, (x: Tensor, ...rest: number[]) => Tensor>;
    const rest = name === "threshold_" ? [0.5, 2] : [];
    const x = torch.tensor([-2, -0.3, 0, 0.4, 3]);
    const wanted = functions[name.slice(0, -1)](x, ...rest);
    expect(functions[name](x, ...rest) === x).toBe(true);
    expect(x.tolist()).toEqual(wanted.tolist());
  });
  // Muon below, SparseAdam in test/sparse/recorded.test.ts.
  test("every optimizer", () => {
    const { cases: trained } = JSON.parse(readFileSync("test/recorded/optim.json", "utf8")) as {
      cases: { optimizer: string }[];
    };
    const names = trained.map(({ optimizer }) => optimizer);
    expect(missing(subclasses(optim, optim.Optimizer), recorded("optim"), names, ["Muon", "SparseAdam"])).toEqual([]);
  });
  test("every scheduler", () => {
    const names = Object.keys(optim.lr_scheduler).filter((name) => name !== "LRScheduler");
    expect(
      missing(
        names,
        recorded("sched"),
        schedulers.map(({ scheduler }) => scheduler),
      ),
    ).toEqual([]);
  });
});

type Make = new (...args: unknown[]) => torch.nn.Module & ((x: Tensor) => Tensor);
type Call = (...args: unknown[]) => Tensor | [Tensor, Tensor];
const close = (t: Tensor, sizes: readonly number[], wanted: readonly number[]): void => {
  expect([...t.shape]).toEqual([...sizes]);
  expect(
    torch.allclose(t.double(), torch.tensor(wanted, { dtype: torch.float64 }).reshape(sizes), { rtol: 1e-6 }),
  ).toBe(true);
};
describe("what is recorded beside the operators' cases", () => {
  for (const [i, c] of more.cases.entries())
    test(`${c.name} ${i} gives what PyTorch gave`, () => {
      const x = torch.tensor(c.x, { dtype: torch.float64 }).reshape(c.shape).detach().requires_grad_();
      torch.manual_seed(3);
      let y: Tensor | [Tensor, Tensor];
      if (c.name in nn) {
        const layer = new (nn as unknown as Record<string, Make>)[c.name](...c.args, c.kwargs ?? {});
        layer.train(c.eval !== true);
        y = layer(x);
      } else y = (nn.functional as unknown as Record<string, Call>)[c.name](x, ...c.args, c.kwargs ?? {});
      if (!(y instanceof torch.Tensor)) [y] = y;
      close(y, c.sizes, c.y);
      if (c.grad === null) return;
      y.pow(2).sum().backward();
      close(x.grad!, c.shape, c.grad);
    });
  for (const [i, { options, w, steps }] of more.muon.entries())
    test(`Muon ${i} goes where PyTorch's went`, () => {
      const weight = torch.tensor(w).reshape(3, 4).detach().requires_grad_();
      const optimizer = new optim.Muon([weight], options);
      for (const step of steps) {
        optimizer.zero_grad();
        weight.sin().mul(weight).sum().backward();
        optimizer.step();
        const wanted = torch.tensor(step).reshape(3, 4);
        // Its products are rounded to bfloat16, whose sums depend on their order.
        expect(torch.allclose(weight, wanted, { atol: 2e-3 })).toBe(true);
      }
    });
});
