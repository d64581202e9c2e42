// Modules by shapes: layers by their kind, networks by their `forward`, whose names of dims stand for what it is given.
import type { Module as UntypedModule } from "../nn/module/module.ts";
import type * as nn from "../nn/index.ts";
import type { AnyModule, AnyPacked, AnyTensor, Loose } from "./arguments.ts";
import type { BuildKinds, HeldKinds, LayerKinds, LayerTable, OfPacked } from "./layers.ts";
import type {
  Dim,
  IsAny,
  IsRankUnknown,
  IsUnknown,
  Listed,
  Minus,
  Numel,
  Plain,
  Plus,
  Said,
  Same,
  Shape,
  Unknown,
} from "./shape.ts";
import type { Accepted, DtypeOf, Input, Made, Result, ShapeOf, Tensor, Unruled } from "./tensor.ts";

/** What all modules have, but for what they are called with. `this` stands for the module itself. */
interface Members extends Omit<UntypedModule, keyof OfItself | "forward" | "_apply">, OfItself {}
interface OfItself {
  train(...args: Parameters<UntypedModule["train"]>): this;
  eval(): this;
  requires_grad_(...args: Parameters<UntypedModule["requires_grad_"]>): this;
  apply(...args: Parameters<UntypedModule["apply"]>): this;
  to(target: unknown, ...options: unknown[]): this;
  to_empty(...args: Parameters<UntypedModule["to_empty"]>): this;
  double(): this;
  float(): this;
  half(): this;
  bfloat16(): this;
  cpu(): this;
  register_buffer(...args: Loose<Parameters<UntypedModule["register_buffer"]>>): void;
  register_parameter(...args: Loose<Parameters<UntypedModule["register_parameter"]>>): void;
  get_buffer(...args: Parameters<UntypedModule["get_buffer"]>): Tensor;
  get_parameter(...args: Parameters<UntypedModule["get_parameter"]>): Tensor;
  register_module(...args: Loose<Parameters<UntypedModule["register_module"]>>): void;
  add_module(...args: Loose<Parameters<UntypedModule["add_module"]>>): void;
}
/** A module of which nothing more is known, as in `act: nn.Module`. */
export interface SomeModule extends Members {
  (...args: Unknown[]): Unknown;
  forward(...args: Unknown[]): Unknown;
}

// ---- names of dims that a call binds

type NoNames = Record<never, never>;
type Bound<P, A, B = NoNames> = P extends readonly []
  ? B
  : P extends readonly [(infer p)?, ...infer RP]
    ? A extends readonly [infer a, ...infer RA]
      ? [p, a] extends [readonly unknown[], readonly unknown[]]
        ? Bound<p, a, B> extends infer C
          ? C extends string
            ? C
            : Bound<RP, RA, C>
          : never
        : ShapeIn<p> extends infer S
          ? S extends Shape
            ? Unify<S, ShapeOf<a>, B, S, ShapeOf<a>> extends infer C
              ? C extends string
                ? C
                : Bound<RP, RA, C>
              : never
            : Bound<RP, RA, B>
          : never
      : B
    : B;
/** The shape that a parameter declares; null if it is no tensor. */
type ShapeIn<P> = Extract<P, AnyTensor> extends infer T ? ([T] extends [never] ? null : ShapeOf<T>) : never;
type Unify<S, T, B, Wanted extends Shape, Given extends Shape> = S extends readonly [infer s, ...infer RS]
  ? T extends readonly [infer t extends Dim, ...infer RT]
    ? IsName<s> extends true
      ? s extends keyof B
        ? Same<B[s], t> extends false
          ? Misfit<Wanted, Given>
          : Unify<RS, RT, IsUnknown<B[s]> extends true ? Omit<B, s> & { [K in s & string]: t } : B, Wanted, Given>
        : Unify<RS, RT, B & { [K in s & string]: t }, Wanted, Given>
      : Same<s, t> extends false
        ? Misfit<Wanted, Given>
        : Unify<RS, RT, B, Wanted, Given>
    : IsRankUnknown<Given> extends true
      ? B
      : Misfit<Wanted, Given>
  : S extends readonly []
    ? T extends readonly []
      ? B
      : IsRankUnknown<Given> extends true
        ? B
        : Misfit<Wanted, Given>
    : B;
type Misfit<
  Wanted extends Shape,
  Given extends Shape,
