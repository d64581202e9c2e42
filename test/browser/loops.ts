// Programs that never, or seldom, let the engine tell them which tensors are dead; and a page and its worker that run them.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice, registerDevice } from "../../src/devices/registry.ts";

const F = nn.functional;

class Net extends nn.Module {
  first: nn.Linear;
  second: nn.Linear;
  constructor(hidden: number) {
    super();
    this.first = new nn.Linear(784, hidden);
    this.second = new nn.Linear(hidden, 10);
  }
  override forward(x: Tensor): Tensor {
    return this.second.forward(F.relu(this.first.forward(x)));
  }
}
class Residual extends nn.Module {
  first = new nn.Conv2d(1, 16, 3, { padding: 1 });
  second = new nn.Conv2d(16, 16, 3, { padding: 1 });
  out = new nn.Linear(16, 10);
  override forward(x: Tensor): Tensor {
    let h = F.relu(this.first.forward(x));
    h = h.add(F.relu(this.second.forward(h)));
    return this.out.forward(h.mean([2, 3]));
  }
}
function train(model: nn.Module, x: Tensor, rounds: number): number {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const y = torch.arange(x.shape[0]).remainder(10);
  let last = NaN;
  for (let i = 0; i < rounds; i++) {
    const loss = F.cross_entropy(model.forward(x as never) as Tensor, y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    if (i === rounds - 1) last = loss.item();
  }
  return last;
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What each gives, whatever the memory does, for so many rounds with tensors so much smaller than usual on a side. */
export const programs: Readonly<Record<string, (rounds: number, side: number) => number | Promise<number>>> = {
  "a product, again and again": (rounds, side) => {
    const x = torch.ones(1024 / side, 1024 / side);
    let y = x;
    for (let i = 0; i < rounds; i++) y = x.mul(1.01);
    return y.mean().item();
  },
  "a product of the last, under no_grad": (rounds, side) =>
    torch.no_grad(() => {
      let y = torch.ones(1024 / side, 1024 / side);
      for (let i = 0; i < rounds; i++) y = y.mul(1.0001);
      return y.mean().item();
    }),
  "a product, with a timer every tenth round": async (rounds, side) => {
    const x = torch.ones(1024 / side, 1024 / side);
    let y = x;
    for (let i = 0; i < rounds; i++) {
      y = x.mul(1.01);
      if (i % 10 === 0) await turn();
    }
    return y.mean().item();
  },
  "training of a module": (rounds, side) => train(new Net(512 / side), torch.randn(256 / side, 784), rounds),
  "training of a residual block": (rounds, side) => train(new Residual(), torch.randn(64 / side, 1, 28, 28), rounds),
  "training of two matrices by hand": (rounds, side) => {
    const [n, hidden] = [256 / side, 512 / side];
    const x = torch.randn(n, 784);
    const y = torch.arange(n).remainder(10);
    const [a, b] = [torch.randn(784, hidden).mul(0.05), torch.randn(hidden, 10).mul(0.05)];
    for (const w of [a, b]) w.requires_grad_();
    let last = NaN;
    for (let i = 0; i < rounds; i++) {
      const loss = F.cross_entropy(F.relu(x.matmul(a)).matmul(b), y);
      loss.backward();
      torch.no_grad(() => {
        for (const w of [a, b]) {
          w.sub_(w.grad!.mul(0.01));
          w.grad = null;
        }
      });
      if (i === rounds - 1) last = loss.item();
    }
    return last;
  },
  "evaluation of a module": (rounds, side) => {
    const model = new Net(512 / side);
    model.eval();
    const x = torch.randn(1024 / side, 784);
    return torch.no_grad(() => {
      let last = NaN;
      for (let i = 0; i < rounds; i++) last = model.forward(x).mean().item();
      return last;
    });
  },
  "keeping some, using them now and then": (rounds, side) => {
    const kept: [Tensor, filledWith: number][] = [];
    let wrong = 0;
    for (let i = 0; i < rounds; i++) {
      const y = torch.full([1024 / side, 1024 / side], i);
      if (i % 50 === 0) kept.push([y, i]);
      if (i % 70 === 0) for (const [t, value] of kept) if (t.sub(value).abs().max().item() !== 0) wrong++;
      if (kept.length > 8) kept.length = 0;
    }
    return wrong;
  },
};

export interface Ran {
  readonly value: number;
  readonly milliseconds: number;
  readonly reserved: number;
  readonly movedOut: number;
}
export async function run(name: string, rounds: number, side: number): Promise<Ran> {
  torch.manual_seed(0);
  const start = performance.now();
  const value = await programs[name](rounds, side);
  const { reserved, movedOut } = currentDevice().memoryStats();
  return { value, milliseconds: performance.now() - start, reserved, movedOut };
}
export type Report = Record<string, Ran | string>;
/** All programs, or those named; an error as its text. */
export async function runAll(rounds: number, side: number, names = Object.keys(programs)): Promise<Report> {
  const report: Report = {};
  for (const name of names) report[name] = await run(name, rounds, side).catch(String);
  return report;
}

export interface Wish {
  readonly rounds: number;
  readonly side: number;
  readonly names?: string[];
  /** In the page or in a worker of it; in both unless told. */
  readonly where?: "page" | "worker";
  /** Bytes that the memory may have, if not as many as usual. */
  readonly most?: number;
}
/** What a page is asked for behind the # of its address, or a worker of its script's. */
export function wish(): Wish {
  return JSON.parse(decodeURIComponent(globalThis.location.hash.slice(1))) as Wish;
}
export function limit({ most }: Wish): void {
  if (most !== undefined)
    registerDevice("cpu", () => new CpuDevice({ maximumBytes: most, resident: most / 4, liveness: "finalizer" }));
}
