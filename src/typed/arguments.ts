// Arguments as rules see them: by place, or by name in an object at the end.
import type { Complex, Dtype, Float } from "../base/dtype.ts";
import type { Layout, MemoryFormat } from "../base/memory_format.ts";
import type { Device } from "../devices/device.ts";
import type { Module } from "../nn/module/module.ts";
import type { Generator } from "../random/generator.ts";
import type { Tensor as Untyped } from "../tensor/tensor.ts";

/** Whatever is a tensor, told by a few of its fields: to compare all its methods would take the checker a second. */
export interface AnyTensor {
  readonly is_leaf: boolean;
  readonly retains_grad: boolean;
  readonly ndim: number;
}
/** Whatever is a packed sequence, told by the one field: its tensors are as long to compare. */
export interface AnyPacked {
  readonly batch_sizes: unknown;
}
/** Whatever is a module. */
export interface AnyModule {
  training: boolean;
  // oxlint-disable-next-line typescript/no-explicit-any
  forward(...args: any): unknown;
}
type Opaque = Dtype | Device | Generator | MemoryFormat | Layout | Complex | Float | ((...args: never[]) => unknown);
/** A type of arguments with tensors of any shape in place of tensors. */
export type Loose<T> = T extends string | number | boolean | bigint | null | undefined
  ? T
  : T extends Untyped
    ? AnyTensor
    : T extends Opaque
      ? T
      : T extends readonly unknown[]
        ? { [K in keyof T]: Loose<T[K]> }
        : T extends Module
          ? AnyModule
          : T extends Iterable<infer E>
            ? Iterable<Loose<E>>
            : T extends object
              ? { [K in keyof T]: Loose<T[K]> }
              : T;
/** The arguments of a function. */
export type ArgsOf<F> = F extends (...args: infer A) => unknown ? Loose<A> : never;
/** The arguments of a function behind the first. */
export type ArgsAfterFirst<F> = F extends (...args: infer A) => unknown ? Loose<Behind<A>> : never;
/** Without the first; all by name is no way to give a tensor whose shape is looked at. */
type Behind<A> = A extends readonly [unknown, ...infer R] ? R : [];

type Last<A> = A extends readonly [...unknown[], infer L]
  ? L extends number | string | AnyTensor | readonly unknown[] | null
    ? never
    : L extends object
      ? L
      : never
  : never;
/** Options are told from what stands by place by being plain objects. */
type IsOptions<V> = V extends number | string | Opaque | AnyTensor | readonly unknown[]
  ? false
  : V extends object
    ? true
    : false;
/** The argument of that place and name, `Else` if it was not given. */
export type Arg<A, Place, Name extends string, Else> = Place extends keyof A
  ? IsOptions<A[Place]> extends true
    ? ByName<A[Place], Name, Else>
    : A[Place] extends undefined
      ? Else
      : A[Place]
  : [Last<A>] extends [never]
    ? Else
    : ByName<Last<A>, Name, Else>;
type ByName<O, Name extends string, Else> = O extends { readonly [K in Name]: infer V }
  ? V extends undefined
    ? Else
    : V
  : Name extends keyof O
    ? unknown
    : Else;
/** The argument of that name alone. */
export type Option<A, Name extends string, Else> = [Last<A>] extends [never] ? Else : ByName<Last<A>, Name, Else>;
/** A list that is given as one argument, by that name, or spread: as in view(2, 3), view([2, 3]), view({ size: [2, 3] }). */
export type ListArg<A, Name extends string> = A extends readonly [infer L, ...unknown[]]
  ? L extends readonly unknown[]
    ? L
    : IsOptions<L> extends true
      ? ByName<L, Name, readonly number[]>
      : Numbers<A>
  : A;
/** Without the options at the end. */
type Numbers<A> = A extends readonly [...infer H, infer L] ? (IsOptions<L> extends true ? H : A) : A;
