// torch.compiler and torch._dynamo: what was compiled, what was not, and why.
import { bindArguments } from "../dispatch/callable.ts";
import type { Module } from "../nn/module/module.ts";
import { tensorsOf } from "../func/tree.ts";
import { casesOf, generation, tracedCall } from "./compile.ts";
import { Compiled } from "./compiled.ts";
import { trafficOf } from "./program.ts";
import type { Program } from "./program.ts";
import { tap } from "./tap.ts";

/** Forgets all that was compiled, as `torch.compiler.reset`. */
export function reset(): void {
  generation.now++;
}
/** Whether a call is being traced, as `torch.compiler.is_compiling`. */
export const is_compiling = (): boolean => tap.listener !== null;

export interface ExplainOutput {
  /** Programs made of the call: 1, or 0 if it stays eager. */
  readonly graph_count: number;
  readonly graph_break_count: number;
  readonly break_reasons: readonly string[];
  /** Ops called. */
  readonly op_count: number;
  /** Kernels and products that ran eagerly, and that a compiled call runs: forward and backward. */
  readonly launches: { readonly eager: number; readonly compiled: number };
  /** What these read and write, each element of an operand counted once. An optimizer's step is in neither. */
  readonly bytes: { readonly eager: number; readonly compiled: number };
}
const EXPLAIN = "explain(callable f) -> callable";
/**
 * What compiling a call comes to: `explain(f)(...args)`, as `torch._dynamo.explain`. It calls the function once, and of a
 * compiled one tells what its calls have shown so far, too.
 * @example
 * torch._dynamo.explain((x: Tensor) => x.add(x.sum().item()))(torch.ones(2)).break_reasons // [ 'values of a tensor were read…' ]
 */
export function explain<A extends unknown[]>(f: (...args: A) => unknown): (...args: A) => ExplainOutput;
export function explain(...given: unknown[]): unknown {
  const { f } = bindArguments<typeof EXPLAIN, { f: (...args: unknown[]) => unknown }>(EXPLAIN, given);
  const cases = casesOf(f);
  return (...args: unknown[]): ExplainOutput => {
    const tensors = tensorsOf(args);
    const { traced, tracer } = tracedCall(cases?.fn ?? f, args, tensors, new Set<Module>(), false);
    const eager = tracer.steps.filter((s) => s.kind === "launch" || s.kind === "product").length;
    const seen = cases?.cases.flatMap((c) => (c.compiled === null && c.reason !== null ? [c.reason] : [])) ?? [];
    const reasons = [...new Set([...(tracer.failure === null ? [] : [tracer.failure]), ...seen])];
    const made = traced === null ? null : new Compiled(f, traced, tensors, tracer.written());
    const programs = made === null ? [] : [made.forward, ...(made.backward === null ? [] : [made.backward])];
    const sum = (of: (p: Program) => number): number => programs.reduce((n, p) => n + of(p), 0);
    return {
      graph_count: made === null ? 0 : 1,
      graph_break_count: reasons.length,
      break_reasons: reasons,
      op_count: tracer.ops,
      launches: { eager, compiled: sum((p) => p.launches) },
      bytes: { eager: trafficOf(tracer.steps), compiled: sum((p) => p.bytes) },
    };
  };
}
