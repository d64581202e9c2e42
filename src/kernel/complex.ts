// Kernels on complex numbers as kernels on their real and imaginary parts, so that no device need know of any.
import "./rare_math.ts";
import type { Dtype, Scalar } from "../base/dtype.ts";
import { Complex, realOf } from "../base/dtype.ts";
import { NotImplementedError } from "../base/errors.ts";
import { acc, constant, Expr, input, load, param } from "./expr.ts";
import type { Accumulator, Launch, Operand, Output } from "./loops.ts";
import { Kernel } from "./loops.ts";
import { splitting } from "./splitting.ts";

/** A complex number, or what computes one. */
interface Parts {
  readonly re: Expr;
  readonly im: Expr;
}
const parts = (re: Expr, im: Expr): Parts => ({ re, im });

const twins = new WeakMap<Kernel, Kernel>();
/** The same work on the parts: a complex operand becomes two real ones, with strides twice as long. */
export function splitComplex(kernel: Kernel, launch: Launch): [Kernel, Launch] {
  let twin = twins.get(kernel);
  if (twin === undefined) twins.set(kernel, (twin = new Splitting(kernel).kernel()));
  const dtypes = [...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)];
  const operands = launch.operands.flatMap((operand, k): Operand[] => {
    if (!dtypes[k].is_complex) return [operand];
    const { block, offset } = operand;
    const strides = operand.strides.map((s) => 2 * s);
    return [0, 1].map((part) => ({ block, offset: 2 * offset + part, strides }));
  });
  const params = launch.params.flatMap((x, i): Scalar[] => {
    if (!kernel.params[i].is_complex) return [x];
    return x instanceof Complex ? [x.re, x.im] : [Number(x), 0];
  });
  return [twin, { ...launch, operands, params }];
}

/** Numbers of the parts, from numbers of the whole. */
function places(dtypes: readonly Dtype[]): number[] {
  let next = 0;
  return dtypes.map((d) => (next += d.is_complex ? 2 : 1) - (d.is_complex ? 2 : 1));
}
const split = (dtypes: readonly Dtype[]): Dtype[] =>
  dtypes.flatMap((d) => (d.is_complex ? [realOf(d), realOf(d)] : [d]));

class Splitting {
  private readonly whole: Kernel;
  private readonly inputs: readonly number[];
  private readonly params: readonly number[];
  private readonly accs: readonly number[];
  // What was one object stays one: see Note [One expression, one object].
  private readonly numbers = new Map<Expr, Parts>();
  private readonly reals = new Map<Expr, Expr>();

  constructor(kernel: Kernel) {
    this.whole = kernel;
    this.inputs = places(kernel.inputs);
    this.params = places(kernel.params);
    this.accs = places(kernel.reduce?.accs.map((a) => a.dtype) ?? []);
  }
  kernel(): Kernel {
    const { inputs, params, outputs, reduce } = this.whole;
    return new Kernel({
      inputs: split(inputs),
      params: split(params),
      outputs: outputs.flatMap((o) => this.output(o)),
      reduce: reduce && { accs: reduce.accs.flatMap((a) => this.accumulator(a)), scan: reduce.scan },
    });
  }
  private output({ dtype, value, offset, mode }: Output): Output[] {
    const rest = { mode, offset: offset && this.real(offset) };
    if (!dtype.is_complex) return [{ ...rest, dtype, value: this.real(value) }];
    if (mode !== undefined && mode !== "set" && mode !== "add") throw unsupported(mode, dtype);
    const { re, im } = this.parts(value);
    const doubled = { mode, offset: rest.offset?.mul(2) };
    return [re, im].map((part) => ({ ...doubled, dtype: realOf(dtype), value: part }));
  }
  private accumulator({ dtype, init, step, combine }: Accumulator): Accumulator[] {
    if (!dtype.is_complex) return [{ dtype, init: this.real(init), step: this.real(step), combine }];
    // Sums meet part by part; what mixes the parts runs in order.
    const alone = combine !== undefined && combine(init, init).op === "add" ? { combine } : {};
    const [from, next] = [this.parts(init), this.parts(step)];
    return (["re", "im"] as const).map((p) => ({ dtype: realOf(dtype), init: from[p], step: next[p], ...alone }));
  }

