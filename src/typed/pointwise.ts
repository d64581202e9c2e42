// Elements one by one: the shape of the input, or of several broadcast.
import type { Scalar } from "../base/dtype.ts";
import type { Arg, Option } from "./arguments.ts";
import type { AsFloat, AsReal, NameOf, Promote, WithScalar } from "./dtype.ts";
import type { Broadcast, Listed, Shape, Unknown } from "./shape.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";

/** The dtype of an operand of dtype D and shape S with another, which may be a bare number. */
type With<S extends Shape, D extends string, O> = O extends null
  ? D
  : O extends Scalar
    ? WithScalar<D, O>
    : Promote<D, S, DtypeOf<O>, ShapeOf<O>>;
type Two<S extends Shape, O, D extends string> = Made<Broadcast<S, ShapeOf<O>>, D>;
type BroadcastOf<S extends Shape, B extends Shape, C extends Shape> =
  Broadcast<S, B> extends infer R ? (R extends Shape ? Broadcast<R, C> : R) : never;
type ComplexPart<A> = Arg<A, "0", "imag", Arg<A, "0", "angle", Shape>>;
type Places<A> =
  Option<A, "out_int32", false> extends infer I
    ? I extends false
      ? "int64"
      : I extends true
        ? "int32"
        : Unknown
    : never;
type Three<S extends Shape, B extends Shape, C extends Shape, D extends string> = Made<BroadcastOf<S, B, C>, D>;
/** What is written into self must have its shape. */
type Into<S extends Shape, R, D extends string> = R extends string
  ? R
  : [S] extends [R]
    ? Tensor<S, D>
    : number extends (R & Shape)["length"] | (R & Shape)[number] | S["length"] | S[number]
      ? Tensor<S, D>
      : `output with shape [${Listed<S>}] doesn't match the broadcast shape [${Listed<R>}]`;
type Divided<A, D extends string> = Option<A, "rounding_mode", null> extends null ? AsFloat<D> : D;

export interface PointwiseKinds<S extends Shape, D extends string, A> {
  same: Tensor<S, D>;
  /** Of another dtype if one is asked for, as by zeros_like. */
  like: Tensor<S, NameOf<Option<A, "dtype", null>, D>>;
  float: Tensor<S, AsFloat<D>>;
  square: Tensor<S, D extends "bool" ? "int64" : D>;
  real: Tensor<S, AsReal<D>>;
  bool: Tensor<S, "bool">;
  two: Two<S, Arg<A, "0", "other", Shape>, With<S, D, Arg<A, "0", "other", Shape>>>;
  divide: Two<S, Arg<A, "0", "other", Shape>, Divided<A, With<S, D, Arg<A, "0", "other", Shape>>>>;
  power: Two<S, Arg<A, "0", "exponent", Shape>, With<S, D, Arg<A, "0", "exponent", Shape>>>;
  compare: Two<S, Arg<A, "0", "other", Shape>, "bool">;
  /** Always in double precision. */
  floatPower: Two<S, Arg<A, "0", "exponent", Shape>, D extends `complex${string}` ? "complex128" : "float64">;
  power_: Into<S, Broadcast<S, ShapeOf<Arg<A, "0", "exponent", Shape>>>, D>;
  two_: Into<S, Broadcast<S, ShapeOf<Arg<A, "0", "other", Shape>>>, D>;
  mask: Two<S, Arg<A, "0", "mask", Shape>, D>;
  mask_: Into<S, Broadcast<S, ShapeOf<Arg<A, "0", "mask", Shape>>>, D>;
  /** x.where(condition, other) */
  where: Three<
    S,
    ShapeOf<Arg<A, "0", "condition", Shape>>,
    ShapeOf<Arg<A, "1", "other", Shape>>,
    With<S, D, Arg<A, "1", "other", Shape>>
  >;
  clamp: Three<
    S,
    ShapeOf<Arg<A, "0", "min", 0>>,
    ShapeOf<Arg<A, "1", "max", 0>>,
    With<S, D, Arg<A, "0", "min", false>> extends infer E extends string
      ? With<S, E, Arg<A, "1", "max", false>>
      : string
  >;
  lerp: Three<S, ShapeOf<Arg<A, "0", "end", Shape>>, ShapeOf<Arg<A, "1", "weight", Shape>>, D>;
  addc: Three<S, ShapeOf<Arg<A, "0", "tensor1", Shape>>, ShapeOf<Arg<A, "1", "tensor2", Shape>>, D>;
  lerp_: Into<S, BroadcastOf<S, ShapeOf<Arg<A, "0", "end", Shape>>, ShapeOf<Arg<A, "1", "weight", Shape>>>, D>;
  addc_: Into<S, BroadcastOf<S, ShapeOf<Arg<A, "0", "tensor1", Shape>>, ShapeOf<Arg<A, "1", "tensor2", Shape>>>, D>;
  to: Tensor<S, Converted<A, D>>;
  typeAs: Tensor<S, DtypeOf<Arg<A, "0", "other", unknown>>>;
  /** Two parts as complex numbers, and one part of those. */
  complexOf: Two<S, ComplexPart<A>, D extends "float64" ? "complex128" : D extends "float32" ? "complex64" : Unknown>;
  realPart: Tensor<S, AsReal<D>>;
  /** Places among boundaries. */
  bucketize: Tensor<S, Places<A>>;
  searchsorted: Tensor<ShapeOf<Arg<A, "0", "input", Shape>>, Places<A>>;
  asBool: Tensor<S, "bool">;
  asUint8: Tensor<S, "uint8">;
  asInt8: Tensor<S, "int8">;
  asInt16: Tensor<S, "int16">;
  asInt32: Tensor<S, "int32">;
  asInt64: Tensor<S, "int64">;
  asFloat16: Tensor<S, "float16">;
  asBfloat16: Tensor<S, "bfloat16">;
  asFloat32: Tensor<S, "float32">;
  asFloat64: Tensor<S, "float64">;
  asComplex64: Tensor<S, "complex64">;
  asComplex128: Tensor<S, "complex128">;
}
/** x.to(dtype), x.to(device), x.to(device, dtype), x.to({ dtype }), x.to(tensor) */
type Converted<A, D extends string> = A extends readonly [infer F, ...infer R]
  ? F extends { readonly name: infer N extends string; readonly itemsize: number }
    ? N
    : F extends string
      ? Converted<R, D>
      : F extends { readonly dtype: infer T }
        ? NameOf<T, string>
        : string
  : D;