> = `forward(): expected a tensor of shape [${Listed<Wanted>}], but got [${Listed<Given>}]`;
type IsName<D> = D extends string
  ? string extends D
    ? false
    : D extends `${string}${"*" | "+" | "-"}${string}`
      ? false
      : true
  : false;
type Put<D, B> = D extends string
  ? D extends keyof B
    ? B[D]
    : D extends `${infer L}+${infer R}`
      ? Plus<Put<Factor<L>, B>, Put<Factor<R>, B>>
      : D extends `${infer L}-${infer R}`
        ? Minus<Put<Factor<L>, B>, Put<Factor<R>, B>>
        : D extends `${infer L}*${infer R}`
          ? Numel<[Put<Factor<L>, B>, Put<Factor<R>, B>]>
          : number
  : D;
type Factor<T extends string> = T extends `${infer N extends number}` ? N : T;
type PutAll<S, B> = { -readonly [K in keyof S]: Put<S[K], B> };
/** A result with what its names stand for. */
type Filled<R, B> =
  R extends Tensor<infer S, infer D>
    ? PutAll<Plain<S>, B> extends infer T
      ? Made<T, D>
      : never
    : R extends readonly unknown[]
      ? { [K in keyof R]: Filled<R[K], B> }
      : R extends AnyTensor | string | number | boolean | bigint | null | undefined | ((...args: never[]) => unknown)
        ? R
        : R extends object
          ? { [K in keyof R]: Filled<R[K], B> }
          : R;
/** Tensors of any shape, in lists and objects too: whether they fit is for the names to say. */
type Any<P> =
  IsAny<P> extends true
    ? P
    : P extends AnyTensor
      ? AnyTensor
      : P extends readonly unknown[]
        ? { readonly [K in keyof P]: Any<P[K]> }
        : [P[keyof P]] extends [AnyTensor | null | undefined]
          ? { readonly [K in keyof P]: Any<P[K]> }
          : P;
type Given<F> = F extends (...args: infer P) => unknown ? { [K in keyof P]: Any<P[K]> } : never;
type BoundBy<F, A> = F extends (...args: infer P) => unknown ? Bound<P, A> : never;
type Returned<F, B> = F extends (...args: never[]) => infer R
  ? IsAny<R> extends true
    ? R
    : B extends string
      ? Tensor
      : Filled<R, B>
  : never;

/** A network: called with what its `forward` takes. */
export interface Module extends Members {
  <const A extends Given<this["forward"]>>(
    ...args: Accepted<BoundBy<this["forward"], A>, A>
  ): Returned<this["forward"], BoundBy<this["forward"], A>>;
  forward(...args: never[]): unknown;
}

// ---- layers

type Layers = typeof nn;
type Constructed<N extends keyof LayerTable> = Layers[N] extends { readonly prototype: infer I } ? I : never;
type ConstructedBy<N extends keyof LayerTable> = Layers[N] extends abstract new (...args: infer C) => unknown
  ? C
  : never;
type Rest<N extends keyof LayerTable> =
  Constructed<N> extends { forward(...args: infer A): unknown } ? Loose<Behind<A>> : [];
type Behind<A> = A extends readonly [unknown, ...infer R] ? R : [];
/** Fields; of weights and biases the shapes follow from what the layer was made of. */
type Own<N extends keyof LayerTable, C> = {
  [K in keyof Constructed<N> as K extends keyof UntypedModule ? never : K]: K extends keyof HeldKinds<C>
    ? Held<HeldKinds<C>[K], LayerTable[N], Constructed<N>[K]>
    : Unruled<Constructed<N>[K]>;
};
type Held<H, Kind, F> = Kind extends keyof H
  ? H[Kind] extends infer S extends Shape
    ? Tensor<Said<S>, Unknown> | Extract<F, null>
    : Unruled<F>
  : Unruled<F>;
type Ruled<N extends keyof LayerTable, C, I, A> = LayerTable[N] extends "lstm" | "gru"
  ? I extends AnyPacked
    ? OfPacked<C, LayerTable[N], Unknown>
    : LayerKinds<C, ShapeOf<I>, DtypeOf<I>, A>[LayerTable[N]]
  : LayerKinds<C, ShapeOf<I>, DtypeOf<I>, A>[LayerTable[N]];
