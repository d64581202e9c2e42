// A worker of a loader: makes the dataset, then a batch for each list of indices that it is sent.
import { default_generator } from "../../random/generator.ts";
import { manual_seed } from "../../ops/random/random_state.ts";
import { set_num_threads } from "../../devices/cpu/threads/num_threads.ts";
import { END, Fetcher } from "../fetch.ts";
import type { Fetching, Wanted } from "../fetch.ts";
import { setWorkerInfo } from "../worker_info.ts";
import { encode, intoBuffers, intoSlots } from "./message.ts";
import type { Sent, Slot } from "./message.ts";
import { build, make } from "./tree.ts";
import type { Made, Tree } from "./tree.ts";

/** What a worker is told at first. */
export interface Setup {
  readonly tidu: "loader";
  readonly port: MessagePort;
  /** Counts the replies of all workers, for a program that waits without its event loop. */
  readonly signal: Int32Array | null;
  /** The memory that the program computes in, if it is shared. */
  readonly memory: WebAssembly.Memory | null;
  readonly dataset: Tree;
  readonly collate: Made | null;
  readonly init: Made | null;
  /** Samples are sent as they are, for the program to collate. */
  readonly raw: boolean;
  readonly batched: boolean;
  readonly drop_last: boolean;
  readonly base_seed: bigint;
  readonly id: number;
  readonly num_workers: number;
}
/** What it is told then: to fetch something, or to begin a pass anew, or that it is done. */
export type Job =
  | { readonly pass: number; readonly index: number; readonly wanted: Wanted; readonly slots: readonly Slot[] }
  | { readonly pass: number; readonly index: null; readonly random: Uint8Array | null }
  | null;
/** What it answers; `random` is the state of its generator, for who goes on from there. */
export type Reply =
  | {
      readonly kind: "batch";
      readonly pass: number;
      readonly index: number;
      readonly batch: Sent;
      readonly random: Uint8Array;
    }
  | { readonly kind: "end"; readonly pass: number; readonly index: number; readonly random: Uint8Array }
  | { readonly kind: "error"; readonly pass: number; readonly index: number; readonly error: SentError }
  /** It could not begin, or has ended though nobody asked it to. */
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "closed" };
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: `Error: ${String(error)}` };
  const { name, message } = error;
  const stack = error.stack ?? "";
  return { name, message, stack: stack.includes(message) ? stack : `${name}: ${message}\n${stack}` };
}

/** Serves until it is told that it is done. */
export function serve(setup: Setup): void {
  const { port, signal, memory, base_seed, id, num_workers, batched, drop_last } = setup;
  const reply = (message: Reply, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer);
    if (signal === null) return;
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  const seed = base_seed + BigInt(id);
  set_num_threads(1);
  manual_seed(BigInt.asUintN(64, seed));
  let fetching: Fetching | null = null;
  let fetcher: Fetcher | null = null;
  let failure: unknown = null;
  try {
    const dataset = build(setup.dataset);
    setWorkerInfo({ id, num_workers, seed, dataset });
    if (setup.init !== null) (make(setup.init) as (id: number) => void)(id);
    const own = setup.collate === null ? null : (make(setup.collate) as (samples: never) => unknown);
    const collate_fn = setup.raw ? (samples: unknown) => samples : own;
    fetching = { dataset, batched, drop_last, collate_fn };
    fetcher = new Fetcher(fetching);
  } catch (error) {
    failure = error;
  }
  let pass = 0;
  /** The pass in which an iterable dataset has come to its end. */
  let ended = -1;
  let closing = false;

  async function handle(job: NonNullable<Job>): Promise<void> {
    if (job.index === null) {
      pass = job.pass;
      if (job.random !== null) default_generator.set_state(job.random);
      if (fetching !== null) fetcher = new Fetcher(fetching);
      return;
    }
    if (closing || job.pass !== pass || job.pass === ended) return;
    const { index } = job;
    try {
      if (failure !== null) {
        const error = failure;
        failure = fetcher === null ? new Error("this worker could not begin") : null;
        throw error;
      }
      const batch = await fetcher!.fetchLater(job.wanted);
      if (batch === END) {
        ended = pass;
        return reply({ kind: "end", pass, index, random: default_generator.get_state() });
      }
      const transfer: ArrayBuffer[] = [];
      const sent = encode(batch, intoSlots(memory, job.slots, intoBuffers(transfer)));
      const random = default_generator.get_state();
      transfer.push(random.buffer as ArrayBuffer);
      reply({ kind: "batch", pass, index, batch: sent, random }, transfer);
    } catch (error) {
      reply({ kind: "error", pass, index, error: sentError(error) });
    }
  }
  let last: Promise<void> = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<Job>) => {
    if (data !== null) return void (last = last.then(() => handle(data)));
    closing = true;
    void last.then(() => {
      reply({ kind: "closed" });
      port.close();
      // Whatever the dataset has open must not keep the thread.
      const { process, close } = globalThis as { process?: { exit(): void }; close?: () => void };
      if (process?.exit !== undefined) process.exit();
      else close?.();
    });
  };
}
