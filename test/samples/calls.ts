// Sample calls as functions of their tensors, for sweeps over all ops.
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { isRandom } from "../../src/dispatch/levels.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "./index.ts";

/** Every op that has samples and draws no random numbers, by its name; those of `apart` are left out. */
export function sampledOps(apart: Readonly<Record<string, string>>): [string, Call][] {
  return [...registry].flatMap(([call, entry]): [string, Call][] => {
    const { name } = entry.schema;
    const isTried = entry.inplaceOf === null && samples[name] !== undefined && !isRandom(entry) && !(name in apart);
    return isTried ? [[name, call as Call]] : [];
  });
}
export type Call = (...args: unknown[]) => Tensor | readonly Tensor[];

/** The call as a function of its tensors that require grad. */
export function ofTensors(
  call: Call,
  args: readonly unknown[],
): { inputs: Tensor[]; run: (...inputs: Tensor[]) => Tensor[] } {
  const inputs: Tensor[] = [];
  const collect = (x: unknown): unknown =>
    x instanceof Tensor && x.requires_grad ? { input: inputs.push(x) - 1 } : Array.isArray(x) ? x.map(collect) : x;
  const shape = args.map(collect);
  const fill = (x: unknown, given: readonly Tensor[]): unknown =>
    Array.isArray(x)
      ? x.map((y) => fill(y, given))
      : typeof x === "object" && x !== null && "input" in x
        ? given[x.input as number]
        : x;
  const run = (...given: Tensor[]): Tensor[] => {
    const out = call(...shape.map((x) => fill(x, given)));
    return out instanceof Tensor ? [out] : [...out];
  };
  return { inputs, run };
}
export const floats = (ts: readonly Tensor[]): Tensor[] =>
  ts.filter((t) => t.dtype.is_floating_point || t.dtype.is_complex);
/** A number that depends on every element in its own way. */
export function mixed(ts: readonly Tensor[]): Tensor {
  let sum = torch.zeros([], { dtype: torch.float64 });
  for (const t of ts) {
    const real = t.dtype.is_complex ? t.real.add(t.imag) : t;
    const weights = torch
      .arange(1, real.numel() + 1, { dtype: torch.float64 })
      .reshape([...real.shape])
      .sin();
    sum = sum.add(real.double().mul(weights).sum());
  }
  return sum;
}
export const near = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype &&
  String(a.shape) === String(b.shape) &&
  torch.allclose(a, b, { rtol: 1e-7, atol: 1e-9, equal_nan: true });
export const shown = (x: unknown): string => String(x).slice(0, 300);
