import { afterEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

/** The lines below PyTorch's sentence. */
function help(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return (error as Error).message.split("\n").slice(1).join("\n");
  }
  throw new Error("nothing was raised");
}
const leaf = (): torch.Tensor => torch.tensor([1, 2, 3], { requires_grad: true });

test("a spoiled gradient names who kept its result, who changed it, and the op without underscore", () => {
  const y = leaf().exp();
  y.mul_(2);
  const text = help(() => y.sum().backward());
  expect(text).toContain("ExpBackward0 kept its result at version 0");
  expect(text).toContain("last written to by mul_().");
  expect(text).toContain("y = x.mul(...) in place of x.mul_(...)");
});

test.each<[string, torch.Index, string]>([
  ["an element", 0, "copy_"],
  ["a slice", "0:2", "copy_"],
  ["a list of indices", [0, 2], "index_put_"],
])("a write to %s is named as the user wrote it, with the way out by torch.cat", (_name, index, op) => {
  const y = leaf().exp();
  y.index_put_([index], 5);
  const text = help(() => y.sum().backward());
  expect(text).toContain(`last written to by x[...] = y (${op}).`);
  expect(text).toContain("torch.cat");
});

test("a kept argument is told apart from a kept result", () => {
  const x = leaf();
  const factor = torch.tensor([1, 2, 3]);
  const y = x.mul(factor);
  factor.add_(1);
  expect(help(() => y.sum().backward())).toContain("MulBackward0 kept this tensor at version 0");
});

test("the ways out that the help names do work", () => {
  const x = leaf();
  const e = x.exp();
  const copied = e.clone();
  copied[0] = torch.tensor(5);
  const detached = e.detach().clone().zero_();
  const renamed = torch.cat([e.mul(2), torch.stack([e[0], e[1]])]);
  copied.sum().add(renamed.sum()).add(detached.sum()).backward();
  expect(x.grad!.div(e.detach()).tolist()).toEqual([3, 4, 3]);
});

const listen = (f: torch.WarningListener | null): void => void torch.set_warning_listener(f);
afterEach(() => listen(null));

test("under anomaly detection both places are named by file and line", () => {
  const warnings: string[] = [];
  listen((text) => warnings.push(text));
  const text = torch.autograd.detect_anomaly(() => {
    const y = leaf().exp();
    y.mul_(2);
    return help(() => y.sum().backward());
  });
  const place = (shown: string): number => Number(/spoiled\.test\.ts:(\d+):\d+/.exec(shown)![1]);
  expect(warnings.join()).toContain("Error detected in ExpBackward0.");
  expect(place(text)).toBe(place(warnings.join()) + 1);
});

test("a leaf is protected, directly and through a view, and both errors tell how to write into it", () => {
  const x = leaf();
  const direct = help(() => x.add_(1));
  const throughView = help(() => x.index_put_([2], 1));
  expect(direct).toBe(throughView);
  expect(direct).toContain("torch.no_grad(() => ...)");
  expect([x.tolist(), x._version]).toEqual([[1, 2, 3], 0]);
  torch.no_grad(() => x.index_put_([2], 1));
  expect(x.tolist()).toEqual([1, 2, 1]);
});

test.each([
  ["SGD", (p: torch.Tensor[]) => new torch.optim.SGD(p, { lr: 0.1, momentum: 0.9 })],
  ["Adam", (p: torch.Tensor[]) => new torch.optim.Adam(p)],
  ["AdamW", (p: torch.Tensor[]) => new torch.optim.AdamW(p)],
  ["RMSprop", (p: torch.Tensor[]) => new torch.optim.RMSprop(p)],
  ["Rprop", (p: torch.Tensor[]) => new torch.optim.Rprop(p)],
  ["LBFGS", (p: torch.Tensor[]) => new torch.optim.LBFGS(p)],
])("a step of %s between two backwards is named, with the ways out of that", (_name, make) => {
  const net = new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.Tanh(), new torch.nn.Linear(3, 1));
  const optimizer = make([...net.parameters()]);
  const loss = (): torch.Tensor => net(torch.ones(4, 2)).pow(2).sum();
  const [first, second] = [loss(), loss()];
  first.backward({ retain_graph: true });
  optimizer.step(() => first);
  const text = help(() => second.backward());
  expect(text).toContain("last written to by optimizer.step().");
  expect(text).toContain("call backward() of every loss that was computed with the old numbers first");
  expect(text).not.toMatch(/in place of/);
});

test("load_state_dict and an argument inplace are named as the program wrote them", () => {
  const layer = new torch.nn.Linear(2, 2);
  const x = torch.ones(2, { requires_grad: true });
  const loss = layer(x.mul(2)).sum();
  layer.load_state_dict(layer.state_dict());
  expect(help(() => loss.backward())).toContain("last written to by load_state_dict().");

  const h = leaf().exp();
  torch.nn.functional.dropout(h, { inplace: true });
  const text = help(() => h.sum().backward());
  expect(text).toContain("last written to by dropout({ inplace: true }).");
  expect(text).toContain("y = dropout(x), without inplace");
});

test("the help names no op that does not exist", () => {
  const changes: ((y: torch.Tensor) => unknown)[] = [
    (y) => y.uniform_(),
    (y) => y.normal_(),
    (y) => y.random_(),
    (y) => y.zero_(),
    (y) => y.fill_(1),
    (y) => y.copy_(torch.ones(3)),
    (y) => y.bernoulli_(),
    (y) => y.exponential_(),
    (y) => y.relu_(),
    (y) => y.clamp_({ min: 0 }),
    (y) => y.index_fill_(0, torch.tensor([0n]), 1),
    (y) => y.masked_fill_(torch.tensor([true, false, true]), 1),
  ];
  for (const change of changes) {
    const y = leaf().exp();
    torch.no_grad(() => change(y));
    const text = help(() => y.sum().backward());
    for (const [, name] of text.matchAll(/x\.(\w+)\(\.\.\.\)/g)) expect(y, text).toHaveProperty(name);
    for (const [, name] of text.matchAll(/torch\.(\w+)/g)) expect(torch, text).toHaveProperty(name);
  }
});

test("a graph that is gone is told apart by what to do for a loss and for a state", () => {
  const loss = leaf().exp().sum();
  loss.backward();
  const text = help(() => loss.backward());
  expect(text).toContain("loss.backward({ retain_graph: true })");
  expect(text).toContain("h = h.detach()");
});
