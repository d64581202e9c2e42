// Collectives of objects: anything that `torch.save` takes, as bytes.
import { IndexError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { int64, uint8 } from "../base/dtype.ts";
import { callable } from "../dispatch/callable.ts";
import { getDevice } from "../devices/registry.ts";
import { decode, encode } from "../serialization/formats.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { empty } from "../tensor/allocate.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { all_gather_into_tensor, broadcast } from "./collectives.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { launch, memberOf, peerOf } from "./launch.ts";
import { recv, send } from "./point_to_point.ts";

const toTensor = (bytes: Uint8Array): Tensor => fromTyped(bytes, [bytes.length], uint8);
const room = (n: number, dtype = uint8): Tensor => empty([n], dtype, undefined, getDevice("cpu"));
const numbers = (values: readonly number[]): Tensor =>
  fromTyped(BigInt64Array.from(values, BigInt), [values.length], int64);
const listed = (t: Tensor): number[] => Array.from(t.typed_array() as BigInt64Array, Number);

/** What all members have, in the order of ranks: one-dimensional tensors of any lengths. */
export function gatherUneven(t: Tensor, group: ProcessGroup): Tensor[] {
  const size = group.size();
  const lengths = room(size, int64);
  all_gather_into_tensor(lengths, numbers([t.numel()]), { group });
  const each = listed(lengths);
  const longest = Math.max(...each);
  const padded = empty([longest], t.dtype, undefined, getDevice("cpu"));
  padded.narrow(0, 0, t.numel()).copy_(t);
  const all = empty([size * longest], t.dtype, undefined, getDevice("cpu"));
  all_gather_into_tensor(all, padded, { group });
  return each.map((n, i) => all.narrow(0, i * longest, n));
}
/** Bytes that one member has, for all. */
export function broadcastUneven(t: Tensor | null, root: number, group: ProcessGroup): Tensor {
  const length = numbers([t?.numel() ?? 0]);
  broadcast(length, { group, group_src: root });
  const whole = t ?? room(listed(length)[0]);
  broadcast(whole, { group, group_src: root });
  return whole;
}
/** One of several tensors of bytes for each member, which `root` has. */
export function scatterUneven(tensors: readonly Tensor[] | null, root: number, group: ProcessGroup): Tensor {
  if (group.mpi === null) return tensors![0];
  const lengths = listed(
    broadcastUneven(tensors && numbers(tensors.map((t) => t.numel())).view(uint8), root, group).view(int64),
  );
  const mine = room(lengths[group.rank()]);
  if (group.rank() === root) {
    tensors!.forEach((t, i) => (i === root ? void mine.copy_(t) : send(t, { group, group_dst: i })));
  } else recv(mine, { group, group_src: root });
  return mine;
}

const encoded = (obj: unknown): Tensor => toTensor(encode(obj));
const decoded = (t: Tensor): unknown => decode((t.typed_array() as Uint8Array).slice(), { weights_only: true });
interface OfObjects {
  group: Group | null;
  object_list: unknown[];
  obj: unknown;
  object_gather_list: unknown[] | null;
  scatter_object_output_list: unknown[];
  scatter_object_input_list: unknown[] | null;
  device: unknown;
}
function checkList(x: unknown, name: string): asserts x is unknown[] {
  if (!Array.isArray(x)) throw new TypeError(`Expected argument ${name} to be a list, but got ${typeWord(x)}`);
}

/**
 * Gives all members the objects of all, in the order of ranks. Objects are what `torch.save` takes: tensors, numbers, texts,
 * lists, dicts. Raises IndexError for a list with too little room.
 */
export const all_gather_object = callable<OfObjects>()(
  "all_gather_object(object object_list, object obj, object group=None) -> None",
  ({ object_list, obj, group: of }): void => {
    const group = memberOf(of, "all_gather_object");
    if (group === null) return;
    checkList(object_list, "object_list");
    const all = gatherUneven(encoded(obj), group);
    if (object_list.length < all.length) throw new IndexError("list assignment index out of range");
    all.forEach((t, i) => (object_list[i] = decoded(t)));
  },
);
/** Gives one member the objects of all; only there `object_gather_list` is told. */
export const gather_object = callable<OfObjects>()(
  "gather_object(object obj, object object_gather_list=None, int? dst=None, object group=None, int? group_dst=None) -> None",
  ({ obj, object_gather_list, dst, group: of, group_dst }): void => {
    const group = memberOf(of, "gather_object");
    if (group === null) return;
    const root = peerOf(group, dst ?? (group_dst === null ? group.ranks[0] : null), group_dst);
    const isRoot = group.rank() === root;
    if (isRoot && object_gather_list === null)
      throw new ValueError("Argument ``object_gather_list`` must be specified on destination rank.");
    if (!isRoot && object_gather_list !== null)
      throw new ValueError("Argument ``object_gather_list`` must NOT be specified on non-destination ranks.");
    const all = gatherUneven(encoded(obj), group);
    if (isRoot) all.forEach((t, i) => (object_gather_list![i] = decoded(t)));
  },
);
/** Puts the objects of one member's list into the lists of all. */
export const broadcast_object_list = callable<OfObjects & { src: number | null }>()(
  "broadcast_object_list(object object_list, int? src=None, object group=None, object device=None, int? group_src=None) -> None",
  ({ object_list, src, group: of, group_src }): void => {
    const group = memberOf(of, "broadcast_object_list");
    if (group === null) return;
    const root = peerOf(group, src ?? (group_src === null ? group.ranks[0] : null), group_src);
    checkList(object_list, "object_list");
    const isRoot = group.rank() === root;
    const whole = broadcastUneven(isRoot ? encoded(object_list) : null, root, group);
    if (!isRoot) (decoded(whole) as unknown[]).forEach((x, i) => (object_list[i] = x));
  },
);
/** Puts one object of a list that one member has into each member's list of one. */
export const scatter_object_list = callable<OfObjects>()(
  "scatter_object_list(object scatter_object_output_list, object scatter_object_input_list=None, int? src=None, object group=None, int? group_src=None) -> None",
  ({ scatter_object_output_list: output, scatter_object_input_list: input, src, group: of, group_src }): void => {
    const group = memberOf(of, "scatter_object_list");
    if (group === null) return;
    if (!Array.isArray(output) || output.length < 1)
      throw new ValueError("Expected argument scatter_object_output_list to be a list of size at least 1.");
    const root = peerOf(group, src ?? (group_src === null ? group.ranks[0] : null), group_src);
    if (group.rank() === root && input?.length !== group.size())
      throw new ValueError(
        "Expected scatter_object_input_list to be a list of as many objects as the group has members.",
      );
    output[0] = decoded(scatterUneven(group.rank() === root ? input!.map(encoded) : null, root, group));
  },
);
interface OfMessages extends OfObjects {
  object_list: unknown[];
}
/** Sends the objects of a list to a process. */
export const send_object_list = callable<OfMessages>()(
  "send_object_list(object object_list, int? dst=None, object group=None, object device=None, int? group_dst=None) -> None",
  ({ object_list, dst, group, group_dst }): void => {
    checkList(object_list, "object_list");
    const bytes = encoded(object_list);
    send(numbers([bytes.numel()]), { dst, group, group_dst });
    send(bytes, { dst, group, group_dst });
  },
);
/** Receives objects into a list, from any process unless told; returns the sender's rank. */
export const recv_object_list = callable<OfMessages>()(
  "recv_object_list(object object_list, int? src=None, object group=None, object device=None, int? group_src=None) -> int",
  ({ object_list, src, group, group_src }): number => {
    checkList(object_list, "object_list");
    const length = room(1, int64);
    const from = recv(length, { src, group, group_src });
    const bytes = room(listed(length)[0]);
    recv(bytes, { src: from, group });
    (decoded(bytes) as unknown[]).forEach((x, i) => (object_list[i] = x));
    return from;
  },
);

/** Tag of the messages of `monitored_barrier`, the largest, which programs do not use. */
const BARRIER_TAG = 32767;
/**
 * Waits until all members are here, and says who did not come: rank 0 raises RuntimeError with the ranks that have not come
 * within `timeout` seconds, with `wait_all_ranks` all of them.
 */
export const monitored_barrier = callable<{ group: Group | null }>()(
  "monitored_barrier(object group=None, float? timeout=None, bool wait_all_ranks=False) -> None",
  ({ group: of, timeout, wait_all_ranks }): void => {
    const group = memberOf(of, "monitored_barrier");
    if (group === null || group.mpi === null) return;
    const seconds = timeout ?? group.timeout;
    const limit = performance.now() + seconds * 1000;
    const word = (sends: boolean, peer: number) => {
      const bytes = new Uint8Array(1);
      const begin = ({
        mpi,
        comm,
        request,
      }: {
        mpi: NonNullable<ProcessGroup["mpi"]>;
        comm: number;
        request: unknown;
      }) =>
        (sends ? mpi.call.Isend : mpi.call.Irecv)(
          Number(mpi.koffi.address(bytes)),
          1,
          mpi.types.uint8,
          peer,
          BARRIER_TAG,
          comm,
          request,
        );
      const finish = (): void => void bytes;
      return launch(
        group,
        { name: sends ? "SEND" : "RECV", isCollective: false, tensors: [], begin, results: [], finish },
        true,
      )!;
    };
    if (group.rank() !== 0) {
      word(true, 0);
      const answer = word(false, 0);
      answer.wait(seconds + 60);
      return;
    }
    const missing: number[] = [];
    const words = group.ranks.map((_, i) => (i === 0 ? null : word(false, i)));
    for (const [i, work] of words.entries()) {
      if (work === null) continue;
      while (!work.is_completed() && performance.now() < limit) group.mpi.pause();
      if (work.is_completed()) continue;
      missing.push(group.ranks[i]);
      if (!wait_all_ranks) break;
    }
    if (missing.length > 0)
      throw new RuntimeError(
        `[Rank 0]: Rank${missing.length > 1 ? "s" : ""} ${missing.join(", ")} failed to pass monitoredBarrier in ${Math.round(seconds * 1000)} ms`,
      );
    for (let i = 1; i < group.size(); i++) word(true, i).wait();
  },
);
