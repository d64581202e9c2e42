// Gradients of all processes averaged while backward runs, in buckets: what DistributedDataParallel is made of.
//
// Note [Buckets]: small tensors would each cost the latency of a message. Gradients are put into buckets of some megabytes, in the
// order in which backward brings them, the last layer's first, and a bucket's sum is begun as soon as all of it is there.
// MPI moves only while it is called: every gradient that comes gives it a turn. At the end of the pass what is left is
// waited for. All processes begin the buckets in the same order, whichever is full first.
import { gradientEdge } from "../autograd/node.ts";
import type { Node } from "../autograd/node.ts";
import { running } from "../autograd/engine.ts";
import { withGrad } from "../autograd/mode.ts";
import { int32 } from "../base/dtype.ts";
import { RuntimeError, TypeError } from "../base/errors.ts";
import { isContiguous, list, sameShape } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { zeros } from "../ops/creation/creation.ts";
import { all_reduce, broadcast } from "./collectives.ts";
import { get_debug_level } from "./debug.ts";
import type { ProcessGroup } from "./group.ts";
import { all_gather_object } from "./objects.ts";
import { ReduceOp } from "./reduce_op.ts";
import { progress } from "./work.ts";
import type { Future } from "./work.ts";

/** A hook in place of the mean: given a bucket it returns the future of its reduced buffer. */
export type CommHook = (state: unknown, bucket: GradBucket) => Future<Tensor>;

/** A gradient in a bucket. */
export interface Slot {
  readonly param: Tensor;
  /** Its number among all parameters. */
  readonly index: number;
  /** Its place in the bucket's buffer, with its shape. */
  readonly view: Tensor;
}
/** Gradients that travel together, as hooks see them. */
export class GradBucket {
  /** @internal */ readonly slots: readonly Slot[];
  /** @internal How many of its gradients have not come. */
  pending = 0;
  /** @internal */ coming: Future<unknown> | null = null;
  /** @internal Whether the one gradient that it is for travels in its own memory. */
  inPlace = false;
  private readonly number: number;
  private readonly last: boolean;
  private flat: Tensor;
  /** @internal */
  constructor(params: readonly (readonly [index: number, param: Tensor])[], number: number, last: boolean) {
    const [[, { dtype, backend }]] = params;
    const total = params.reduce((n, [, p]) => n + p.numel(), 0);
    this.flat = zeros([total], { dtype, device: backend.name });
    let at = 0;
    this.slots = params.map(([index, param]) => {
      const n = param.numel();
      const view = withGrad(false, () => this.flat.narrow(0, at, n).view(param.sizes as number[]));
      at += n;
      return { param, index, view };
    });
    this.number = number;
    this.last = last;
  }
  index(): number {
    return this.number;
  }
  /** All of it in one tensor of one dim. */
  buffer(): Tensor {
    return this.flat;
  }
  set_buffer(buffer: Tensor): void {
    withGrad(false, () => this.flat.copy_(buffer));
  }
  gradients(): Tensor[] {
    return this.slots.map(({ view }) => view);
  }
  parameters(): Tensor[] {
    return this.slots.map(({ param }) => param);
  }
  is_last(): boolean {
    return this.last;
  }
}

export interface ReducerOptions {
  readonly find_unused_parameters: boolean;
  readonly gradient_as_bucket_view: boolean;
  readonly static_graph: boolean;
  /** Megabytes of a bucket; those of the first, so that sums begin early. */
  readonly bucket_cap_mb: number;
  readonly first_bucket_mb: number;
  readonly broadcast_buffers: boolean;
}
const MIB = 2 ** 20;

export class Reducer {
  readonly group: ProcessGroup;
  readonly buckets: readonly GradBucket[];
  private readonly params: readonly Tensor[];
  private readonly names: readonly string[];
  private readonly buffers: () => readonly Tensor[];
  private readonly options: ReducerOptions;
  private readonly bucketOf: GradBucket[] = [];
  private hook: { state: unknown; hook: CommHook } | null = null;
  /** Between a forward that was followed and the end of its backward. */
  private expecting = false;
  private queued = false;
  private readonly ready = new Set<number>();
  /** Parameters whose gradient came in this backward: in static graphs those of the first one. */
  private used = new Set<number>();
  private staticUnused: readonly number[] | null = null;
  private next = 0;
  private usedEverywhere: Int32Array | null = null;
  private divisor: number;
  private joining: { divide: boolean; throws: boolean; shadows: number } | null = null;

