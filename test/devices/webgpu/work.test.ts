// How work is divided on the WebGPU device gives the CPU's numbers whatever the sizes; and a program waits for the device
// only where it asks for a value. `npm test` takes some; all of them: npm run test:webgpu.
import { expect, test, vi } from "vitest";
import * as torch from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { trainingSteps } from "../../../bench/scenarios/models.ts";
import { registerDevice } from "../../../src/devices/registry.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/device.ts";
import { TILES } from "../../../src/devices/webgpu/emit/sums.ts";
import type { Tile } from "../../../src/devices/webgpu/emit/sums.ts";
import type { Launcher } from "../../../src/devices/webgpu/launch.ts";
import { openChannel } from "../../../src/devices/webgpu/open.ts";
import { describeGpu, gpu } from "./adapter.ts";

const device = "webgpu";
/** A second one, whose hardware has no subgroups. */
const plain = "mps";
registerDevice(plain, () => {
  const made = new WebGpuDevice(openChannel(), { name: plain });
  Object.assign(made.adapter, { subgroup: 1 });
  return made;
});
const all = process.env["TIDU_WEBGPU"] === "all";
/** Every so many of some names, or all. */
const some = (names: object, step: number): string[] => Object.keys(names).filter((_, i) => all || i % step === 0);
/** Results of the same draws on the CPU and on the device. */
function both(f: (draw: (...sizes: number[]) => Tensor) => Tensor, where = device): [got: Tensor, want: Tensor] {
  const on = (there: string): Tensor => {
    torch.manual_seed(1);
    return f((...sizes) => torch.randn(sizes).to(there)).cpu();
  };
  return [on(where), on("cpu")];
}
function assertSame(name: string, f: (draw: (...sizes: number[]) => Tensor) => Tensor, where = device): void {
  const [got, want] = both(f, where);
  const far = Number(got.sub(want).abs().max().item());
  expect(torch.allclose(got, want, { rtol: 1e-4, atol: 1e-3, equal_nan: true }), `${name} is off by ${far}`).toBe(true);
}

describeGpu("products give the CPU's numbers", () => {
  const sizes: Readonly<Record<string, readonly [number, number, number]>> = {
    "smaller than a tile": [3, 5, 7],
    "that fill no tile and lie by four": [132, 256, 36],
    "that do not lie by four": [131, 255, 37],
    "whose sums are made in parts": [8, 12, 1000],
    "of a vector": [1, 300, 70],
    "of two vectors": [1, 1, 3000],
    "in tiles of 64": [700, 800, 20],
    "in tiles of 128": [1500, 1412, 20],
  };
  test.each(some(sizes, 2))("%s", (name) => {
    const [m, n, k] = sizes[name];
    for (const [left, right] of name.includes("tiles")
      ? [[0, 0]]
      : [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ])
      assertSame(`${m} x ${k} x ${n}, transposed: ${left} ${right}`, (draw) => {
        const a = left === 1 ? draw(k, m).t() : draw(m, k);
        return a.matmul(right === 1 ? draw(n, k).t() : draw(k, n));
      });
  });
  test("in batches, with something added, in place of what is there, and of convolutions", () => {
    assertSame("a batch", (draw) => draw(5, 3, 20, 24).matmul(draw(5, 3, 16, 24).transpose(-1, -2)));
    assertSame("addmm", (draw) => torch.addmm(draw(20), draw(12, 1600), draw(1600, 20)));
    assertSame("baddbmm_", (draw) => draw(3, 8, 8).baddbmm_(draw(3, 8, 900), draw(3, 900, 8)));
    assertSame("a convolution's gradients", (draw) => {
      const [x, w] = [draw(6, 4, 17, 18).requires_grad_(), draw(8, 4, 3, 3).requires_grad_()];
      const y = torch.nn.functional.conv2d(x, w, null, { padding: 1 });
      const grads = torch.autograd.grad([y], [x, w], [draw(...y.shape)]) as Tensor[];
      return torch.cat(grads.map((g) => g.flatten()));
    });
  });
});

