// Softmax over many classes of very different frequency.
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { cat } from "../../ops/views/joining.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ModuleList, Sequential } from "../containers/modules.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { Linear } from "./linear.ts";
import { index_copy } from "../../ops/indexing/indexing.ts";

/** By name or by place. */
export type AdaptiveOutput = [output: Tensor, loss: Tensor] & { readonly output: Tensor; readonly loss: Tensor };
const ADAPTIVE =
  "AdaptiveLogSoftmaxWithLoss(int in_features, int n_classes, int[] cutoffs, float div_value=4.0, bool head_bias=False, device? device=None, dtype? dtype=None) -> Module";
/**
 * The log probability of each target, and the mean of its negative. Classes are in order of falling frequency: the first
 * cutoffs[0] have scores of their own, the others are in clusters, each with a score and a smaller layer within.
 * Grave et al., "Efficient softmax approximation for GPUs" (2017). As `torch.nn.AdaptiveLogSoftmaxWithLoss`.
 * @example
 * const { output, loss } = new nn.AdaptiveLogSoftmaxWithLoss(16, 1000, [10, 100])(torch.rand(4, 16), torch.tensor([1n, 5n, 50n, 500n]));
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  in_features: number;
  n_classes: number;
  cutoffs: readonly number[];
  div_value: number;
  head_bias: boolean;
  shortlist_size: number;
  n_clusters: number;
  head_size: number;
  head: Linear;
  tail: ModuleList;
  constructor(...args: Arguments<typeof ADAPTIVE>) {
    super();
    const a = bindArguments(ADAPTIVE, args, new.target.name);
    const { in_features, n_classes, cutoffs, div_value, head_bias, device, dtype } = a;
    if (cutoffs.length === 0) throw new ValueError("cutoffs should be a sequence of length larger than 0");
    if (cutoffs.some((c, i) => c <= (i === 0 ? 0 : cutoffs[i - 1]) || c > n_classes - 1))
      throw new ValueError(
        "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1",
      );
    this.in_features = in_features;
    this.n_classes = n_classes;
    this.cutoffs = [...cutoffs, n_classes];
    this.div_value = div_value;
    this.head_bias = head_bias;
    this.shortlist_size = cutoffs[0];
    this.n_clusters = cutoffs.length;
    this.head_size = this.shortlist_size + this.n_clusters;
    const linear = (from: number, to: number, bias: boolean): Linear => new Linear(from, to, bias, { device, dtype });
    this.head = linear(in_features, this.head_size, head_bias);
    this.tail = new ModuleList(
      cutoffs.map((low, i) => {
        const hidden = Math.floor(in_features / div_value ** (i + 1));
        return new Sequential(linear(in_features, hidden, false), linear(hidden, this.cutoffs[i + 1] - low, false));
      }),
    );
  }
  /** Draws the weights anew. */
  reset_parameters(): void {
    for (const m of this.modules()) if (m instanceof Linear) m.reset_parameters();
  }
  override forward(input_: Tensor, target_: Tensor): AdaptiveOutput {
    checkSizes(input_, target_);
    const batched = target_.sizes.length > 0;
    const [input, target] = batched ? [input_, target_] : [input_.unsqueeze(0), target_.unsqueeze(0)];
    if (target.lt(0).logical_or(target.ge(this.n_classes)).any().item())
      throw new RuntimeError(
        `Target values should be in [0, ${this.n_classes - 1}], but values in range [${target.min().item()}, ${target.max().item()}] were found. `,
      );
    let places = target;
    let output = input.new_zeros(target.sizes);
    for (let i = 0; i < this.n_clusters; i++) {
      const [low, high] = [this.cutoffs[i], this.cutoffs[i + 1]];
      const within = target.ge(low).logical_and(target.lt(high));
      const rows = within.nonzero().squeeze([1]);
      if (rows.numel() === 0) continue;
      const logs = F.log_softmax(this.cluster(i, input.index_select(0, rows)), 1);
      const found = logs.gather(1, target.index_select(0, rows).sub(low).unsqueeze(1)).squeeze([1]);
      output = index_copy(output, 0, rows, found);
      places = places.masked_fill(within, this.shortlist_size + i);
    }
    const head = F.log_softmax(this.head(input) as Tensor, 1);
    output = output.add(head.gather(1, places.unsqueeze(1)).squeeze([1]));
    const loss = output.neg().mean();
    if (!batched) output = output.squeeze([0]);
    return Object.assign([output, loss] as [Tensor, Tensor], { output, loss });
  }
  private cluster(i: number, input: Tensor): Tensor {
    return (this.tail.at(i) as Sequential)(input) as Tensor;
  }
  /** Log probabilities of all classes: [N, n_classes]. */
  log_prob(input: Tensor): Tensor {
    const head = F.log_softmax(this.head(input) as Tensor, 1);
    const clusters = Array.from({ length: this.n_clusters }, (_, i) =>
      F.log_softmax(this.cluster(i, input), 1).add(head.narrow(1, this.shortlist_size + i, 1)),
    );
    return cat([head.narrow(1, 0, this.shortlist_size), ...clusters], 1);
  }
  /** The most probable class of each sample. Clusters are only looked into for those that the head sends there. */
  predict(input: Tensor): Tensor {
    const first = (this.head(input) as Tensor).argmax(1);
    const rows = first.ge(this.shortlist_size).nonzero().squeeze([1]);
    if (rows.numel() === 0) return first;
    return index_copy(first, 0, rows, this.log_prob(input.index_select(0, rows)).argmax(1));
  }
}
function checkSizes(input: Tensor, target: Tensor): void {
  const n = target.sizes.length;
  if (n > 1) throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
  if (n === 1 && input.sizes[0] !== target.sizes[0])
    throw new RuntimeError("Input and target should have the same size in the batch dimension.");
  if (input.sizes.length !== n + 1)
    throw new RuntimeError(
      `${n}D target tensor expects ${n + 1}D input tensors, but found inputs with size ${String(input.shape)}`,
    );
}
