// A trace made into a program: where each slot lies, and the requests to the devices, ready to be given again.
import type { Dtype } from "../base/dtype.ts";
import { uint8 } from "../base/dtype.ts";
import type { Backend, PackedMatrix, Product } from "../devices/backend.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { tensorsIn } from "../dispatch/levels.ts";
import type { Launch } from "../kernel/loops.ts";
import type { Block } from "../kernel/place.ts";
import { empty } from "../tensor/allocate.ts";
import { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { NOWHERE, Ref } from "./trace.ts";
import type { PARTS, Slot, Step } from "./trace.ts";

/** What becomes of the memory that a call makes. */
export type Role =
  /** Gone when the program ends: a part of its arena. */
  | "local"
  /** For the program of the backward pass. */
  | "kept"
  /** The caller's. */
  | "result"
  /** The same in every call. */
  | "constant"
  /** Given by the caller. */
  | "given"
  /** Made by a step that runs code of the host's, or by packing. */
  | "own";

/** What each slot is in one call. */
export interface Bound {
  readonly storage: Storage;
  /** How many bytes further on its elements lie than when it was traced. */
  readonly shift: number;
}

/** A place that a request names, to be filled in before each run. */
interface Patch {
  readonly target: { block: Block; offset: number };
  /** Where the element is in the slot's memory. */
  readonly offset: number;
  readonly itemsize: number;
}
type Request = () => boolean;

/** The slots that a step reads and writes. */
export function usesOf(step: Step): { reads: readonly number[]; writes: readonly number[] } {
  switch (step.kind) {
    case "launch": {
      const { inputs, outputs } = step.kernel;
      const slots = step.operands.map((o) => o.slot);
      const writes = slots.slice(inputs.length);
      // What is added to is read.
      const added = writes.filter((_, i) => (outputs[i].mode ?? "set") !== "set");
      return { reads: [...slots.slice(0, inputs.length), ...added], writes };
    }
    case "product": {
      const { out, ...read } = step.slots;
      return { reads: Object.values(read), writes: [out!] };
    }
    case "pack":
      return { reads: [step.slot], writes: [step.to] };
    case "upload":
      return { reads: [], writes: [step.slot] };
    case "run": {
      const given = refsIn(step.values).map((r) => r.slot);
      return { reads: given, writes: step.results.map((r) => r.slot) };
    }
    case "look":
      return { reads: [step.at.slot], writes: [] };
    case "gradient":
      return { reads: step.value === null ? [] : [step.value.slot], writes: [] };
    case "optimizer":
      return { reads: [], writes: [] };
  }
}
export function refsIn(v: unknown): Ref[] {
  if (v instanceof Ref) return [v];
  return Array.isArray(v) ? v.flatMap(refsIn) : [];
}
/** Bytes that kernels and products read and write, each element of an operand once. */
export function trafficOf(steps: readonly Step[]): number {
  let bytes = 0;
  for (const step of steps)
    if (step.kind === "launch") {
      const { inputs, outputs } = step.kernel;
      const dtypes = [...inputs, ...outputs.map((o) => o.dtype)];
      for (const [k, { strides }] of step.operands.entries())
        bytes += dtypes[k].itemsize * step.shape.reduce((n, size, d) => (strides[d] === 0 ? n : n * size), 1);
    } else if (step.kind === "product") {
      const { m, n, k, batch = 1, terms = 1 } = step.product;
      bytes += step.dtype.itemsize * batch * ((m * k + k * n) * terms + m * n);
    }
  return bytes;
}
/** Slots made by steps, not told to the device beforehand. */
export function ownSlots(steps: readonly Step[]): Set<number> {
  const own = new Set<number>();
  const written = new Set<number>();
  for (const step of steps) {
    if (step.kind === "pack") own.add(step.to);
    // An op's results are fresh unless it wrote over what was there.
    if (step.kind === "run") {
      const given = new Set(refsIn(step.values).map((r) => r.slot));
      for (const { slot } of step.results) if (!given.has(slot) && !written.has(slot)) own.add(slot);
    }
    for (const slot of usesOf(step).writes) written.add(slot);
  }
  return own;
}

const ALIGNMENT = 64;
const aligned = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

/** Places in one block for pieces that are needed from one step to another: those whose times do not meet may share. */
export function arrange(
  pieces: readonly { readonly nbytes: number; readonly first: number; readonly last: number }[],
): {
  readonly places: readonly number[];
  readonly size: number;
} {
  const places = pieces.map(() => 0);
  const order = [...pieces.keys()].sort((a, b) => pieces[b].nbytes - pieces[a].nbytes);
  const placed: number[] = [];
  let size = 0;
  for (const i of order) {
    const { nbytes, first, last } = pieces[i];
    const meeting = placed
      .filter((j) => pieces[j].first <= last && first <= pieces[j].last)
      .sort((a, b) => places[a] - places[b]);
    let at = 0;
    for (const j of meeting) {
      if (places[j] - at >= aligned(nbytes)) break;
      at = Math.max(at, places[j] + aligned(pieces[j].nbytes));
    }
    places[i] = at;
    placed.push(i);
    size = Math.max(size, at + aligned(nbytes));
  }
  return { places, size };
}

/** Runs steps on the memory of a call. */
export class Program {
  /** Requests to devices in a run: what `explain` counts. */
  readonly launches: number;
  /** What these read and write. */
  readonly bytes: number;
  private readonly slots: readonly Slot[];
  private readonly roles: readonly Role[];
  private readonly requests: Request[] = [];
  private readonly patches: Patch[][];
  private readonly bound: (Storage | null)[];
  private readonly shifts: number[];
  private readonly places: number[];
  /** Bytes of the arena of each device. */
  private readonly arenas = new Map<Backend, { size: number; readonly slots: number[] }>();
  private readonly results: readonly number[];
  private readonly kept: readonly number[];

  constructor(
    steps: readonly Step[],
    slots: readonly Slot[],
    roles: readonly Role[],
    constants: ReadonlyMap<number, Storage>,
  ) {
    this.slots = slots;
    this.roles = roles;
    this.patches = slots.map(() => []);
    this.bound = slots.map((_, i) => constants.get(i) ?? null);
    this.shifts = slots.map(() => 0);
    this.places = slots.map(() => 0);
    this.launches = steps.filter((s) => s.kind === "launch" || s.kind === "product" || s.kind === "pack").length;
    this.bytes = trafficOf(steps);
    this.plan(steps);
    const used = new Set(steps.flatMap((s) => Object.values(usesOf(s)).flat()));
    this.results = [...roles.keys()].filter((i) => roles[i] === "result" && used.has(i));
    this.kept = [...roles.keys()].filter((i) => roles[i] === "kept" && used.has(i));
    for (const [i, step] of steps.entries()) this.requests.push(this.request(step), ...this.releases(steps, i));
    for (const [slot, storage] of constants) this.place(slot, storage, 0);
  }
  /** Finds places for what lives within the program. */
  private plan(steps: readonly Step[]): void {
    const first = new Map<number, number>();
    const last = new Map<number, number>();
    for (const [i, step] of steps.entries())
      for (const slot of Object.values(usesOf(step)).flat()) {
        if (!first.has(slot)) first.set(slot, i);
        last.set(slot, i);
      }
    const local = [...first.keys()].filter((slot) => this.roles[slot] === "local");
    for (const backend of new Set(local.map((slot) => this.slots[slot].backend))) {
      const own = local.filter((slot) => this.slots[slot].backend === backend);
      const { places, size } = arrange(
        own.map((slot) => ({ nbytes: this.slots[slot].nbytes, first: first.get(slot)!, last: last.get(slot)! })),
      );
      for (const [i, slot] of own.entries()) this.places[slot] = places[i];
      this.arenas.set(backend, { size, slots: own });
    }
  }
  /** Gives back what the host's code made, after its last use. */
  private releases(steps: readonly Step[], i: number): Request[] {
    const used = (s: Step): number[] => Object.values(usesOf(s)).flat();
    return [...new Set(used(steps[i]))]
      .filter((slot) => this.roles[slot] === "own" && !steps.slice(i + 1).some((s) => used(s).includes(slot)))
      .map((slot) => () => {
        this.bound[slot]?.block.free();
        this.bound[slot] = null;
        return true;
      });
  }

  // ---- requests

  private target<P extends { readonly block: Block; readonly offset: number }>(slot: number, place: P, d: Dtype): P {
    const target = { ...place };
    this.patches[slot].push({ target, offset: place.offset, itemsize: d.itemsize });
    return target;
  }
  private request(step: Step): Request {
    switch (step.kind) {
      case "launch": {
        const { backend, kernel, shape, reduced, params } = step;
        const dtypes = [...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)];
        const operands = step.operands.map(({ slot, offset, strides }, k) =>
          this.target(slot, { block: NOWHERE, offset, strides }, dtypes[k]),
        );
        const launch: Launch = { shape, reduced, operands, params };
        return () => {
          backend.launch(kernel, launch);
          return true;
        };
      }
      case "product": {
        const { backend, dtype, slots } = step;
        const product = this.product(step.product, dtype, slots);
        return () => {
          backend.matmul(dtype, product);
          return true;
        };
      }
      case "pack": {
        const { backend, dtype, of, slot, to } = step;
        const b = this.target(slot, of.b, dtype);
        return () => {
          const made = backend.pack(dtype, b, of.m, of.n, of.k) as PackedMatrix;
          this.place(to, new Storage(backend, made.packed), 0);
          return true;
        };
      }
      case "upload": {
        const { backend, dtype, slot, offset, values } = step;
        const place = this.target(slot, { block: NOWHERE, offset }, dtype);
        return () => {
          backend.upload(dtype, place, values);
          return true;
        };
      }
      case "run": {
        const { entry, name, values, results } = step;
        const isInPlace = name !== entry.schema.name;
        return () => {
          const given = values.map((v) => this.given(v));
          const made = isInPlace ? runInPlace(entry, name, given) : run(entry, given);
          for (const [i, t] of tensorsIn([made]).entries())
            if (this.bound[results[i].slot] === null) this.place(results[i].slot, t.storage, 0);
          return true;
        };
      }
      case "look": {
        const { at, decide, outcome } = step;
        return () => Object.is(decide(this.tensor(at)), outcome);
      }
      case "optimizer":
        return () => {
          step.optimizer.step();
          return true;
        };
      case "gradient": {
        const { leaf, value } = step;
        return () => {
          if (value === null) leaf.grad = null;
          else {
            leaf.gradient = this.tensor(value);
            leaf.gradient.storage.unseen = leaf.gradient.storage.kept = true;
          }
          return true;
        };
      }
    }
  }
  private product(
    { a, b, out, addend, ...sizes }: Product,
    dtype: Dtype,
    slots: Partial<Record<(typeof PARTS)[number], number>>,
  ): Product {
    return {
      ...sizes,
      a: this.target(slots.a!, a, dtype),
      b: this.right(b, dtype, slots),
      out: this.target(slots.out!, out, dtype),
      ...(addend !== undefined && { addend: this.target(slots.addend!, addend, dtype) }),
    };
  }
  private right(b: Product["b"], dtype: Dtype, slots: Partial<Record<(typeof PARTS)[number], number>>): Product["b"] {
    if ("packed" in b) {
      const packed = { packed: NOWHERE };
      const target = {
        set block(block: Block) {
          packed.packed = block;
        },
        offset: 0,
      };
      this.patches[slots.b!].push({ target: target as { block: Block; offset: number }, offset: 0, itemsize: 1 });
      return packed;
    }
    const whole = this.target(slots.b!, b, dtype);
    if (!("rowTable" in whole)) return whole;
    // Tables are of int32.
    return Object.assign(whole, {
      rowTable: this.target(slots.rowTable!, whole.rowTable, INT32),
      colTable: this.target(slots.colTable!, whole.colTable, INT32),
    });
  }

  // ---- a run

  /** A slot's memory in this run, and how far its elements lie from where they were when it was traced. */
  private place(slot: number, storage: Storage, shift: number): void {
    this.bound[slot] = storage;
    this.shifts[slot] = shift;
    for (const { target, offset, itemsize } of this.patches[slot]) {
      target.block = storage.block;
      target.offset = offset + shift / itemsize;
    }
  }
  /** The tensor of this run. */
  tensor({ slot, dtype, sizes, strides, offset, lazy }: Ref): Tensor {
    const made = new Tensor(this.bound[slot]!, dtype, sizes, strides, offset + this.shifts[slot] / dtype.itemsize);
    made.lazy = lazy;
    return made;
  }
  private given(v: unknown): unknown {
    if (v instanceof Ref) return this.tensor(v);
    return Array.isArray(v) ? v.map((x) => this.given(x)) : v;
  }
  /** Runs it; false if a look came out differently. What it makes for others stays bound until `done`. */
  run(given: ReadonlyMap<number, Bound>): boolean {
    this.done();
    const arenas: Block[] = [];
    for (const [slot, { storage, shift }] of given) this.place(slot, storage, shift);
    for (const [backend, { size, slots }] of this.arenas) {
      const block = backend.allocate(size);
      arenas.push(block);
      const storage = new Storage(backend, block);
      for (const slot of slots) this.place(slot, storage, this.places[slot]);
    }
    for (const slot of this.results) {
      const { nbytes, backend } = this.slots[slot];
      this.place(slot, empty([nbytes], uint8, undefined, backend).storage, 0);
    }
    for (const slot of this.kept) {
      const { nbytes, backend } = this.slots[slot];
      this.place(slot, new Storage(backend, backend.allocate(nbytes)), 0);
    }
    try {
      for (const request of this.requests) if (!request()) return false;
      return true;
    } finally {
      for (const block of arenas) block.free();
    }
  }
  /** Holds nothing of the run any more. */
  done(): void {
    for (const [i, role] of this.roles.entries()) if (role !== "constant") this.bound[i] = null;
  }
  storageOf(slot: number): Storage {
    return this.bound[slot]!;
  }
}
const INT32 = { itemsize: 4 } as Dtype;