  constructor(
    params: readonly Tensor[],
    names: readonly string[],
    buffers: () => readonly Tensor[],
    group: ProcessGroup,
    options: ReducerOptions,
  ) {
    this.params = params;
    this.names = names;
    this.buffers = buffers;
    this.group = group;
    this.options = options;
    this.divisor = group.size();
    const groups = assign(params, options);
    this.buckets = groups.map((indices, i) => {
      const bucket = new GradBucket(
        indices.map((index) => [index, params[index]]),
        i,
        i === groups.length - 1,
      );
      for (const index of indices) this.bucketOf[index] = bucket;
      return bucket;
    });
    for (const [i, p] of params.entries()) p.register_post_accumulate_grad_hook(() => this.arrive(i));
  }

  /** @internal What all processes must begin with: the same parameters, with the values of the first process. */
  start(): void {
    const { group, params } = this;
    const shapes: string[] = Array.from({ length: group.size() }, () => "");
    all_gather_object(shapes, JSON.stringify(params.map((p) => [p.sizes, p.dtype.name])), group);
    const other = shapes.findIndex((s) => s !== shapes[0]);
    if (other >= 0) throw differentModels(shapes, other);
    broadcastAll([...params, ...this.buffers()], 0, group);
  }
  register_comm_hook(state: unknown, hook: CommHook): void {
    if (typeof hook !== "function") throw new TypeError("Communication hook must be callable.");
    if (this.hook !== null)
      throw new RuntimeError("register_comm_hook or register_builtin_comm_hook can only be called once.");
    this.hook = { state, hook };
  }

  /** @internal Before a forward: who still has inputs, and the first process's buffers. */
  before(synchronises: boolean): void {
    const { joining, group } = this;
    if (joining !== null && synchronises) {
      const active = this.countActive(1);
      if (active < group.size() && joining.throws)
        throw new RuntimeError("Detected at least one rank that exhausted inputs. Throwing across all ranks.");
      this.divisor = joining.divide ? group.size() : active;
    }
    if (synchronises && this.options.broadcast_buffers) broadcastAll(this.buffers(), this.leader(), group);
  }
  private countActive(mine: number): number {
    const count = zeros([1], { dtype: int32 }).fill_(mine);
    all_reduce(count, { group: this.group });
    return Number(count.item());
  }
  /** Whose buffers count: the first process's, or, once that has no more inputs, those of the first that has. */
  private leader(): number {
    if (this.joining === null) return 0;
    const { group } = this;
    const first = zeros([1], { dtype: int32 }).fill_(this.active ? group.rank() : group.size());
    all_reduce(first, { op: ReduceOp.MIN, group });
    return Number(first.item());
  }
  private active = true;

  /** @internal After a forward that is to be followed: which gradients will come. `outputs`: all that it returned. */
  prepare(outputs: readonly Tensor[]): void {
    if (this.expecting && this.queuedUnfinished()) throw this.unfinished();
    this.expecting = true;
    this.queued = false;
    this.next = 0;
    this.ready.clear();
    this.used.clear();
    for (const bucket of this.buckets) {
      bucket.pending = bucket.slots.length;
      bucket.coming = null;
      bucket.inPlace = false;
    }
    this.usedEverywhere = null;
    if (this.options.static_graph && this.staticUnused !== null) for (const i of this.staticUnused) this.mark(i, false);
    else if (this.options.find_unused_parameters) {
      const reached = reachedFrom(outputs);
      for (const [i, p] of this.params.entries()) if (!reached.has(gradientEdge(p)!.node)) this.mark(i, false);
    }
  }
  /** A forward without a backward is none's fault; a backward that left some out is. */
  private queuedUnfinished(): boolean {
    return this.next < this.buckets.length && this.used.size > 0;
  }
  private unfinished(): RuntimeError {
    const rank = this.group.rank();
    const missing = this.params.flatMap((_, i) => (this.ready.has(i) ? [] : [i]));
    const lines = [
      "Expected to have finished reduction in the prior iteration before starting a new one. This error indicates that your module has parameters that were not used in producing loss. You can enable unused parameter detection by passing the keyword argument `find_unused_parameters=True` to `torch.nn.parallel.DistributedDataParallel`, and by ",
      "making sure all `forward` function outputs participate in calculating loss. ",
      "If you already have done the above, then the distributed data parallel module wasn't able to locate the output tensors in the return value of your module's `forward` function. Please include the loss function and the structure of the return value of `forward` of your module when reporting this issue (e.g. list, dict, iterable).",
    ];
    if (get_debug_level() === "OFF")
      lines.push(
        `Parameter indices which did not receive grad for rank ${rank}: ${missing.join(" ")}`,
        " In addition, you can set the environment variable TORCH_DISTRIBUTED_DEBUG to either INFO or DETAIL to print out information about which particular parameters did not receive gradient on this rank as part of this error",
      );
    else
      lines.push(
        `Parameters which did not receive grad for rank ${rank}: ${missing.map((i) => this.names[i]).join(", ")}`,
        `Parameter indices which did not receive grad for rank ${rank}: ${missing.join(" ")}`,
      );
    return new RuntimeError(lines.join("\n"));
  }

