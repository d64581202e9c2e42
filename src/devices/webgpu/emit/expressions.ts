// Expressions to WGSL.
//
// Note [Values in WGSL]: a value of float32, and of the 16-bit floats, is an f32, the latter rounded; of bool a bool; of
// int32, int16, int8 and uint8 an i32 in the range of its dtype; of int64 two words, a vec2u. There is no float64: an
// expression that has some cannot be emitted, and its kernel runs on the CPU (Note [Kernels on the host]).
import type { Dtype } from "../../../base/dtype.ts";
import { bfloat16, bool, float16, float32, int16, int32, int64, int8, uint8 } from "../../../base/dtype.ts";
import { param } from "../../../kernel/expr.ts";
import type { BinaryOp, BitOp, CompareOp, Expr, ExprOp, MathOp, UnaryOp } from "../../../kernel/expr.ts";
import { RARE } from "../../../kernel/formulas/format.ts";
import { isHalf } from "../../../kernel/half.ts";
import { hasFormula, lower } from "../../../kernel/math.ts";
import { directives, library } from "./library.ts";

/** Why a kernel has no form in WGSL. */
export class NotInWgsl extends Error {}

/** What holds a value of a dtype. */
export function typeOf(d: Dtype): "f32" | "i32" | "bool" | "vec2u" {
  if (d === float32 || isHalf(d)) return "f32";
  if (d === bool) return "bool";
  if (d === int64) return "vec2u";
  if (d === int32 || d === int16 || d === int8 || d === uint8) return "i32";
  throw new NotInWgsl(`no ${d.name} in WGSL`);
}
/** Where the leaves of an expression are. */
export interface Leaves {
  input(k: number): string;
  load(k: number, offset: string): string;
  param(i: number, dtype: Dtype): string;
  acc(i: number): string;
  iota(): string;
  reduceIota(): string;
}

/** Functions whose formulas compute in float64: the library has others. */
const OWN: Partial<Record<ExprOp, string>> = { rem: "fmod", sin: "sin32", cos: "cos32", tan: "tan32", pow: "pow32" };
/** The functions of a shader: those of the library that it calls, and the formulas of functions of floats. */
export class Functions {
  private readonly used = new Set<string>();
  private readonly formulas = new Map<string, string>();
  /** Whether halves are the hardware's. */
  private readonly halves: boolean;

  constructor(halves: boolean) {
    this.halves = halves;
  }
  /** The name of a function of the library, which is used from now on. */
  call(name: string): string {
    this.used.add(name);
    return name;
  }
  /** The name of a function of floats. */
  formula(op: ExprOp, arity: number): string {
    const name = `${op}_f32`;
    if (this.formulas.has(name)) return name;
    if (op in OWN) return this.call(OWN[op]!);
    const args = Array.from({ length: arity }, (_, i) => param(i, float32));
    this.formulas.set(name, "");
    const leaves = { param: (i: number) => `x${i}` } as unknown as Leaves;
    const body = new Body(this, leaves, "  ");
    const result = body.value(lower(op, args));
    const head = args.map((_, i) => `x${i}: f32`).join(", ");
    // Formulas that call others come after them.
    this.formulas.delete(name);
    this.formulas.set(name, `fn ${name}(${head}) -> f32 {\n${body.lines.join("\n")}\n  return ${result};\n}`);
    return name;
  }
  get text(): string {
    return [library(this.used, this.halves), ...this.formulas.values()].join("\n");
  }
  /** What comes before all else. */
  get directives(): string {
    return directives(this.used, this.halves);
  }
}

/** What is not finite is no constant in WGSL, but the value of a variable may be. */
export const preamble = (elements: string): string => `var<private> inf_bits: u32 = 0x7f800000u;
var<private> nan_bits: u32 = 0x7fc00000u;
fn zero() -> f32 { return f32(${elements} >> 31u); }`;
/** 0, which no compiler knows: there are fewer than 2^31 elements. */
const ZERO = "zero()";

