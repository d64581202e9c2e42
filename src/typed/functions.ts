// The functions of torch with shapes: the same functions under other types.
import type * as untyped from "../index.ts";
import type { AnyTensor, ArgsAfterFirst, Option } from "./arguments.ts";
import type { Arange, Counted, Eye, Filled, FromData, Linspace, RandomInts, Sized } from "./creation.ts";
import type { Kinds } from "./kinds.ts";
import type { FunctionTable, Table } from "./names.ts";
import type { Einsum } from "./products.ts";
import type { Dim, Forgotten, Shape } from "./shape.ts";
import type {
  Accepted,
  DtypeOf,
  Function,
  Input,
  Made,
  MethodOf,
  Overloaded,
  Result,
  ShapeOf,
  Unruled,
} from "./tensor.ts";

type Untyped = typeof untyped;
/** cat and stack: of a list of tensors. */
type Joining<F, K extends "cat" | "stack"> = <
  const T extends readonly AnyTensor[],
  const A extends ArgsAfterFirst<F>,
  R = Kinds<[], never, [T, ...A]>[K],
>(
  tensors: Input<R, T>,
  ...rest: A
) => Result<Kinds<[], never, [T, ...A]>[K]>;
type EinsumFunction = <
  const E extends string,
  const T extends readonly AnyTensor[] | readonly [readonly AnyTensor[]],
  R = Einsum<E, List<T>>,
>(
  equation: Input<R, E>,
  ...operands: T
) => Result<Made<Einsum<E, List<T>>, List<T> extends readonly [infer H, ...unknown[]] ? DtypeOf<H> : never>>;
type List<T> = T extends readonly [infer L extends readonly unknown[]] ? L : T;
/** torch.meshgrid(a, b, { indexing }), of tensors by place or in a list. */
type Meshgrid = <const T extends readonly (AnyTensor | readonly AnyTensor[] | { readonly indexing?: "ij" | "xy" })[]>(
  ...tensors: T
) => Grids<List<Tensors<T>>, Option<T, "indexing", "ij">>;
type Tensors<T> = T extends readonly [...infer H, infer L] ? (L extends AnyTensor | readonly unknown[] ? T : H) : T;
type Grids<T, By> =
  GridShape<T> extends infer S extends Shape
    ? Turned<S, By> extends infer G
      ? { -readonly [K in keyof T]: Made<G, DtypeOf<T[K]>> }
      : never
    : never;
type GridShape<T, R extends readonly Dim[] = []> = T extends readonly [infer H, ...infer More]
  ? ShapeOf<H> extends readonly [infer N extends Dim]
    ? GridShape<More, [...R, N]>
    : GridShape<More, [...R, ShapeOf<H> extends readonly [] ? 1 : number]>
  : T extends readonly []
    ? R
    : Shape;
type Turned<S, By> = By extends "ij"
  ? S
  : S extends readonly [infer X extends Dim, infer Y extends Dim, ...infer R extends Shape]
    ? By extends "xy"
      ? [Y, X, ...R]
      : Forgotten<S>
    : S;
/** torch.where(condition, input, other) */
type Where = <const C extends AnyTensor, const A extends WhereArgs, R = WhereOf<C, A>>(
  condition: C,
  ...args: Accepted<R, A>
) => Result<WhereOf<C, A>>;
type WhereArgs = [] | [input: AnyTensor | untyped.Scalar, other: AnyTensor | untyped.Scalar];
type WhereOf<C, A> = A extends readonly [infer I, infer O]
  ? I extends AnyTensor
    ? Kinds<ShapeOf<I>, DtypeOf<I>, [C, O]>["where"]
    : O extends AnyTensor
      ? Kinds<ShapeOf<O>, DtypeOf<O>, [C, I]>["where"]
      : Made<ShapeOf<C>, never>
  : Result<"">[];

interface Special {
  zeros: Sized<Untyped["zeros"]>;
  ones: Sized<Untyped["ones"]>;
  empty: Sized<Untyped["empty"]>;
  rand: Sized<Untyped["rand"]>;
  randn: Sized<Untyped["randn"]>;
  full: Filled<Untyped["full"]>;
  arange: Arange;
  linspace: Linspace<Untyped["linspace"]>;
  eye: Eye<Untyped["eye"]>;
  logspace: Linspace<Untyped["logspace"]>;
  randperm: Counted<Untyped["randperm"], "n", "int64">;
  hann_window: Counted<Untyped["hann_window"], "window_length", "float32">;
  hamming_window: Counted<Untyped["hamming_window"], "window_length", "float32">;
  blackman_window: Counted<Untyped["blackman_window"], "window_length", "float32">;
  bartlett_window: Counted<Untyped["bartlett_window"], "window_length", "float32">;
  kaiser_window: Counted<Untyped["kaiser_window"], "window_length", "float32">;
  randint: RandomInts;
  tensor: FromData;
  as_tensor: FromData;
  cat: Joining<Untyped["cat"], "cat">;
  concat: Joining<Untyped["concat"], "cat">;
  concatenate: Joining<Untyped["concatenate"], "cat">;
  stack: Joining<Untyped["stack"], "stack">;
  einsum: EinsumFunction;
  where: Where;
  meshgrid: Meshgrid;
}
export type Functions = {
  readonly [N in keyof Untyped]: N extends keyof Special
    ? Special[N]
    : N extends keyof Overloaded
      ? MethodOf<Overloaded[N], N>
      : N extends keyof Table
        ? Function<Untyped[N], Table[N]>
        : N extends keyof FunctionTable
          ? Function<Untyped[N], FunctionTable[N]>
          : Unruled<Untyped[N]>;
};
