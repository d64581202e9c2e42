// What slips from the fingers of who comes from Python, and what an attack tried: each gets a sentence, and nothing changes.
import * as torch from "tidu";
import { show } from "./show.ts";

const { nn } = torch;
const F = nn.functional;
const t = torch as unknown as Record<string, (...given: unknown[]) => unknown>;
const loose = (x: unknown): never => x as never;

// JavaScript's operators and brackets
const a = torch.tensor([1, 2]);
show(() => loose(a) + 1);
show(() => Number(loose(a)) * 2);
show(() => {
  let loss = loose(0);
  loss = loose(loss + loose(a));
  return loss;
});
const one = torch.ones(1);
show(() => one[loose(loose(one) > 0)]);
show(() => {
  (one as unknown as Record<string, unknown>)[String(loose(one) > 0)] = 5;
  return one;
});
for (const key of ["1:", "0,1", ":", "-1"]) show(() => (torch.arange(4) as unknown as Record<string, unknown>)[key]);
// values that are no values, lists that contain themselves, huge and odd texts
const cyclic: unknown[] = [];
cyclic.push(cyclic);
show(() => t.tensor(cyclic));
show(() => a.add(loose(undefined)));
show(() => torch.arange(5).index([`${" ".repeat(200_000)}x`]).shape);
show(() => F.pad(torch.ones(2, 2), [1, 1], { mode: loose("hasOwnProperty") }));
show(() => torch.linspace(0, 1, 1e15));
show(() => torch.ones(2).norm(loose("foo")));
// names of JavaScript's own objects
const model = new nn.Sequential(new nn.Linear(1, 1));
for (const name of ["__proto__", "constructor", "toString"]) {
  show(() => model.set_submodule(name, new nn.ReLU()));
  show(() => model.get_submodule(name));
}
show(() => torch.save({ x: torch.ones(1) }, loose(5)));
// what does not leave its thread
show(() => structuredClone(a));
// devices that are not there
for (const device of ["cuda", "cuda:1", "nonsense", "webgpu:x"])
  for (const make of [
    () => torch.zeros(2, { device }),
    () => torch.rand(2, { device }),
    () => torch.tensor([1], { device }),
    () => torch.arange(3, { device }),
    () => new nn.Linear(1, 1, { device }),
    () => torch.ones(2).to(device),
    () => torch.ones(2).new_zeros([2], { device }),
    () => new nn.Linear(1, 1).to(device),
  ])
    show(make);
// names of ops in their errors
show(() => torch.triu(torch.ones(3)));
show(() => torch.zeros(3).scatter(0, torch.tensor([0.5]), 1));
// a step between two backwards is named
show(() => {
  const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Tanh(), new nn.Linear(2, 1));
  const step = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  const loss = net(torch.ones(1, 2)).sum();
  loss.backward({ retain_graph: true });
  step.step();
  try {
    loss.backward();
  } catch (error) {
    return (error as Error).message.split("\n").find((line) => line.includes("last written to by"));
  }
  return "no error";
});
// modes and functions that lose their context
const waiting = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
const first = torch.no_grad(async () => {
  await waiting();
});
const second = torch.no_grad(async () => {
  await waiting();
  await waiting();
});
show(() => torch.is_grad_enabled());
await Promise.all([first, second]);
show(() => torch.is_grad_enabled());
class Double extends torch.autograd.Function {
  static override forward(_ctx: unknown, x: torch.Tensor): torch.Tensor {
    return x.mul(2);
  }
}
const { apply } = Double;
show(() => (apply as (x: torch.Tensor) => unknown)(torch.ones(2)));