  /** A real expression, which may stand on complex ones. */
  private real(e: Expr): Expr {
    let made = this.reals.get(e);
    if (made === undefined) this.reals.set(e, (made = this.toReal(e)));
    return made;
  }
  private toReal(e: Expr): Expr {
    const { op, src, dtype } = e;
    const number = Number(e.value);
    if (op === "input") return input(this.inputs[number], dtype);
    if (op === "param") return param(this.params[number], dtype);
    if (op === "acc") return acc(this.accs[number], dtype);
    if (op === "load") return load(this.inputs[number], dtype, this.real(src[0]));
    if (!src.some((x) => x.dtype.is_complex)) {
      const made = src.map((x) => this.real(x));
      return new Expr(op, made, dtype, e.value);
    }
    const [x, y] = src.map((s) => this.parts(s));
    if (op === "real") return x.re;
    if (op === "imag") return x.im;
    if (op === "abs") return magnitude(x);
    if (op === "eq") return x.re.eq(y.re).and(x.im.eq(y.im));
    if (op === "ne") return x.re.ne(y.re).or(x.im.ne(y.im));
    if (op === "cast") return dtype.name === "bool" ? x.re.ne(0).or(x.im.ne(0)) : x.re.cast(dtype);
    throw unsupported(op, src[0].dtype);
  }

  private parts(e: Expr): Parts {
    let made = this.numbers.get(e);
    if (made === undefined) this.numbers.set(e, (made = this.toParts(e)));
    return made;
  }
  private toParts(e: Expr): Parts {
    const { op, src } = e;
    const dtype = realOf(e.dtype);
    const number = Number(e.value);
    const both = (of: (next: number) => Expr): Parts => parts(of(0), of(1));
    switch (op) {
      case "const":
        return parts(constant(e.value, dtype), constant(0, dtype));
      case "input":
        return both((next) => input(this.inputs[number] + next, dtype));
      case "param":
        return both((next) => param(this.params[number] + next, dtype));
      case "acc":
        return both((next) => acc(this.accs[number] + next, dtype));
      case "load": {
        const offset = this.real(src[0]).mul(2);
        return both((next) => load(this.inputs[number] + next, dtype, offset));
      }
      case "complex":
        return parts(this.real(src[0]), this.real(src[1]));
      case "where": {
        const [mask, a, b] = [this.real(src[0]), this.parts(src[1]), this.parts(src[2])];
        return parts(mask.where(a.re, b.re), mask.where(a.im, b.im));
      }
      case "cast": {
        if (!src[0].dtype.is_complex) return parts(this.real(src[0]).cast(dtype), constant(0, dtype));
        const { re, im } = this.parts(src[0]);
        return parts(re.cast(dtype), im.cast(dtype));
      }
    }
    const formula = FORMULAS[op];
    if (formula === undefined) throw unsupported(op, e.dtype);
    return formula(...src.map((x) => this.parts(x)));
  }
}
const unsupported = (op: string, d: Dtype): NotImplementedError =>
  new NotImplementedError(`"${op}" not implemented for '${d.legacyName}'`);

