// A kernel as a shader.
//
// Note [Shaders]: a shader knows the buffer, an array of words in which all operands lie, and a descriptor of the launch:
// how many outer and reduced elements, the sizes of the loops, of each operand the first element and its strides, params.
import { float32 } from "../../../base/dtype.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { isHalf } from "../../../kernel/half.ts";
import type { Kernel, Output } from "../../../kernel/loops.ts";
import { passesOf } from "../../../kernel/loops.ts";
import { acc } from "../../../kernel/expr.ts";
import { DESCRIPTOR_BYTES } from "../worker.ts";
import { Elements } from "./elements.ts";
import { Body, cast, Functions, NotInWgsl, PREAMBLE, typeOf } from "./expressions.ts";
import type { Leaves } from "./expressions.ts";

/**
 * How the work is divided: a thread for each outer element ("each"), which walks the reduced ones by itself; a workgroup for
 * each, whose threads take the reduced ones in turn and put together what they have ("group"); or one thread for all ("one").
 */
export type Form = "each" | "group" | "one";
export interface Variant {
  readonly form: Form;
  /** Loops of the outer dims and of the reduced ones. */
  readonly outer: number;
  readonly reduced: number;
}
export const WORKGROUP = 64;

/** Where what is told of a launch stands in its descriptor, in words. */
export interface Words {
  readonly size: (dim: number) => number;
  readonly first: (operand: number) => number;
  readonly stride: (operand: number, dim: number) => number;
  readonly param: (i: number) => number;
  readonly count: number;
}
export const OUTER = 0;
export const REDUCED = 1;
export function wordsOf(kernel: Kernel, rank: number): Words {
  const operands = kernel.inputs.length + kernel.outputs.length;
  const first = (k: number): number => 2 + rank + k * (1 + rank);
  const params = first(operands);
  return {
    size: (dim) => 2 + dim,
    first,
    stride: (k, dim) => first(k) + 1 + dim,
    param: (i) => params + 2 * i,
    count: params + 2 * kernel.params.length,
  };
}
const word = (i: number): string => `d[${i >> 2}u].${"xyzw"[i & 3]}`;
/** What every shader begins with. */
export const HEAD = `@group(0) @binding(1) var<uniform> d: array<vec4u, ${DESCRIPTOR_BYTES / 16}>;
${PREAMBLE}`;

/** Whether several threads may write one word. */
const isShared = ({ dtype, offset, mode = "set" }: Output): boolean =>
  dtype.itemsize < 4 || (offset !== undefined && mode !== "set");

