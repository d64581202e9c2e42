// What workers can make: datasets and functions that a module offers under a name.
import type { AnyDataset } from "../dataset.ts";

/** A worker thread, of Node or of a page. */
export interface WorkerLike {
  postMessage(message: unknown, transfer?: never): void;
  terminate(): unknown;
}
/** Where a worker finds something: the module's address, or a function that starts a worker of that module. */
export type Where = string | URL | (() => WorkerLike);
/** How a worker comes by a dataset or function. */
export interface Recipe {
  /** The module's address; null where the program starts the workers. */
  readonly url: string | null;
  readonly start: (() => WorkerLike) | null;
  readonly name: string;
  readonly args: readonly unknown[];
}
/** Of what `worker_dataset` and `worker_function` made. */
export const recipes = new WeakMap<object, Recipe>();

interface Offer {
  readonly url: string | null;
  readonly name: string;
  readonly make: (...args: never) => unknown;
}
const offers: Offer[] = [];
export const offer = (offered: Offer): void => void offers.push(offered);
/** In a worker: what a module offers under that name. */
export function offered(url: string | null, name: string): Offer["make"] {
  const found = offers.filter((o) => o.name === name && (url === null || o.url === null || o.url === url));
  if (found.length === 1) return found[0].make;
  const what = found.length === 0 ? "no dataset or function of that name" : `${found.length} of that name`;
  const all = offers.map((o) => `'${o.name}'`).join(", ") || "nothing";
  throw new globalThis.TypeError(
    `a worker of the loader was asked for '${name}' of ${url ?? "the module that it was started with"}, which offers ${what} (it offers ${all})\nworker_dataset and worker_function are to be called when the module is loaded, with a name of its own for each.`,
  );
}
export const isWhere = (x: unknown): x is Where => typeof x === "string" || x instanceof URL || typeof x === "function";
export type Made = AnyDataset<unknown> | ((...args: never) => unknown);
