// Calls with inputs and incoming gradients that lie in memory in many ways, and what then differs.
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { _neg_view } from "../../src/ops/pointwise/complex.ts";
import { leaf, mapTensors } from "../samples/leaves.ts";

/** What lies between the elements: whoever reads it shows it. */
const room = ({ dtype }: Tensor, sizes: readonly number[]): Tensor =>
  torch.full([...sizes], dtype === torch.bool ? true : dtype.is_floating_point || dtype.is_complex ? NaN : 77, {
    dtype,
  });
/** One index in the dims that `which` picks, as often as there were. */
const repeated = (x: Tensor, which: (d: number) => boolean): Tensor =>
  x.sizes.reduce((y, n, d) => (which(d) && n > 1 ? y.narrow(d, 0, 1) : y), x.contiguous()).expand([...x.sizes]);
/** See Note [Conjugated views]. */
export const LAZY = "conjugated, or with the other sign, in memory";
/** Ways to lay a tensor out anew. Those that expand it keep the first of what they repeat. */
const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  transposed: (x) => {
    const back = x.sizes.map((_, d) => x.dim() - 1 - d);
    return x.permute(back).contiguous().permute(back);
  },
  "with the first dim last": (x) => (x.dim() < 2 ? x : x.movedim(0, -1).contiguous().movedim(-1, 0)),
  "sliced with steps": (x) => {
    const wide = room(
      x,
      x.sizes.map((n) => 2 * n + 1),
    );
    const steps = wide.strides.map((s) => 2 * s);
    const first = wide.strides.reduce((sum, s, d) => sum + (x.sizes[d] === 0 ? 0 : s), 0);
    return wide.as_strided([...x.sizes], steps, first).copy_(x);
  },
  "in the middle of longer rows": (x) => {
    const sizes = [...x.sizes.slice(0, -1), (x.sizes.at(-1) ?? 1) + 5];
    const wide = room(x, sizes);
    return wide.as_strided([...x.sizes], wide.strides.slice(0, x.dim()), 3).copy_(x);
  },
  "with odd strides where there is one": (x) =>
    x.clone({ memory_format: torch.contiguous_format }).as_strided(
      [...x.sizes],
      x.contiguous().strides.map((s, d) => (x.sizes[d] === 1 ? 5 + d : s)),
      0,
    ),
  "expanded from one element": (x) => repeated(x, () => true),
  "expanded along the last dim": (x) => repeated(x, (d) => d === x.dim() - 1),
  "expanded along the first dim": (x) => repeated(x, (d) => d === 0),
  [LAZY]: (x) =>
    x.dtype.is_complex ? x.conj_physical().conj() : x.dtype.is_floating_point ? _neg_view(x.neg()) : x.clone(),
};
const names = Object.keys(layouts);

export type Call = (...args: unknown[]) => Tensor | readonly Tensor[];
/** The tensors of a call, those in lists included, and the call as a function of them. */
function taken(
  call: Call,
  args: readonly unknown[],
): { inputs: Tensor[]; run: (given: readonly Tensor[]) => Tensor[] } {
  const inputs: Tensor[] = [];
  for (const x of args) mapTensors(x, (t) => inputs.push(t));
  return {
    inputs,
    run: (given) => {
      let at = 0;
      const out = call(...args.map((x) => mapTensors(x, () => given[at++])));
      return out instanceof Tensor ? [out] : [...out];
    },
  };
}
/** What a call gives, or raises. */
type Outcome = readonly Tensor[] | string;
function outcome(run: () => readonly (Tensor | null)[]): Outcome {
  try {
    return run().map((t) => t ?? torch.zeros([]));
  } catch (e) {
    return `${(e as Error).name}: ${(e as Error).message}`;
  }
}
function difference(got: Outcome, want: Outcome, tolerance: number): string | null {
  if (typeof got === "string" || typeof want === "string")
    return got === want ? null : `${text(got)}, not ${text(want)}`;
  for (const [i, x] of got.entries()) {
    const y = want[i];
    if (String(x.sizes) !== String(y.sizes)) return `result ${i} of shape [${x.sizes}], not [${y.sizes}]`;
    if (x.dtype !== y.dtype) return `result ${i} of ${x.dtype.name}, not ${y.dtype.name}`;
    const [p, q] = [x, y].map((t) => (t.dtype.is_complex ? torch.view_as_real(t.detach().resolve_conj()) : t.detach()));
    const close = torch.allclose(p, q, { rtol: tolerance, atol: tolerance, equal_nan: true });
    if (!close) return `result ${i} is\n${x}\nnot\n${y}`;
  }
  return null;
}
const text = (o: Outcome): string => (typeof o === "string" ? o : "tensors");
const fresh = (t: Tensor): Tensor => t.detach().clone({ memory_format: torch.contiguous_format });

