// Collectives: what all members of a group do together, in the same order.
import { RuntimeError, ValueError } from "../base/errors.ts";
import { list, numel, sameShape } from "../base/layout.ts";
import { withGrad } from "../autograd/mode.ts";
import { callable } from "../dispatch/callable.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Group, ProcessGroup } from "./group.ts";
import {
  alone,
  checkSameDtype,
  checkTensor,
  checkTensors,
  gathered,
  launch,
  memberOf,
  peerOf,
  roomFor,
  spread,
  wireOf,
} from "./launch.ts";
import type { Wire } from "./launch.ts";
import { reduction, ReduceOp } from "./reduce_op.ts";
import type { RedOpType } from "./reduce_op.ts";
import type { Work } from "./work.ts";

interface OfGroup {
  group: Group | null;
}
interface OfTensor extends OfGroup {
  tensor: Tensor;
  op: RedOpType | null;
}
const count = ({ tensor, each }: Wire): number => tensor.numel() * each;
/** Writes `from` to `to`, unrecorded. */
const copy = (to: Tensor, from: Tensor): void => withGrad(false, () => void to.copy_(from));
/** What is left to do when sums have come: means are sums, divided. */
const averaged = (op: RedOpType, wire: Wire, group: ProcessGroup) => (): void => {
  if (op === ReduceOp.AVG) wire.tensor.div_(group.size());
  wire.back();
};
const operationOf = (op: RedOpType, t: Tensor): RedOpType["operation"] =>
  t.dtype.name === "bool" ? op.ofBools : op.operation;
const invalidRoot = (callee: string, root: number): RuntimeError =>
  new RuntimeError(`ProcessGroupGloo::${callee}: invalid root rank: ${root}`);
/** Raises RuntimeError for a root that is not there. */
function rootOf(group: ProcessGroup, callee: string, of: number | null, inGroup: number | null): number {
  const root = peerOf(group, of, inGroup);
  if (root < 0 || root >= group.size()) throw invalidRoot(callee, root);
  return root;
}

/**
 * Reduces a tensor over all members, in place: all get the same. Halves are summed in float32. With `async_op` it returns
 * Work at once, else null when it is done. Raises ValueError or RuntimeError for operations that the dtype does not have.
 * @example dist.all_reduce(loss, { op: dist.ReduceOp.AVG });
 */
export const all_reduce = callable<OfTensor>()(
  "all_reduce(object tensor, object op=None, object group=None, bool async_op=False) -> Work",
  ({ tensor, op: given, group: of, async_op }): Work | null => {
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "all_reduce");
    if (group === null) return null;
    const op = reduction(given, tensor.dtype, "all_reduce");
    if (group.mpi === null) return alone(group, "ALLREDUCE", [tensor], async_op);
    const wire = wireOf(tensor, true, true);
    return launch(
      group,
      {
        name: "ALLREDUCE",
        tensors: [tensor],
        writes: wire,
        begin: ({ mpi, comm, request, from, to }) =>
          mpi.call.Iallreduce(
            from,
            to,
            count(wire),
            mpi.types[wire.type],
            mpi.ops[operationOf(op, tensor)],
            comm,
            request,
          ),
        results: [tensor],
        finish: averaged(op, wire, group),
      },
      async_op,
    );
  },
);
interface OfTensors extends OfGroup {
  tensors: Tensor[];
  op: RedOpType | null;
}
/** The same for several tensors. */
export const all_reduce_coalesced = callable<OfTensors>()(
  "all_reduce_coalesced(object tensors, object op=None, object group=None, bool async_op=False) -> Work",
  ({ tensors, op, group, async_op }): Work | null => {
    checkTensors(tensors, "tensors");
    let last: Work | null = null;
    for (const tensor of tensors) last = all_reduce(tensor, { op, group, async_op });
    return last;
  },
);