/** |z| without overflow on the way. */
function magnitude({ re, im }: Parts): Expr {
  const [a, b] = [re.abs(), im.abs()];
  const [large, small] = [a.max(b), a.min(b)];
  const ratio = small.div(large);
  const size = large.mul(ratio.mul(ratio).add(1).sqrt());
  const plain = large.eq(0).where(large, size);
  return a.eq(Infinity).or(b.eq(Infinity)).where(constant(Infinity, re.dtype), plain);
}
const real = (x: Expr): Parts => parts(x, x.lift(0));
const add = (x: Parts, y: Parts): Parts => parts(x.re.add(y.re), x.im.add(y.im));
const sub = (x: Parts, y: Parts): Parts => parts(x.re.sub(y.re), x.im.sub(y.im));
const neg = (x: Parts): Parts => parts(x.re.neg(), x.im.neg());
const mul = (x: Parts, y: Parts): Parts =>
  parts(x.re.mul(y.re).sub(x.im.mul(y.im)), x.re.mul(y.im).add(x.im.mul(y.re)));
/** By a real number, or all parts by the same. */
const times = (x: Parts, k: Expr | number): Parts => parts(x.re.mul(k), x.im.mul(k));
const timesI = (x: Parts): Parts => parts(x.im.neg(), x.re);
const overI = (x: Parts): Parts => parts(x.im, x.re.neg());
/** Parts exchanged: sin(z) and tan(z) are so made of sinh and tanh of z so exchanged. */
const swapped = (z: Parts): Parts => parts(z.im, z.re);
/** R. L. Smith, Algorithm 116, CACM 1962: divides by the larger part first, so that squares do not overflow. */
function div(x: Parts, y: Parts): Parts {
  const wide = y.re.abs().ge(y.im.abs());
  const ratio = wide.where(y.im.div(y.re), y.re.div(y.im));
  const over = wide.where(y.re.add(y.im.mul(ratio)), y.re.mul(ratio).add(y.im));
  const re = wide.where(x.re.add(x.im.mul(ratio)), x.re.mul(ratio).add(x.im));
  const im = wide.where(x.im.sub(x.re.mul(ratio)), x.im.mul(ratio).sub(x.re));
  const none = y.re.eq(0).and(y.im.eq(0));
  const by = none.where(over.lift(0), over);
  return parts(none.where(x.re, re).div(by), none.where(x.im, im).div(by));
}
const isInfinite = (x: Expr): Expr => x.abs().eq(Infinity);
const isEitherInfinite = ({ re, im }: Parts): Expr => isInfinite(re).or(isInfinite(im));
const isFinite = (x: Expr): Expr => x.abs().lt(Infinity);
const endless = (x: Expr): Expr => constant(Infinity, x.dtype);
const exp = ({ re, im }: Parts): Parts => {
  const size = re.exp();
  // The product may be finite where e^re alone is not.
  const half = re.mul(0.5).exp();
  const grown = (x: Expr): Expr => size.eq(Infinity).where(half.mul(half.mul(x)), size.mul(x));
  // Where the angle is lost, what is infinite still is, and what is 0 still is.
  const lost = isFinite(im).not();
  return parts(
    isInfinite(re)
      .and(lost)
      .where(re.gt(0).where(re, re.lift(0)), grown(im.cos())),
    im
      .eq(0)
      .or(re.eq(-Infinity).and(lost))
      .where(im.eq(0).where(im, re.lift(0)), grown(im.sin())),
  );
};
/** log |z|, exact near 1, too. */
function logMagnitude(z: Parts): Expr {
  const size = magnitude(z);
  const [a, b] = [z.re.abs(), z.im.abs()];
  const [large, small] = [a.max(b), a.min(b)];
  const near = large.sub(1).mul(large.add(1)).add(small.mul(small)).log1p().mul(0.5);
  return size.gt(0.7).and(size.lt(1.5)).where(near, size.log());
}
const log = (z: Parts): Parts => parts(logMagnitude(z), z.im.atan2(z.re));
/** W. Kahan, Branch cuts for complex elementary functions, 1987: no cancellation, the cut on the negative axis. */
function sqrt(z: Parts): Parts {
  const half = magnitude(z).mul(0.5).add(z.re.abs().mul(0.5)).sqrt();
  const other = half.eq(0).where(z.im, z.im.div(half.mul(2)));
  const left = z.re.lt(0);
  const endlessly = isInfinite(z.im);
  return parts(
    endlessly.where(endless(z.re), left.where(other.abs(), half)),
    endlessly.where(z.im, left.where(half.copysign(z.im), other)),
  );
}
/** sinh or cosh of x times a sine or cosine, which may be finite where the first alone is not. */
function grown(f: "sinh" | "cosh", x: Expr, by: Expr): Expr {
  const half = x.abs().mul(0.5).exp();
  const far = half.mul(half.mul(by).mul(0.5));
  const [near, finite] = [x.apply(f), isFinite(x)];
  const beyond = isInfinite(near).and(finite);
  return beyond.where(f === "sinh" ? x.lt(0).where(far.neg(), far) : far, near.mul(by));
}
// Where the angle is lost, what is infinite still is, and what is 0 still is.
const sinh = ({ re, im }: Parts): Parts => {
  const lost = isFinite(im).not().and(isInfinite(re));
  return parts(
    re.eq(0).where(re, lost.where(re.abs(), grown("sinh", re, im.cos()))),
    im.eq(0).where(im, grown("cosh", re, im.sin())),
  );
};
const cosh = ({ re, im }: Parts): Parts => {
  const lost = isFinite(im).not();
  const zero = re.lift(0).copysign(re).mul(re.lift(1).copysign(im));
  return parts(
    lost.and(isInfinite(re)).where(re.abs(), grown("cosh", re, im.cos())),
    im
      .eq(0)
      .or(lost.and(re.eq(0)))
      .where(zero, grown("sinh", re, im.sin())),
  );
};
/** Kahan's, by the tangent of the imaginary part; far out ±1 and next to nothing. */
function tanh({ re, im }: Parts): Parts {
  const [t, s] = [im.apply("tan"), re.apply("sinh")];
  const steep = t.mul(t).add(1);
  const over = steep.mul(s).mul(s).add(1);
  const lost = isInfinite(re).and(isFinite(im).not());
  const far = re.abs().gt(20).and(isFinite(im)).or(lost);
  const tiny = re.abs().mul(-2).exp().mul(4).mul(im.sin()).mul(im.cos());
  const near = steep.mul(s.mul(s).add(1).sqrt()).mul(s).div(over);
  return parts(
    far.where(re.lift(1).copysign(re), re.eq(0).where(re, near)),
    lost.where(re.lift(0).copysign(im), im.eq(0).where(im, far.where(tiny, t.div(over)))),
  );
}
const one = (z: Parts): Parts => real(z.re.lift(1));
/** The roots of 1 - z and 1 + z, zeros' signs kept: what Kahan's inverse functions are made of. */
const roots = ({ re, im }: Parts): [minus: Parts, plus: Parts] => [
  sqrt(parts(re.lift(1).sub(re), im.neg())),
  sqrt(parts(re.add(1), im)),
];
/** The real, or imaginary, part of conj(x) * y. */
const crossRe = (x: Parts, y: Parts): Expr => x.re.mul(y.re).add(x.im.mul(y.im));
const crossIm = (x: Parts, y: Parts): Expr => x.re.mul(y.im).sub(x.im.mul(y.re));
function asin(z: Parts): Parts {
  const [minus, plus] = roots(z);
  const endlessly = isEitherInfinite(z);
  const angle = z.re.atan2(minus.re.mul(plus.re).sub(minus.im.mul(plus.im)));
  return parts(
    z.re.eq(0).where(z.re, endlessly.where(z.re.atan2(z.im.abs()), angle)),
    endlessly.where(endless(z.re).copysign(z.im), crossIm(minus, plus).apply("asinh")),
  );
}
function acos(z: Parts): Parts {
  const [minus, plus] = roots(z);
  const endlessly = isEitherInfinite(z);
  const angle = minus.re.atan2(plus.re).mul(2);
  return parts(
    z.re.eq(0).where(z.re.lift(Math.PI / 2), endlessly.where(z.im.abs().atan2(z.re), angle)),
    endlessly.where(endless(z.re).copysign(z.im.neg()), crossIm(plus, minus).apply("asinh")),
  );
}
function acosh(z: Parts): Parts {
  const [minus, plus] = [sqrt(parts(z.re.sub(1), z.im)), sqrt(parts(z.re.add(1), z.im))];
  const endlessly = isEitherInfinite(z);
  const angle = minus.im.atan2(plus.re).mul(2);
  return parts(
    endlessly.where(endless(z.re), crossRe(minus, plus).apply("asinh")),
    z.re
      .eq(0)
      .and(z.im.isnan())
      .where(z.re.lift(Math.PI / 2), endlessly.where(z.im.atan2(z.re), angle)),
  );
}
const asinh = (z: Parts): Parts => overI(asin(timesI(z)));
function atanh(z: Parts): Parts {
  const x = z.re.abs();
  const away = x.lift(1).sub(x);
  const near = x
    .mul(4)
    .div(away.mul(away).add(z.im.mul(z.im)))
    .log1p()
    .mul(0.25);
  const angle = z.im
    .mul(2)
    .atan2(away.mul(x.add(1)).sub(z.im.mul(z.im)))
    .mul(0.5);
  // Far out it is 1 / z, turned by a right angle.
  const far = magnitude(z).gt(1e8);
  const size = x.eq(0).where(x, far.where(isEitherInfinite(z).where(x.lift(0), div(one(z), z).re.abs()), near));
  const turn = far.and(z.im.isnan().not()).where(x.lift(Math.PI / 2).copysign(z.im), angle);
  return parts(size.copysign(z.re), turn);
}
function pow(z: Parts, w: Parts): Parts {
  // Of a positive number the logarithm is real: the real part of the product is one, however infinite w is.
  const l = log(z);
  const product = mul(w, l);
  const power = exp(parts(l.im.eq(0).where(w.re.mul(l.re), product.re), product.im));
  const zero = z.re.eq(0).and(z.im.eq(0));
  // As e^(w log z) has it: exponents that are numbers are told apart elsewhere.
  const atZero = w.re.gt(0).where(w.re.lift(0), w.re.lt(0).where(w.re.lift(Infinity), w.re.lift(NaN)));
  const turned = w.re.gt(0).where(z.im.lift(0), z.im.lift(NaN));
  return parts(zero.where(atZero, power.re), zero.where(turned, power.im));
}