  /** A gradient has come. */
  private arrive(index: number): void {
    if (!this.expecting) return;
    if (!this.queued) {
      this.queued = true;
      (running.after ??= []).push(() => this.finalize());
    }
    if (this.ready.has(index) && !this.used.has(index) && this.options.static_graph)
      throw new RuntimeError(
        "Your training graph has changed in this iteration, e.g., one parameter is unused in first iteration, but then got used in the second iteration. this is not compatible with static_graph set to True.",
      );
    if (this.ready.has(index))
      throw new RuntimeError(
        `Expected to mark a variable ready only once. This error is caused by one of the following reasons: 1) Use of a module parameter outside the \`forward\` function. Please make sure model parameters are not shared across multiple concurrent forward-backward passes. or try to use _set_static_graph() as a workaround if this module graph does not change during training loop.2) Reused parameters in multiple reentrant backward passes. For example, if you use multiple \`checkpoint\` functions to wrap the same part of your model, it would result in the same set of parameters been used by different reentrant backward passes multiple times, and hence marking a variable ready multiple times. DDP does not support such use cases in default. You can try to use _set_static_graph() as a workaround if your module graph does not change over iterations.\nParameter at index ${index} with name ${this.names[index]} has been marked as ready twice.`,
      );
    this.mark(index, true);
    progress();
  }
  private mark(index: number, used: boolean): void {
    this.ready.add(index);
    if (used) this.used.add(index);
    this.bucketOf[index].pending--;
    // The first pass of a static graph finds out what it uses.
    if (this.options.static_graph && this.staticUnused === null) return;
    if (used || this.queued) this.launchReady();
  }
  private launchReady(): void {
    const { buckets } = this;
    while (this.next < buckets.length && buckets[this.next].pending === 0) this.launch(buckets[this.next++]);
  }
  private launch(bucket: GradBucket): void {
    withGrad(false, () => {
      const scale = this.hook === null ? 1 / this.divisor : 1;
      const { slots } = bucket;
      const [{ param, index }] = slots;
      const alone = slots.length === 1 && this.used.has(index) && this.hook === null ? param.gradient : null;
      if (alone !== null && !this.options.gradient_as_bucket_view && isContiguous(alone.sizes, alone.strides)) {
        bucket.inPlace = true;
        if (scale !== 1) alone.mul_(scale);
        bucket.coming = this.sum(alone);
        return;
      }
      for (const { param: p, index: i, view } of slots) {
        const grad = this.used.has(i) || this.accumulated(p) ? p.gradient : null;
        if (grad === null) view.zero_();
        else if (grad.storage === view.storage) view.mul_(scale);
        else if (scale === 1) view.copy_(grad);
        else view.copy_(grad.mul(scale));
      }
      const { hook } = this;
      bucket.coming = hook === null ? this.sum(bucket.buffer()) : hook.hook(hook.state, bucket);
    });
  }
  /** A gradient of earlier passes, without synchronisation, which this one did not reach. */
  private accumulated(p: Tensor): boolean {
    return p.gradient !== null && this.options.find_unused_parameters;
  }
  private sum(t: Tensor): Future<unknown> {
    const work = all_reduce(t, { group: this.group, async_op: true })!;
    return work.get_future();
  }

  /** The end of the pass: waits for all sums, and hands them out. */
  private finalize(): void {
    const { options, buckets } = this;
    if (options.static_graph && this.staticUnused === null) {
      this.staticUnused = this.params.flatMap((_, i) => (this.ready.has(i) ? [] : [i]));
      for (const i of this.staticUnused) this.bucketOf[i].pending--;
      for (const i of this.staticUnused) this.ready.add(i);
    }
    this.launchReady();
    // Told by the next forward: this one may be a part of a pass that goes on.
    if (this.next < buckets.length) return;
    this.expecting = false;
    if (options.find_unused_parameters) this.findUsedEverywhere();
    withGrad(false, () => {
      for (const bucket of buckets) {
        const came = bucket.coming!.wait();
        bucket.coming = null;
        if (bucket.inPlace) continue;
        if (this.hook !== null) this.takeResult(bucket, came);
        for (const slot of bucket.slots) this.handOut(slot);
      }
    });
  }
  private takeResult(bucket: GradBucket, came: unknown): void {
    const result = Array.isArray(came) ? (came[0] as unknown) : came;
    if (!(result instanceof Tensor))
      throw new TypeError("Communication hook: return annotation should be torch.futures.Future[torch.Tensor].");
    if (result.storage !== bucket.buffer().storage) bucket.buffer().copy_(result.view([-1]));
  }
  private handOut({ param, index, view }: Slot): void {
    if (!this.used.has(index) && !this.accumulated(param)) {
      // Nobody used it: its gradient, or that it has none, stays as it is.
      if (this.usedEverywhere === null || this.usedEverywhere[index] === 0) return;
    }
    if (this.options.gradient_as_bucket_view) param.gradient = view;
    else if (param.gradient === null || !sameShape(param.gradient.sizes, view.sizes)) param.gradient = view.clone();
    else param.gradient.copy_(view);
  }
  private findUsedEverywhere(): void {
    this.usedEverywhere = this.sumOfUses(Int32Array.from(this.params, (_, i) => (this.used.has(i) ? 1 : 0)));
  }
  /** How many processes used each parameter. */
  private sumOfUses(mine: Int32Array): Int32Array {
    const counts = fromTyped(mine, [mine.length], int32);
    all_reduce(counts, { group: this.group });
    return counts.typed_array() as Int32Array;
  }

