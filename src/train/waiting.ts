// Bodies that wait, and the same bodies where nothing can wait.
import { RuntimeError } from "../base/errors.ts";

/**
 * A body that gives up what it waits for, and gets what came of it. A function that it gives up is a turn for others to run,
 * which may be left out.
 */
export type Waiting<T> = Generator<unknown, T, unknown>;

export async function waiting<T>(body: Waiting<T>): Promise<T> {
  let got: unknown;
  let threw = false;
  for (;;) {
    const { done, value } = threw ? body.throw(got) : body.next(got);
    if (done === true) return value;
    threw = false;
    try {
      got = await (typeof value === "function" ? (value as () => unknown)() : value);
    } catch (error) {
      [got, threw] = [error, true];
    }
  }
}
/** Where a program's thread cannot wait, as Python's: everything must be there. Raises RuntimeError for a promise. */
export function atOnce<T>(body: Waiting<T>): T {
  let got: unknown;
  for (;;) {
    const { done, value } = body.next(got);
    if (done === true) return value;
    if (value instanceof Promise) body.throw(new RuntimeError("what is given here must not be a promise"));
    got = typeof value === "function" ? undefined : value;
  }
}
