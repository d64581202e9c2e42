// DistributedDataParallel: the same model in all processes, each with its own part of every batch.
import { modes } from "../autograd/mode.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments, ArgumentsAfter } from "../dispatch/callable.ts";
import { Module } from "../nn/module/module.ts";
import { Tensor } from "../tensor/tensor.ts";
import { groupOf } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { Reducer } from "./reducer.ts";
import type { CommHook } from "./reducer.ts";

const DDP =
  "DistributedDataParallel(object module, object device_ids=None, object output_device=None, int dim=0, bool? broadcast_buffers=None, bool init_sync=True, object process_group=None, float? bucket_cap_mb=None, bool find_unused_parameters=False, bool check_reduction=False, bool gradient_as_bucket_view=False, bool static_graph=False) -> Module";
const JOIN =
  "DistributedDataParallel.join(bool divide_by_initial_world_size=True, bool enable=True, bool throw_on_early_termination=False) -> object";
interface OfModule<M extends Module> {
  module: M;
  device_ids: unknown;
  output_device: unknown;
  process_group: Group | null;
}
/** Until it is disposed of, by `using` or by hand. */
export interface Scope {
  [Symbol.dispose](): void;
}
/**
 * A model of which every process of a group has a copy: all begin with the first one's parameters, and gradients are averaged
 * over the processes while backward runs, in buckets of `bucket_cap_mb` megabytes, so that all make the same step. As
 * `torch.nn.parallel.DistributedDataParallel`.
 *
 * Raises RuntimeError for a module without parameters that learn, for models that differ, and at the next forward if some
 * parameters got no gradient and `find_unused_parameters` is not set.
 * @example
 * dist.init_process_group("mpi");
 * const model = new dist.DistributedDataParallel(new nn.Linear(4, 2));
 * model(x).sum().backward(); // gradients are those of all processes' batches
 */
export class DistributedDataParallel<M extends Module = Module> extends Module {
  declare module: M;
  readonly process_group: ProcessGroup;
  /** @internal */ readonly reducer: Reducer;
  require_backward_grad_sync = true;
  constructor(module: M, ...rest: ArgumentsAfter<"module", typeof DDP, OfModule<M>>);
  constructor(...given: unknown[]) {
    const a = bindArguments<typeof DDP, OfModule<M>>(DDP, given);
    super();
    this.process_group = groupOf(a.process_group);
    this.module = a.module;
    const named = [...this.module.named_parameters()].filter(([, p]) => p.requires_grad);
    if (named.length === 0)
      throw new RuntimeError(
        "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient.",
      );
    const megabytes = a.bucket_cap_mb ?? 25;
    if (!(megabytes >= 0)) throw new ValueError(`bucket_cap_mb must not be negative, got ${megabytes}`);
    this.reducer = new Reducer(
      named.map(([, p]) => p),
      named.map(([name]) => name),
      () => [...this.module.buffers()],
      this.process_group,
      {
        find_unused_parameters: a.find_unused_parameters,
        gradient_as_bucket_view: a.gradient_as_bucket_view,
        static_graph: a.static_graph,
        bucket_cap_mb: megabytes,
        first_bucket_mb: Math.min(1, megabytes),
        broadcast_buffers: a.broadcast_buffers ?? true,
      },
    );
    if (a.init_sync) this.reducer.start();
  }
  forward(...args: Parameters<M["forward"]>): ReturnType<M["forward"]> {
    const synchronises = this.require_backward_grad_sync;
    this.reducer.before(synchronises);
    const output = (this.module as unknown as (...given: unknown[]) => unknown)(...args);
    if (synchronises && modes().grad) this.reducer.prepare(tensorsIn(output));
    return output as ReturnType<M["forward"]>;
  }
  /**
   * Gradients are not averaged inside: they add up in each process, until a pass outside averages what there is.
   * @example ddp.no_sync(() => model(x).sum().backward());
   */
  no_sync(): Scope;
  no_sync<T>(body: () => T): T;
  no_sync<T>(body?: () => T): T | Scope {
    const before = this.require_backward_grad_sync;
    this.require_backward_grad_sync = false;
    const end = (): void => void (this.require_backward_grad_sync = before);
    if (body === undefined) return { [Symbol.dispose]: end };
    try {
      return body();
    } finally {
      end();
    }
  }
  /**
   * For processes with unequal numbers of batches: at the end of the scope one that has no more takes part in the others'
   * collectives until all are done, and all end with the same parameters.
   * @example
   * { using _ = model.join(); for (const x of batches) step(x); }
   */
  join(...given: Arguments<typeof JOIN>): Scope {
    const { divide_by_initial_world_size, enable, throw_on_early_termination } = bindArguments(JOIN, given);
    if (!enable) return { [Symbol.dispose]: () => {} };
    this.reducer.join(divide_by_initial_world_size, throw_on_early_termination);
    return { [Symbol.dispose]: () => this.reducer.leave() };
  }
  /** Lets `hook(state, bucket)` reduce the buckets of gradients, once for a model; see `fp16_compress_hook`. */
  register_comm_hook(state: unknown, hook: CommHook): void {
    this.reducer.register_comm_hook(state, hook);
  }
}
/** All tensors in what a model returns. */
function tensorsIn(x: unknown): Tensor[] {
  if (x instanceof Tensor) return [x];
  if (x instanceof Map) return [...x.values()].flatMap(tensorsIn);
  if (Array.isArray(x)) return x.flatMap(tensorsIn);
  return typeof x === "object" && x !== null ? Object.values(x).flatMap(tensorsIn) : [];
}
