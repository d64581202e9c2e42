// Embeddings of bags as a layer.
import { withGrad } from "../../autograd/mode.ts";
import { AssertionError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { embedding_bag } from "../functional/index.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { floatText } from "./layer.ts";

const OPTIONS =
  "float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, str mode='mean', bool sparse=False";
const BAG =
  `EmbeddingBag(int num_embeddings, int embedding_dim, ${OPTIONS}, Tensor? _weight=None, bool include_last_offset=False, int? padding_idx=None, device? device=None, dtype? dtype=None) -> Module` as const;
const PRETRAINED =
  `from_pretrained(Tensor embeddings, bool freeze=True, ${OPTIONS}, bool include_last_offset=False, int? padding_idx=None) -> Module` as const;
const FORWARD = "EmbeddingBag.forward(Tensor input, Tensor? offsets=None, Tensor? per_sample_weights=None) -> Tensor";
/**
 * The sum, mean or maximum of the vectors of a bag of whole numbers: rows of a 2-D input, or pieces of a 1-D one from one
 * of `offsets` to the next. Drawn from N(0, 1); what is at `padding_idx` does not count. As `torch.nn.EmbeddingBag`.
 * @example new nn.EmbeddingBag(10, 3)(torch.tensor([1n, 2n, 4n]), torch.tensor([0n, 2n])).shape // torch.Size([2, 3])
 */
export class EmbeddingBag extends Module {
  num_embeddings: number;
  embedding_dim: number;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  mode: string;
  sparse: boolean;
  include_last_offset: boolean;
  padding_idx: number | null;
  declare weight: Parameter;
  constructor(...args: Arguments<typeof BAG>) {
    super();
    const a = bindArguments(BAG, args, new.target.name);
    const { num_embeddings, embedding_dim, padding_idx, _weight, dtype, device } = a;
    if (padding_idx !== null && (padding_idx >= num_embeddings || padding_idx < -num_embeddings))
      throw new AssertionError("padding_idx must be within num_embeddings");
    if (_weight !== null && !sameShape(_weight.sizes, [num_embeddings, embedding_dim]))
      throw new AssertionError("Shape of weight does not match num_embeddings and embedding_dim");
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.max_norm = a.max_norm;
    this.norm_type = a.norm_type;
    this.scale_grad_by_freq = a.scale_grad_by_freq;
    this.mode = a.mode;
    this.sparse = a.sparse;
    this.include_last_offset = a.include_last_offset;
    this.padding_idx = padding_idx !== null && padding_idx < 0 ? padding_idx + num_embeddings : padding_idx;
    this.weight = new Parameter(_weight ?? empty([num_embeddings, embedding_dim], { dtype, device }));
    if (_weight === null) this.reset_parameters();
  }
  /** From vectors that are there already; not learnt on unless `freeze` is false. */
  static from_pretrained(...args: Arguments<typeof PRETRAINED>): EmbeddingBag {
    const { embeddings, freeze, ...options } = bindArguments(PRETRAINED, args);
    if (embeddings.sizes.length !== 2) throw new AssertionError("Embeddings parameter is expected to be 2-dimensional");
    const [rows, columns] = embeddings.sizes;
    const bag = new EmbeddingBag(rows, columns, { ...options, _weight: embeddings });
    bag.weight.requires_grad_(!freeze);
    return bag;
  }
  /** Draws the vectors anew. */
  reset_parameters(): void {
    normal_(this.weight);
    const { padding_idx } = this;
    if (padding_idx !== null) withGrad(false, () => this.weight.select(0, padding_idx).zero_());
  }
  override forward(...args: Arguments<typeof FORWARD>): Tensor {
    const { input, offsets, per_sample_weights } = bindArguments(FORWARD, args);
    const { max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_idx } = this;
    return embedding_bag(input, this.weight, {
      offsets,
      max_norm,
      norm_type,
      scale_grad_by_freq,
      mode,
      sparse,
      per_sample_weights,
      include_last_offset,
      padding_idx,
    });
  }
  override extra_repr(): string {
    let text = `${this.num_embeddings}, ${this.embedding_dim}`;
    if (this.max_norm !== null) text += `, max_norm=${floatText(this.max_norm)}`;
    if (this.norm_type !== 2) text += `, norm_type=${floatText(this.norm_type)}`;
    if (this.scale_grad_by_freq) text += ", scale_grad_by_freq=True";
    text += `, mode='${this.mode}'`;
    return this.padding_idx === null ? text : `${text}, padding_idx=${this.padding_idx}`;
  }
}
