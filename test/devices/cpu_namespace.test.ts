import { expect, test } from "vitest";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";

const MIB = 2 ** 20;

test("memory_allocated is what tensors hold: dead ones, views and freed temporaries do not count", () => {
  const before = torch.cpu.memory_allocated();
  const held = torch.zeros(MIB / 4);
  const view = held.view([2, -1]);
  for (let i = 0; i < 10; i++) held.add(1);
  expect(torch.cpu.memory_allocated() - before).toBe(MIB);
  expect(view.sizes).toEqual([2, MIB / 8]);
});

test("the peak is the most at once, and can start anew", () => {
  torch.cpu.reset_peak_memory_stats();
  const before = torch.cpu.memory_allocated();
  expect(torch.cpu.max_memory_allocated()).toBe(before);
  const four = Array.from({ length: 4 }, () => torch.zeros(MIB / 4));
  expect(four.length).toBe(4);
  expect(torch.cpu.max_memory_allocated() - before).toBe(4 * MIB);
  four.length = 0;
  expect(torch.cpu.max_memory_allocated() - before).toBe(4 * MIB);
  torch.cpu.reset_peak_memory_stats();
  expect(torch.cpu.max_memory_allocated() - before).toBe(0);
});

test("memory_stats adds up, under the names of torch.cuda.memory_stats", () => {
  const before = torch.cpu.memory_stats();
  const held = torch.ones(1000, { dtype: torch.float64 });
  const after = torch.cpu.memory_stats();
  expect(after["allocated_bytes.all.current"] - before["allocated_bytes.all.current"]).toBe(held.storage.block.nbytes);
  expect(after["allocation.all.allocated"]).toBeGreaterThan(before["allocation.all.allocated"]);
  expect(after["num_sweeps"]).toBe(before["num_sweeps"] + 1);
  for (const stats of [before, after]) {
    expect(stats["allocated_bytes.all.allocated"] - stats["allocated_bytes.all.freed"]).toBe(
      stats["allocated_bytes.all.current"],
    );
    expect(stats["allocated_bytes.all.peak"]).toBeGreaterThanOrEqual(stats["allocated_bytes.all.current"]);
    expect(stats["reserved_bytes.all.current"]).toBe(torch.cpu.memory_reserved());
  }
});

test("an op written with ops leaves nothing but its result and what is saved, and nobody need look for the rest", () => {
  const [x, w] = [torch.randn(64, 256), torch.randn(256)];
  const bytes = 4 * 64 * 256;
  const asked = (body: () => torch.Tensor): number => {
    const { memory } = currentDevice() as CpuDevice;
    const held = (): number => memory.stats().live + memory.stats().swept;
    const before = held();
    const result = body();
    expect(result.numel()).toBe(64 * 256);
    return held() - before;
  };
  const norm = (): torch.Tensor => torch.nn.functional.rms_norm(x, [256], w);
  expect(asked(norm)).toBe(bytes);
  expect(asked(() => torch.logaddexp(x, x).sub(1).hypot(x).add(w))).toBe(4 * bytes);
  w.requires_grad_(true);
  const y = norm();
  // Saved are two numbers for each row.
  expect(asked(norm)).toBe(bytes + 2 * 4 * 64);
  expect(torch.autograd.grad(y.sum(), w)[0].allclose(torch.autograd.grad(norm().sum(), w)[0])).toBe(true);
});

test("a training step leaves nothing behind but what is held", () => {
  torch.manual_seed(0);
  const model = new torch.nn.Sequential(new torch.nn.Linear(64, 64), new torch.nn.ReLU(), new torch.nn.Linear(64, 10));
  const optimizer = new torch.optim.Adam(model.parameters());
  const [x, y] = [torch.randn(32, 64), torch.randint(0, 10, [32])];
  const step = (): void => {
    const loss = torch.nn.functional.cross_entropy(model(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  step();
  const before = torch.cpu.memory_allocated();
  for (let i = 0; i < 50; i++) step();
  // A page of 16 KiB counts whole as long as one of the small tensors in it lives.
  expect(torch.cpu.memory_allocated() - before).toBeLessThan(4 * 16384);
});