  // ---- processes with fewer inputs than others

  /** @internal From now on processes tell each other at every forward that they go on. */
  join(divide: boolean, throws: boolean): void {
    this.joining = { divide, throws, shadows: 0 };
    this.active = true;
  }
  /** @internal This process has no more inputs: takes part in what the others do until none has any. */
  leave(): void {
    const { joining, group, options, buckets } = this;
    if (joining === null) return;
    this.active = false;
    while (this.countActive(0) > 0) {
      if (joining.throws)
        throw new RuntimeError("Detected at least one rank that exhausted inputs. Throwing across all ranks.");
      joining.shadows++;
      if (options.broadcast_buffers) broadcastAll(this.buffers(), this.leader(), group);
      for (const bucket of buckets) {
        withGrad(false, () => bucket.buffer().zero_());
        const { hook } = this;
        if (hook === null) all_reduce(bucket.buffer(), { group });
        else hook.hook(hook.state, bucket).wait();
      }
      if (options.find_unused_parameters) this.sumOfUses(new Int32Array(this.params.length));
    }
    // Who went on the longest has the last state.
    const last = zeros([1], { dtype: int32 }).fill_(joining.shadows === 0 ? group.rank() : -1);
    all_reduce(last, { op: ReduceOp.MAX, group });
    broadcastAll([...this.params, ...this.buffers()], Number(last.item()), group);
    this.joining = null;
    this.active = true;
    this.divisor = group.size();
  }
}

type Shapes = [number[], string][];
function differentModels(shapes: readonly string[], other: number): RuntimeError {
  const [first, theirs] = [shapes[0], shapes[other]].map((text) => JSON.parse(text) as Shapes);
  if (theirs.length !== first.length)
    return new RuntimeError(
      `DDP expects same model across all ranks, but Rank 0 has ${first.length} params, while rank ${other} has inconsistent ${theirs.length} params.`,
    );
  const i = theirs.findIndex((shape, k) => JSON.stringify(shape) !== JSON.stringify(first[k]));
  return new RuntimeError(
    `[${other}]: params[${i}] in this process with sizes ${list(theirs[i][0])} appears not to match sizes of the same param in process 0.`,
  );
}
/** Gives all members the tensors of one. */
export function broadcastAll(tensors: readonly Tensor[], root: number, group: ProcessGroup): void {
  const works = tensors.map((t) => broadcast(t.detach(), { group, group_src: root, async_op: true }));
  for (const work of works) work?.wait();
}
/** Numbers of parameters by bucket: those of the end of the model first, each bucket of one dtype. */
function assign(params: readonly Tensor[], options: ReducerOptions): number[][] {
  const done: number[][] = [];
  const open = new Map<string, { indices: number[]; bytes: number }>();
  for (let i = params.length - 1; i >= 0; i--) {
    const p = params[i];
    const key = `${p.dtype.name} ${p.backend.name}`;
    const bucket = open.get(key) ?? { indices: [], bytes: 0 };
    bucket.indices.push(i);
    bucket.bytes += p.numel() * p.dtype.itemsize;
    const limit = done.length === 0 ? options.first_bucket_mb : options.bucket_cap_mb;
    if (bucket.bytes >= limit * MIB) {
      done.push(bucket.indices);
      open.delete(key);
    } else open.set(key, bucket);
  }
  for (const { indices } of open.values()) done.push(indices);
  return done;
}
/** The ends of the graph that tensors lead to. */
function reachedFrom(outputs: readonly Tensor[]): Set<Node> {
  const seen = new Set<Node>();
  const stack = outputs.flatMap((t) => (t.requires_grad ? [gradientEdge(t)!.node] : []));
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge !== null && !seen.has(edge.node)) stack.push(edge.node);
  }
  return seen;
}
