// Two kernels made one give what they give one after the other, to the bit, on the device and in the interpreter.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currentDevice } from "../../src/devices/registry.ts";
import type { HostBackend } from "../../src/devices/backend.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { bfloat16, bool, float32, float64, int32, int64, uint8 } from "../../src/base/dtype.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import { acc, constant, input, iota, load, param } from "../../src/kernel/expr.ts";
import type { Expr } from "../../src/kernel/expr.ts";
import { fuse, fuseLaunches } from "../../src/kernel/fuse.ts";
import { interpret } from "../../src/kernel/interpret.ts";
import { Kernel, operand } from "../../src/kernel/loops.ts";
import type { Launch } from "../../src/kernel/loops.ts";

const device = currentDevice() as HostBackend;
const DTYPES: readonly Dtype[] = [float32, float64, int32, int64, uint8, bool, bfloat16];
const bits = (t: Tensor): string => Buffer.from(t.typed_array().buffer).toString("hex");

/** An expression from some choices: each takes what was made before and makes more of it. */
function grown(leaves: readonly Expr[], choices: readonly number[]): Expr {
  const made = leaves.map((e) => e.cast(e.dtype.is_floating_point ? float32 : int32));
  for (const c of choices) {
    const x = made[c % made.length];
    const y = made[(c >> 3) % made.length].cast(x.dtype);
    const next = [
      () => x.add(y),
      () => x.sub(y),
      () => x.mul(y),
      () => x.max(y),
      () => x.neg(),
      () => x.lt(y).where(x, y),
      () => x.abs(),
      () => x.cast(x.dtype === float32 ? int32 : float32),
    ];
    made.push(next[(c >> 6) % next.length]());
  }
  return made[made.length - 1];
}
const map = (inputs: readonly Dtype[], params: readonly Dtype[], dtype: Dtype, choices: readonly number[]): Kernel => {
  const leaves = [...inputs.map((d, i) => input(i, d)), ...params.map((d, i) => param(i, d))];
  return new Kernel({ inputs, params, outputs: [{ dtype, value: grown(leaves, choices).cast(dtype) }] });
};
/** The sum along the last dim of what a map gives, or the running one. */
function fold(inputs: readonly Dtype[], choices: readonly number[], scan: boolean): Kernel {
  const x = grown(
    inputs.map((d, i) => input(i, d)),
    choices,
  ).cast(int64);
  const total = acc(0, int64);
  const accs = [
    { dtype: int64, init: constant(0, int64), step: total.add(x), combine: (a: Expr, b: Expr) => a.add(b) },
  ];
  return new Kernel({ inputs, outputs: [{ dtype: int64, value: total }], reduce: { accs, scan } });
}
const tensorOf = (dtype: Dtype, shape: readonly number[], seed: number): Tensor =>
  torch
    .arange(shape.reduce((a, b) => a * b, 1))
    .mul(7)
    .add(seed)
    .remainder(23)
    .sub(dtype === uint8 || dtype === bool ? 0 : 11)
    .reshape([...shape])
    .to(dtype);
const ROWS = 5;
const COLS = 18;
/** How the consumer reads what the producer stored [5, 18]: shape and strides of its loop. */
const READS: Readonly<Record<string, readonly [shape: number[], strides: number[]]>> = {
  "as it lies": [
    [ROWS, COLS],
    [COLS, 1],
  ],
  "across it": [
    [COLS, ROWS],
    [1, COLS],
  ],
  "again and again": [
    [3, ROWS, COLS],
    [0, COLS, 1],
  ],
  "with a dim of one": [
    [ROWS, 1, COLS],
    [COLS, 90, 1],
  ],
};

