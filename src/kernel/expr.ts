// The scalar expression language that kernels are written in. Typed, immutable, for no device in particular.
//
// Note [Expression dtypes]: every expression has a dtype. Arithmetic needs both sides of one dtype (`lift` turns a plain
// number into a constant of it), comparisons give bool, `cast` converts. int8, int16 and uint8 wrap as the stored type
// does. Emitters may compute them in 32 bits as long as the result is the same. Note [Widths] has more dtypes.
import type { Dtype } from "../base/dtype.ts";
import { bool, complexOf, int64, realOf } from "../base/dtype.ts";
import { index } from "./abstract.ts";

/** Arithmetic on floats and integers (div and rem on integers truncate, as in C); min and max propagate NaN. */
export type BinaryOp =
  "add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "pow" | "atan2" | "copysign" | "nextafter";
/** On bool and integers; shr keeps the sign. */
export type BitOp = "and" | "or" | "xor" | "shl" | "shr";
/** Give bool. Any comparison with NaN is false but for ne. */
export type CompareOp = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
/** Any dtype but bool. */
export type UnaryOp = "neg" | "abs" | "floor" | "ceil" | "trunc" | "round" | "sqrt" | "not";
/** Floats only. Emitters lower them by the formulas of kernel/math.ts. */
export type MathOp =
  | "exp"
  | "exp2"
  | "expm1"
  | "log"
  | "log2"
  | "log10"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "sigmoid"
  | "erf"
  | "erfc"
  | "erfinv"
  | "lgamma"
  | "digamma";
/** A complex number from its parts, and its parts: see kernel/complex.ts. */
export type PartOp = "complex" | "real" | "imag";
/**
 * `input`, `param`, `acc`: by number. `load`: an input at an offset (in elements) from where the loop stands.
 * `iota`: position in the (one-dimensional) loop. `reduceIota`: position within the reduced dims, row-major.
 */
export type LeafOp = "const" | "input" | "param" | "acc" | "iota" | "reduceIota";
export type ExprOp =
  LeafOp | BinaryOp | BitOp | CompareOp | UnaryOp | MathOp | PartOp | "load" | "where" | "cast" | "bitcast" | "fma";

type Operand = Expr | number | bigint | boolean;

/** A scalar computation: an operator and its sources. */
export class Expr {
  readonly op: ExprOp;
  readonly src: readonly Expr[];
  readonly dtype: Dtype;
  /** The constant, or the number of the input, parameter or accumulator. */
  readonly value: number | bigint;

