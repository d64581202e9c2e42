import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { Dtype, DtypeName, TypedArray } from "../../src/base/dtype.ts";
import { dtypeByName } from "../../src/base/dtype.ts";
import { CpuDevice } from "../../src/devices/cpu/device.ts";
import * as torch from "../../src/index.ts";
import * as fill from "../../src/random/fill.ts";
import * as lanes from "../../src/random/in_lanes.ts";
import type { Drawn } from "../../src/random/in_lanes.ts";

interface Recorded {
  fn: "rand" | "randn" | "uniform_" | "normal_" | "bernoulli_" | "bernoulli" | "random_";
  size: number;
  dtype: DtypeName;
  args: number[];
  seed: number;
  before: number;
  sha256: string;
  state: string;
}
const file = new URL("../recorded/random_many.json", import.meta.url);
const { draws } = JSON.parse(readFileSync(file, "utf8")) as { draws: Recorded[] };
const sha256 = (x: Uint8Array): string => createHash("sha256").update(x).digest("hex");
const bytes = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The draws as a tensor's method or function. */
function drawn({ fn, size, args, ...d }: Recorded): torch.Tensor {
  const dtype = dtypeByName.get(d.dtype) as Dtype;
  const [a, b] = args;
  if (fn === "rand") return torch.rand(size, { dtype });
  if (fn === "randn") return torch.randn(size, { dtype });
  if (fn === "bernoulli") return torch.bernoulli(torch.linspace(0, 1, size));
  const out = torch.empty(size, { dtype });
  if (fn === "bernoulli_") return out.bernoulli_(a);
  return b === undefined ? out.random_(a) : out[fn](a, b);
}

const threads = torch.get_num_threads();
afterEach(() => torch.set_num_threads(threads));

