// fully_shard: each process holds a part of every parameter, and the whole only while it is used.
//
// Note [Shards]: a parameter is cut, as if it had one dim, into as many pieces as there are processes. Before a module's forward
// its parameters are gathered, in one step that autograd records: its derivative sums up the gradients of all processes
// and leaves each its piece. What nodes would keep of a whole parameter for backward is only noted, and gathered again
// when backward asks, so that between the two nobody holds it.
import { Function } from "../autograd/function.ts";
import type { FunctionContext } from "../autograd/function.ts";
import { modes, withGrad } from "../autograd/mode.ts";
import type { Guard } from "../autograd/mode.ts";
import { withSavedHooks } from "../autograd/saved_hooks.ts";
import { RuntimeError } from "../base/errors.ts";
import { contiguousStrides } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import type { Module } from "../nn/module/module.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { place } from "../nn/module/register.ts";
import { StateDict } from "../nn/module/state_dict.ts";
import { empty } from "../tensor/allocate.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { all_gather_into_tensor, reduce_scatter_tensor } from "./collectives.ts";
import { groupOf } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { ReduceOp } from "./reduce_op.ts";

/** A parameter of which this process has a piece. */
class Shard {
  readonly owner: Module;
  readonly name: string;
  readonly shape: Shape;
  readonly param: Parameter;
  readonly group: ProcessGroup;
  /** What backward gathered again, until the gradient is there. */
  gathered: Tensor | null = null;
  constructor(owner: Module, name: string, whole: Parameter, group: ProcessGroup) {
    const size = group.size();
    const each = Math.ceil(whole.numel() / size);
    this.owner = owner;
    this.name = name;
    this.shape = [...whole.sizes];
    this.group = group;
    const piece = withGrad(false, () =>
      padded(whole.detach(), each * size)
        .narrow(0, group.rank() * each, each)
        .clone(),
    );
    this.param = new Parameter(piece, whole.requires_grad);
  }
  /** The whole parameter, of this process alone. */
  whole(piece: Tensor): Tensor {
    const all = empty([piece.numel() * this.group.size()], piece.dtype);
    all_gather_into_tensor(all, piece.detach(), { group: this.group });
    return new Tensor(all.storage, all.dtype, this.shape, contiguousStrides(this.shape), 0);
  }
  /** What the module finds under the parameter's name. */
  show(t: Tensor): void {
    place(this.owner, this.name, t);
  }
}
/** The elements one after another, and zeros behind them. */
function padded(t: Tensor, n: number): Tensor {
  const flat = t.reshape([-1]);
  if (flat.numel() === n) return flat;
  const room = t.new_zeros([n]);
  room.narrow(0, 0, flat.numel()).copy_(flat);
  return room;
}
class Gather extends Function {
  static override forward(ctx: FunctionContext, piece: Tensor, shard: Shard): Tensor {
    ctx.shard = shard;
    return shard.whole(piece);
  }
  static override backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const { group, param } = ctx.shard as Shard;
    (ctx.shard as Shard).gathered = null;
    const each = param.numel();
    const piece = empty([each], grad.dtype);
    reduce_scatter_tensor(piece, padded(grad, each * group.size()), { op: ReduceOp.AVG, group });
    return [piece, null];
  }
}
/** What is noted of a tensor that lies in a whole parameter. */
interface Kept {
  readonly shard: Shard;
  readonly like: readonly [sizes: Shape, strides: readonly number[], offset: number];
}

