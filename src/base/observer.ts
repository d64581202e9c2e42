// Who watches what runs, if anybody does. Every call of an op asks, so it is one read of a field while nobody watches.

/** An op, a node of a backward pass, or a stretch of a program that its author named. */
export type Kind = "op" | "backward" | "user";

export interface Observer {
  /** Something begins; what is returned is given to `end`. */
  begin(name: string, kind: Kind): unknown;
  /** It ends, with its result or, if it failed, undefined. */
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void;
}
export const observer: { current: Observer | null } = { current: null };

/** Runs `body` before the observer's eyes, if there is one; what returns a promise ends when that is settled. */
export function observe<T>(name: string, kind: Kind, inputs: readonly unknown[], body: () => T): T {
  const { current } = observer;
  if (current === null) return body();
  const begun = current.begin(name, kind);
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
