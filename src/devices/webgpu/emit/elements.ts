// Elements in memory: the buffer is an array of words, in which an element has two, one, or a part of one.
import type { Dtype } from "../../../base/dtype.ts";
import { bool, float16, float32, int32, int64, int8, uint8 } from "../../../base/dtype.ts";
import { isHalf } from "../../../kernel/half.ts";
import type { StoreMode } from "../../../kernel/loops.ts";
import { NotInWgsl, typeOf } from "./expressions.ts";
import type { Body, Functions } from "./expressions.ts";

/**
 * Note [Words that are shared]: an element smaller than a word shares it with others, which other threads may write at the
 * same time, and so it is written by atomic operations on its bits alone. A shader that needs such declares all of memory
 * atomic. Where many may write one element, they exchange it until nobody came between.
 */
export class Elements {
  private readonly functions: Functions;
  readonly atomic: boolean;

  constructor(functions: Functions, atomic: boolean) {
    this.functions = functions;
    this.atomic = atomic;
  }
  get declaration(): string {
    return `@group(0) @binding(0) var<storage, read_write> mem: array<${this.atomic ? "atomic<u32>" : "u32"}>;`;
  }
  private word(at: string): string {
    return this.atomic ? `atomicLoad(&mem[${at}])` : `mem[${at}]`;
  }
  /** The element number `at` of the buffer. */
  load(d: Dtype, at: string): string {
    typeOf(d);
    if (d === float32) return `bitcast<f32>(${this.word(at)})`;
    if (d === int32) return `bitcast<i32>(${this.word(at)})`;
    if (d === int64) return `vec2u(${this.word(`2u * ${at}`)}, ${this.word(`2u * ${at} + 1u`)})`;
    return this.value(d, `(${this.word(wordOf(d, at))} >> ${shiftOf(d, at)})`);
  }
  /** A value from bits, of which the lowest count. */
  private value(d: Dtype, bits: string): string {
    if (d === bool) return `((${bits} & 255u) != 0u)`;
    if (d === uint8) return `i32(${bits} & 255u)`;
    if (isHalf(d)) return `${this.functions.call(d === float16 ? "f16_value" : "bf16_value")}(${bits} & 0xffffu)`;
    const up = d === int8 ? 24 : 16;
    return `(bitcast<i32>(${bits} << ${up}u) >> ${up}u)`;
  }
  /** The bits of a value, in a word. */
  private bits(d: Dtype, x: string): string {
    if (d === bool) return `select(0u, 1u, ${x})`;
    if (isHalf(d)) return `${this.functions.call(d === float16 ? "f16_bits" : "bf16_bits")}(${x})`;
    const bits = `bitcast<u32>(${x})`;
    return d.itemsize === 4 ? bits : `(${bits} & ${maskOf(d)})`;
  }
  /** Writes an element that nobody else writes. */
  store(body: Body, d: Dtype, at: string, x: string): void {
    const set = (word: string, bits: string): void =>
      body.add(this.atomic ? `atomicStore(&mem[${word}], ${bits});` : `mem[${word}] = ${bits};`);
    if (d === int64) {
      set(`2u * ${at}`, `${x}.x`);
      set(`2u * ${at} + 1u`, `${x}.y`);
    } else if (d.itemsize === 4) set(at, this.bits(d, x));
    else {
      const word = body.let(wordOf(d, at));
      const shift = body.let(shiftOf(d, at));
      body.add(`atomicAnd(&mem[${word}], ~(${maskOf(d)} << ${shift}));`);
      body.add(`atomicOr(&mem[${word}], ${this.bits(d, x)} << ${shift});`);
    }
  }
  /** Lets a value meet an element that others may write, too. */
  meet(body: Body, mode: StoreMode, d: Dtype, at: string, x: string): void {
    if (mode === "set") return this.store(body, d, at, x);
    if (d === int64) {
      if (mode !== "add") throw new NotInWgsl(`no atomic ${mode} of int64`);
      const low = body.let(`atomicAdd(&mem[2u * ${at}], ${x}.x)`);
      body.add(`atomicAdd(&mem[2u * ${at} + 1u], ${x}.y + select(0u, 1u, ${low} + ${x}.x < ${low}));`);
    } else if (d === int32 && mode === "add") body.add(`atomicAdd(&mem[${at}], bitcast<u32>(${x}));`);
    else {
      const part = d.itemsize < 4;
      const word = body.let(part ? wordOf(d, at) : at);
      const shift = part ? body.let(shiftOf(d, at)) : "0u";
      const old = body.name();
      body.add(`var ${old} = atomicLoad(&mem[${word}]);`);
      body.add("loop {");
      const round = body.inner();
      const was = round.let(part ? this.value(d, `(${old} >> ${shift})`) : `bitcast<${typeOf(d)}>(${old})`);
      const met = round.let(round.operate(mode, [was, x], d));
      const bits = this.bits(d, met);
      const next = part ? `(${old} & ~(${maskOf(d)} << ${shift})) | (${bits} << ${shift})` : bits;
      const tried = round.let(`atomicCompareExchangeWeak(&mem[${word}], ${old}, ${next})`);
      round.add(`if (${tried}.exchanged) { break; }`);
      round.add(`${old} = ${tried}.old_value;`);
      body.lines.push(...round.lines);
      body.add("}");
    }
  }
}
const maskOf = (d: Dtype): string => (d.itemsize === 1 ? "255u" : "0xffffu");
const wordOf = (d: Dtype, at: string): string => `(${at} >> ${d.itemsize === 1 ? 2 : 1}u)`;
const shiftOf = (d: Dtype, at: string): string => (d.itemsize === 1 ? `((${at} & 3u) * 8u)` : `((${at} & 1u) * 16u)`);