  constructor(op: ExprOp, src: readonly Expr[], dtype: Dtype, value: number | bigint = 0) {
    this.op = op;
    this.src = src;
    this.dtype = dtype;
    this.value = value;
  }
  /** A constant of this expression's dtype. */
  lift(x: Operand): Expr {
    if (x instanceof Expr) {
      if (x.dtype !== this.dtype)
        throw new Error(`kernel: ${String(this.dtype)} meets ${String(x.dtype)} without a cast`);
      return x;
    }
    return constant(x, this.dtype);
  }
  private binary(op: BinaryOp | BitOp, y: Operand): Expr {
    return new Expr(op, [this, this.lift(y)], this.dtype);
  }
  private compare(op: CompareOp, y: Operand): Expr {
    return new Expr(op, [this, this.lift(y)], bool);
  }
  private unary(op: UnaryOp | MathOp): Expr {
    return new Expr(op, [this], op === "abs" ? realOf(this.dtype) : this.dtype);
  }
  add(y: Operand): Expr {
    return this.binary("add", y);
  }
  sub(y: Operand): Expr {
    return this.binary("sub", y);
  }
  mul(y: Operand): Expr {
    return this.binary("mul", y);
  }
  div(y: Operand): Expr {
    return this.binary("div", y);
  }
  /** Remainder with the sign of the dividend: C's fmod and %. */
  rem(y: Operand): Expr {
    return this.binary("rem", y);
  }
  min(y: Operand): Expr {
    return this.binary("min", y);
  }
  max(y: Operand): Expr {
    return this.binary("max", y);
  }
  pow(y: Operand): Expr {
    return this.binary("pow", y);
  }
  atan2(y: Operand): Expr {
    return this.binary("atan2", y);
  }
  copysign(y: Operand): Expr {
    return this.binary("copysign", y);
  }
  nextafter(y: Operand): Expr {
    return this.binary("nextafter", y);
  }
  and(y: Operand): Expr {
    return this.binary("and", y);
  }
  or(y: Operand): Expr {
    return this.binary("or", y);
  }
  xor(y: Operand): Expr {
    return this.binary("xor", y);
  }
  shl(y: Operand): Expr {
    return this.binary("shl", y);
  }
  shr(y: Operand): Expr {
    return this.binary("shr", y);
  }
  eq(y: Operand): Expr {
    return this.compare("eq", y);
  }
  ne(y: Operand): Expr {
    return this.compare("ne", y);
  }
  lt(y: Operand): Expr {
    return this.compare("lt", y);
  }
  le(y: Operand): Expr {
    return this.compare("le", y);
  }
  gt(y: Operand): Expr {
    return this.compare("gt", y);
  }
  ge(y: Operand): Expr {
    return this.compare("ge", y);
  }
  /** A unary operator or function, by name. */
  apply(op: UnaryOp | MathOp): Expr {
    return this.unary(op);
  }
  neg(): Expr {
    return this.unary("neg");
  }
  abs(): Expr {
    return this.unary("abs");
  }
  floor(): Expr {
    return this.unary("floor");
  }
  ceil(): Expr {
    return this.unary("ceil");
  }
  trunc(): Expr {
    return this.unary("trunc");
  }
  /** To the nearest whole number, halves to even. */
  round(): Expr {
    return this.unary("round");
  }
  sqrt(): Expr {
    return this.unary("sqrt");
  }
  exp(): Expr {
    return this.unary("exp");
  }
  log(): Expr {
    return this.unary("log");
  }
  sin(): Expr {
    return this.unary("sin");
  }
  cos(): Expr {
    return this.unary("cos");
  }
  tanh(): Expr {
    return this.unary("tanh");
  }
  sigmoid(): Expr {
    return this.unary("sigmoid");
  }
  erf(): Expr {
    return this.unary("erf");
  }
  log1p(): Expr {
    return this.unary("log1p");
  }
  /** Logical on bool, bitwise on integers. */
  not(): Expr {
    return this.unary("not");
  }
  /** For a bool: `a` where true, else `b`. Both are evaluated. */
  where(a: Expr, b: Operand): Expr {
    return new Expr("where", [this, a, a.lift(b)], a.dtype);
  }
  /** this * y + z, rounded once or twice, whichever is faster. */
  fma(y: Operand, z: Operand): Expr {
    return new Expr("fma", [this, this.lift(y), this.lift(z)], this.dtype);
  }
  isnan(): Expr {
    return this.dtype.is_differentiable ? this.ne(this) : constant(false, bool);
  }
  /** The real part of a complex number. */
  real(): Expr {
    return new Expr("real", [this], realOf(this.dtype));
  }
  /** The imaginary part. */
  imag(): Expr {
    return new Expr("imag", [this], realOf(this.dtype));
  }
  /** The complex number this + iy. */
  complex(y: Operand): Expr {
    return new Expr("complex", [this, this.lift(y)], complexOf(this.dtype));
  }
  /** To another dtype as C converts; to bool by comparison with zero. */
  cast(dtype: Dtype): Expr {
    if (dtype === this.dtype) return this;
    if (this.op === "const") return constant(this.value, dtype);
    return new Expr("cast", [this], dtype);
  }
  /** The same bits as another dtype of the same size. */
  bitcast(dtype: Dtype): Expr {
    return new Expr("bitcast", [this], dtype);
  }
}

export function constant(x: number | bigint | boolean, dtype: Dtype): Expr {
  const value = typeof x === "boolean" ? Number(x) : x;
  if (dtype === bool) return new Expr("const", [], dtype, Number(value) !== 0 ? 1 : 0);
  if (dtype === int64 || dtype === index)
    return new Expr("const", [], dtype, typeof value === "bigint" ? value : BigInt(Math.trunc(value)));
  return new Expr("const", [], dtype, Number(value));
}
export const input = (i: number, dtype: Dtype): Expr => new Expr("input", [], dtype, i);
export const param = (i: number, dtype: Dtype): Expr => new Expr("param", [], dtype, i);
export const acc = (i: number, dtype: Dtype): Expr => new Expr("acc", [], dtype, i);
/** Input `i` at `offset` elements (index) from where the loop stands. */
export const load = (i: number, dtype: Dtype, offset: Expr): Expr => new Expr("load", [offset], dtype, i);
export const iota = (): Expr => new Expr("iota", [], index);
export const reduceIota = (): Expr => new Expr("reduceIota", [], index);

/** Expressions with `change` of each in place of it, or itself on changed sources; what was one object stays one. */
export function rewriting(change: (e: Expr, src: readonly Expr[]) => Expr | null): (e: Expr) => Expr {
  const known = new Map<Expr, Expr>();
  const rewrite = (e: Expr): Expr => {
    let found = known.get(e);
    if (found === undefined) {
      const src = e.src.map(rewrite);
      found = change(e, src) ?? (src.every((x, i) => x === e.src[i]) ? e : new Expr(e.op, src, e.dtype, e.value));
      known.set(e, found);
    }
    return found;
  };
  return rewrite;
}