const grad = (
  outputs: Tensor[],
  inputs: Tensor[],
  grads: Tensor[],
  create_graph: boolean,
): readonly (Tensor | null)[] => torch.autograd.grad(outputs, inputs, grads, { allow_unused: true, create_graph });

const inDtype = (t: Tensor, dtype: torch.Dtype): Tensor =>
  dtype.is_complex ? torch.complex(t, t.flip(t.sizes.map((_, d) => d)).mul(0.7)) : t.to(dtype);

/** What a call makes otherwise of tensors that lie in another way than of their contiguous copies. */
export function problemsOf(
  call: Call,
  args: readonly unknown[],
  dtype: torch.Dtype,
  asItLies: boolean,
  only: string | null = null,
): string[] {
  const { inputs, run } = taken(call, args);
  const tolerance = dtype === torch.float32 ? 1e-3 : 1e-7;
  const given = inputs.map((t) => (t.dtype === torch.float64 ? inDtype(t.detach(), dtype) : t.detach()));
  const wants = inputs.map((t) => t.requires_grad);
  // The formulas for a second derivative do not depend on the dtype.
  const withGraph = dtype === torch.float64 ? [false, true] : [false];
  const problems: string[] = [];
  const compare = (name: string, got: Outcome, want: Outcome): void => {
    const found = difference(got, want, tolerance);
    if (found !== null) problems.push(`${name}: ${found}`);
  };
  const withGrad = (list: readonly Tensor[]): Tensor[] => list.map((t, i) => t.detach().requires_grad_(wants[i]));
  const wanted = (list: readonly Tensor[]): Tensor[] => list.filter((_, i) => wants[i]);
  const same = names.map((name): [string, (i: number) => string] => [name, () => name]);
  const mixed = [2, 5].map((n): [string, (i: number) => string] => [
    `each another way (${n})`,
    (i) => names[(i * 4 + n) % names.length],
  ]);
  for (const [c, [name, of]] of [...same, ...mixed].entries()) {
    if (asItLies && c > 0) break;
    if (only !== null && name !== only) continue;
    const laid = given.map((t, i) => (asItLies ? t.clone() : layouts[of(i)](t.clone())));
    const [odd, plain] = [withGrad(laid), withGrad(laid.map((t) => (asItLies ? t.clone() : fresh(t))))];
    const [got, want] = [odd, plain].map((list) => outcome(() => run(list)));
    compare(`inputs ${name}`, got, want);
    if (typeof got !== "string" && !asItLies)
      for (const [i, t] of got.entries())
        if (!t._is_view() && odd.some((x) => x !== t && x.storage === t.storage && x.numel() > 0))
          problems.push(`inputs ${name}: result ${i} lies in an input's memory and is no view of it`);
    if (typeof got === "string" || typeof want === "string") continue;
    const differentiable = want.flatMap((t, i) => (t.requires_grad ? [i] : []));
    if (differentiable.length === 0) continue;
    const seeds = differentiable.map((i) => {
      const t = want[i];
      const values = leaf([...t.sizes], 0.2, 1.1, 7 + i).detach();
      return (t.dtype.is_complex ? torch.complex(values, values.flip([0].slice(0, t.dim()))) : values).to(t.dtype);
    });
    const seen = (list: Outcome): Tensor[] => differentiable.map((i) => (list as Tensor[])[i]);
    for (const create of withGraph)
      compare(
        `inputs ${name}, gradients${create ? " with a graph" : ""}`,
        outcome(() => grad(seen(run(odd)), wanted(odd), seeds, create)),
        outcome(() => grad(seen(run(plain)), wanted(plain), seeds, create)),
      );
    if (c > 0 && name !== only) continue;
    // As many gradients as there are ways, for plain inputs.
    for (const [way, layout] of Object.entries(layouts).filter(([way]) => only === null || way === only))
      for (const create of withGraph) {
        const incoming = seeds.map(layout);
        compare(
          `incoming gradients ${way}${create ? ", with a graph" : ""}`,
          outcome(() => grad(seen(run(plain)), wanted(plain), incoming, create)),
          outcome(() => grad(seen(run(plain)), wanted(plain), incoming.map(fresh), create)),
        );
      }
  }
  return problems;
}