describeGpu("the tile of a large product", () => {
  test("is chosen once by trying all, for others of its sizes, and no bit depends on it", () => {
    const { launcher } = gpu() as unknown as { launcher: Launcher };
    const before = launcher.worthTrying;
    const draw = (...sizes: number[]): Tensor => torch.randn(sizes).to(device);
    torch.manual_seed(4);
    const [a, b, c, bias] = [draw(360, 12), draw(12, 384), draw(352, 12), draw(384)];
    try {
      const untried = torch.addmm(bias, a, b).cpu();
      launcher.worthTrying = 1 << 20;
      const waits = (body: () => Tensor): [number, Tensor] => {
        const { waits: had } = gpu();
        const made = body();
        return [gpu().waits - had, made];
      };
      const [first, tried] = waits(() => torch.addmm(bias, a, b));
      const [second] = waits(() => torch.addmm(bias, a, b));
      const [near] = waits(() => c.matmul(b));
      expect([first > 0, second, near]).toEqual([true, 0, 0]);
      expect(torch.equal(tried.cpu(), untried)).toBe(true);
      for (const tile of TILES) {
        vi.spyOn(launcher as unknown as { fastestFor: () => Tile }, "fastestFor").mockReturnValueOnce(tile);
        (launcher as unknown as { fastest: Map<string, Tile> }).fastest.clear();
        expect(torch.equal(torch.addmm(bias, a, b).cpu(), untried), `in tiles of ${tile.size}`).toBe(true);
      }
    } finally {
      launcher.worthTrying = before;
      vi.restoreAllMocks();
    }
  });
});

describeGpu("folds give the CPU's numbers", () => {
  const folds: Readonly<Record<string, (x: Tensor, dim: number) => Tensor>> = {
    sum: (x, dim) => x.sum(dim),
    argmax: (x, dim) => x.argmax(dim).float(),
    var: (x, dim) => x.var(dim),
    softmax: (x, dim) => x.softmax(dim),
    any: (x, dim) => x.gt(3).any(dim).float(),
    "sum of int64": (x, dim) => x.mul(100).long().sum(dim).float(),
    "sum of float16": (x, dim) => x.half().sum(dim).float().mul(0.01),
  };
  // Rows and columns: of few and many elements, for few and many results, in several parts.
  const shapes = [
    [7, 9],
    [40, 300],
    [300, 40],
    [1000, 33],
    [2, 30000],
  ] as const;
  test.each(some(folds, 3))("%s", (name) => {
    for (const shape of shapes)
      for (const dim of [0, 1]) {
        for (const where of [device, plain])
          assertSame(
            `${name} of ${String(shape)} along ${dim} on ${where}`,
            (draw) => folds[name](draw(...shape), dim),
            where,
          );
        if (name === "sum") assertSame(`${name} of the transpose`, (draw) => folds[name](draw(...shape).t(), dim));
      }
  });
});

