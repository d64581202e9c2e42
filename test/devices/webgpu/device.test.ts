// Programs on the WebGPU device: values are there when they are asked for, models train as on the CPU, and what is not there
// is said.
import { expect, test, vi } from "vitest";
import * as torch from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { describeGpu, gpu } from "./adapter.ts";

const { nn, optim } = torch;
const device = "webgpu";

describeGpu("tensors", () => {
  test("are made there, read without waiting, and told when they are printed", () => {
    const x = torch.arange(6, { device, dtype: torch.float32 }).view(2, 3);
    expect(x.device).toBe(torch.device("webgpu"));
    expect(x.sum().item()).toBe(15);
    expect(x.t().mul(2).tolist()).toEqual([
      [0, 6],
      [2, 8],
      [4, 10],
    ]);
    expect(String(x.narrow(0, 0, 1))).toBe("tensor([[0., 1., 2.]], device='webgpu')");
    expect(Boolean(x.max().gt(4).item())).toBe(true);
  });
  test("are drawn as on the CPU", () => {
    torch.manual_seed(3);
    const expected = torch.randn(5, 7);
    torch.manual_seed(3);
    expect(torch.randn(5, 7, { device }).tolist()).toEqual(expected.tolist());
  });
  test("come without waiting, as they were when they were asked for", async () => {
    const x = torch.ones(3, { device });
    const coming = x.cpu_async();
    x.zero_();
    expect((await coming).tolist()).toEqual([1, 1, 1]);
    expect(await x.sum().item_async()).toBe(0);
  });
  test("go there and back in every layout and dtype, sizes that fill no word included", () => {
    for (const dtype of [
      torch.float32,
      torch.float16,
      torch.bfloat16,
      torch.int64,
      torch.int16,
      torch.uint8,
      torch.bool,
    ])
      for (const lay of [
        (t: Tensor) => t,
        (t: Tensor) => t.t(),
        (t: Tensor) => t.narrow(1, 1, 2),
        (t: Tensor) => t.narrow(0, 2, 1).narrow(1, 3, 1),
        (t: Tensor) => t.narrow(0, 0, 0),
      ]) {
        const made = lay(torch.arange(15).reshape(3, 5).to(dtype));
        expect(made.to(device).cpu().tolist()).toEqual(made.tolist());
        const base = torch.zeros(3, 5, { dtype, device });
        lay(base).copy_(made);
        expect(lay(base).tolist()).toEqual(made.tolist());
        expect(base.to(torch.float32).sum().item()).toBe(made.to(torch.float32).sum().item());
      }
  });
  test("larger than what crosses at once come whole", () => {
    const x = torch.arange(3_000_001, { dtype: torch.int32 });
    expect(torch.equal(x.to(device).cpu(), x)).toBe(true);
  });
  test("of 64 bits in floats are refused as PyTorch's MPS refuses them", () => {
    const sentence = "doesn't support float64. Please use float32 instead.";
    for (const call of [
      () => torch.zeros(2, { dtype: torch.float64, device }),
      () => torch.ones(2, { dtype: torch.float64 }).to(device),
      () => torch.ones(2, { device }).double(),
    ])
      expect(call).toThrow(sentence);
  });
  test("of two devices are refused, but for single numbers", () => {
    const x = torch.ones(2, { device });
    expect(() => x.add(torch.ones(2))).toThrow("Tensor on device cpu is not on the expected device webgpu!");
    expect(x.add(torch.tensor(2)).tolist()).toEqual([3, 3]);
  });
  test("int64 is exact where float64 is not", () => {
    const big = torch.tensor([2n ** 62n + 3n, -(2n ** 40n) - 1n, 7n]);
    const other = torch.tensor([3n, 2n ** 33n + 1n, -2n]);
    for (const f of [
      (a: Tensor, b: Tensor) => a.add(b),
      (a: Tensor, b: Tensor) => a.sub(b),
      (a: Tensor, b: Tensor) => a.mul(b),
      (a: Tensor, b: Tensor) => a.div(b, { rounding_mode: "floor" }),
      (a: Tensor, b: Tensor) => a.remainder(b),
      (a: Tensor, b: Tensor) => a.lt(b),
      (a: Tensor) => a.sum(),
      (a: Tensor) => a.cumsum(0),
      (a: Tensor) => a.to(torch.float32),
    ])
      expect(f(big.to(device), other.to(device)).tolist()).toEqual(f(big, other).tolist());
  });
  test("that died leave their memory to others", () => {
    const sum = torch.zeros(1 << 16, { device });
    for (let i = 0; i < 400; i++) sum.add_(torch.full([1 << 16], 1, { device }));
    expect(sum.mean().item()).toBe(400);
    expect(torch.webgpu.memory_stats().reserved).toBeLessThan(256 * 2 ** 20);
  });
  test("that do not fit raise OutOfMemoryError, and those that are there stay as they are", () => {
    const x = torch.ones(3, { device });
    expect(() => torch.zeros(2 ** 33, { device, dtype: torch.uint8 })).toThrow("WebGPU out of memory.");
    expect(x.add(1).tolist()).toEqual([2, 2, 2]);
  });
});

