// How many threads the CPU device may use.
import { RuntimeError, ValueError, warn } from "../../../base/errors.ts";
import { environment } from "../environment.ts";

/** Why there is one thread whatever is asked for; null where there may be more. */
let alone: string | null =
  // WebAssembly's threads meet in shared memory.
  typeof SharedArrayBuffer === "undefined"
    ? "memory cannot be shared here: a page must be cross-origin isolated, by the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp"
    : null;
export const whyAlone = (): string | null => alone;
/** The platform has refused to start a worker: from now on one thread does all, and says so. */
export function stayAlone(why: string): void {
  if (alone !== null) return;
  alone = why;
  warn(`One thread does all the work: ${why}.`);
}

function initial(): number {
  const { process, navigator } = globalThis as Partial<typeof globalThis>;
  const given = environment("TIDU_NUM_THREADS");
  if (given !== undefined && given !== "") {
    if (!/^[1-9]\d*$/.test(given))
      throw new ValueError(`TIDU_NUM_THREADS must be a positive integer, but got '${given}'`);
    return Number(given);
  }
  return process?.getBuiltinModule?.("node:os")?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}
let wanted: number | null = null;

/**
 * How many threads share the work of large ops: what {@link set_num_threads} said, else the environment variable
 * `TIDU_NUM_THREADS`, else as many as the machine runs at once. Always 1 where memory cannot be shared, as on web pages
 * that are not cross-origin isolated, or where no worker may be started. `torch.get_num_threads`.
 * @example
 * torch.get_num_threads();
 */
export function get_num_threads(): number {
  return alone === null ? (wanted ??= initial()) : 1;
}

/**
 * Says how many threads may share the work of large ops, the calling one among them. Results do not depend on it.
 * Raises RuntimeError unless `n` is a positive integer, and warns where there can be one only. `torch.set_num_threads`.
 * @example
 * torch.set_num_threads(1);
 */
export function set_num_threads(n: number): void {
  if (typeof n !== "number" || !Number.isInteger(n))
    throw new RuntimeError(`set_num_threads expects an int, but got ${typeof n === "number" ? "float" : typeof n}`);
  if (n < 1) throw new RuntimeError("set_num_threads expects a positive integer");
  wanted = n;
  if (n > 1 && alone !== null) warn(`set_num_threads(${n}) has no effect: ${alone}.`);
}