describe("a kernel fused with what computes its input", () => {
  const choices = fc.array(fc.nat(511), { minLength: 1, maxLength: 8 });
  const dtype = fc.constantFrom(...DTYPES);
  const read = fc.constantFrom(...Object.values(READS));
  const kinds = fc.constantFrom("map", "sum", "scan");
  test("gives the same, to the bit", () => {
    fc.assert(
      fc.property(
        choices,
        choices,
        dtype,
        dtype,
        dtype,
        read,
        kinds,
        fc.nat(1),
        (p, c, from, between, to, how, kind, k) => {
          const [shape, strides] = how;
          const producer = map([from, float32], [float32], between, p);
          const inputs = k === 0 ? [between, from] : [from, between];
          const consumer = kind === "map" ? map(inputs, [int32], to, c) : fold(inputs, c, kind === "scan");
          const fused = fuse(consumer, k, producer)!;
          expect(fused.inputs.length).toBe(3);
          // The two, one after the other.
          const [x, w, stored] = [
            tensorOf(from, [ROWS, COLS], 3),
            tensorOf(float32, [COLS], 5),
            torch.empty(ROWS, COLS, { dtype: between }),
          ];
          const first: Launch = {
            shape: [ROWS, COLS],
            reduced: 0,
            operands: [operand(x, x.strides), operand(w, [0, 1]), operand(stored, stored.strides)],
            params: [1.5],
          };
          device.launch(producer, first);
          const other = tensorOf(from, shape, 9);
          const reduced = kind === "map" ? 0 : 1;
          const outDtype = consumer.outputs[0].dtype;
          const results = [0, 1, 2].map(() => torch.zeros(shape, { dtype: outDtype }));
          const launchInto = (out: Tensor): Launch => {
            const own = operand(stored, strides);
            const beside = operand(other, other.strides);
            const outStrides = kind === "sum" ? out.strides.with(-1, 0) : out.strides;
            const operands = [...(k === 0 ? [own, beside] : [beside, own]), operand(out, outStrides)];
            return { shape, reduced, operands, params: kind === "map" ? [3] : [] };
          };
          device.launch(consumer, launchInto(results[0]));
          // And as one, on the device and in the interpreter.
          const [onDevice, inInterpreter] = results.slice(1).map((out) => fuseLaunches(launchInto(out), 2, k, first)!);
          device.launch(fused, onDevice);
          interpret(fused, inInterpreter, (d, place, n) => device.host(d, place, n));
          expect(bits(results[1])).toBe(bits(results[0]));
          expect(bits(results[2])).toBe(bits(results[0]));
        },
      ),
      { numRuns: 300 },
    );
  });
  const double = new Kernel({ inputs: [float32], outputs: [{ dtype: float32, value: input(0, float32).mul(2) }] });
  test("is not to be had where the one cannot take the other's place", () => {
    const at = input(0, float32);
    const looking = new Kernel({
      inputs: [float32],
      outputs: [{ dtype: float32, value: load(0, float32, constant(1, int64)) }],
    });
    const counting = new Kernel({ inputs: [], outputs: [{ dtype: float32, value: iota().cast(float32) }] });
    const adding = new Kernel({ inputs: [float32], outputs: [{ dtype: float32, value: at, mode: "add" }] });
    const two = new Kernel({
      inputs: [float32],
      outputs: [
        { dtype: float32, value: at },
        { dtype: float32, value: at },
      ],
    });
    expect(fuse(double, 0, fold([float32], [1], false))).toBeNull();
    expect(fuse(looking, 0, double)).toBeNull();
    expect(fuse(double, 0, counting)).toBeNull();
    expect(fuse(double, 0, adding)).toBeNull();
    expect(fuse(fold([float32], [1], false), 0, two)).toBeNull();
    expect(fuse(double, 0, map([float64], [], float64, [1]))).toBeNull();
    expect(fuse(double, 0, double)).not.toBeNull();
  });
  test("has no launch where the consumer reads other elements, or writes over the producer's inputs", () => {
    const [x, y, z] = [torch.ones(4, 4), torch.ones(4, 4), torch.ones(4, 4)];
    const launch = (from: Tensor, strides: readonly number[], to: Tensor): Launch => ({
      shape: [4, 4],
      reduced: 0,
      operands: [operand(from, strides), operand(to, to.strides)],
      params: [],
    });
    const first = launch(x, x.strides, y);
    expect(fuseLaunches(launch(y, [4, 1], z), 1, 0, first)).not.toBeNull();
    expect(fuseLaunches(launch(y, [1, 4], z), 1, 0, first)!.operands[0].strides).toEqual([1, 4]);
    expect(fuseLaunches(launch(y, [4, 2], z), 1, 0, first)).toBeNull();
    expect(fuseLaunches(launch(x, [4, 1], z), 1, 0, first)).toBeNull();
    expect(fuseLaunches(launch(y.narrow(1, 1, 3), [4, 1], z), 1, 0, first)).toBeNull();
    expect(fuseLaunches(launch(y, [4, 1], x), 1, 0, first)).toBeNull();
  });
});
