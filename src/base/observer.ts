// Who watches what runs, if anybody does. Every call of an op asks, so it is one read of a field while nobody watches.

/** An op, a node of a backward pass, or a stretch of a program that its author named. */
export type Kind = "op" | "backward" | "user";

export interface Observer {
  /** Something begins; what is returned is given to `end`. */
  begin(name: string, kind: Kind, inputs: readonly unknown[]): unknown;
  /** It ends, with its result or, if it failed, undefined. */
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void;
  /** What is no op but bears on a graph: see {@link Noted}. */
  note?(what: Noted, of: unknown, more?: unknown): void;
}
/**
 * `data`: the tensor's `.data` was asked for, and is `more`; `data=`, `grad=`, `requires_grad=`: set to `more`; `grad`:
 * asked for where there is none; `retain_grad`, `detach_`: called; `hook`: one was registered; `read`: its elements went to the program; `made`: of
 * the program's own data; `parameter`: made of the tensor `more`; `roots`: whether the gradients that a pass begins with are
 * being made; `backward`: it begins; `gradients`: it ends, and
 * returns `more`; `node`: the node that runs next; `spoiled`: a saved tensor was found changed; `rootless`: backward was
 * asked of a tensor without a graph; `unused`: a gradient was asked for that never came; `optimizer`: it takes a step.
 */
export type Noted =
  | (
      | "data"
      | "data="
      | "grad"
      | "grad="
      | "requires_grad="
      | "retain_grad"
      | "hook"
      | "detach_"
      | "read"
      | "made"
      | "parameter"
    )
  | ("roots" | "backward" | "gradients" | "node" | "spoiled" | "rootless" | "unused" | "optimizer");
export const observer: { current: Observer | null } = { current: null };

/** Runs `body` before the observer's eyes, if there is one; what returns a promise ends when that is settled. */
export function observe<T>(name: string, kind: Kind, inputs: readonly unknown[], body: () => T): T {
  const { current } = observer;
  if (current === null) return body();
  const begun = current.begin(name, kind, inputs);
  let result: T;
  try {
    result = body();
  } catch (error) {
    current.end(begun, inputs, undefined);
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => current.end(begun, inputs, undefined)) as T;
  current.end(begun, inputs, result);
  return result;
}