interface OfRoot extends OfTensor {
  dst: number | null;
  src: number | null;
  group_dst: number | null;
  group_src: number | null;
}
/** Reduces a tensor over all members, for one of them: `dst` of the world or `group_dst` of the group. */
export const reduce = callable<OfRoot>()(
  "reduce(object tensor, int? dst=None, object op=None, object group=None, bool async_op=False, int? group_dst=None) -> Work",
  ({ tensor, dst, op: given, group: of, async_op, group_dst }): Work | null => {
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "reduce");
    if (group === null) return null;
    const root = rootOf(group, "reduce", dst, group_dst);
    const op = reduction(given, tensor.dtype, "reduce");
    if (group.mpi === null) return alone(group, "REDUCE", [tensor], async_op);
    const wire = wireOf(tensor, true, true);
    const isRoot = group.rank() === root;
    return launch(
      group,
      {
        name: "REDUCE",
        tensors: [tensor],
        ...(isRoot ? { writes: wire } : { reads: wire }),
        begin: ({ mpi, comm, request, from, to }) =>
          mpi.call.Ireduce(
            from,
            isRoot ? to : 0,
            count(wire),
            mpi.types[wire.type],
            mpi.ops[operationOf(op, tensor)],
            root,
            comm,
            request,
          ),
        results: [tensor],
        finish: isRoot ? averaged(op, wire, group) : () => {},
      },
      async_op,
    );
  },
);

/** Gives all members the tensor of one of them: `src` of the world or `group_src` of the group. */
export const broadcast = callable<OfRoot>()(
  "broadcast(object tensor, int? src=None, object group=None, bool async_op=False, int? group_src=None) -> Work",
  ({ tensor, src, group: of, async_op, group_src }): Work | null => {
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "broadcast");
    if (group === null) return null;
    const root = rootOf(group, "broadcast", src, group_src);
    if (group.mpi === null) return alone(group, "BROADCAST", [tensor], async_op);
    const wire = wireOf(tensor, false, group.rank() === root);
    return launch(
      group,
      {
        name: "BROADCAST",
        tensors: [tensor],
        writes: wire,
        begin: ({ mpi, comm, request, to }) =>
          mpi.call.Ibcast(to, count(wire), mpi.types[wire.type], root, comm, request),
        results: [tensor],
        ...(group.rank() === root && { finish: () => {} }),
      },
      async_op,
    );
  },
);

/** PyTorch's sentences for lists that do not fit. */
function checkList(name: string, tensors: readonly Tensor[], like: Tensor): void {
  checkSameDtype(...tensors, like);
  for (const [i, t] of tensors.entries())
    if (!sameShape(t.sizes, like.sizes))
      throw new RuntimeError(
        `ProcessGroupGloo::${name}: invalid tensor size at index ${i} (expected ${sizes(like)}, got ${sizes(t)})`,
      );
}
const sizes = (t: Tensor): string => list(t.sizes).replace("[", "(").replace("]", ")");

interface OfGather extends OfRoot {
  tensor_list: Tensor[];
  gather_list: Tensor[] | null;
  scatter_list: Tensor[] | null;
}
/** Gives all members the tensors of all, in the order of ranks. Raises RuntimeError for a list of another length. */
export const all_gather = callable<OfGather>()(
  "all_gather(object tensor_list, object tensor, object group=None, bool async_op=False) -> Work",
  ({ tensor_list, tensor, group: of, async_op }): Work | null => {
    checkTensors(tensor_list, "tensor_list");
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "all_gather");
    if (group === null) return null;
    checkSameDtype(...tensor_list, tensor);
    const size = group.size();
    if (tensor_list.length !== size)
      throw new RuntimeError(
        `ProcessGroupGloo::allgather: invalid output tensor list at index 0 (expected length ${size}, got ${tensor_list.length})`,
      );
    checkList("allgather", tensor_list, tensor);
    if (group.mpi === null) {
      copy(tensor_list[0], tensor);
      return alone(group, "ALLGATHER", tensor_list, async_op);
    }
    const room = roomFor(size, tensor.sizes, tensor.dtype);
    return launch(
      group,
      { ...gathering(room, tensor), name: "ALLGATHER", results: tensor_list, finish: () => spread(room, tensor_list) },
      async_op,
    );
  },
);
function gathering(room: Tensor, tensor: Tensor) {
  const [reads, writes] = [wireOf(tensor, false, true), wireOf(room, false, false)];
  const n = count(reads);
  return {
    tensors: [tensor],
    reads,
    writes,
    begin: ({ mpi, comm, request, from, to }: Parameters<Parameters<typeof launch>[1]["begin"]>[0]) => {
      const type = mpi.types[reads.type];
      return mpi.call.Iallgather(from, n, type, to, n, type, comm, request);
    },
  };
}
interface OfSingle extends OfGroup {
  output_tensor: Tensor;
  input_tensor: Tensor;
  output: Tensor;
  input: Tensor;
  op: RedOpType | null;
}
/** The same into one tensor: the tensors one after another, or stacked. */
export const all_gather_into_tensor = callable<OfSingle>()(
  "all_gather_into_tensor(object output_tensor, object input_tensor, object group=None, bool async_op=False) -> Work",
  ({ output_tensor, input_tensor, group: of, async_op }): Work | null => {
    checkTensor(input_tensor, "input_tensor");
    checkTensor(output_tensor, "output_tensor");
    const group = memberOf(of, "all_gather_into_tensor");
    if (group === null) return null;
    checkSameDtype(output_tensor, input_tensor);
    if (output_tensor.numel() !== input_tensor.numel() * group.size())
      throw new RuntimeError(
        `output tensor size must be equal to world_size times input tensor size\nThe output has ${output_tensor.numel()} elements, ${group.size()} times the input ${input_tensor.numel() * group.size()}.`,
      );
    if (group.mpi === null) {
      copy(output_tensor, input_tensor.detach().reshape(output_tensor.sizes as number[]));
      return alone(group, "_ALLGATHER_BASE", [output_tensor], async_op);
    }
    return launch(
      group,
      { ...gathering(output_tensor, input_tensor), name: "_ALLGATHER_BASE", results: [output_tensor] },
      async_op,
    );
  },
);

