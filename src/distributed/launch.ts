// How every operation is begun: its tensors made fit for MPI, and what comes of them brought back.
import { TypeError, ValueError, warn } from "../base/errors.ts";
import { float32 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { contiguousStrides, isContiguous } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { withGrad } from "../autograd/mode.ts";
import { getDevice } from "../devices/registry.ts";
import { empty } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { verify } from "./debug.ts";
import { groupOf, isOutside } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { Lease } from "./lease.ts";
import type { Handle, Handles, Mpi, WireName } from "./mpi.ts";
import { assertDone } from "./mpi.ts";
import { isBusy, Work } from "./work.ts";

/**
 * The elements of a tensor as they travel: contiguous, in memory of the host. Those that are summed up are of a dtype that MPI
 * knows: halves as float32, so that a sum is rounded once, complex numbers as pairs, truth values as bytes.
 */
export interface Wire {
  readonly tensor: Tensor;
  readonly type: WireName;
  /** Elements of `type` for each of the tensor's. */
  readonly each: number;
  /** Writes what has come into the tensor that this is the wire of, if it is another. */
  readonly back: () => void;
}
const BYTES: Readonly<Record<number, WireName>> = { 1: "uint8", 2: "int16", 4: "int32", 8: "int64", 16: "int64" };
const isHalf = ({ name }: Dtype): boolean => name === "float16" || name === "bfloat16";

/** `reads`: the elements it has are wanted; otherwise it only gives room to what comes. */
export function wireOf(t: Tensor, reduces: boolean, reads: boolean): Wire {
  return withGrad(false, () => {
    const { dtype } = t;
    const widened = reduces && isHalf(dtype);
    const host = getDevice("cpu");
    let wire = t;
    if (widened || t.backend !== host || !isContiguous(t.sizes, t.strides)) {
      wire = empty(t.sizes, widened ? float32 : dtype, undefined, host);
      if (reads) wire.copy_(t);
    }
    const back = wire === t ? () => {} : () => void t.copy_(wire);
    if (reduces && dtype.is_complex)
      return { tensor: wire, type: dtype.itemsize === 8 ? "float32" : "float64", each: 2, back };
    const { itemsize, name } = wire.dtype;
    const type = reduces ? (name === "bool" ? "uint8" : (name as WireName)) : BYTES[itemsize];
    return { tensor: wire, type, each: itemsize === 16 ? 2 : 1, back };
  });
}
/** Room for what all members of a group send. */
export const roomFor = (count: number, shape: Shape, dtype: Dtype): Tensor =>
  empty([count, ...shape], dtype, undefined, getDevice("cpu"));
/** One of the tensors in such room, or a copy of one put there. */
export function part(room: Tensor, i: number): Tensor {
  const shape = room.sizes.slice(1);
  const n = shape.reduce((a, b) => a * b, 1);
  return new Tensor(room.storage, room.dtype, shape, contiguousStrides(shape), room.offset + i * n);
}
/** The tensors one after another. */
export function gathered(tensors: readonly Tensor[], reduces: boolean): Tensor {
  const { sizes, dtype } = tensors[0];
  const room = roomFor(tensors.length, sizes, reduces && isHalf(dtype) ? float32 : dtype);
  withGrad(false, () => tensors.forEach((t, i) => part(room, i).copy_(t)));
  return room;
}
export function spread(room: Tensor, tensors: readonly Tensor[]): void {
  tensors.forEach((t, i) => t.copy_(part(room, i)));
}

export interface Operation {
  /** As PyTorch's watchdog calls it. */
  readonly name: string;
  /** What the program gave: shapes and dtypes of these must be the same on all ranks. */
  readonly tensors: readonly Tensor[];
  readonly reads?: Wire;
  readonly writes?: Wire;
  /** What MPI is asked for. Sending and receiving are no collectives: they are not counted. */
  readonly begin: (call: Call) => unknown;
  readonly isCollective?: boolean;
  readonly results: readonly Tensor[];
  readonly finish?: () => void;
}
/** What an operation gives MPI. */
export interface Call {
  readonly mpi: Mpi;
  readonly comm: Handle;
  readonly request: Handles;
  /** Addresses; where only one wire was told it is in place. */
  readonly from: number;
  readonly to: number;
}

/** Begins an operation and, unless it is to run beside the program, waits for it. */
export function launch(group: ProcessGroup, operation: Operation, async_op: boolean): Work | null {
  const { name, tensors, reads, writes, begin, isCollective = true, results } = operation;
  const mpi = group.mpi!;
  if (isCollective) verify(group, name, tensors);
  const sequence = isCollective ? group.sequence++ : group.sequence;
  // What runs beside others may see them end, and memory move.
  const lasts = async_op || isBusy();
  const leases: Lease[] = [];
  const lease = (wire: Wire | undefined, forResults: boolean): number => {
    if (wire === undefined) return mpi.inPlace;
    const made = new Lease(mpi.koffi, wire.tensor, forResults, lasts);
    leases.push(made);
    return made.address;
  };
  const from = lease(reads, false);
  const to = lease(writes, true);
  const request = mpi.handles(1);
  assertDone(mpi, begin({ mpi, comm: group.comm, request, from, to }), name);
  const finish = operation.finish ?? (() => writes?.back());
  const work = new Work(group, name, sequence, request, leases, results, finish);
  if (async_op) return work;
  work.wait();
  return null;
}
/** An operation of one process, whose results are there already. */
export function alone(group: ProcessGroup, name: string, results: readonly Tensor[], async_op: boolean): Work | null {
  group.sequence++;
  return async_op ? new Work(group, name, group.sequence - 1, null, [], results, null) : null;
}

/** The group meant; null, with PyTorch's warning, if this process is not in it. */
export function memberOf(group: Group | null, callee: string): ProcessGroup | null {
  if (!isOutside(group)) return groupOf(group);
  warn(`Running ${callee} on global rank ${groupOf(null).rank()} which does not belong to the given group.`);
  return null;
}
const classOf = (x: unknown): string => `<class '${x instanceof Tensor ? "torch.Tensor" : typeWord(x)}'>`;
export function checkTensor(x: unknown, name: string): asserts x is Tensor {
  if (!(x instanceof Tensor))
    throw new TypeError(
      `Invalid function argument. Expected parameter \`${name}\` of type torch.Tensor\n             but got ${classOf(x)} instead.`,
    );
}
export function checkTensors(x: unknown, name: string): asserts x is Tensor[] {
  if (!Array.isArray(x) || !x.every((t) => t instanceof Tensor))
    throw new TypeError(
      `Invalid function argument. Expected parameter \`${name}\` of type List[torch.Tensor]\n             but got ${Array.isArray(x) ? `<class 'list'> with elements of type [${x.map(classOf).join(", ")}]` : classOf(x)} instead.`,
    );
}
export function checkSameDtype(...tensors: readonly Tensor[]): void {
  const [{ dtype }] = tensors;
  for (const t of tensors)
    if (t.dtype !== dtype)
      throw new ValueError(
        `Invalid usage of tensors with different dtypesFound ${String(dtype)} and  ${String(t.dtype)}`,
      );
}
/** A rank of the group, given as one of the world or of the group. */
export function peerOf(group: ProcessGroup, of: number | null, inGroup: number | null): number {
  if (of !== null && inGroup !== null) throw new ValueError("Can't specify both group_rank and global_rank");
  if (of === null && inGroup === null) throw new ValueError("Must specify global_rank or group_rank");
  if (inGroup !== null) return inGroup;
  const found = group.ranks.indexOf(of!);
  if (found < 0 && group.group_desc !== "default_pg")
    throw new ValueError(`Global rank ${of} is not part of group ${String(group)}`);
  return found < 0 ? of! : found;
}
