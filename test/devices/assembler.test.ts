import { describe, expect, test } from "vitest";
import type { FunctionBuilder, ValType } from "../../src/devices/cpu/code/assembler.ts";
import { ModuleBuilder } from "../../src/devices/cpu/code/assembler.ts";
import { featureLevel } from "../../src/devices/cpu/code/features.ts";

const maximum = 4;
const memory = new WebAssembly.Memory({ initial: 1, maximum });
const importAs = { shared: false, maximum };
type Call = (...args: (number | bigint)[]) => number | bigint | undefined;

/** One function of that body, with `math.exp` importable as function 0. */
function compile(params: ValType[], results: ValType[], body: (f: FunctionBuilder) => void): Call {
  const module = new ModuleBuilder(importAs);
  module.importFunction("math", "exp", ["f64"], ["f64"]);
  module.func(params, results, body, "run");
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
    env: { memory },
    math: { exp: Math.exp },
  });
  return instance.exports["run"] as Call;
}

describe("integers and control flow", () => {
  test("a loop adds the numbers up to n", () => {
    const run = compile(["i32"], ["i32"], (f) => {
      const sum = f.local("i32");
      f.block((out) => {
        f.loop((again) => {
          f.get(0).op("i32.eqz").brIf(out);
          f.get(sum).get(0).op("i32.add").set(sum);
          f.get(0).i32(1).op("i32.sub").set(0).br(again);
        });
      });
      f.get(sum);
    });
    expect(run(100)).toBe(5050);
    expect(run(0)).toBe(0);
  });
  test("a branch out of an if finds the block it names", () => {
    const run = compile(["i32"], ["i32"], (f) => {
      const result = f.local("i32");
      f.block((out) => {
        f.get(0);
        f.if(
          () => f.i32(1).set(result).br(out),
          () => f.i32(2).set(result),
        );
        f.get(result).i32(10).op("i32.mul").set(result);
      });
      f.get(result);
    });
    expect([run(1), run(0)]).toEqual([1, 20]);
  });
  test.each([0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)])(
    "the constant %i is kept in 32 bits",
    (n) => {
      expect(compile([], ["i32"], (f) => f.i32(n))()).toBe(n);
    },
  );
  test.each([0n, -1n, 63n, 64n, -65n, 2n ** 40n, 2n ** 63n - 1n, -(2n ** 63n)])(
    "the constant %i is kept in 64 bits",
    (n) => {
      expect(compile([], ["i64"], (f) => f.i64(n))()).toBe(n);
    },
  );
});

describe("floats and memory", () => {
  test("an imported function is called", () => {
    expect(compile(["f64"], ["f64"], (f) => f.get(0).call(0))(1)).toBe(Math.E);
  });
  test("float constants keep every bit of their value", () => {
    expect(compile([], ["f64"], (f) => f.f64(Math.PI))()).toBe(Math.PI);
    expect(compile([], ["f32"], (f) => f.f32(0.1))()).toBe(Math.fround(0.1));
  });
  test("conversions to integers saturate", () => {
    const run = compile(["f64"], ["i32"], (f) => f.get(0).op("i32.trunc_sat_f64_s"));
    expect([run(1e10), run(-1e10), run(NaN), run(-1.9)]).toEqual([2 ** 31 - 1, -(2 ** 31), 0, -1]);
  });
  test("narrow loads extend as their names say, at their offsets", () => {
    new Uint8Array(memory.buffer).set([0xff, 0x80, 0x34, 0x12], 200);
    const load = (name: string, offset: number): unknown => compile([], ["i32"], (f) => f.i32(0).mem(name, offset))();
    expect([load("i32.load8_s", 200), load("i32.load8_u", 200)]).toEqual([-1, 255]);
    expect([load("i32.load16_s", 200), load("i32.load16_u", 202)]).toEqual([-32513, 0x1234]);
  });
  test("a module that imports shared memory says so", () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    const module = new ModuleBuilder({ shared: true, maximum });
    module.func([], ["i32"], (f) => f.i32(0).mem("i32.load"), "run");
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: shared } });
    expect((exports["run"] as Call)()).toBe(0);
  });
});

describe("vectors", () => {
  const floats = new Float32Array(memory.buffer, 0, 8);
  test("a product and sum of four lanes is stored", () => {
    floats.set([1, 2, 3, 4, 10, 20, 30, 40]);
    compile([], [], (f) => {
      f.i32(0).i32(0).mem("v128.load").i32(0).mem("v128.load", 16).op("f32x4.mul");
      f.i32(4).mem("v128.load32_splat").op("f32x4.add").mem("v128.store");
    })();
    expect([...floats.subarray(0, 4)]).toEqual([12, 42, 92, 162]);
  });
  test("lanes are taken out, put in and shuffled", () => {
    const bytes = new Uint8Array(Int32Array.of(5, 6, 7, 8).buffer);
    const run = compile([], ["i32"], (f) => {
      f.v128(bytes).i32(9).lane("i32x4.replace_lane", 0);
      f.v128(bytes).shuffle([12, 13, 14, 15, 0, 1, 2, 3, 20, 21, 22, 23, 4, 5, 6, 7]);
      f.lane("i32x4.extract_lane", 1);
    });
    expect(run()).toBe(9);
  });
  test("one lane is loaded and stored", () => {
    floats.set([1, 2, 3, 4, 0, 0, 0, 0]);
    compile([], [], (f) => {
      const v = f.local("v128");
      f.i32(0).i32(0).mem("v128.load").laneMem("v128.load32_lane", 0, 12).set(v);
      f.i32(0).get(v).laneMem("v128.store32_lane", 0, 20);
    })();
    expect(floats[5]).toBe(4);
  });
  // Left out where the engine lacks the instruction, or where the lower level is asked for.
  test.skipIf(featureLevel() === "simd128")("a relaxed multiply-add adds the product of two vectors to a third", () => {
    const run = compile(["f64"], ["f64"], (f) => {
      for (const x of [3, 4]) f.get(0).f64(x).op("f64.mul").op("f64x2.splat");
      f.f64(5).op("f64x2.splat").op("f64x2.relaxed_madd").lane("f64x2.extract_lane", 1);
    });
    expect(run(2)).toBe(53);
  });
});

test("an unknown instruction is refused by name", () => {
  expect(() => compile([], [], (f) => f.op("f32x4.fused"))).toThrow("no instruction 'f32x4.fused'");
});
test("an import after a function is refused", () => {
  const module = new ModuleBuilder(importAs);
  module.func([], [], () => {});
  expect(() => module.importFunction("math", "exp", [], [])).toThrow("imports come before functions");
});
