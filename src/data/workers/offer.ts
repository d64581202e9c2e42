// worker_dataset and worker_function: what a module offers to the workers of loaders.
import { bindArguments } from "../../dispatch/callable.ts";
import { TypeError } from "../../base/errors.ts";
import { isWhere, offer, recipes } from "./registry.ts";
import type { Where } from "./registry.ts";
import { serve } from "./serve.ts";
import type { Setup } from "./serve.ts";

/** Under this name a worker that imports modules finds what serves. */
export const SERVE = "tidu.data.serve";
/** Set in Node for threads that are being started to be workers of a loader. */
export const STARTED = "tidu.data.started";

type Dataset = Iterable<unknown> | { readonly length: number };
const DATASET = "worker_dataset(object where, callable make, str? name=None) -> callable";
/**
 * Offers a dataset to the workers of a DataLoader, which are threads: they load the module `where` it is called, while that is
 * loaded, and make the dataset with the same arguments. These may be what can be sent to a thread: tensors, numbers, text
 * and the like. Gives the function that makes it in the program; what is cut from or joined of such datasets (Subset,
 * random_split, ConcatDataset, StackDataset, ChainDataset) can be sent, too. PyTorch sends a copy of the dataset instead.
 *
 * `where` is `import.meta.url`. A bundler puts the module elsewhere, so there it is a function that starts a worker of it:
 * `() => new Worker(new URL("./photos.ts", import.meta.url), { type: "module" })`, which Vite, webpack and Parcel know.
 * `name` tells apart what a module offers: needed for a second dataset whose `make` has no name of its own.
 * @example
 * // photos.ts
 * export const photos = worker_dataset(import.meta.url, (folder: string) => new Photos(folder));
 * // train.ts
 * const loader = new DataLoader(photos("photos/train"), { batch_size: 32, num_workers: 4, shuffle: true });
 */
export function worker_dataset<A extends readonly unknown[], D extends Dataset>(
  where: Where,
  make: (...args: A) => D,
  name?: string,
): (...args: A) => D;
export function worker_dataset(...given: unknown[]): unknown {
  const { where, make, name } = bindArguments<typeof DATASET, Given>(DATASET, given);
  const recipe = { ...whereTo("worker_dataset", where), name: name ?? make.name };
  offer({ url: recipe.url, name: recipe.name, make });
  listen();
  return (...args: unknown[]): unknown => {
    const dataset = make(...(args as never)) as object;
    recipes.set(dataset, { ...recipe, args });
    return dataset;
  };
}
const FUNCTION = "worker_function(object where, callable make, str? name=None) -> callable";
/**
 * Offers a function to the workers of a DataLoader, to be its `collate_fn` or `worker_init_fn`: see `worker_dataset`. Gives
 * the function itself.
 * @example export const seedAll = worker_function(import.meta.url, (worker: number) => prepare(worker), "seedAll");
 */
export function worker_function<F extends (...args: never) => unknown>(where: Where, f: F, name?: string): F;
export function worker_function(...given: unknown[]): unknown {
  const { where, make, name } = bindArguments<typeof FUNCTION, Given>(FUNCTION, given);
  const recipe = { ...whereTo("worker_function", where), name: name ?? make.name, args: [] };
  offer({ url: recipe.url, name: recipe.name, make: () => make });
  listen();
  recipes.set(make, recipe);
  return make;
}
interface Given {
  where: unknown;
  make: (...args: never) => unknown;
}
function whereTo(callee: string, where: unknown): { url: string | null; start: Extract<Where, Function> | null } {
  if (!isWhere(where))
    throw new TypeError(
      `${callee}(): argument 'where' must be import.meta.url, or a function that starts a worker of the module`,
    );
  return typeof where === "function" ? { url: null, start: where } : { url: String(where), start: null };
}

interface Events {
  on(event: "message", listener: (message: unknown) => void): void;
  off(event: "message", listener: (message: unknown) => void): void;
}
interface NodeThreads {
  readonly workerData: unknown;
  readonly parentPort: Events | null;
  getEnvironmentData(name: string): unknown;
}
let listening = false;
/** In a worker thread: waits to be told that it is one of a loader's. */
function listen(): void {
  if (listening) return;
  listening = true;
  (globalThis as Record<symbol, unknown>)[Symbol.for(SERVE)] = serve;
  const begin = (message: unknown): boolean => {
    if ((message as Setup | null)?.tidu !== "loader") return false;
    serve(message as Setup);
    return true;
  };
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads") as unknown as NodeThreads | undefined;
  if (threads !== undefined) {
    const { parentPort } = threads;
    if (parentPort === null || threads.getEnvironmentData(STARTED) !== true) return;
    const heard = (message: unknown): void => void (begin(message) && parentPort.off("message", heard));
    parentPort.on("message", heard);
  } else if ("WorkerGlobalScope" in globalThis) {
    const heard = ({ data }: MessageEvent): void => void (begin(data) && removeEventListener("message", heard));
    addEventListener("message", heard);
  }
}