/** Gives one member the tensors of all, in the order of ranks; only there `gather_list` is told. */
export const gather = callable<OfGather>()(
  "gather(object tensor, object gather_list=None, int? dst=None, object group=None, bool async_op=False, int? group_dst=None) -> Work",
  ({ tensor, gather_list, dst, group: of, async_op, group_dst }): Work | null => {
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "gather");
    if (group === null) return null;
    const root = rootOf(group, "gather", dst ?? (group_dst === null ? group.ranks[0] : null), group_dst);
    const isRoot = group.rank() === root;
    if (!isRoot && gather_list !== null && gather_list.length > 0)
      throw new ValueError("Argument ``gather_list`` must NOT be specified on non-destination ranks.");
    if (isRoot) {
      if (gather_list === null || gather_list.length === 0)
        throw new ValueError("Argument ``gather_list`` must be specified on destination rank.");
      checkTensors(gather_list, "gather_list");
      if (gather_list.length !== group.size())
        throw new RuntimeError(
          `ProcessGroupGloo::gather: Incorrect output list size ${gather_list.length}. Output list size should be ${group.size()}, same as size of the process group.`,
        );
      checkList("gather", gather_list, tensor);
    }
    const results = gather_list ?? [];
    if (group.mpi === null) {
      copy(results[0], tensor);
      return alone(group, "GATHER", results, async_op);
    }
    const reads = wireOf(tensor, false, true);
    const room = isRoot ? roomFor(group.size(), tensor.sizes, tensor.dtype) : null;
    const n = count(reads);
    return launch(
      group,
      {
        name: "GATHER",
        tensors: [tensor],
        reads,
        ...(room && { writes: wireOf(room, false, false) }),
        begin: ({ mpi, comm, request, from, to }) => {
          const type = mpi.types[reads.type];
          return mpi.call.Igather(from, n, type, room ? to : 0, n, type, root, comm, request);
        },
        results,
        finish: () => room && spread(room, results),
      },
      async_op,
    );
  },
);
/** Gives each member one tensor of a list that one of them has; only there `scatter_list` is told. */
export const scatter = callable<OfGather>()(
  "scatter(object tensor, object scatter_list=None, int? src=None, object group=None, bool async_op=False, int? group_src=None) -> Work",
  ({ tensor, scatter_list, src, group: of, async_op, group_src }): Work | null => {
    checkTensor(tensor, "tensor");
    const group = memberOf(of, "scatter");
    if (group === null) return null;
    const root = rootOf(group, "scatter", src ?? (group_src === null ? group.ranks[0] : null), group_src);
    const isRoot = group.rank() === root;
    if (!isRoot && scatter_list !== null && scatter_list.length > 0)
      throw new ValueError("Argument ``scatter_list`` must NOT be specified on non-source ranks.");
    if (isRoot) {
      if (scatter_list === null || scatter_list.length === 0)
        throw new ValueError("Argument ``scatter_list`` must be specified on source rank.");
      checkTensors(scatter_list, "scatter_list");
      if (scatter_list.length !== group.size())
        throw new RuntimeError(
          `ProcessGroupGloo::scatter: Incorrect input list size ${scatter_list.length}. Input list size should be ${group.size()}, same as size of the process group.`,
        );
      checkList("scatter", scatter_list, tensor);
    }
    if (group.mpi === null) {
      copy(tensor, scatter_list![0]);
      return alone(group, "SCATTER", [tensor], async_op);
    }
    const writes = wireOf(tensor, false, false);
    const reads = isRoot ? wireOf(gathered(scatter_list!, false), false, true) : null;
    const n = count(writes);
    return launch(
      group,
      {
        name: "SCATTER",
        tensors: [tensor],
        ...(reads && { reads }),
        writes,
        begin: ({ mpi, comm, request, from, to }) => {
          const type = mpi.types[writes.type];
          return mpi.call.Iscatter(reads ? from : 0, n, type, to, n, type, root, comm, request);
        },
        results: [tensor],
      },
      async_op,
    );
  },
);

