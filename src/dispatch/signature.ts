// A PyTorch signature as the type checker reads it: from its text, the types of calls and of what formulas see. At run time
// schema.ts reads the same text.
import type { DeviceLike } from "../devices/device.ts";
import type { Layout, MemoryFormat } from "../base/memory_format.ts";
import type { Dtype, Scalar } from "../base/dtype.ts";
import type { Generator } from "../random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Label } from "./labels.ts";
import type { TakesOut } from "./out.ts";

/** What a caller may pass for each schema type. */
interface Accepts {
  Tensor: Tensor;
  "Tensor?": Tensor | null;
  "Tensor[]": readonly Tensor[];
  "Tensor?[]": readonly (Tensor | null)[];
  /** PyTorch has two overloads here; a bare number stays one and never becomes a tensor. */
  "Tensor|Scalar": Tensor | Scalar;
  "Tensor|Scalar?": Tensor | Scalar | null;
  Scalar: Scalar;
  "Scalar?": Scalar | null;
  /** The order of a norm: a number, or "fro" and the like. */
  "Scalar|str?": Scalar | string | null;
  int: number;
  /** An int that need not be exact as a number. */
  integer: number | bigint;
  "int?": number | null;
  float: number;
  "float?": number | null;
  /** PyTorch's int[] of a number of its own, as kernel sizes are: a single number is a list of it. */
  "int[]": number | readonly number[];
  /** Sizes and the like, of any number: a single number is no list. */
  "SymInt[]": readonly number[];
  /** Where a single number is not the same as a list of it. */
  "int|int[]": number | readonly number[];
  "int|int[]?": number | readonly number[] | null;
  "Tensor|int|int[]": Tensor | number | readonly number[];
  "int[]?": number | readonly number[] | null;
  /** Sizes of which some may be left as they are. */
  "int?[]": number | readonly (number | null)[];
  /** The first argument of var and std, which may be `unbiased` instead. */
  "int[]|bool?": number | readonly number[] | boolean | null;
  "float[]": number | readonly number[];
  "float[]?": number | readonly number[] | null;
  "int[]|str": number | readonly number[] | string;
  "float|float[]": number | readonly number[];
  "float|float[]?": number | readonly number[] | null;
  "float?[]": readonly (number | null)[];
  bool: boolean;
  "bool?": boolean | null;
  str: string;
  "str?": string | null;
  dtype: Dtype;
  "dtype?": Dtype | null;
  "Generator?": Generator | null;
  /** Modules, too. */
  callable: (...args: never[]) => unknown;
  "callable?": ((...args: never[]) => unknown) | null;
  /** An activation, or its name. */
  "callable|str": ((x: Tensor) => Tensor) | string;
  /** A function of a number, such as a schedule. */
  "function?": ((x: number) => number) | null;
  "function|function[]": ((x: number) => number) | readonly ((x: number) => number)[];
  "memory_format?": MemoryFormat | null;
  /** A device, or what torch.device takes for one. */
  "device?": DeviceLike | null;
  /** How a tensor lies in memory: there is one way. */
  "layout?": Layout | null;
  /** Anything: what it is made of is for the function to say. */
  object: unknown;
  /** Tensors, in whatever can be gone through, or a single one. */
  tensors: Tensor | Iterable<Tensor>;
  /** Whatever can be gone through, and what has a length. */
  iterable: Iterable<unknown>;
  sized: { readonly length: number };
  module: object;
  "module[]": readonly object[];
  bytes: Uint8Array;
  /** All that is given by place from here on; tensors may also come as one list. */
  "Tensor*": readonly Tensor[];
  "object*": readonly unknown[];
  /** What is given by names that no other argument has. */
  "object**": Readonly<Record<string, unknown>>;
  /** An argument of PyTorch's that has no meaning here but its default. */
  None: null;
}
/** What kernels and formulas then see, where binding has made it more regular. */
interface Bound {
  "int[]": readonly number[];
  "SymInt[]": readonly number[];
  "int[]?": readonly number[] | null;
  "int?[]": readonly (number | null)[];
  "int[]|bool?": readonly number[] | boolean | null;
  "int[]|str": readonly number[];
  "float[]": readonly number[];
  "float[]?": readonly number[] | null;
}
export type TypeName = keyof Accepts;

/**
 * An argument, whose `type` and `value` are not named here: to compare Tensor with anything while the list of its methods is
 * made is a circle to TypeScript 5.7, if nothing has compared it before.
 */
export interface Arg {
  name: string;
  optional: boolean;
  keyword: boolean;
}
type Type<A> = A["type" & keyof A];
export type Value<A> = A["value" & keyof A];
type TypeOf<T extends string> = T extends keyof Accepts
  ? Accepts[T]
  : T extends `Tensor(${string})[]`
    ? Tensor[]
    : T extends `Tensor(${string})`
      ? Tensor
      : never;
type ValueOf<T extends string> = T extends keyof Bound ? Bound[T] : TypeOf<T>;
type ParseArg<A extends string, Keyword extends boolean> = A extends `${infer T} ${infer N}=${string}`
  ? { name: N; type: TypeOf<T>; value: ValueOf<T>; optional: true; keyword: Keyword }
  : A extends `${infer T} ${infer N}`
    ? { name: N; type: TypeOf<T>; value: ValueOf<T>; optional: false; keyword: Keyword }
    : never;
type ParseArgs<L extends string, Keyword extends boolean = false> = L extends ""
  ? []
  : L extends `*, ${infer Rest}`
    ? ParseArgs<Rest, true>
    : L extends `${infer Head}, ${infer Rest}`
      ? [ParseArg<Head, Keyword>, ...ParseArgs<Rest, Keyword>]
      : [ParseArg<L, Keyword>];