const number = (x: number): string => {
  if (Number.isNaN(x)) return "bitcast<f32>(nan_bits)";
  // GPUs may take subnormal numbers for 0, which what a formula keeps from 0 must not become.
  const near = x !== 0 && Math.abs(x) < 2 ** -126 ? Math.sign(x) * 2 ** -126 : Math.fround(x);
  if (Math.abs(near) === Infinity) return `bitcast<f32>(inf_bits${near < 0 ? " | 0x80000000u" : ""})`;
  if (Object.is(near, -0)) return "bitcast<f32>(0x80000000u)";
  return `${String(near).includes(".") || String(near).includes("e") ? near : `${near}.0`}f`;
};
function constantOf({ value, dtype }: Expr): string {
  switch (typeOf(dtype)) {
    case "f32":
      return number(Number(value));
    case "bool":
      return String(Number(value) !== 0);
    case "vec2u": {
      const n = BigInt.asUintN(64, BigInt(value));
      return `vec2u(${n & 0xffffffffn}u, ${n >> 32n}u)`;
    }
    case "i32": {
      const n = BigInt.asIntN(32, BigInt(typeof value === "bigint" ? value : Math.trunc(value)));
      return n === -(2n ** 31n) ? "i32(-2147483647 - 1)" : `${n}i`;
    }
  }
}

const SYMBOLS: Partial<Record<ExprOp, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  and: "&",
  or: "|",
  xor: "^",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

/** Statements, and the values that they have computed: what is one object is computed once. */
export class Body {
  readonly lines: string[] = [];
  private readonly functions: Functions;
  private readonly leaves: Leaves;
  private readonly indent: string;
  private readonly known: Map<Expr, string>;
  private names: { next: number };

  constructor(functions: Functions, leaves: Leaves, indent: string, outer: Body | null = null) {
    this.functions = functions;
    this.leaves = leaves;
    this.indent = indent;
    this.known = new Map(outer?.known);
    this.names = outer?.names ?? { next: 0 };
  }
  /** A block of statements in this one, which knows its values. */
  inner(): Body {
    return new Body(this.functions, this.leaves, `${this.indent}  `, this);
  }
  /** What a block begins with that knows no values of this one: where accumulators, or places, are others. */
  fresh(): Body {
    const body = new Body(this.functions, this.leaves, this.indent);
    body.names = this.names;
    return body;
  }
  add(line: string): void {
    this.lines.push(this.indent + line);
  }
  /** A name that is not taken. */
  name(): string {
    return `v${this.names.next++}`;
  }
  /** A new constant of the function. */
  let(text: string): string {
    const name = this.name();
    this.add(`let ${name} = ${text};`);
    return name;
  }
  /** The name of an expression's value. */
  value(e: Expr): string {
    let name = this.known.get(e);
    if (name === undefined)
      this.known.set(e, (name = e.op === "where" && e.value === RARE ? this.branch(e) : this.let(this.text(e))));
    return name;
  }
  private branch({ src: [condition, a, b], dtype }: Expr): string {
    const test = this.value(condition);
    const name = this.name();
    const usual = this.value(b);
    this.add(`var ${name}: ${typeOf(dtype)} = ${usual};`);
    const rare = this.inner();
    rare.add(`${name} = ${rare.value(a)};`);
    this.add(`if (${test}) {`);
    this.lines.push(...rare.lines);
    this.add("}");
    return name;
  }
  private text(e: Expr): string {
    const { op, dtype } = e;
    const which = Number(e.value);
    const { leaves } = this;
    typeOf(dtype);
    switch (op) {
      case "const":
        return this.fitted(constantOf(e), dtype);
      case "input":
        return leaves.input(which);
      case "load":
        return leaves.load(which, this.value(e.src[0]));
      case "param":
        return leaves.param(which, dtype);
      case "acc":
        return leaves.acc(which);
      case "iota":
        return leaves.iota();
      case "reduceIota":
        return leaves.reduceIota();
    }
    const src = e.src.map((x) => this.value(x));
    // A compiler may take what is multiplied by a constant 0 for 0, which NaN is not.
    if (op === "mul" && typeOf(dtype) === "f32")
      for (const [i, x] of e.src.entries()) if (x.op === "const" && Number(x.value) === 0) src[i] = ZERO;
    if (op === "where") return `select(${src[2]}, ${src[1]}, ${src[0]})`;
    if (op === "cast") return cast(src[0], e.src[0].dtype, dtype, this.functions);
    if (op === "bitcast") return this.bitcast(src[0], e.src[0].dtype, dtype);
    const of = e.src[0].dtype;
    if (typeOf(of) === "f32" && hasFormula(op))
      return this.fitted(`${this.functions.formula(op, src.length)}(${src.join(", ")})`, dtype);
    if (op === "ne" && typeOf(of) === "f32" && e.src[0] === e.src[1])
      return `${this.functions.call("isnan")}(${src[0]})`;
    return this.fitted(this.operation(op, src, of), dtype);
  }
  /** An operator on values of a dtype that it gives, too. */
  operate(op: ExprOp, values: readonly string[], d: Dtype): string {
    return this.fitted(this.operation(op, values, d), d);
  }
  /** A result as its dtype holds it. */
  private fitted(text: string, d: Dtype): string {
    if (d === float16) return `${this.functions.call("f16_round")}(${text})`;
    if (d === bfloat16) return `${this.functions.call("bf16_round")}(${text})`;
    return wrapped(text, d);
  }
  private operation(op: ExprOp, [x, y, z]: readonly string[], d: Dtype): string {
    const call = (name: string, ...args: string[]): string => `${this.functions.call(name)}(${args.join(", ")})`;
    switch (typeOf(d)) {
      case "bool":
        return onBools(op as BinaryOp, x, y);
      case "vec2u":
        return onPairs(op, x, y, z, call);
      case "f32":
        return onFloats(op as BinaryOp, x, y, z, call);
      case "i32":
        return onIntegers(op as BinaryOp, x, y, z, d, call);
    }
  }
  private bitcast(x: string, from: Dtype, to: Dtype): string {
    const call = (name: string, of: string): string => `${this.functions.call(name)}(${of})`;
    if (from === to) return x;
    if (from === float32 && to === int32) return `bitcast<i32>(${x})`;
    if (from === int32 && to === float32) return `bitcast<f32>(${x})`;
    if (isHalf(from) && to === int16)
      return wrapped(`bitcast<i32>(${call(from === float16 ? "f16_bits" : "bf16_bits", x)})`, int16);
    if (from === int16 && isHalf(to))
      return call(to === float16 ? "f16_value" : "bf16_value", `(bitcast<u32>(${x}) & 0xffffu)`);
    throw new NotInWgsl(`no bitcast from ${from.name} to ${to.name}`);
  }
}

