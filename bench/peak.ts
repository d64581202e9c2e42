// What a core can do with 128-bit multiply-adds: a loop of nothing else, on registers.
import { ModuleBuilder } from "../src/devices/cpu/code/assembler.ts";
import { featureLevel } from "../src/devices/cpu/code/features.ts";

const CHAINS = 10; // enough to hide the latency of one, few enough for the registers

/** GFLOP/s in float32: the best of several rounds. */
export function peak(): number {
  const fused = featureLevel() !== "simd128";
  const module = new ModuleBuilder({ shared: false, maximum: 1 });
  const body = (f: Parameters<Parameters<ModuleBuilder["func"]>[2]>[0]): void => {
    const chains = Array.from({ length: CHAINS }, () => f.local("v128"));
    const factor = f.local("v128");
    f.f32(0.999).op("f32x4.splat").set(factor);
    for (const [i, c] of chains.entries()) f.f32(i).op("f32x4.splat").set(c);
    f.loop((again) => {
      for (const c of chains)
        if (fused) f.get(c).get(factor).get(factor).op("f32x4.relaxed_madd").set(c);
        else f.get(c).get(factor).op("f32x4.mul").get(factor).op("f32x4.add").set(c);
      f.get(0).i32(1).op("i32.sub").tee(0).brIf(again);
    });
    for (const c of chains.slice(1)) f.get(chains[0]).get(c).op("f32x4.add").set(chains[0]);
    f.get(chains[0]).lane("f32x4.extract_lane", 0);
  };
  module.func(["i32"], ["f32"], body, "run");
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  const run = exports["run"] as (n: number) => number;
  const steps = 5e6;
  let best = Infinity;
  for (let round = 0; round < 12; round++) {
    const start = performance.now();
    if (Number.isNaN(run(steps))) throw new Error("bench: the loop came to nothing");
    best = Math.min(best, performance.now() - start);
  }
  return (steps * CHAINS * 8) / (best * 1e6);
}