interface OfReduceScatter extends OfSingle {
  input_list: Tensor[];
}
/** Reduces a list of tensors over all members; each gets the one of its rank. */
export const reduce_scatter = callable<OfReduceScatter>()(
  "reduce_scatter(object output, object input_list, object op=None, object group=None, bool async_op=False) -> Work",
  ({ output, input_list, op: given, group: of, async_op }): Work | null => {
    checkTensor(output, "output");
    checkTensors(input_list, "input_list");
    const group = memberOf(of, "reduce_scatter");
    if (group === null) return null;
    checkSameDtype(output, ...input_list);
    if (input_list.length !== group.size())
      throw new RuntimeError("invalid input tensor list size, must be world size");
    checkList("reduce_scatter", input_list, output);
    return reduceScatter(
      group,
      output,
      () => gathered(input_list, true),
      input_list,
      given,
      async_op,
      "reduce_scatter",
    );
  },
);
/** The same of one tensor, which is the list's one after another, or stacked. */
export const reduce_scatter_tensor = callable<OfSingle>()(
  "reduce_scatter_tensor(object output, object input, object op=None, object group=None, bool async_op=False) -> Work",
  ({ output, input, op: given, group: of, async_op }): Work | null => {
    checkTensor(output, "output");
    checkTensor(input, "input");
    const group = memberOf(of, "reduce_scatter_tensor");
    if (group === null) return null;
    checkSameDtype(output, input);
    if (input.numel() !== output.numel() * group.size())
      throw new RuntimeError(
        `input tensor must be the same size as output size times world size\nThe input has ${input.numel()} elements, ${group.size()} times the output ${output.numel() * group.size()}.`,
      );
    return reduceScatter(group, output, () => input, [input], given, async_op, "reduce_scatter_tensor");
  },
);
function reduceScatter(
  group: ProcessGroup,
  output: Tensor,
  whole: () => Tensor,
  tensors: readonly Tensor[],
  given: RedOpType | null,
  async_op: boolean,
  callee: string,
): Work | null {
  const op = reduction(given, output.dtype, callee);
  const name = callee === "reduce_scatter" ? "REDUCE_SCATTER" : "_REDUCE_SCATTER_BASE";
  if (group.mpi === null) {
    copy(
      output,
      whole()
        .detach()
        .reshape(output.sizes as number[]),
    );
    return alone(group, name, [output], async_op);
  }
  const [reads, writes] = [wireOf(whole(), true, true), wireOf(output, true, false)];
  return launch(
    group,
    {
      name,
      tensors,
      reads,
      writes,
      begin: ({ mpi, comm, request, from, to }) =>
        mpi.call.Ireduce_scatter_block(
          from,
          to,
          count(writes),
          mpi.types[writes.type],
          mpi.ops[operationOf(op, output)],
          comm,
          request,
        ),
      results: [output],
      finish: averaged(op, writes, group),
    },
    async_op,
  );
}

