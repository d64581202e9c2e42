// Messages from one process to another.
import { IndexError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Tensor as TensorClass } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { groupOf } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { checkTensor, launch, memberOf, peerOf, wireOf } from "./launch.ts";
import type { Work } from "./work.ts";

interface Message {
  tensor: Tensor;
  group: Group | null;
}
const LARGEST_TAG = 32767; // what every MPI takes

function sending(callee: string, { tensor, group: of }: Message, to: number, tag: number): Work | null {
  const group = memberOf(of, callee);
  if (group === null) return null;
  checkPeer(group, to, tag);
  const reads = wireOf(tensor, false, true);
  return launch(
    group,
    {
      name: "SEND",
      isCollective: false,
      tensors: [tensor],
      reads,
      begin: ({ mpi, comm, request, from }) =>
        mpi.call.Isend(from, tensor.numel() * reads.each, mpi.types[reads.type], to, tag, comm, request),
      results: [],
      finish: () => {},
    },
    true,
  );
}
/** From any member without `from`. */
function receiving(callee: string, { tensor, group: of }: Message, from: number | null, tag: number): Work | null {
  const group = memberOf(of, callee);
  if (group === null) return null;
  if (group.mpi === null && from === null) throw new RuntimeError("recv: there is no other process");
  if (from !== null) checkPeer(group, from, tag);
  const writes = wireOf(tensor, false, false);
  return launch(
    group,
    {
      name: from === null ? "RECVANYSOURCE" : "RECV",
      isCollective: false,
      tensors: [tensor],
      writes,
      begin: ({ mpi, comm, request, to }) =>
        mpi.call.Irecv(
          to,
          tensor.numel() * writes.each,
          mpi.types[writes.type],
          from ?? mpi.anySource,
          tag,
          comm,
          request,
        ),
      results: [tensor],
    },
    true,
  );
}
function checkPeer(group: ProcessGroup, peer: number, tag: number): void {
  if (peer < 0 || peer >= group.size())
    throw new ValueError(
      `Rank ${peer} is out of range. Valid ranks are 0 to ${group.size() - 1} (world_size=${group.size()})`,
    );
  if (tag < 0 || tag > LARGEST_TAG)
    throw new RuntimeError(`Tag must be nonnegative and at most ${LARGEST_TAG}, got ${tag}`);
}
/** Raises ValueError for a message to oneself. */
function otherOf(of: Group | null, word: string, peer: number | null, inGroup: number | null): number {
  const group = typeof of === "number" ? groupOf(null) : groupOf(of);
  const found = peerOf(group, peer, inGroup);
  if (found === group.rank())
    throw new ValueError(
      `Invalid ${word} rank: ${word} rank should not be the same as the rank of the current process.`,
    );
  return found;
}

/** Sends a tensor to a process, `dst` of the world or `group_dst` of the group, without waiting. */
export const isend = callable<Message>()(
  "isend(object tensor, int? dst=None, object group=None, int tag=0, int? group_dst=None) -> Work",
  ({ tensor, dst, group, tag, group_dst }): Work | null => {
    checkTensor(tensor, "tensor");
    return sending("isend", { tensor, group }, otherOf(group, "destination", dst, group_dst), tag);
  },
);
/** Receives a tensor from a process, or from any where none is told, without waiting. */
export const irecv = callable<Message>()(
  "irecv(object tensor, int? src=None, object group=None, int tag=0, int? group_src=None) -> Work",
  ({ tensor, src, group, tag, group_src }): Work | null => {
    checkTensor(tensor, "tensor");
    const from = src === null && group_src === null ? null : otherOf(group, "source", src, group_src);
    return receiving("irecv", { tensor, group }, from, tag);
  },
);
/** Sends a tensor, and waits until it may be changed again. Raises ValueError for a message to oneself. */
export const send = callable<Message>()(
  "send(object tensor, int? dst=None, object group=None, int tag=0, int? group_dst=None) -> None",
  ({ tensor, dst, group, tag, group_dst }): void => {
    checkTensor(tensor, "tensor");
    sending("send", { tensor, group }, otherOf(group, "destination", dst, group_dst), tag)?.wait();
  },
);
/** Receives into a tensor and waits for it; returns the sender's rank, -1 outside of the group. */
export const recv = callable<Message>()(
  "recv(object tensor, int? src=None, object group=None, int tag=0, int? group_src=None) -> int",
  ({ tensor, src, group, tag, group_src }): number => {
    checkTensor(tensor, "tensor");
    const from = src === null && group_src === null ? null : otherOf(group, "source", src, group_src);
    const work = receiving("recv", { tensor, group }, from, tag);
    if (work === null) return -1;
    work.wait();
    return groupOf(group).ranks[from ?? work.source_rank()];
  },
);

/** A message to be sent or received with others, by `batch_isend_irecv`. */
export class P2POp {
  readonly op: typeof isend | typeof irecv;
  readonly tensor: Tensor;
  readonly group: Group | null;
  readonly tag: number;
  /** The other process's number in the group. */
  readonly group_peer: number;
  constructor(
    op: typeof isend | typeof irecv,
    tensor: Tensor,
    peer: number | null = null,
    group: Group | null = null,
    tag = 0,
    group_peer: number | null = null,
  ) {
    if (op !== isend && (op as unknown) !== irecv)
      throw new ValueError(
        "Invalid ``op``. Expected ``op`` to be of type ``torch.distributed.isend`` or ``torch.distributed.irecv``.",
      );
    if (!(tensor instanceof TensorClass)) checkTensor(tensor, "tensor");
    this.op = op;
    this.tensor = tensor;
    this.group = group;
    this.tag = tag;
    this.group_peer = peerOf(groupOf(group), peer, group_peer);
  }
}
interface Batch {
  p2p_op_list: readonly P2POp[];
}
/** Begins all of a list of messages, and returns the work of each. Raises ValueError for anything else in the list. */
export const batch_isend_irecv = callable<Batch>()(
  "batch_isend_irecv(object p2p_op_list) -> object",
  ({ p2p_op_list }): Work[] => {
    if (!Array.isArray(p2p_op_list))
      throw new TypeError(`batch_isend_irecv(): argument 'p2p_op_list' must be a list, not ${typeWord(p2p_op_list)}`);
    if (p2p_op_list.length === 0) throw new IndexError("list index out of range");
    if (!p2p_op_list.every((op) => op instanceof P2POp))
      throw new ValueError(
        "Invalid ``p2p_op_list``. Each op is expected to to be of type ``torch.distributed.P2POp``.",
      );
    return p2p_op_list
      .map(({ op, tensor, group, tag, group_peer }) =>
        op === isend
          ? isend(tensor, { group, tag, group_dst: group_peer })
          : irecv(tensor, { group, tag, group_src: group_peer }),
      )
      .filter((work) => work !== null);
  },
);
