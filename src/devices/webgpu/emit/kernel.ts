// A kernel as a shader.
//
// Note [Shaders]: a shader knows the buffer, an array of words in which all operands lie, and a descriptor of the launch:
// how many outer and reduced elements, the sizes of the loops, of each operand the first element and its strides, params.
//
// Note [Immediates]: where a device has them and the descriptor fits, it comes with the command, not in a buffer of its own.
import { float32 } from "../../../base/dtype.ts";
import type { Dtype } from "../../../base/dtype.ts";
import { isHalf } from "../../../kernel/half.ts";
import type { Kernel, Output } from "../../../kernel/loops.ts";
import { passesOf } from "../../../kernel/loops.ts";
import { acc } from "../../../kernel/expr.ts";
import { DESCRIPTOR_BYTES, IMMEDIATES } from "../worker.ts";
import type { Adapter } from "../worker.ts";
import { Elements } from "./elements.ts";
import { Body, cast, Functions, NotInWgsl, preamble, typeOf } from "./expressions.ts";
import type { Leaves } from "./expressions.ts";

/**
 * How the work is divided: a thread for each outer element, which walks the reduced ones by itself; several `lanes` for each,
 * which take the reduced ones in turn and put together what they have; or one thread for all (`inOrder`).
 *
 * Note [Lanes]: a workgroup that has several lanes for each outer element has several of those, too. Threads that follow each
 * other are lanes of one element where reduced elements lie side by side in memory, and otherwise (`across`) of elements that
 * follow each other. Where that leaves a device idle, the reduced elements are divided among workgroups, too: each stores
 * its accumulators, and another launch combines them (`isPart`).
 */
export interface Form {
  readonly lanes: number;
  readonly across: boolean;
  readonly inOrder: boolean;
  readonly isPart: boolean;
}
export interface Variant {
  readonly form: Form;
  /** Loops of the outer dims and of the reduced ones. */
  readonly outer: number;
  readonly reduced: number;
}
export const WORKGROUP = 64;
/** Threads of a workgroup with lanes. */
export const LANES = 256;
/** What every device has of a workgroup's memory. */
export const WORKGROUP_BYTES = 16384;

/** Where what is told of a launch stands in its descriptor, in words. */
export interface Words {
  readonly size: (dim: number) => number;
  readonly first: (operand: number) => number;
  readonly stride: (operand: number, dim: number) => number;
  readonly param: (i: number) => number;
  /** Of an output that is scattered: where its block begins, and how many elements it has. */
  readonly block: (output: number) => number;
  readonly count: number;
}
export const OUTER = 0;
export const REDUCED = 1;
/** Reduced elements of a part. */
export const SHARE = 2;
const FIRST = 3;
export function wordsOf(kernel: Kernel, rank: number): Words {
  const operands = kernel.inputs.length + kernel.outputs.length;
  const first = (k: number): number => FIRST + rank + k * (1 + rank);
  const params = first(operands);
  return {
    size: (dim) => FIRST + dim,
    first,
    stride: (k, dim) => first(k) + 1 + dim,
    param: (i) => params + 2 * i,
    block: (i) => params + 2 * kernel.params.length + 2 * i,
    count: params + 2 * kernel.params.length + (kernel.outputs.some((o) => o.offset) ? 2 * kernel.outputs.length : 0),
  };
}
/** Where word `i` of the descriptor is, in a buffer or beside the command. */
const inBuffer = (i: number): string => `d[${i >> 2}u].${"xyzw"[i & 3]}`;
const atHand = (i: number): string => `d.v${i >> 2}.${"xyzw"[i & 3]}`;
/** What every shader begins with. */
export const HEAD = `@group(0) @binding(1) var<uniform> d: array<vec4u, ${DESCRIPTOR_BYTES / 16}>;
${preamble(inBuffer(0))}`;
/** The same where the descriptor comes with the command, in so many vectors, which may be no array. */
const headAtHand = (vectors: number): string => `struct Told { ${range(vectors)
  .map((i) => `v${i}: vec4u`)
  .join(", ")} }
${IMMEDIATES}d: Told;
${preamble(atHand(0))}`;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Whether several threads may write one word. */
const mayMeet = ({ dtype, offset, mode = "set" }: Output): boolean =>
  dtype.itemsize < 4 || (offset !== undefined && mode !== "set");