describe("many draws at once", () => {
  test.each([1, 2])("are PyTorch's to the bit, and leave the generator as PyTorch's is left, on %i threads", (n) => {
    torch.set_num_threads(n);
    const wrong: string[] = [];
    for (const recorded of draws) {
      const { fn, dtype, args, size, seed, before } = recorded;
      torch.manual_seed(seed);
      torch.empty(before, { dtype: torch.int32 }).random_();
      const x = drawn(recorded);
      const halves = x.dtype === torch.float16 || x.dtype === torch.bfloat16;
      const held = halves ? x.view(torch.int16).typed_array() : x.typed_array();
      const state = torch.get_rng_state().typed_array() as Uint8Array;
      if (sha256(bytes(held)) !== recorded.sha256) wrong.push(`${fn}(${args.join()}) ${dtype} ${size}`);
      if (sha256(state) !== recorded.state) wrong.push(`state after ${fn}(${args.join()}) ${dtype} ${size}`);
    }
    expect(wrong).toEqual([]);
  });

  const float64: readonly [string, (x: torch.Tensor) => torch.Tensor, (x: Float64Array) => void][] = [
    ["normal_", (x) => x.normal_(1, 3), (x) => fill.normalFill(x, 1, 3, torch.default_generator)],
    ["exponential_", (x) => x.exponential_(0.7), (x) => fill.exponentialFill(x, 0.7, torch.default_generator)],
  ];
  test.each(float64)("of %s in float64 are those of one at a time but for the last digits", (_, inLanes, one) => {
    for (const n of [500, 1007, 100_003]) {
      torch.manual_seed(n);
      const x = inLanes(torch.empty(n, { dtype: torch.float64 }));
      const state = torch.get_rng_state();
      torch.manual_seed(n);
      const expected = new Float64Array(n);
      one(expected);
      const got = x.typed_array() as Float64Array;
      const worst = got.reduce((w, y, i) => Math.max(w, Math.abs(y - expected[i]) / Math.max(1, Math.abs(y))), 0);
      expect(worst).toBeLessThan(4e-15);
      expect(torch.get_rng_state().equal(state)).toBe(true);
    }
  });

  test("of 16-bit floats are those of a few at a time, where what is rounded to the end of the range is its start", () => {
    for (const dtype of [torch.float16, torch.bfloat16]) {
      torch.manual_seed(2);
      const many = torch.rand(20_000, { dtype });
      torch.manual_seed(2);
      const few = torch.cat(Array.from({ length: 40 }, () => torch.rand(500, { dtype })));
      expect([few.equal(many), many.lt(1).all().item(), many.eq(0).any().item()]).toEqual([true, true, true]);
    }
  });

  test("go where a tensor's elements lie, and nowhere else", () => {
    torch.manual_seed(1);
    const whole = torch.zeros(3000);
    whole.narrow(0, 500, 2000).uniform_(1, 2);
    torch.manual_seed(1);
    const turned = torch.empty(40, 50).t().uniform_(1, 2);
    expect([whole.narrow(0, 0, 500).sum().item(), whole.narrow(0, 2500, 500).sum().item()]).toEqual([0, 0]);
    expect(
      turned
        .t()
        .flatten()
        .equal(whole.narrow(0, 500, 2000)),
    ).toBe(true);
  });

  test("go on from a state that leaves its block before the end, as one at a time do", () => {
    const g = new torch.Generator().manual_seed(5);
    g.random();
    const state = g.get_state();
    new DataView(state.buffer).setInt32(8, 10, true); // nine draws are left
    const x = torch.rand(5000, { generator: g.set_state(state) });
    const expected = new Float32Array(5000);
    fill.uniformFill(expected, 0, 1, new torch.Generator().set_state(state));
    expect(x.typed_array()).toEqual(expected);
  });

  test("draw nothing where they are refused", () => {
    const state = torch.get_rng_state();
    const x = torch.zeros(2000);
    expect(() => x.uniform_(2, 1)).toThrow("found from=2 > to=1");
    expect(() => x.normal_(0, -1)).toThrow("normal expects std >= 0.0, but found std -1");
    expect(() => x.bernoulli_(2)).toThrow("bernoulli_ expects p to be in [0, 1], but got p=2");
    expect(() => x.exponential_(0)).toThrow("exponential_ expects lambda > 0.0, but found lambda=0");
    expect(() => torch.bernoulli(x.add(2))).toThrow("Expected p_in >= 0 && p_in <= 1 to be true");
    expect(() => x.random_(5, 5)).toThrow("random_ expects 'from' to be less than 'to', but got from=5 >= to=5");
    expect([torch.get_rng_state().equal(state), x.sum().item()]).toEqual([true, 0]);
  });
});

describe("with and without fused instructions", () => {
  const wanted = process.env["TIDU_WASM_LEVEL"];
  afterEach(() => {
    if (wanted === undefined) delete process.env["TIDU_WASM_LEVEL"];
    else process.env["TIDU_WASM_LEVEL"] = wanted;
  });
  test.each(["relaxed", "simd128"])("draws at the level %s are those of one at a time, to the bit", (level) => {
    process.env["TIDU_WASM_LEVEL"] = level;
    const device = new CpuDevice();
    const check = (inLanes: (to: Drawn, g: torch.Generator) => boolean, one: typeof inOne): void => {
      const n = 50_001;
      const to = { backend: device, dtype: torch.float32, block: device.allocate(4 * n), offset: 0, numel: () => n };
      const [g, h] = [new torch.Generator().manual_seed(3), new torch.Generator().manual_seed(3)];
      expect(inLanes(to, g)).toBe(true);
      const expected = new Float32Array(n);
      one(expected, h);
      expect(sha256(bytes(device.host(torch.float32, to, n)))).toBe(sha256(bytes(expected)));
      expect(g.get_state()).toEqual(h.get_state());
    };
    const inOne = (x: Float32Array, g: torch.Generator): void => fill.normalFill(x, 0.3, 1.7, g);
    check((to, g) => lanes.normalInLanes(to, 0.3, 1.7, g), inOne);
    check(
      (to, g) => lanes.uniformInLanes(to, -0.1, 0.3, g),
      (x, g) => fill.uniformFill(x, -0.1, 0.3, g),
    );
    check(
      (to, g) => lanes.bernoulliInLanes(to, 0.3, g),
      (x, g) => fill.bernoulliFill(x, 0.3, g),
    );
  });
});
