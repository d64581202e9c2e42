// Operations under way: waiting for them, and what is told when they do not end.
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { withGrad } from "../autograd/mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Lease } from "./lease.ts";
import type { Handles, Mpi } from "./mpi.ts";

const WAIT = "Work.wait(float? timeout=None) -> bool";

/** What a watchdog knows of the group that an operation is of. */
export interface Watched {
  readonly mpi: Mpi | null;
  /** Seconds after which an operation has taken too long. */
  readonly timeout: number;
  /** Called now and then while something is waited for. */
  attend(work: Work): void;
  /** The sentence of one that took too long. */
  late(work: Work, seconds: number): string;
}

/** Waiting in a loop: so long with all of the core, and then with pauses, which cost a long transfer little. */
const SPINNING = 50; // ms
const NAP = 0.2; // ms
const ATTENDED = 100; // ms
/** Made when somebody waits: a page may have no such memory, and no other processes either. */
let nap: Int32Array | null = null;
const underWay = new Set<Work>();

/** Lets operations that were begun and not waited for move on: libraries do so only while they are called. */
export function progress(): void {
  for (const work of underWay) work.poll();
}

/**
 * An operation on the way, as `async_op: true` returns it. The tensors it was given must not be changed, nor its results read,
 * before `wait` has returned.
 */
export class Work {
  /** @internal */ readonly name: string;
  /** @internal Which of its group's collectives it is, counted from 0. */
  readonly sequence: number;
  private readonly group: Watched;
  private readonly requests: Handles | null;
  private readonly flag = new Int32Array(1);
  private readonly status = new Int32Array(16);
  private readonly leases: readonly Lease[];
  private finish: (() => void) | null;
  private readonly results: readonly Tensor[];
  private readonly callbacks: (() => void)[] = [];
  private failed: Error | null = null;
  private done = false;

  /** @internal `finish` runs once, when all is here, before anyone is told. */
  constructor(
    group: Watched,
    name: string,
    sequence: number,
    requests: Handles | null,
    leases: readonly Lease[],
    results: readonly Tensor[],
    finish: (() => void) | null,
  ) {
    this.group = group;
    this.name = name;
    this.sequence = sequence;
    this.requests = requests;
    this.leases = leases;
    this.results = results;
    this.finish = finish;
    if (requests === null) this.complete();
    else underWay.add(this);
  }
  /** @internal Whether it is done; moves it on. */
  poll(): boolean {
    if (this.done) return true;
    const { requests, flag, status } = this;
    const { call, ignore } = this.group.mpi!;
    if (requests!.length === 1) call.Test(requests, flag, status);
    else call.Testall(requests!.length, requests, flag, ignore);
    if (flag[0] === 0) return false;
    this.complete();
    return true;
  }
  private complete(): void {
    this.done = true;
    underWay.delete(this);
    for (const lease of this.leases) lease.end();
    const { finish } = this;
    this.finish = null;
    if (finish !== null) withGrad(false, finish);
    for (const callback of this.callbacks.splice(0)) callback();
  }
  /**
   * Waits until the operation is done, on the whole thread, as PyTorch's does; returns true. Raises RuntimeError after
   * `timeout` seconds (those of the group unless told), with the ranks that have not come.
   */
  wait(...args: Arguments<typeof WAIT>): boolean {
    const { timeout } = bindArguments(WAIT, args);
    if (this.poll()) return this.succeeded();
    const { group } = this;
    const limit = (timeout ?? group.timeout) * 1000;
    const { pause } = group.mpi!;
    const start = performance.now();
    let attended = start;
    while (!this.poll()) {
      if (underWay.size > 1) progress();
      const now = performance.now();
      if (now - start > SPINNING) Atomics.wait((nap ??= new Int32Array(new SharedArrayBuffer(4))), 0, 0, NAP);
      else pause();
      if (now - attended > ATTENDED) {
        attended = now;
        group.attend(this);
        if (now - start > limit) {
          this.failed = new RuntimeError(group.late(this, (now - start) / 1000));
          throw this.failed;
        }
      }
    }
    return this.succeeded();
  }
  private succeeded(): boolean {
    if (this.failed !== null) throw this.failed;
    return true;
  }
  /** Whether the operation is done; never waits. */
  is_completed(): boolean {
    return this.poll();
  }
  is_success(): boolean {
    return this.poll() && this.failed === null;
  }
  /** What went wrong, null if nothing did. */
  exception(): Error | null {
    return this.failed;
  }
  /** The tensors with the results. Raises RuntimeError while there are none. */
  result(): Tensor[] {
    if (!this.done)
      throw new RuntimeError("Work needs to be completed before calling result(). Should call wait() before result().");
    return [...this.results];
  }
  /** The rank in its group that a message came from, as its operation tells: of receives. */
  source_rank(): number {
    if (!this.name.startsWith("RECV"))
      throw new RuntimeError(
        "sourceRank() may only be called on work objects that correspond to a recv or recv-from-any call.",
      );
    return this.status[this.group.mpi!.sourceAt];
  }
  /** A future of the results. */
  get_future(): Future<Tensor[]> {
    return new Future<Tensor[]>(
      () => (this.wait(), [...this.results]),
      () => this.poll(),
      (callback) => void (this.done ? callback() : this.callbacks.push(callback)),
    );
  }
}

/** A value that comes when work is done, as `torch.futures.Future`: what hooks on communication return. */
export class Future<T> {
  private readonly get: () => T;
  private readonly isDone: () => boolean;
  private readonly whenDone: (callback: () => void) => void;
  /** @internal */
  constructor(get: () => T, isDone: () => boolean, whenDone: (callback: () => void) => void) {
    this.get = get;
    this.isDone = isDone;
    this.whenDone = whenDone;
  }
  /** One that has its value already. */
  static of<T>(value: T): Future<T> {
    return new Future(
      () => value,
      () => true,
      (callback) => callback(),
    );
  }
  done(): boolean {
    return this.isDone();
  }
  /** Waits for the value. */
  wait(): T {
    return this.get();
  }
  /** The value. Raises RuntimeError while there is none. */
  value(): T {
    if (!this.isDone()) throw new ValueError("value() called on a Future that is not done");
    return this.get();
  }
  /**
   * A future of what `callback` makes of the value as soon as it comes: PyTorch's `then`, under a name that `await` does not
   * take for a promise's.
   */
  map<R>(callback: (value: T) => R): Future<R> {
    let made: { value: R } | null = null;
    const make = (): R => (made ??= { value: callback(this.get()) }).value;
    this.whenDone(make as () => void);
    return new Future(
      make,
      () => made !== null,
      (next) => this.whenDone(next),
    );
  }
}
/** Whether anything is under way. */
export const isBusy = (): boolean => underWay.size > 0;
