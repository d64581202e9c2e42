// SyncBatchNorm: channels normalised over the batches of all processes.
import { Function } from "../autograd/function.ts";
import type { FunctionContext } from "../autograd/function.ts";
import { ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { BatchNorm } from "../nn/layers/batchnorm.ts";
import type { Module } from "../nn/module/module.ts";
import { empty } from "../tensor/allocate.ts";
import { cat } from "../ops/views/joining.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { all_gather_into_tensor, all_reduce } from "./collectives.ts";
import { group as groups, groupOf } from "./group.ts";
import type { ProcessGroup } from "./group.ts";

/** The tensors of all members, stacked. What each is given back is the sum of all their gradients for it. */
class Gathered extends Function {
  static override forward(ctx: FunctionContext, t: Tensor, group: ProcessGroup): Tensor {
    ctx.of = group;
    const all = empty([group.size(), ...t.sizes], t.dtype);
    all_gather_into_tensor(all, t.detach(), { group });
    return all;
  }
  static override backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const group = ctx.of as ProcessGroup;
    const sum = grad.contiguous().clone();
    all_reduce(sum, { group });
    return [sum.select(0, group.rank()), null];
  }
}

const SYNC =
  "SyncBatchNorm(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, object process_group=None, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
/**
 * A BatchNorm whose mean and variance in training are those of the batches of all processes of a group together, as
 * `torch.nn.SyncBatchNorm`. Its inputs have at least two dims, and may be of other sizes in other processes.
 * @example
 * const model = dist.SyncBatchNorm.convert_sync_batchnorm(net);
 */
export class SyncBatchNorm extends BatchNorm {
  /** null for the world. */
  process_group: ProcessGroup | null;
  constructor(...args: Arguments<typeof SYNC, { process_group: ProcessGroup | null }>) {
    const { process_group, ...rest } = bindArguments<typeof SYNC, { process_group: ProcessGroup | null }>(SYNC, args);
    super(rest);
    this.process_group = process_group;
  }
  override _check_input_dim(input: Tensor): void {
    if (input.sizes.length < 2) throw new ValueError(`expected at least 2D input (got ${input.sizes.length}D input)`);
  }
  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const byBatch = this.training || (this.running_mean === null && this.running_var === null);
    const group = groups.WORLD === null ? null : groupOf(this.process_group);
    if (!byBatch || group === null || group.size() === 1) return this.normalised(input);
    let momentum = this.momentum ?? 0;
    if (this.training && this.track_running_stats && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      if (this.momentum === null) momentum = 1 / Number(this.num_batches_tracked.item());
    }
    return this.normalisedOver(group, input, momentum);
  }
  /** By the parallel algorithm of Chan, Golub and LeVeque: each process's count, mean and sum of squares around it. */
  private normalisedOver(group: ProcessGroup, input: Tensor, momentum: number): Tensor {
    const dims = input.sizes.flatMap((_, d) => (d === 1 ? [] : [d]));
    const shape = input.sizes.map((n, d) => (d === 1 ? n : 1));
    const count = input.numel() / input.sizes[1];
    const mean = count === 0 ? input.sum(dims) : input.mean(dims);
    const squares = input.sub(mean.view(shape)).square().sum(dims);
    const told = cat([mean, squares, mean.detach().new_full([1], count)]);
    const all = Gathered.apply(told, group) as Tensor;
    const n = input.sizes[1];
    const [means, sums, counts] = [all.narrow(1, 0, n), all.narrow(1, n, n), all.detach().narrow(1, 2 * n, 1)];
    const total = counts.sum();
    const whole = means.mul(counts).sum(0).div(total);
    const variance = sums.add(means.sub(whole).square().mul(counts)).sum(0).div(total);
    if (this.training && this.track_running_stats && this.running_mean !== null && this.running_var !== null) {
      this.running_mean.lerp_(whole.detach(), momentum);
      this.running_var.lerp_(variance.detach().mul(total.div(total.sub(1))), momentum);
    }
    let out = input.sub(whole.view(shape)).mul(variance.add(this.eps).rsqrt().view(shape));
    if (this.weight !== null) out = out.mul(this.weight.view(shape));
    return this.bias === null ? out : out.add(this.bias.view(shape));
  }
  /** A module with a SyncBatchNorm in place of every BatchNorm in it, with its parameters and statistics. */
  static convert_sync_batchnorm<M extends Module>(module: M, process_group: ProcessGroup | null = null): M {
    let made: Module = module;
    if (module instanceof BatchNorm && !(module instanceof SyncBatchNorm)) {
      const { num_features, eps, momentum, affine, track_running_stats, training } = module;
      const sync = new SyncBatchNorm(num_features, eps, momentum, affine, track_running_stats, process_group);
      for (const [name, p] of module._parameters) sync.register_parameter(name, p);
      for (const [name, b] of module._buffers) sync.register_buffer(name, b);
      sync.training = training;
      made = sync;
    }
    for (const [name, child] of module.named_children())
      made.add_module(name, SyncBatchNorm.convert_sync_batchnorm(child, process_group));
    return made as M;
  }
}