describeGpu("training gives the CPU's losses, with no kernel and no op on the host", () => {
  const models: Readonly<Record<string, () => [torch.nn.Sequential, Tensor, Tensor]>> = {
    "an MLP": () => [
      new nn.Sequential(new nn.Linear(20, 32), new nn.GELU(), new nn.LayerNorm(32), new nn.Linear(32, 5)),
      torch.randn(16, 20),
      torch.randint(5, [16]),
    ],
    "a convolutional net": () => [
      new nn.Sequential(
        new nn.Conv2d(1, 4, 3),
        new nn.BatchNorm2d(4),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
        new nn.Dropout(0.2),
        new nn.Linear(36, 5),
      ),
      torch.randn(6, 1, 8, 8),
      torch.randint(5, [6]),
    ],
    "a small GPT": () => [
      new nn.Sequential(
        new nn.Embedding(7, 8),
        new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true, dropout: 0.1 }),
        new nn.Linear(8, 7),
        new nn.Flatten(0, 1),
      ),
      torch.randint(7, [4, 5]),
      torch.randint(7, [20]),
    ],
  };
  const losses = (name: string, on: string): number[] => {
    torch.manual_seed(5);
    const [model, x, y] = models[name]();
    model.to(on);
    const [input, target] = [x.to(on), y.to(on)];
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
    return Array.from({ length: 5 }, () => {
      optimizer.zero_grad();
      const loss = nn.functional.cross_entropy(model(input), target);
      loss.backward();
      torch.nn.utils.clip_grad_norm_(model.parameters(), 1);
      optimizer.step();
      return Number(loss.item());
    });
  };
  test.each(Object.keys(models))("%s", (name) => {
    const expected = losses(name, "cpu");
    const { onHost } = gpu();
    const got = losses(name, device);
    for (const [i, x] of got.entries()) expect(Math.abs(x - expected[i])).toBeLessThan(1e-3 * expected[i]);
    expect(gpu().onHost).toBe(onHost);
  });
});

describeGpu("an optimizer", () => {
  test("that loads a state has it where its parameters are, and refuses one that is elsewhere", () => {
    const make = (where: string) => {
      const p = torch.ones(2, { device: where }).requires_grad_();
      return { p, optimizer: new optim.Adam([p]) };
    };
    const here = make("cpu");
    here.p.sum().backward();
    here.optimizer.step();
    const there = make(device);
    there.optimizer.load_state_dict(here.optimizer.state_dict());
    const state = [...there.optimizer.state.values()][0] as unknown as Record<string, Tensor>;
    expect(Object.fromEntries(Object.entries(state).map(([name, t]) => [name, String(t.device)]))).toEqual({
      step: "cpu",
      exp_avg: "webgpu",
      exp_avg_sq: "webgpu",
    });
    there.p.sum().backward();
    there.optimizer.step();
    state.exp_avg = state.exp_avg.cpu();
    const before = there.p.tolist();
    expect(() => there.optimizer.step()).toThrow("Tensor on device cpu is not on the expected device webgpu!");
    expect(there.p.tolist()).toEqual(before);
  });
});

describeGpu('set_default_device("auto")', () => {
  test("chooses a device by measuring once, says why, and draws nothing", () => {
    const info = vi.spyOn(console, "info").mockImplementation(() => {});
    torch.manual_seed(5);
    torch.set_default_device("auto");
    const made = torch.ones(1);
    torch.set_default_device("auto");
    const drawn = torch.rand(1).item();
    torch.set_default_device(null);
    expect(info.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(
        /^set_default_device\("auto"\) chose (cpu|webgpu): the products of a layer of 256 and of its gradients, for 128 inputs, take [\d.]+ ms on webgpu and [\d.]+ ms on the CPU/,
      ),
    ]);
    expect(info.mock.calls[0][0]).toContain(` chose ${made.device.type}:`);
    torch.manual_seed(5);
    expect(torch.rand(1).item()).toBe(drawn);
    info.mockRestore();
  });
});