export function emitKernel(kernel: Kernel, { form, outer, reduced }: Variant): string {
  const { inputs, outputs, params, reduce } = kernel;
  const words = wordsOf(kernel, outer + reduced);
  if (words.count * 4 > DESCRIPTOR_BYTES) throw new NotInWgsl("too many operands");
  const functions = new Functions();
  const elements = new Elements(functions, outputs.some(isShared));
  const dtypes = [...inputs, ...outputs.map((o) => o.dtype)];
  const accs = reduce?.accs ?? [];
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

  /** Names of each operand's element where a loop stands. */
  const leavesAt = (places: readonly string[]): Leaves => ({
    input: (k) => elements.load(dtypes[k], places[k]),
    load: (k, offset) => elements.load(dtypes[k], `(${places[k]} + bitcast<u32>(${offset}))`),
    param: (i, d) => paramText(words.param(i), d, params[i], functions),
    acc: (i) => `acc${i}`,
    iota: () => "i32(i)",
    reduceIota: () => "i32(r)",
  });
  /** Finds where number `n` is in the dims `from` to `to`, and the operands' elements there, from those at `starts`. */
  const walk = (body: Body, n: string, from: number, to: number, starts: readonly string[]): string[] => {
    const at = new Array<string>(to);
    let rest = n;
    for (let dim = to - 1; dim > from; dim--) {
      at[dim] = body.let(`${rest} % ${word(words.size(dim))}`);
      rest = body.let(`${rest} / ${word(words.size(dim))}`);
    }
    if (to > from) at[from] = rest;
    return dtypes.map((_, k) => {
      const steps = range(to - from).map((i) => `${at[from + i]} * ${word(words.stride(k, from + i))}`);
      return steps.length === 0 ? starts[k] : body.let([starts[k], ...steps].join(" + "));
    });
  };
  const store = (body: Body, which: readonly number[], places: readonly string[]): void => {
    for (const i of which) {
      const { dtype, value, offset, mode = "set" } = outputs[i];
      const x = body.value(value);
      const place = places[inputs.length + i];
      if (offset !== undefined) {
        const at = body.let(`${place} + bitcast<u32>(${body.value(offset)})`);
        elements.meet(body, mode, dtype, at, x);
      } else if (mode === "set") elements.store(body, dtype, place, x);
      else {
        const was = body.let(elements.load(dtype, place));
        elements.store(body, dtype, place, body.let(body.operate(mode, [was, x], dtype)));
      }
    }
  };

  const main = new Body(functions, leavesAt([]), "  ");
  const stride = form === "one" ? "1u" : form === "group" ? "groups.x" : `groups.x * ${WORKGROUP}u`;
  const start = form === "one" ? "0u" : form === "group" ? "group.x" : "thread.x";
  main.add(`for (var i = ${start}; i < ${word(OUTER)}; i += ${stride}) {`);
  // Where the operands are at an outer element is found with values of no other leaves.
  const finding = new Body(functions, leavesAt([]), "    ");
  const places = walk(
    finding,
    "i",
    0,
    outer,
    dtypes.map((_, k) => word(words.first(k))),
  );
  const each = new Body(functions, leavesAt(places), "    ", finding);
  each.lines.push(...finding.lines);
  const last = range(outputs.length).filter((i) => outputs[i].pass === undefined);
  if (reduce !== null) {
    for (const [i, { dtype, init }] of accs.entries()) each.add(`var acc${i}: ${typeOf(dtype)} = ${each.value(init)};`);
    for (const pass of passesOf(kernel)) {
      const [from, by] = form === "group" ? ["lane", `${WORKGROUP}u`] : ["0u", "1u"];
      each.add(`for (var r = ${from}; r < ${word(REDUCED)}; r += ${by}) {`);
      const locating = new Body(functions, leavesAt([]), "      ", each.fresh());
      const inner = walk(locating, "r", outer, outer + reduced, places);
      const step = new Body(functions, leavesAt(inner), "      ", locating);
      step.lines.push(...locating.lines);
      const next = pass.accs.map((i) => step.value(accs[i].step));
      store(step, pass.outputs, inner);
      for (const [n, i] of pass.accs.entries()) step.add(`acc${i} = ${next[n]};`);
      if (reduce.scan) {
        // What is stored at every step is computed from what the accumulators have become.
        const stepped = new Body(functions, leavesAt(inner), "      ", step.fresh());
        store(stepped, last, inner);
        step.lines.push(...stepped.lines);
      }
      each.lines.push(...step.lines);
      each.add("}");
      if (form === "group") for (const i of pass.accs) putTogether(each, i, accs[i]);
    }
  }
  if (reduce?.scan !== true && last.length > 0) {
    const end = new Body(functions, leavesAt(places), "    ", each.fresh());
    store(end, last, places);
    if (form === "group") each.add("if (lane == 0u) {");
    each.lines.push(...end.lines);
    if (form === "group") each.add("}");
  }
  main.lines.push(...each.lines);
  main.add("}");

  function putTogether(body: Body, i: number, { dtype, combine }: (typeof accs)[number]): void {
    body.add(`shared${i}[lane] = acc${i};`);
    body.add("workgroupBarrier();");
    body.add(`for (var s = ${WORKGROUP / 2}u; s > 0u; s >>= 1u) {`);
    body.add("  if (lane < s) {");
    const pair = [acc(0, dtype), acc(1, dtype)] as const;
    const leaves: Leaves = { ...leavesAt([]), acc: (n) => `shared${i}[lane${n === 0 ? "" : " + s"}]` };
    const joined = new Body(functions, leaves, "        ", body.fresh());
    joined.add(`shared${i}[lane] = ${joined.value(combine!(...pair))};`);
    body.lines.push(...joined.lines);
    body.add("  }");
    body.add("  workgroupBarrier();");
    body.add("}");
    body.add(`acc${i} = shared${i}[0];`);
    body.add("workgroupBarrier();");
  }
  const shared =
    form === "group" ? accs.map((a, i) => `var<workgroup> shared${i}: array<${typeOf(a.dtype)}, ${WORKGROUP}>;`) : [];
  return `${elements.declaration}
${HEAD}
${shared.join("\n")}
${functions.text}
@compute @workgroup_size(${form === "one" ? 1 : WORKGROUP})
fn main(
  @builtin(global_invocation_id) thread: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
${main.lines.join("\n")}
}
`;
}
/** A param, which the descriptor holds as a number of 32 bits or, for int64, 64; 16-bit floats as float32. */
function paramText(at: number, dtype: Dtype, held: Dtype, functions: Functions): string {
  const text =
    typeOf(held) === "vec2u"
      ? `vec2u(${word(at)}, ${word(at + 1)})`
      : typeOf(held) === "bool"
        ? `(${word(at)} != 0u)`
        : `bitcast<${typeOf(held)}>(${word(at)})`;
  return isHalf(held) ? cast(text, float32, dtype, functions) : text;
}