/** What a device has that others have not. */
export type Hardware = Pick<Adapter, "subgroup" | "halves" | "immediates" | "matrices">;

export function emitKernel(kernel: Kernel, { form, outer, reduced }: Variant, hardware: Hardware): string {
  const { inputs, outputs, params, reduce } = kernel;
  const words = wordsOf(kernel, outer + reduced);
  if (words.count * 4 > DESCRIPTOR_BYTES) throw new NotInWgsl("too many operands");
  const functions = new Functions(hardware.halves);
  const elements = new Elements(functions, outputs.some(mayMeet));
  const dtypes = [...inputs, ...outputs.map((o) => o.dtype)];
  const accs = reduce?.accs ?? [];
  const vectors = Math.ceil(words.count / 4);
  const isAtHand = vectors * 16 <= hardware.immediates;
  const word = isAtHand ? atHand : inBuffer;

  /** Names of each operand's element where a loop stands. */
  const leavesAt = (places: readonly string[]): Leaves => ({
    input: (k) => elements.load(dtypes[k], places[k]),
    load: (k, offset) => elements.load(dtypes[k], `(${places[k]} + bitcast<u32>(${offset}))`),
    param: (i, d) => paramText([word(words.param(i)), word(words.param(i) + 1)], d, params[i], functions),
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
        // Indices may be wrong, which is told late: then they write nothing but into the operand's own block.
        body.add(`if (${at} - ${word(words.block(i))} < ${word(words.block(i) + 1)}) {`);
        const inner = body.inner();
        elements.meet(inner, mode, dtype, at, x);
        body.lines.push(...inner.lines);
        body.add("}");
      } else if (mode === "set") elements.store(body, dtype, place, x);
      else {
        const was = body.let(elements.load(dtype, place));
        elements.store(body, dtype, place, body.let(body.operate(mode, [was, x], dtype)));
      }
    }
  };

  const { lanes, across, inOrder, isPart } = form;
  const isShared = lanes > 1;
  const perGroup = LANES / lanes;
  /** Lanes of one element that are in one subgroup. */
  const near = across ? 1 : Math.min(lanes, hardware.subgroup);
  const main = new Body(functions, leavesAt([]), "  ");
  if (isShared) {
    const [x, y] = across ? [`lane % ${perGroup}u`, `lane / ${perGroup}u`] : [`lane / ${lanes}u`, `lane % ${lanes}u`];
    main.add(`let x = ${x};`);
    main.add(`let y = ${y};`);
    main.add(`for (var first = group.x * ${perGroup}u; first < ${word(OUTER)}; first += groups.x * ${perGroup}u) {`);
    main.add("  let i = first + x;");
    main.add(`  let is_there = i < ${word(OUTER)};`);
    const end = isPart ? `min(${word(REDUCED)}, (group.y + 1u) * ${word(SHARE)})` : word(REDUCED);
    main.add(`  let end = select(0u, ${end}, is_there);`);
  } else {
    const [start, stride] = inOrder ? ["0u", "1u"] : ["thread.x", `groups.x * ${WORKGROUP}u`];
    main.add(`for (var i = ${start}; i < ${word(OUTER)}; i += ${stride}) {`);
    main.add(`  let end = ${word(REDUCED)};`);
  }
  // Where the operands are at an outer element is found with values of no other leaves.
  const finding = new Body(functions, leavesAt([]), "    ");
  const places = walk(
    finding,
    "i",
    0,
    outer,
    dtypes.map((_, k) => {
      const first = word(words.first(k));
      return isPart && k >= inputs.length ? `(${first} + group.y * ${word(OUTER)})` : first;
    }),
  );
  const each = new Body(functions, leavesAt(places), "    ", finding);
  each.lines.push(...finding.lines);
  const last = range(outputs.length).filter((i) => outputs[i].pass === undefined);
  if (reduce !== null) {
    for (const [i, { dtype, init }] of accs.entries()) each.add(`var acc${i}: ${typeOf(dtype)} = ${each.value(init)};`);
    for (const pass of passesOf(kernel)) {
      const from = isShared ? (isPart ? `group.y * ${word(SHARE)} + y` : "y") : "0u";
      each.add(`for (var r = ${from}; r < end; r += ${lanes}u) {`);
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
      if (isShared) for (const i of pass.accs) putTogether(each, i, accs[i]);
    }
  }
  if (reduce?.scan !== true && last.length > 0) {
    const end = new Body(functions, leavesAt(places), "    ", each.fresh());
    store(end, last, places);
    if (isShared) each.add("if (y == 0u && is_there) {");
    each.lines.push(...end.lines);
    if (isShared) each.add("}");
  }
  main.lines.push(...each.lines);
  main.add("}");

  function putTogether(body: Body, i: number, { dtype, combine }: (typeof accs)[number]): void {
    /** Makes of two accumulators, the earlier lanes' first, one. */
    const combined = (into: Body, target: string, first: string, second: string): void => {
      const leaves: Leaves = { ...leavesAt([]), acc: (n) => (n === 0 ? first : second) };
      const joined = new Body(functions, leaves, "        ", into.fresh());
      joined.add(`${target} = ${joined.value(combine!(acc(0, dtype), acc(1, dtype)))};`);
      into.lines.push(...joined.lines);
    };
    const type = typeOf(dtype);
    for (let s = 1; s < near; s *= 2) {
      const other =
        type === "bool" ? `subgroupShuffleXor(u32(acc${i}), ${s}u) != 0u` : `subgroupShuffleXor(acc${i}, ${s}u)`;
      body.add("{");
      body.add(`  let other: ${type} = ${other};`);
      body.add(`  let is_later = (lane & ${s}u) != 0u;`);
      body.add(`  let first: ${type} = select(acc${i}, other, is_later);`);
      body.add(`  let second: ${type} = select(other, acc${i}, is_later);`);
      combined(body, `acc${i}`, "first", "second");
      body.add("}");
    }
    if (near === lanes) return;
    if (near > 1) {
      // All add up what the subgroups have, in their order.
      const first = `(lane - y) / ${near}u`;
      body.add(`if (lane % ${near}u == 0u) { shared${i}[lane / ${near}u] = acc${i}; }`);
      body.add("workgroupBarrier();");
      body.add(`acc${i} = shared${i}[${first}];`);
      body.add(`for (var s = 1u; s < ${lanes / near}u; s++) {`);
      body.add(`  let next: ${type} = shared${i}[${first} + s];`);
      combined(body, `acc${i}`, `acc${i}`, "next");
      body.add("}");
      body.add("workgroupBarrier();");
      return;
    }
    const apart = across ? perGroup : 1;
    body.add(`shared${i}[lane] = acc${i};`);
    body.add("workgroupBarrier();");
    body.add(`for (var s = ${lanes / 2}u; s > 0u; s >>= 1u) {`);
    body.add("  if (y < s) {");
    combined(body, `shared${i}[lane]`, `shared${i}[lane]`, `shared${i}[lane + s * ${apart}u]`);
    body.add("  }");
    body.add("  workgroupBarrier();");
    body.add("}");
    body.add(`acc${i} = shared${i}[${across ? "x" : `lane - y`}];`);
    body.add("workgroupBarrier();");
  }
  const shared =
    isShared && near < lanes
      ? accs.map((a, i) => `var<workgroup> shared${i}: array<${typeOf(a.dtype)}, ${LANES / near}>;`)
      : [];
  const directives = [near > 1 ? "enable subgroups;\n" : "", functions.directives];
  if (isAtHand) directives.push("requires immediate_address_space;\n");
  return `${directives.join("")}${elements.declaration}
${isAtHand ? headAtHand(vectors) : HEAD}
${shared.join("\n")}
${functions.text}
@compute @workgroup_size(${inOrder ? 1 : isShared ? LANES : WORKGROUP})
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
function paramText(
  [first, second]: readonly [string, string],
  dtype: Dtype,
  held: Dtype,
  functions: Functions,
): string {
  const text =
    typeOf(held) === "vec2u"
      ? `vec2u(${first}, ${second})`
      : typeOf(held) === "bool"
        ? `(${first} != 0u)`
        : `bitcast<${typeOf(held)}>(${first})`;
  return isHalf(held) ? cast(text, float32, dtype, functions) : text;
}