const shardOf = new WeakMap<Tensor, Shard>();
/** The same by memory, for what a state has of it. */
const cut = new WeakMap<Storage, Shard>();
/** Of which tensor this is a piece, and where it begins; null for what is whole. */
export function pieceOf(t: Tensor): { shape: Shape; start: number } | null {
  const shard = cut.get(t.storage);
  return shard === undefined ? null : { shape: shard.shape, start: shard.group.rank() * t.numel() };
}
/** Notes that what an optimizer remembers of a parameter is cut as it is. */
export function sameCut(t: Tensor, param: Tensor): void {
  const shard = cut.get(param.storage);
  if (shard !== undefined && t.numel() === param.numel() && t.ndim === 1) cut.set(t.storage, shard);
}
interface Options {
  mesh?: Group | null;
  reshard_after_forward?: boolean;
}
/**
 * Leaves each process a part of a module's parameters, as FSDP2's `torch.distributed.fsdp.fully_shard`: they are gathered before
 * the module's forward, and again in its backward, and gradients are averaged into the parts. Call it for the layers of a
 * model, then for the model, which takes what is left; then make the optimizer. A parameter is then a tensor of one dim,
 * this process's piece. All processes must begin with the same values.
 *
 * `reshard_after_forward: false` keeps the whole parameters until backward. `mesh` is the group, the world unless told.
 * @example
 * for (const layer of model.layers) dist.fully_shard(layer);
 * dist.fully_shard(model);
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
 */
export function fully_shard<M extends Module>(module: M, options: Options = {}): M {
  const { mesh = null, reshard_after_forward = true } = options;
  const group = groupOf(mesh);
  const shards: Shard[] = [];
  for (const owner of module.modules())
    for (const [name, p] of owner._parameters) {
      if (p === null || shardOf.has(p)) continue;
      const shard = new Shard(owner, name, p, group);
      shardOf.set(shard.param, shard);
      cut.set(shard.param.storage, shard);
      owner._parameters.set(name, shard.param);
      shard.show(shard.param);
      shards.push(shard);
    }
  if (shards.length === 0) return module;
  const wholes = new Map<Storage, Shard>();
  const guards: (Guard | null)[] = [];
  module.register_forward_pre_hook(() => {
    for (const shard of shards) {
      const whole = Gather.apply(shard.param, shard) as Tensor;
      wholes.set(whole.storage, shard);
      shard.show(whole);
    }
    guards.push(reshard_after_forward && modes().grad ? keepNotes(wholes) : null);
  });
  module.register_forward_hook(
    () => {
      guards.pop()?.[Symbol.dispose]();
      for (const shard of shards) shard.show(shard.param);
      wholes.clear();
    },
    { always_call: true },
  );
  return module;
}
function keepNotes(wholes: ReadonlyMap<Storage, Shard>): Guard {
  const pack = (t: Tensor): Tensor | Kept => {
    const shard = wholes.get(t.storage);
    return shard === undefined ? t : { shard, like: [t.sizes, t.strides, t.offset] };
  };
  const unpack = (packed: Tensor | Kept): Tensor => {
    if (packed instanceof Tensor) return packed;
    const { shard, like } = packed;
    const { storage, dtype } = (shard.gathered ??= shard.whole(shard.param));
    return new Tensor(storage, dtype, ...like);
  };
  return withSavedHooks(pack, unpack, null) as Guard;
}

/**
 * The state of a model, whose sharded parameters are whole: with `full_state_dict`, in every process. All must call it. As
 * `torch.distributed.checkpoint.state_dict.get_model_state_dict`.
 */
export function get_model_state_dict(model: Module, options: { full_state_dict?: boolean } = {}): StateDict {
  const state = model.state_dict();
  if (options.full_state_dict !== true) return state;
  const made = new StateDict(state);
  for (const [key, p] of model.named_parameters({ remove_duplicate: false })) {
    const shard = shardOf.get(p);
    if (shard !== undefined) made.set(key, shard.whole(p));
  }
  return made;
}
/** Gives a model the values of whole parameters, of which each process takes its pieces. */
export function set_model_state_dict(model: Module, state: ReadonlyMap<string, Tensor>): void {
  withGrad(false, () => {
    const params = new Map(model.named_parameters({ remove_duplicate: false }));
    for (const [key, t] of state) {
      const p = params.get(key);
      const shard = p && shardOf.get(p);
      if (p === undefined || shard === undefined) {
        const to = p ?? new Map(model.named_buffers()).get(key);
        if (to === undefined) throw new RuntimeError(`Unexpected key in state_dict: "${key}"`);
        to.copy_(t);
        continue;
      }
      const each = p.numel();
      p.copy_(padded(t, each * shard.group.size()).narrow(0, shard.group.rank() * each, each));
    }
  });
}
