// Note [Moving out] in src/devices/memory/memory.ts: what the memory has no room for lies elsewhere until it is used.
import { moving } from "./restless.ts";
import { describe, expect, test } from "vitest";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { getDevice } from "../../src/devices/registry.ts";
import { registry } from "../../src/dispatch/declare.ts";
import * as torch from "../../src/index.ts";
import { nn, optim, Tensor } from "../../src/index.ts";
import { samples } from "../samples/index.ts";

const device = getDevice("cpu") as CpuDevice;

/** What came of a call and of its gradients, as text that tells every bit. */
function resultsOf(make: () => readonly unknown[], call: (...args: readonly unknown[]) => unknown): string {
  torch.manual_seed(1);
  const told: unknown[] = [];
  const tell = (x: unknown): void => {
    if (x instanceof Tensor) told.push(x.dtype.toString(), [...x.shape], Array.from(bytesOf(x)));
    else if (Array.isArray(x)) x.forEach(tell);
    else told.push(x);
  };
  const args = make();
  const leaves: Tensor[] = [];
  const collect = (x: unknown): void => {
    if (Array.isArray(x)) x.forEach(collect);
    else if (x instanceof Tensor && x.requires_grad && x.is_leaf) leaves.push(x);
  };
  collect(args);
  const results = call(...args);
  tell(results);
  for (const result of Array.isArray(results) ? results : [results])
    if (result instanceof Tensor && result.requires_grad && leaves.length > 0) {
      const grads = torch.autograd.grad([result], leaves, [torch.ones_like(result).mul(0.7)], {
        allow_unused: true,
        retain_graph: true,
      });
      tell(grads);
    }
  tell(args);
  return JSON.stringify(told, (_, x: unknown) => (typeof x === "bigint" ? `${x}n` : x));
}
const bytesOf = (x: Tensor): Uint8Array => {
  const values = x.detach().resolve_conj().typed_array();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
};
describe("with every block moved out at every allocation, the bits are the same", () => {
  for (const [call, { schema }] of registry)
    for (const [i] of (samples[schema.name]?.() ?? []).entries())
      test(`of ${schema.name} ${i}`, () => {
        const run = (): string => resultsOf(() => samples[schema.name]()[i], call as never);
        const still = run();
        const { movedOut, broughtBack } = device.memory.stats();
        expect(moving(run)).toBe(still);
        const after = device.memory.stats();
        expect(after.movedOut).toBeGreaterThan(movedOut);
        expect(after.broughtBack).toBeGreaterThan(broughtBack);
      });
});

describe("with every block moved out at every allocation", () => {
  /** What a few steps of training come to. */
  const trained = (make: () => nn.Module, x: Tensor, Optimizer: typeof optim.Adam | typeof optim.SGD): string => {
    torch.manual_seed(3);
    const model = make();
    const optimizer = new Optimizer(model.parameters(), { lr: 0.01 });
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) {
      let y = model.forward(x as never) as Tensor | readonly Tensor[];
      while (!(y instanceof Tensor)) [y] = y;
      const loss = y.square().mean();
      optimizer.zero_grad();
      loss.backward();
      nn.utils.clip_grad_norm_(model.parameters(), 1);
      optimizer.step();
      losses.push(loss.item());
    }
    return JSON.stringify([losses, [...model.parameters()].map((p) => p.tolist())]);
  };
  class Residual extends nn.Module {
    first = new nn.Conv2d(2, 8, 3, { padding: 1 });
    second = new nn.Conv2d(8, 8, 3, { padding: 1, groups: 8 });
    norm = new nn.BatchNorm2d(8);
    pool = new nn.MaxPool2d(2);
    out = new nn.Linear(8, 3);
    override forward(x: Tensor): Tensor {
      const h = nn.functional.relu(this.first.forward(x));
      const more = this.pool.forward(h.add(this.norm.forward(this.second.forward(h))));
      return this.out.forward(more.mean([2, 3]));
    }
  }
  const images = torch.randn(5, 2, 8, 8);
  const rows = torch.randn(4, 6, 16);
  const models: Record<string, [() => nn.Module, Tensor, typeof optim.Adam | typeof optim.SGD]> = {
    "a residual block": [() => new Residual(), images, optim.Adam],
    "an LSTM": [() => new nn.LSTM(16, 8, { num_layers: 2, bidirectional: true }), rows, optim.SGD],
    "a GRU": [() => new nn.GRU(16, 8), rows, optim.Adam],
    "a transformer layer": [() => new nn.TransformerEncoderLayer(16, 4, 32, { dropout: 0.1 }), rows, optim.Adam],
    "layers in a row": [
      () => new nn.Sequential(new nn.Linear(16, 32), new nn.LayerNorm(32), new nn.GELU(), new nn.Linear(32, 2)),
      rows,
      optim.SGD,
    ],
  };
  for (const [name, [make, x, Optimizer]] of Object.entries(models))
    test(`${name} is trained to the same bits`, () => {
      const still = trained(make, x, Optimizer);
      expect(moving(() => trained(make, x, Optimizer))).toBe(still);
    });
});