describeGpu("order along a dim is the CPU's, without the host", () => {
  const orders: Readonly<Record<string, (x: Tensor, dim: number) => readonly Tensor[]>> = {
    sort: (x, dim) => torch.sort(x, dim),
    "sort, descending": (x, dim) => torch.sort(x, dim, true),
    median: (x, dim) => torch.median(x, dim),
    nanmedian: (x, dim) => torch.nanmedian(x, dim, true),
    "topk's values": (x, dim) => [x.topk(2, dim).values],
  };
  test.each(Object.keys(orders))("%s", (name) => {
    const { onHost } = gpu();
    for (const dtype of [torch.float32, torch.float16, torch.int64, torch.uint8])
      for (const sizes of [[2], [5, 7], [3, 64], [4, 2, 33]]) {
        torch.manual_seed(3);
        // Few numbers, so that many are equal; and some that are none.
        let x = torch.randint(0, 6, sizes).to(dtype);
        if (dtype.is_floating_point)
          x = x
            .div(x.sub(5).abs().add(x.eq(5).mul(2)).sub(2))
            .mul(0)
            .add(x);
        for (let dim = 0; dim < sizes.length; dim++) {
          const [want, got] = [orders[name](x, dim), orders[name](x.to(device), dim)];
          for (const [i, t] of want.entries()) {
            expect(got[i].stride(), `${name} of ${String(dtype)} ${String(sizes)} along ${dim}`).toEqual(t.stride());
            expect(
              torch.allclose(got[i].cpu().double(), t.double(), { equal_nan: true, rtol: 0, atol: 0 }),
              `${name} of ${String(dtype)} ${String(sizes)} along ${dim}: ${String(got[i])} for ${String(t)}`,
            ).toBe(true);
          }
        }
      }
    expect(gpu().onHost).toBe(onHost);
  });
  test("is found by gradients", () => {
    assertSame("of what is sorted", (draw) => {
      const x = draw(6, 9).requires_grad_();
      torch.sort(x, 1).values.mul(draw(6, 9)).sum().backward();
      return x.grad!;
    });
  });
});

describeGpu("what is wrong with indices is told where the program waits", () => {
  test("in PyTorch's words, with the line of the call", () => {
    const weight = torch.ones(4, 3, { device });
    const index = torch.tensor([1n, 9n]).to(device);
    const calls: Readonly<Record<string, () => Tensor>> = {
      "index out of range in self": () => torch.nn.functional.embedding(index, weight),
      "index 9 is out of bounds for dimension 0 with size 4": () => torch.gather(weight, 0, index.view(2, 1)),
      "Target 9 is out of bounds.": () => torch.nn.functional.cross_entropy(weight.narrow(0, 0, 2), index),
    };
    for (const [sentence, call] of Object.entries(calls)) {
      const made = call();
      expect(() => made.sum().item()).toThrow(new RegExp(`${sentence}\n.*in the call at .*work\\.test\\.ts:\\d+:\\d+`));
      expect(weight.sum().item()).toBe(12);
    }
  });
  test("or synchronizes, or awaits", async () => {
    const weight = torch.ones(4, 3, { device });
    const look = (): Tensor => weight.index_select(0, torch.tensor([-7n]).to(device));
    look();
    expect(() => torch.webgpu.synchronize()).toThrow("index out of range in self");
    const made = look();
    await expect(made.cpu_async()).rejects.toThrow("index out of range in self");
    expect(await weight.sum().item_async()).toBe(12);
  });
  test("and nothing but the tensor itself is written by them", () => {
    const tensors = Array.from({ length: 5 }, () => torch.zeros(4, 4, { device }));
    const [, , middle] = tensors;
    middle.index_add_(0, torch.tensor([-9n, 9n, 20n]).to(device), torch.ones(3, 4, { device }));
    expect(() => torch.webgpu.synchronize()).toThrow("index -9 is out of bounds for dimension 0 with size 4");
    for (const t of tensors) if (t !== middle) expect(t.abs().sum().item()).toBe(0);
  });
  test("more of them than are kept are looked at in between", () => {
    const weight = torch.ones(4, 3, { device });
    const index = torch.tensor([1n, 9n]).to(device);
    expect(() => {
      for (let i = 0; i < 1000; i++) torch.nn.functional.embedding(index, weight);
    }).toThrow("index out of range in self");
    expect(weight.sum().item()).toBe(12);
  });
});

describeGpu("a step of training waits for nothing", () => {
  test.each(some({ "MLP, Adam": 0, "CNN, Adam": 0, "LSTM, Adam": 0 }, 3))("%s", (name) => {
    torch.set_default_device(device, () => {
      const step = trainingSteps[name]();
      step();
      const { waits } = gpu();
      step();
      expect(gpu().waits).toBe(waits);
    });
    torch.webgpu.synchronize();
  });
});
