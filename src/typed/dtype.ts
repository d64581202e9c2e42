// Dtypes in types, by their names. One that is not known is `any`.
import type { Dtype } from "../base/dtype.ts";
import type { IsUnion, Shape, Unknown } from "./shape.ts";

type Integer = "uint8" | "int8" | "int16" | "int32" | "int64";
type Float = "float16" | "bfloat16" | "float32" | "float64";
type Complex = "complex64" | "complex128";
type Kind<D> = D extends "bool" ? 0 : D extends Integer ? 1 : D extends Float ? 2 : D extends Complex ? 3 : never;
type Order = " bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128 ";

/** The dtype of two of equal rights. */
export type Promoted<A extends string, B extends string> = string extends A | B
  ? Unknown
  : [A, B] extends [B, A]
    ? A
    : [A | B] extends ["uint8" | "int8"]
      ? "int16"
      : [A | B] extends ["float16" | "bfloat16"]
        ? "float32"
        : [A | B] extends ["float64" | "complex64"]
          ? "complex128"
          : Order extends `${string} ${A} ${string}${B} ${string}`
            ? B
            : A;
type Above<A, B> = `${Kind<A>}${Kind<B>}` extends "10" | "20" | "30" | "21" | "31" | "32" ? true : false;
/** The dtype of tensors of these dtypes and shapes: one without dims counts only if its kind is above. */
export type Promote<A extends string, SA extends Shape, B extends string, SB extends Shape> = string extends A | B
  ? Unknown
  : [A, B] extends [B, A]
    ? A
    : number extends SA["length"] | SB["length"]
      ? Unknown
      : SA extends readonly []
        ? SB extends readonly []
          ? Promoted<A, B>
          : Above<A, B> extends true
            ? Beside<A, B>
            : B
        : SB extends readonly []
          ? Above<B, A> extends true
            ? Beside<B, A>
            : A
          : Promoted<A, B>;
/** What a dtype of a higher kind that counts for its kind alone makes of another. */
type Beside<High extends string, Low extends string> = High extends Complex
  ? Low extends "float64"
    ? "complex128"
    : Low extends Float
      ? "complex64"
      : High
  : High;
/** The dtype of a tensor with a bare number. */
export type WithScalar<D extends string, V> = string extends D
  ? Unknown
  : Kind<D> extends 2 | 3
    ? V extends number | bigint | boolean
      ? D
      : Unknown
    : V extends boolean
      ? D
      : V extends bigint
        ? D extends "bool"
          ? "int64"
          : D
        : V extends number
          ? number extends V
            ? Unknown
            : `${V}` extends `${string}.${string}` | `${string}e-${string}`
              ? "float32"
              : D extends "bool"
                ? "int64"
                : D
          : Unknown;
/** Of functions that give floats. */
export type AsFloat<D extends string> = string extends D ? Unknown : Kind<D> extends 0 | 1 ? "float32" : D;
/** Of sums. */
export type AsSum<D extends string> = string extends D ? Unknown : Kind<D> extends 0 | 1 ? "int64" : D;
/** Of the absolute value, and of what else is real. */
export type AsReal<D extends string> = D extends "complex64" ? "float32" : D extends "complex128" ? "float64" : D;

/** A dtype whose name the type checker knows. */
export interface Known<N extends string> extends Dtype {
  readonly name: N & Dtype["name"];
}
/** The name of a given dtype; `Else` where none is given. */
export type NameOf<T, Else extends string> = T extends null | undefined
  ? Else
  : T extends { readonly name: infer N extends string; readonly itemsize: number }
    ? IsUnion<N> extends true
      ? Unknown
      : N
    : Unknown;
