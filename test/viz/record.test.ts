// record: what a run knows, within its memory; and playing it again.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { record, where_from } from "../../src/viz/index.ts";
import type { Figures } from "../../src/viz/values.ts";

test("steps are in order, with lines, versions and the nodes of the backward pass", () => {
  const w = torch.ones(2, { requires_grad: true });
  const run = record(() => {
    const y = w.mul(3);
    y.add_(1);
    y.sum().backward();
  });
  expect(run.steps.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "op mul",
    "op add_",
    "op sum",
    "backward backward",
    "node SumBackward0",
    "node AddBackward0",
    "node MulBackward0",
    "node AccumulateGrad",
  ]);
  for (const { kind, line } of run.steps.slice(0, 4)) expect(line, kind).toMatch(/record\.test\.ts:\d+$/);
  expect(run.steps[1].outputs[0]!.version).toBe(1);
  expect(run.steps[6].of).toBe(0);
  expect(run.at(7).outputs[0]).toMatchObject({ shape: [2], numbers: [3, 3] });
  expect(run.steps[1].saved).toEqual([]);
});
test("training with draws, steps in place, optimizers and second passes is played again bit for bit", () => {
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.5), new nn.Linear(8, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const run = record(() => {
    for (let i = 0; i < 3; i++) {
      const x = torch.randn(5, 4).requires_grad_();
      const loss = model(x).pow(2).mean();
      optimizer.zero_grad();
      loss.backward({ retain_graph: true });
      optimizer.step();
      torch.autograd.grad(model(x).sum(), x)[0].detach().mul_(2);
    }
  });
  const { same, compared, differs } = run.replay();
  expect({ same, differs }).toEqual({ same: true, differs: null });
  expect(compared).toBeGreaterThan(50);
});
test("a replay that gives another bit says at which step", () => {
  const w = torch.ones(2, { requires_grad: true });
  const run = record(() => void w.mul(3).sum());
  const [[, value]] = run.steps[0].outputs[0]!.tensor.values.all();
  (value.figures as { digest: number }).digest++;
  expect(run.replay()).toMatchObject({ same: false, differs: { name: "mul" } });
});
test("a run tells the graph of each pass with its steps, ends at its limit, and names parameters", () => {
  const model = new nn.Sequential(new nn.Linear(2, 1));
  const run = record(
    () => {
      for (let i = 0; i < 3; i++) model(torch.ones(1, 2)).sum().backward();
    },
    { graphs: true, steps: 16 },
  );
  const passes = run.steps.filter(({ kind }) => kind === "backward").map(({ index }) => index);
  expect(run.graphs().map(({ pass }) => pass)).toEqual(passes);
  expect(run.steps.length).toBeLessThan(30);
  expect(passes.length).toBe(2);
  const [{ graph }] = run.graphs(1);
  expect(
    graph.boxes
      .filter(({ kind }) => kind === "leaf")
      .map(({ title }) => title)
      .sort(),
  ).toEqual(["0.bias", "0.weight"]);
  for (const { kind, node, step, title } of graph.boxes) {
    if (kind === "op") expect(run.steps[step].kind, title).toBe("op");
    if (kind !== "output")
      expect(
        run.steps.some((s) => s.kind === "node" && s.node === node),
        title,
      ).toBe(true);
  }
});
test("elements are kept within the memory that is allowed, digests of all", () => {
  const x = torch.ones(1000);
  const run = record(
    () => {
      for (let i = 0; i < 10; i++) x.add(i);
    },
    { memory: 12_000 },
  );
  const values = run.steps.map(({ outputs }) => outputs[0]!.tensor.values.all()[0][1]);
  expect(values.every(({ figures }) => figures !== null)).toBe(true);
  expect(values.filter(({ elements }) => elements !== null).length).toBeLessThan(4);
});
test("figures are those of the elements, for every sign, for views and for halves", () => {
  for (const x of [
    torch.tensor([
      [-1, 2, 0],
      [4, -5, 0.5],
    ]),
    torch.tensor([-3, -2]),
    torch.tensor([3, 2]),
    torch
      .tensor([
        [-1, 2, 0],
        [4, -5, 0.5],
      ])
      .t(),
    torch.tensor([NaN, 1, -Infinity]),
    torch.tensor([1.5, -2], { dtype: torch.float16 }),
    torch.tensor([1n, -2n, 0n]),
  ]) {
    const run = record(() => void x.clone());
    const [[, { figures }]] = run.steps[0].inputs[0]!.tensor.values.all();
    const all = (x.flatten().tolist() as unknown[]).map(Number);
    const numbers = all.filter((v) => !Number.isNaN(v));
    expect(figures).toMatchObject({
      min: Math.min(...numbers),
      max: Math.max(...numbers),
      zeros: all.filter((v) => v === 0).length,
      nans: all.length - numbers.length,
      count: all.length,
    });
  }
});
test.each([700, 7000])("figures of %i elements are those of the elements, and any change has another digest", (n) => {
  const elements = torch.randn(n).typed_array()!.slice() as Float32Array;
  const words = new Int32Array(elements.buffer);
  const flip = (at: number, bit: number): void => void (words[at] ^= 1 << bit);
  const told = (): Figures => {
    const x = torch.tensor(elements).view(n / 100, 100);
    const run = record(() => void x.clone());
    return run.steps[0].inputs[0]!.tensor.values.all()[0][1].figures!;
  };
  const check = (): void => {
    const numbers = elements.filter((v) => !Number.isNaN(v));
    const zeros = numbers.filter((v) => v === 0).length;
    const [min, max] = numbers.length === 0 ? [Infinity, -Infinity] : [Math.min(...numbers), Math.max(...numbers)];
    expect(told()).toMatchObject({ min, max, zeros, nans: n - numbers.length, count: n });
  };
  check();
  const { digest } = told();
  const digests = new Set([digest]);
  // Of many, those in the first row, at its end, in the middle, in the last row and behind the rows; of fractions, exponents and signs.
  const places = [0, 1023, 3000, 6143, 6144, 6999].map((at) => at % n);
  const bits = [0, 7, 15, 16, 22, 23, 30, 31];
  for (const at of places)
    for (const bit of bits) {
      flip(at, bit);
      digests.add(told().digest);
      flip(at, bit);
    }
  expect(digests.size).toBe(1 + places.length * bits.length);
  // Two at once, whose changes could cancel.
  for (let at = 0; at < 200; at++)
    for (const bit of [15, 23, 31]) {
      for (const k of [at, at + 300]) flip(k, bit);
      expect(told().digest, `${at}, bit ${bit}`).not.toBe(digest);
      for (const k of [at, at + 300]) flip(k, bit);
    }
  expect(told().digest).toBe(digest);
  for (const k of [7, 300, n - 2]) elements[k] = k === 300 ? -0 : 0;
  check();
  const kept = elements.slice();
  for (const sign of [1, -1]) {
    for (let i = 0; i < n; i++) elements[i] = sign * (Math.abs(kept[i]) + 0.25);
    check();
  }
  elements.set(kept);
  for (const k of [5, 200, n - 1]) words[k] = k === 200 ? -1 : 0x7fc00000;
  check();
  elements.fill(NaN);
  check();
});
test("changes of high bits, of NaNs and of whole numbers, have digests of their own, and two do not cancel", () => {
  const told = (x: torch.Tensor): number => {
    const run = record(() => void x.clone());
    return run.steps[0].inputs[0]!.tensor.values.all().at(-1)![1].figures!.digest;
  };
  const whole = torch.arange(700).to(torch.int32);
  for (const x of [whole, torch.full([700], NaN)]) {
    const words = x.view(torch.int32);
    const digests = new Set([told(x)]);
    const flip = (at: number, bit: number): void => void words[at].bitwise_xor_(1 << bit);
    for (const bit of [30, 31])
      for (let at = 0; at < 40; at++) {
        flip(at, bit);
        digests.add(told(x));
        flip(at + 4, bit);
        digests.add(told(x));
        for (const k of [at, at + 4]) flip(k, bit);
      }
    expect(digests.size).toBe(161);
  }
});
test("bits that are seen as another dtype have figures of their own", () => {
  const x = torch.tensor([1, 2, 3]).float();
  const run = record(() => x.mul(1).view(torch.int32).add(0));
  const views = run.steps.find(({ name }) => name === "add")!.inputs[0]!.tensor.values.all();
  expect(views.map(([, { figures }]) => [figures?.min, figures?.max])).toEqual([[0x3f800000, 0x40400000]]);
});
test("where_from tells the line that made a tensor, and nothing is watched after a recording, failed or not", () => {
  let x = torch.zeros(1);
  record(() => (x = torch.ones(2)));
  expect(where_from(x)).toMatch(/record\.test\.ts:\d+$/);
  expect(() => record(() => torch.ones(2).matmul(torch.ones(3)))).toThrow();
  expect(where_from(torch.ones(2))).toBe("");
  const run = record();
  expect(() => record()).toThrow("a profiler or another recording watches already");
  run.stop();
});
test("a recording holds none of the tensors that it saw, within one turn of the program either", () => {
  const loop = (): void => {
    for (let i = 0; i < 200; i++)
      torch
        .ones(2 ** 18)
        .requires_grad_()
        .mul(2)
        .sum()
        .backward();
  };
  loop();
  const before = torch.cpu.memory_stats()["reserved_bytes.all.current"];
  const run = record(loop, { memory: 0 });
  expect(run.steps.length).toBeGreaterThan(1000);
  // 200 rounds of three megabytes each.
  expect(torch.cpu.memory_stats()["reserved_bytes.all.current"] - before).toBeLessThan(100e6);
});
test("what runs within a layer or a loop of the library's is at the line that called it, what the program runs there at its own", () => {
  class Doubled extends nn.Module {
    override forward(x: torch.Tensor): torch.Tensor {
      return x.mul(2);
    }
  }
  const scaled = new nn.Linear(2, 2);
  scaled.register_forward_hook((_module, _args, output) => (output as torch.Tensor).mul(3));
  const model = new nn.Sequential(new nn.Linear(2, 2), new Doubled(), new nn.ReLU(), scaled, new nn.Tanh());
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const run = record(() => {
    model(torch.ones(1, 2)).sum().backward();
    optimizer.zero_grad();
    torch.ones(1).exp();
  });
  const at = (name: string): number => Number(/:(\d+)$/.exec(run.steps.find((step) => step.name === name)!.line)![1]);
  const called = at("backward");
  const all = run.steps.filter(({ kind, name }) => kind === "op" && /^(linear|relu|tanh|sum)$/.test(name));
  expect(all.map(({ name }) => name)).toEqual(["linear", "relu", "linear", "tanh", "sum"]);
  for (const { line, name } of all) expect(line, name).toBe(run.steps.find((step) => step.name === "backward")!.line);
  expect(new Set(run.steps.filter(({ name }) => name === "grad=").map(({ line }) => line)).size).toBe(1);
  expect([at("grad="), at("exp")]).toEqual([called + 1, called + 2]);
  const own = run.steps.filter(({ name }) => name === "mul").map(({ line }) => Number(/:(\d+)$/.exec(line)![1]));
  expect(own.map((line) => line - called)).toEqual([-8, -4]);
});