/** The arguments of a signature, as a tuple of {name, type, value, optional, keyword}. */
export type Args<S extends string> = S extends `${string}(${infer L}) -> ${string}`
  ? ParseArgs<L> extends infer A extends Arg[]
    ? A
    : []
  : [];
/** Types of arguments for which signatures have no word, by name. */
export type Told<A extends Arg[], O> = { [K in keyof A]: Retold<A[K], O> } extends infer T extends Arg[] ? T : never;
type Retold<A extends Arg, O> = A["name"] extends keyof O
  ? Omit<A, "type" | "value"> & { type: O[A["name"]]; value: O[A["name"]] }
  : A;

/** One result, or several that can be taken by name or by place, as torch.return_types are. */
export type Result<S extends string> = S extends `${string}-> (${infer L})`
  ? Several<ParseArgs<L>>
  : S extends `${string}-> Tensor[]`
    ? Tensor[]
    : S extends `${string}-> ${infer R}`
      ? TypeOf<R>
      : never;
type Several<A> = A extends Arg[]
  ? { [K in keyof A]: Type<A[K]> } & {
      readonly [I in A[number] as I["name"]]: Type<I>;
    }
  : never;

export type Named<A extends Arg[]> = {
  [I in A[number] as I["optional"] extends true ? never : I["name"]]: Type<I>;
} & { [I in A[number] as I["optional"] extends true ? I["name"] : never]?: Type<I> } extends infer O
  ? { [K in keyof O]: O[K] }
  : never;

type Labelled<H extends Arg, Optional> = H["name"] extends keyof Label<unknown>
  ? Optional extends true
    ? Partial<Label<Type<H>>[H["name"]]>
    : Label<Type<H>>[H["name"]]
  : Optional extends true
    ? [Type<H>?]
    : [Type<H>];
type Positional<A extends Arg[]> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["keyword"] extends true
    ? [options?: Named<A>]
    : [...Labelled<H, H["optional"]>, ...Positional<T>]
  : [];
type Mixed<A extends Arg[], Before extends unknown[] = []> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["keyword"] extends true
    ? never
    : | (Before extends []
          ? [options: Named<A>]
          : A[number]["optional"] extends true
            ? [...Before, options: Named<A>]
            : [...Before, options: Named<A>])
      | Mixed<T, [...Before, ...Labelled<H, false>]>
  : never;
/** A sole list of sizes may be spread: `x.view(2, 3)`, `torch.zeros(2, 3, { dtype })`; not behind a function's input. */
type Spread<A extends Arg[]> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? [Value<H>, H["optional"]] extends [readonly number[], false]
    ? T extends []
      ? number[]
      : T[number]["keyword"] extends true
        ? number[] | [...number[], Named<T>]
        : never
    : never
  : never;

/** Every way to pass the arguments: by place, then from some place on by name, in one object. */
export type Forms<A extends Arg[]> = Positional<A> | Mixed<A> | Spread<A> extends infer F extends unknown[] ? F : never;
/** The same without spreading. */
type Unspread<A extends Arg[]> = Positional<A> | Mixed<A> extends infer F extends unknown[] ? F : never;
/** Those behind the argument of that name. */
export type After<A extends Arg[], N extends string> = A extends [infer H extends Arg, ...infer T extends Arg[]]
  ? H["name"] extends N
    ? T
    : After<T, N>
  : [];
type NameOf<S extends string> = S extends `${infer N}(${string}` ? N : never;
/** A function's arguments, with `out` by name where PyTorch has it. */
type FnArgs<S extends string> =
  TakesOut<NameOf<S>> extends true
    ? [...Args<S>, { name: "out"; type: OutOf<S>; value: unknown; optional: true; keyword: true }]
    : Args<S>;
// By the text alone: asking whether Tensor is a list would make it refer to itself.
type OutOf<S extends string> = S extends `${string}-> (${string}` ? readonly Tensor[] | null : Tensor | null;
type AfterSelf<A extends Arg[]> = A extends [{ name: "self" }, ...infer T extends Arg[]] ? T : never;

/** torch.name(...) */
export type Fn<S extends string> =
  FnArgs<S> extends [infer H extends { name: "self" }, ...infer T extends Arg[]]
    ? (input: Type<H>, ...args: Unspread<T>) => Result<S>
    : (...args: Forms<FnArgs<S>>) => Result<S>;
/** tensor.name(...), for signatures whose first argument is self. */
export type Method<S extends string> = (...args: Forms<AfterSelf<Args<S>>>) => Result<S>;

/** The values of the arguments by name, as kernels and formulas see them: defaults filled in. */
export type Values<S extends string> = ValuesOf<Args<S>>;
export type ValuesOf<A extends Arg[]> = { [I in A[number] as I["name"]]: Value<I> };
/** Names of the arguments that can hold a tensor, or several. */
export type TensorNames<S extends string> = string extends S ? string : TensorNamesOf<S>;
type TensorNamesOf<S extends string> = {
  [
    I in Args<S>[number] as [Extract<Value<I>, Tensor | readonly (Tensor | null)[]>] extends [never]
      ? never
      : Value<I> extends readonly number[] | null
        ? never
        : I["name"]
  ]: true;
} extends infer O
  ? keyof O & string
  : never;

/** Argument names of the given signatures that Label lacks; a test keeps it empty. */
export type Unlabelled<S extends string> = S extends string
  ? Exclude<Extract<Args<S>[number], { keyword: false }>["name"], keyof Label<unknown>>
  : never;