/** What a layer may be given first: some recurrent ones take packed sequences. */
type Given1<N extends keyof LayerTable> = LayerTable[N] extends "lstm" | "gru" ? AnyTensor | AnyPacked : AnyTensor;

/**
 * A layer by its name and what it was made of, by which the checker compares two (`in out`): by all that they have it takes
 * minutes.
 */
interface Called<in out N extends keyof LayerTable, in out C> {
  <const I extends Given1<N>, const A extends Rest<N>>(
    input: Input<Ruled<N, C, I, A>, I>,
    ...rest: A
  ): Result<Ruled<N, C, I, A>>;
  forward<const I extends Given1<N>, const A extends Rest<N>>(
    input: Input<Ruled<N, C, I, A>, I>,
    ...rest: A
  ): Result<Ruled<N, C, I, A>>;
  /** Says what a call gives; there is no such field when the program runs. */
  readonly __rule?: [N, C];
}
export type Layer<N extends keyof LayerTable, C> = Called<N, C> & Own<N, C> & Members;
/** A layer of that name, whatever it was made of. */
export type SomeLayer<N extends keyof LayerTable> = SomeModule & Own<N, unknown>;
export type LayerClass<N extends keyof LayerTable> = LayerTable[N] extends infer K extends keyof BuildKinds<unknown>
  ? new <const C extends ConstructedBy<N>, R = BuildKinds<C>[K]>(...args: Accepted<R, C>) => Layer<N, C>
  : new <const C extends ConstructedBy<N>>(...args: C) => Layer<N, C>;

// ---- containers

/** What module M gives for an input: a tensor, or a sentence. */
export type Through<M, I> = M extends { readonly __rule?: [infer N extends keyof LayerTable, infer C] }
  ? Ruled<N, C, I, []>
  : M extends { readonly __modules?: infer L extends readonly unknown[] }
    ? ThroughAll<L, I>
    : M extends { forward: infer F }
      ? BoundBy<F, [I]> extends infer B
        ? B extends string
          ? B
          : Returned<F, B>
        : never
      : Tensor;
export type ThroughAll<L, I> = L extends readonly [infer H, ...infer R]
  ? Through<H, I> extends infer O
    ? O extends string
      ? O
      : ThroughAll<R, O>
    : never
  : L extends readonly []
    ? I
    : Tensor;
interface Indexed<M> {
  readonly [index: number]: M;
  readonly length: number;
  [Symbol.iterator](): Generator<M, void, undefined>;
  at(index: number): M;
  append(module: M): this;
  extend(modules: Iterable<M>): this;
  insert(index: number, module: M): this;
  pop(index?: number): M;
}
export interface Sequential<L extends readonly unknown[]> extends Indexed<L[number]>, Members {
  /** In the form of a layer's, so that one of both can be called. */
  <const I extends AnyTensor, const A extends []>(
    input: Input<ThroughAll<L, I>, I>,
    ...rest: A
  ): Result<ThroughAll<L, I>>;
  forward<const I extends AnyTensor>(input: Input<ThroughAll<L, I>, I>): Result<ThroughAll<L, I>>;
  slice(start?: number, end?: number): Sequential<L[number][]>;
  /** The modules in order; there is no such field when the program runs. */
  readonly __modules?: L;
}
export interface SequentialClass {
  new <const L extends readonly AnyModule[]>(...modules: L): Sequential<L>;
  new <const O extends Readonly<Record<string, AnyModule>>>(modules: O): Sequential<O[keyof O][]>;
}
export interface ModuleList<M> extends Indexed<M>, Members {
  forward(...args: never[]): unknown;
  slice(start?: number, end?: number): ModuleList<M>;
}
export type ModuleListClass = new <M extends AnyModule = AnyModule>(modules?: Iterable<M> | null) => ModuleList<M>;
/** Modules by name: those that are given stay what they are. */
export interface ModuleDict<O> extends Members {
  forward(...args: never[]): unknown;
  readonly length: number;
  [Symbol.iterator](): IterableIterator<string>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<O[keyof O]>;
  items(): IterableIterator<[keyof O & string, O[keyof O]]>;
  has(name: string): boolean;
  get<K extends keyof O>(name: K): O[K];
  set(name: string, module: O[keyof O]): this;
}
export type ModuleDictClass = new <const O extends Readonly<Record<string, AnyModule>>>(modules?: O) => ModuleDict<O>;