interface OfAll extends OfGroup {
  output_tensor_list: Tensor[];
  input_tensor_list: Tensor[];
  output: Tensor;
  input: Tensor;
  output_split_sizes: number[] | null;
  input_split_sizes: number[] | null;
}
/** Each member gives each a tensor; they may be of any sizes, as long as the two agree. */
export const all_to_all = callable<OfAll>()(
  "all_to_all(object output_tensor_list, object input_tensor_list, object group=None, bool async_op=False) -> Work",
  ({ output_tensor_list: outputs, input_tensor_list: inputs, group: of, async_op }): Work | null => {
    checkTensors(outputs, "output_tensor_list");
    checkTensors(inputs, "input_tensor_list");
    const group = memberOf(of, "all_to_all");
    if (group === null) return null;
    checkSameDtype(...outputs, ...inputs);
    const size = group.size();
    for (const [word, tensors] of [
      ["output", outputs],
      ["input", inputs],
    ] as const)
      if (tensors.length !== size)
        throw new RuntimeError(
          `ProcessGroupGloo::alltoall: ${word} tensor list size ${tensors.length} does not match world size ${size}`,
        );
    const { dtype } = inputs[0];
    const counts = (tensors: readonly Tensor[]): number[] => tensors.map((t) => t.numel());
    const flat = (tensors: readonly Tensor[]): Tensor[] => {
      const n = counts(tensors);
      const room = roomFor(
        n.reduce((a, b) => a + b, 0),
        [],
        dtype,
      );
      let at = 0;
      return [room, ...n.map((k) => room.narrow(0, (at += k) - k, k))];
    };
    const [from, ...sent] = flat(inputs);
    const [to, ...received] = flat(outputs);
    sent.forEach((piece, i) => copy(piece, inputs[i].detach().reshape([-1])));
    const finish = (): void => outputs.forEach((t, i) => void t.copy_(received[i].reshape(t.sizes as number[])));
    return exchange(group, "ALLTOALL", [from, counts(inputs)], [to, counts(outputs)], finish, outputs, async_op);
  },
);
function exchange(
  group: ProcessGroup,
  name: string,
  [input, inputCounts]: readonly [Tensor, readonly number[]],
  [output, outputCounts]: readonly [Tensor, readonly number[]],
  finish: (() => void) | null,
  results: readonly Tensor[],
  async_op: boolean,
): Work | null {
  if (group.mpi === null) {
    copy(output, input.detach());
    withGrad(false, () => finish?.());
    return alone(group, name, results, async_op);
  }
  const [reads, writes] = [wireOf(input, false, true), wireOf(output, false, false)];
  const places = (counts: Int32Array): Int32Array => {
    let at = 0;
    return counts.map((n) => (at += n) - n);
  };
  const [sent, received] = [inputCounts, outputCounts].map((c) => Int32Array.from(c, (n) => n * reads.each));
  const [sentAt, receivedAt] = [places(sent), places(received)];
  return launch(
    group,
    {
      name,
      tensors: [],
      reads,
      writes,
      begin: ({ mpi, comm, request, from, to }) => {
        const type = mpi.types[reads.type];
        return mpi.call.Ialltoallv(from, sent, sentAt, type, to, received, receivedAt, type, comm, request);
      },
      results,
      // MPI reads the counts until it is done.
      finish: () => (void [sent, sentAt, received, receivedAt], writes.back(), finish?.()),
    },
    async_op,
  );
}
/** The same for one tensor, cut along its first dim: evenly, or by the sizes told. */
export const all_to_all_single = callable<OfAll>()(
  "all_to_all_single(object output, object input, object output_split_sizes=None, object input_split_sizes=None, object group=None, bool async_op=False) -> Work",
  ({ output, input, output_split_sizes, input_split_sizes, group: of, async_op }): Work | null => {
    checkTensor(output, "output");
    checkTensor(input, "input");
    const group = memberOf(of, "all_to_all_single");
    if (group === null) return null;
    checkSameDtype(output, input);
    const size = group.size();
    const counts = (t: Tensor, splits: readonly number[] | null): number[] => {
      const rows = t.sizes[0] ?? 1;
      const row = numel(t.sizes.slice(1));
      if (splits === null || splits.length === 0) {
        if (rows % size !== 0) throw new RuntimeError("Tensor's dim 0 does not divide equally across group size");
        return Array.from({ length: size }, () => (rows / size) * row);
      }
      if (splits.length !== size) throw new RuntimeError("Number of tensor splits not equal to group size");
      if (splits.reduce((a, b) => a + b, 0) !== rows)
        throw new RuntimeError("Split sizes doesn't match total dim 0 size");
      return splits.map((n) => n * row);
    };
    const [from, to] = [counts(input, input_split_sizes), counts(output, output_split_sizes)];
    return exchange(group, "ALLTOALL_BASE", [input, from], [output, to], null, [output], async_op);
  },
);

/** Waits until all members are here. */
export const barrier = callable<OfGroup & { device_ids: unknown }>()(
  "barrier(object group=None, bool async_op=False, object device_ids=None) -> Work",
  ({ group: of, async_op }): Work | null => {
    const group = memberOf(of, "barrier");
    if (group === null) return null;
    if (group.mpi === null) return alone(group, "BARRIER", [], async_op);
    const begin = ({ mpi, comm, request }: { mpi: NonNullable<ProcessGroup["mpi"]>; comm: number; request: unknown }) =>
      mpi.call.Ibarrier(comm, request);
    return launch(group, { name: "BARRIER", tensors: [], begin, results: [] }, async_op);
  },
);
