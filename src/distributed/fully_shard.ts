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
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { contiguousStrides, list } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import type { Module } from "../nn/module/module.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { place } from "../nn/module/register.ts";
import { StateDict } from "../nn/module/state_dict.ts";
import { pieces } from "../nn/utils/pieces.ts";
import { stack } from "../ops/views/joining.ts";
import { empty } from "../tensor/allocate.ts";
import type { Storage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { all_gather_into_tensor, all_reduce, reduce_scatter_tensor } from "./collectives.ts";
import { DeviceMesh } from "./device_mesh.ts";
import { groupOf } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { ReduceOp } from "./reduce_op.ts";

/** How fully_shard treats floats; as `torch.distributed.fsdp.MixedPrecisionPolicy`. */
export interface MixedPrecisionPolicy {
  /** Of the gathered parameters, and of what modules are given; those of the pieces, which are trained, stay. */
  readonly param_dtype?: Dtype | null;
  /** In which gradients are averaged; `param_dtype` unless told. */
  readonly reduce_dtype?: Dtype | null;
  /** Of what modules return. */
  readonly output_dtype?: Dtype | null;
  readonly cast_forward_inputs?: boolean;
}
/** Which processes have a piece each, and which the same one. */
interface Places {
  readonly shard: ProcessGroup;
  readonly replicate: ProcessGroup | null;
}
/** A parameter of which this process has a piece. */
class Shard {
  readonly shape: Shape;
  readonly param: Parameter;
  readonly group: ProcessGroup;
  private readonly replicas: ProcessGroup | null;
  private readonly policy: MixedPrecisionPolicy;
  /** What backward gathered again, until the gradient is there. */
  gathered: Tensor | null = null;
  constructor(whole: Parameter, { shard: group, replicate }: Places, policy: MixedPrecisionPolicy) {
    const size = group.size();
    const each = Math.ceil(whole.numel() / size);
    this.shape = [...whole.sizes];
    this.group = group;
    this.replicas = replicate;
    this.policy = policy;
    const piece = withGrad(false, () =>
      padded(whole.detach(), each * size)
        .narrow(0, group.rank() * each, each)
        .clone(),
    );
    this.param = new Parameter(piece, whole.requires_grad);
    shardOf.set(this.param, this);
    cut.set(this.param.storage, this);
    if (whole.requires_grad)
      this.param.register_post_accumulate_grad_hook((p) => void cut.set(p.gradient!.storage, this));
  }
  /** All of what this process and the others have a piece of each, like the parameter. */
  whole(piece: Tensor): Tensor {
    const all = empty([piece.numel() * this.group.size()], piece.dtype);
    all_gather_into_tensor(all, piece.detach(), { group: this.group });
    return new Tensor(all.storage, all.dtype, this.shape, contiguousStrides(this.shape), 0);
  }
  /** The whole parameter as modules compute with it. */
  gather(): Tensor {
    return withGrad(false, () => this.whole(cast(this.param, this.policy.param_dtype)));
  }
  /** The piece of the mean of all processes' gradients of the whole. */
  reduce(grad: Tensor): Tensor {
    const { group, replicas, param } = this;
    const each = param.numel();
    const sent = cast(padded(grad, each * group.size()), this.policy.reduce_dtype);
    const piece = empty([each], sent.dtype);
    reduce_scatter_tensor(piece, sent, { op: ReduceOp.AVG, group });
    if (replicas !== null) all_reduce(piece, { op: ReduceOp.AVG, group: replicas });
    return piece.to(param.dtype);
  }
  /** Without the zeros behind the last element. */
  used(piece: Tensor): Tensor {
    const each = piece.numel();
    const total = this.shape.reduce((n, size) => n * size, 1);
    return piece.narrow(0, 0, Math.min(Math.max(total - this.group.rank() * each, 0), each));
  }
}
const cast = (t: Tensor, dtype: Dtype | null | undefined): Tensor =>
  dtype && t.dtype.is_floating_point ? t.to(dtype) : t;
/** The elements one after another, and zeros behind them. */
function padded(t: Tensor, n: number): Tensor {
  const flat = t.reshape([-1]);
  if (flat.numel() === n) return flat;
  const room = t.new_zeros([n]);
  room.narrow(0, 0, flat.numel()).copy_(flat);
  return room;
}
class Gather extends Function {
  static override forward(ctx: FunctionContext, _: Tensor, shard: Shard): Tensor {
    ctx.shard = shard;
    return shard.gather();
  }
  static override backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const shard = ctx.shard as Shard;
    shard.gathered = null;
    return [shard.reduce(grad), null];
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
/**
 * The norms of whole tensors, of which this process knows those of its pieces. With one number for all of them, as sums of powers.
 */
function wholeNorms(tensors: readonly Tensor[], own: readonly Tensor[], norm_type: number): Tensor[] {
  const done = [...own];
  const byGroup = new Map<ProcessGroup, number[]>();
  for (const [i, t] of tensors.entries()) {
    const shard = cut.get(t.storage);
    if (shard !== undefined) byGroup.set(shard.group, [...(byGroup.get(shard.group) ?? []), i]);
  }
  for (const [group, places] of byGroup) {
    const isExtreme = Math.abs(norm_type) === Infinity;
    const here = places.map((i) => {
      const piece = cut.get(tensors[i].storage)!.used(tensors[i]);
      if (norm_type !== -Infinity) return own[i];
      return piece.numel() === 0 ? own[i].new_full([], Infinity) : piece.norm(norm_type);
    });
    const isCount = norm_type === 0;
    const all = stack(here.map((n) => (isExtreme || isCount ? n : n.pow(norm_type))));
    all_reduce(all, { op: isExtreme ? (norm_type > 0 ? ReduceOp.MAX : ReduceOp.MIN) : ReduceOp.SUM, group });
    const norms = isExtreme || isCount ? all : all.pow(1 / norm_type);
    for (const [k, i] of places.entries()) done[i] = norms.select(0, k);
  }
  return done;
}

interface Options {
  mesh?: DeviceMesh | Group | null;
  reshard_after_forward?: boolean;
  mp_policy?: MixedPrecisionPolicy;
}
function placesOf(mesh: DeviceMesh | Group | null): Places {
  if (!(mesh instanceof DeviceMesh)) return { shard: groupOf(mesh), replicate: null };
  if (mesh.ndim > 2) throw new ValueError(`fully_shard expects a 1D or 2D DeviceMesh but got ${String(mesh)}`);
  return { shard: mesh.get_group(mesh.ndim - 1), replicate: mesh.ndim === 2 ? mesh.get_group(0) : null };
}
/** The parameters that one call of fully_shard has cut, which are gathered together. */
export class ShardSet {
  readonly shards: readonly Shard[];
  private readonly wholes = new Map<Storage, Shard>();
  private readonly guards: (Guard | null)[] = [];
  private readonly reshards: boolean;
  private readonly policy: MixedPrecisionPolicy;
  constructor(params: readonly Parameter[], options: Options) {
    const { mesh = null, reshard_after_forward = true, mp_policy = {} } = options;
    pieces.norms = wholeNorms;
    const places = placesOf(mesh);
    this.shards = params.map((p) => new Shard(p, places, mp_policy));
    this.reshards = reshard_after_forward;
    this.policy = mp_policy;
  }
  /** The pieces, which take the parameters' places. */
  params(): Parameter[] {
    return this.shards.map(({ param }) => param);
  }
  /** Before a forward: the whole parameters, for it to compute with. */
  gather(): Tensor[] {
    const made = this.shards.map((shard) => {
      const whole = Gather.apply(shard.param, shard) as Tensor;
      this.wholes.set(whole.storage, shard);
      return whole;
    });
    this.guards.push(this.reshards && modes().grad ? keepNotes(new Map(this.wholes)) : null);
    return made;
  }
  /** After it. */
  release(): void {
    this.guards.pop()?.[Symbol.dispose]();
    this.wholes.clear();
  }
  /** What a module is given, as its policy has it. */
  input(x: unknown): unknown {
    const { cast_forward_inputs = true, param_dtype } = this.policy;
    return cast_forward_inputs && x instanceof Tensor ? cast(x, param_dtype) : x;
  }
  output(x: unknown): unknown {
    return x instanceof Tensor ? cast(x, this.policy.output_dtype) : x;
  }
}
/** Whether a parameter is in pieces already. */
export const isCut = (p: Tensor): boolean => shardOf.has(p);
/** All of a tensor of which this process may have a piece: a parameter, or what an optimizer remembers of one. All call it. */
export function wholeOf(t: Tensor): Tensor {
  const shard = cut.get(t.storage);
  return shard === undefined ? t : withGrad(false, () => shard.whole(t));
}
/**
 * Leaves each process a part of a module's parameters, as FSDP2's `torch.distributed.fsdp.fully_shard`: they are gathered before
 * the module's forward, and again in its backward, and gradients are averaged into the parts. Call it for the layers of a
 * model, then for the model, which takes what is left; then make the optimizer. A parameter is then a tensor of one dim,
 * this process's piece. All processes must begin with the same values.
 *
 * `reshard_after_forward: false` keeps the whole parameters until backward. `mesh` is a group or a mesh, the world unless told: along
 * the last of two dims parameters are cut, along the first there are copies. `mp_policy` sets dtypes to compute and to
 * average in. `clip_grad_norm_` takes the norms of whole gradients.
 * @example
 * for (const layer of model.layers) dist.fully_shard(layer);
 * dist.fully_shard(model);
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
 */
export function fully_shard<M extends Module>(module: M, options: Options = {}): M {
  const places = [...module.modules()].flatMap((owner) =>
    [...owner._parameters].flatMap(([name, p]) => (p === null || isCut(p) ? [] : [{ owner, name, p }])),
  );
  const set = new ShardSet([...new Set(places.map(({ p }) => p))], options);
  const number = new Map([...new Set(places.map(({ p }) => p))].map((p, i) => [p, i]));
  if (places.length === 0) return module;
  const show = (params: readonly Tensor[]): void => {
    for (const { owner, name, p } of places) place(owner, name, params[number.get(p)!]);
  };
  const cuts = set.params();
  for (const { owner, name, p } of places) owner._parameters.set(name, cuts[number.get(p)!]);
  show(cuts);
  module.register_forward_pre_hook((_, args) => {
    show(set.gather());
    return args.map((x) => set.input(x));
  });
  module.register_forward_hook(
    (_module, _args, output) => {
      set.release();
      show(cuts);
      return set.output(output);
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
    const { storage, dtype } = (shard.gathered ??= shard.gather());
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
/** Writes a tensor, or what is here of it if it is whole, into a parameter's piece or what is remembered of one. */
export function fillPiece(to: Tensor, from: Tensor, param: Tensor): void {
  const shard = shardOf.get(param);
  if (from === to) return;
  if (shard === undefined || list(from.sizes) !== list(shard.shape) || cut.has(from.storage))
    return void to.copy_(from);
  const each = param.numel();
  to.copy_(padded(from, each * shard.group.size()).narrow(0, shard.group.rank() * each, each));
}
/** Gives a model the values of whole parameters, of which each process takes its pieces; pieces go where they are from. */
export function set_model_state_dict(model: Module, state: ReadonlyMap<string, Tensor>): void {
  withGrad(false, () => {
    const params = new Map(model.named_parameters({ remove_duplicate: false }));
    const buffers = new Map(model.named_buffers());
    for (const [key, t] of state) {
      const to = params.get(key) ?? buffers.get(key);
      if (to === undefined) throw new RuntimeError(`Unexpected key in state_dict: "${key}"`);
      fillPiece(to, t, to);
    }
  });
}