/** What the operators do to complex numbers; those that are not here need an order, or are not analytic. */
const FORMULAS: Partial<Record<Expr["op"], (...x: Parts[]) => Parts>> = {
  add,
  sub,
  mul,
  div,
  neg,
  pow,
  fma: (x, y, z) => add(mul(x, y), z),
  exp,
  log,
  sqrt,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  asin,
  exp2: (z) => exp(times(z, Math.LN2)),
  expm1: ({ re, im }) => {
    const half = im.mul(0.5).sin();
    const turned = half.mul(half).mul(2);
    return parts(re.apply("expm1").mul(im.cos()).sub(turned), re.exp().mul(im.sin()));
  },
  log2: (z) => times(log(z), Math.LOG2E),
  log10: (z) => times(log(z), Math.LOG10E),
  log1p: (z) => {
    const sum = parts(z.re.add(1), z.im);
    const size = magnitude(sum);
    const grown = z.re.mul(z.re.add(2)).add(z.im.mul(z.im));
    const near = size.gt(0.5).and(size.lt(1e3));
    return parts(near.where(grown.log1p().mul(0.5), size.log()), z.im.atan2(sum.re));
  },
  sin: (z) => swapped(sinh(swapped(z))),
  cos: (z) => cosh(timesI(z)),
  tan: (z) => swapped(tanh(swapped(z))),
  acos,
  atan: (z) => overI(atanh(timesI(z))),
  sigmoid: (z) => div(one(z), add(one(z), exp(neg(z)))),
};
splitting.split = splitComplex;