type Call = (name: string, ...args: string[]) => string;
/** An i32 in the range of a smaller dtype. */
function wrapped(text: string, d: Dtype): string {
  if (d === uint8) return `((${text}) & 255)`;
  if (d !== int8 && d !== int16) return text;
  const shift = d === int8 ? 24 : 16;
  return `(((${text}) << ${shift}u) >> ${shift}u)`;
}
/** A value in another dtype, as C converts. */
export function cast(x: string, from: Dtype, to: Dtype, functions: Functions): string {
  const call: Call = (name, ...args) => `${functions.call(name)}(${args.join(", ")})`;
  const [source, target] = [typeOf(from), typeOf(to)];
  if (to === bool)
    return source === "vec2u"
      ? `any(${x} != vec2u(0u))`
      : source === "f32"
        ? `((bitcast<u32>(${x}) & 0x7fffffffu) != 0u)`
        : `(${x} != 0i)`;
  if (target === "f32") {
    const wide =
      source === "f32"
        ? x
        : source === "vec2u"
          ? call("f32_of64", x)
          : source === "bool"
            ? `select(0.0f, 1.0f, ${x})`
            : `f32(${x})`;
    if (from === to || to === float32) return wide;
    return call(to === float16 ? "f16_round" : "bf16_round", wide);
  }
  if (target === "vec2u") {
    if (source === "f32") return call("to_i64", x);
    return source === "bool" ? `vec2u(select(0u, 1u, ${x}), 0u)` : call("i64_of", x);
  }
  if (source === "bool") return `select(0i, 1i, ${x})`;
  if (source === "vec2u") return wrapped(`bitcast<i32>(${x}.x)`, to);
  if (source === "f32") return wrapped(to === uint8 ? `bitcast<i32>(${call("to_i64", x)}.x)` : call("to_i32", x), to);
  return wrapped(x, to);
}
function onBools(op: BinaryOp | BitOp | CompareOp | UnaryOp, x: string, y: string): string {
  const TRUTHS: Partial<Record<ExprOp, string>> = {
    add: `(${x} || ${y})`,
    max: `(${x} || ${y})`,
    or: `(${x} || ${y})`,
    mul: `(${x} && ${y})`,
    min: `(${x} && ${y})`,
    and: `(${x} && ${y})`,
    div: `(${x} && ${y})`,
    sub: `(${x} != ${y})`,
    xor: `(${x} != ${y})`,
    ne: `(${x} != ${y})`,
    eq: `(${x} == ${y})`,
    rem: "false",
    pow: `(${x} || !${y})`,
    lt: `(!${x} && ${y})`,
    le: `(!${x} || ${y})`,
    gt: `(${x} && !${y})`,
    ge: `(${x} || !${y})`,
    not: `!${x}`,
    neg: x,
    abs: x,
  };
  const text = TRUTHS[op];
  if (text === undefined) throw new NotInWgsl(`no ${op} of bools`);
  return text;
}
function onFloats(
  op: BinaryOp | CompareOp | UnaryOp | MathOp | "fma",
  x: string,
  y: string,
  z: string,
  call: Call,
): string {
  // WGSL's own != is false where one is NaN, at least on Vulkan.
  if (op === "ne") return `!(${x} == ${y})`;
  if (op in SYMBOLS) return `(${x} ${SYMBOLS[op]} ${y})`;
  switch (op) {
    case "fma":
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
    case "sqrt":
    case "abs":
      return `${op}(${[x, y, z].filter((s) => s !== undefined).join(", ")})`;
    case "neg":
      return `(-${x})`;
    case "min":
    case "max":
      return call(`f${op}`, x, y);
    case "copysign":
    case "nextafter":
      return call(op, x, y);
  }
  throw new NotInWgsl(`no ${op} of floats`);
}
function onIntegers(
  op: BinaryOp | BitOp | UnaryOp | "fma",
  x: string,
  y: string,
  z: string,
  d: Dtype,
  call: Call,
): string {
  const width = `${d.itemsize * 8}i`;
  switch (op) {
    case "div":
    case "rem":
    case "pow":
      return call(`${op}_i32`, x, y);
    case "min":
    case "max":
    case "abs":
      return `${op}(${y === undefined ? x : `${x}, ${y}`})`;
    case "shl":
      return call("shl", x, y, width);
    case "shr":
      return d === uint8 ? call("shr_u8", x, y) : call("shr", x, y, width);
    case "neg":
      return `(-${x})`;
    case "not":
      return `(~${x})`;
    case "fma":
      return `(${x} * ${y} + ${z})`;
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return x;
  }
  if (op in SYMBOLS) return `(${x} ${SYMBOLS[op]} ${y})`;
  throw new NotInWgsl(`no ${op} of integers`);
}
function onPairs(op: ExprOp, x: string, y: string, z: string, call: Call): string {
  switch (op) {
    case "and":
    case "or":
    case "xor":
      return `(${x} ${SYMBOLS[op]} ${y})`;
    case "not":
      return `(~${x})`;
    case "eq":
      return call("eq64", x, y);
    case "ne":
      return `!${call("eq64", x, y)}`;
    case "lt":
      return call("lt64", x, y);
    case "gt":
      return call("lt64", y, x);
    case "le":
      return `!${call("lt64", y, x)}`;
    case "ge":
      return `!${call("lt64", x, y)}`;
    case "min":
      return `select(${y}, ${x}, ${call("lt64", x, y)})`;
    case "max":
      return `select(${y}, ${x}, ${call("lt64", y, x)})`;
    case "fma":
      return call("add64", call("mul64", x, y), z);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "rem":
    case "pow":
    case "shl":
    case "shr":
      return call(`${op}64`, x, y);
    case "neg":
    case "abs":
      return call(`${op}64`, x);
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return x;
  }
  throw new NotInWgsl(`no ${op} of int64`);
}
