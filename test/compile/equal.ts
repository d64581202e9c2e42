// Whether a compiled call gives what the eager one does: results, gradients, strides, dtypes, errors. Values may differ in
// the last places where a kernel that sums has others joined to it, and so another order of sums.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { casesOf } from "../../src/compile/compile.ts";

type Fn = (...inputs: Tensor[]) => readonly Tensor[];
interface Outcome {
  /** Null where it was compiled, else why not. */
  readonly reason: string | null;
  /** What differs from the eager call; null if nothing does. */
  readonly difference: string | null;
}
const layoutOf = (t: Tensor): string =>
  `${String(t.dtype)} ${String(t.shape)} (${t.stride().join()}) ${String(t.requires_grad)}`;
const valuesOf = (t: Tensor): string => (t.detach().flatten().tolist() as unknown[]).map(String).join();
/** Some units in the last place. */
const near = (a: Tensor, b: Tensor): boolean => {
  const eps = a.dtype.is_floating_point || a.dtype.is_complex ? torch.finfo(a.dtype).eps : 0;
  return torch.allclose(a.detach(), b.detach(), { rtol: 16 * eps, atol: 4 * eps, equal_nan: true });
};
/** Results and gradients; an error as text. */
function outcomeOf(fn: Fn, inputs: readonly Tensor[]): (Tensor | null)[] | string {
  try {
    const outs = fn(...inputs);
    const roots = outs.filter((t) => t.requires_grad);
    const wanted = inputs.filter((t) => t.requires_grad);
    const seeds = roots.map((t, i) => torch.full_like(t.detach(), 0.5 + i));
    const grads = roots.length === 0 ? [] : torch.autograd.grad(roots, wanted, seeds, { allow_unused: true });
    return [...outs, ...grads];
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}
function differenceOf(got: ReturnType<typeof outcomeOf>, expected: ReturnType<typeof outcomeOf>): string | null {
  if (typeof got === "string" || typeof expected === "string")
    return got === expected ? null : `${String(got)}\ninstead of ${String(expected)}`;
  for (const [i, e] of expected.entries()) {
    const g = got[i];
    if (g === null || e === null) {
      if (g !== e) return `result ${i} is ${g === null ? "null" : "not"}`;
    } else if (layoutOf(g) !== layoutOf(e)) return `result ${i}: ${layoutOf(g)} instead of ${layoutOf(e)}`;
    else if (!near(g, e)) return `result ${i}: ${valuesOf(g)}\ninstead of ${valuesOf(e)}`;
  }
  return null;
}
/** Calls a function compiled and eagerly, each time on other numbers. */
export function compared(fn: Fn, inputs: readonly Tensor[], calls = 4): Outcome {
  const compiled = torch.compile(fn);
  let difference: string | null = null;
  for (let i = 0; i < calls; i++) {
    const given = inputs.map((t) => {
      const detached = i === 0 || !t.dtype.is_floating_point ? t.detach().clone() : t.detach().mul(1 - i / 64);
      return detached.requires_grad_(t.requires_grad);
    });
    torch.manual_seed(i);
    const expected = outcomeOf(fn, given);
    torch.manual_seed(i);
    const got = outcomeOf(compiled, given);
    const differs = differenceOf(got, expected);
    if (differs !== null) difference ??= `call ${i}: ${differs}`;
  }
  const { cases } = casesOf(compiled)!;
  return { reason: cases.some((c) => c.compiled !== null) ? null : (cases[0]?.reason ?? "an error"), difference };
}
