// Embeddings.
import { empty } from "../../ops/creation.ts";
import { embedding } from "../../ops/indexing.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import { no_grad } from "../../autograd/mode.ts";
import type { Tensor } from "../../tensor.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";

const EMBEDDING =
  "Embedding(int num_embeddings, int embedding_dim, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False, str? device=None, dtype? dtype=None) -> Module";
/** A vector for each of `num_embeddings` whole numbers, drawn from N(0, 1). As `torch.nn.Embedding`. */
export class Embedding extends Module {
  num_embeddings: number;
  embedding_dim: number;
  padding_idx: number | null;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  sparse: boolean;
  weight: Parameter;
  constructor(...args: ConstructorArgs<typeof EMBEDDING>) {
    super();
    const { num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, dtype } =
      bindConstructor(EMBEDDING, args);
    this.max_norm = max_norm;
    this.norm_type = norm_type;
    this.sparse = sparse;
    if (padding_idx !== null && (padding_idx >= num_embeddings || padding_idx < -num_embeddings))
      throw new RangeError("Padding_idx must be within num_embeddings");
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.padding_idx = padding_idx !== null && padding_idx < 0 ? padding_idx + num_embeddings : padding_idx;
    this.scale_grad_by_freq = scale_grad_by_freq;
    this.weight = new Parameter(empty([num_embeddings, embedding_dim], { dtype }));
    this.reset_parameters();
  }
  reset_parameters(): void {
    normal_(this.weight);
    const { padding_idx } = this;
    if (padding_idx !== null) no_grad(() => this.weight.select(0, padding_idx).zero_());
  }
  override forward(input: Tensor): Tensor {
    const { padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse } = this;
    return embedding(input, this.weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
  }
  override extra_repr(): string {
    const padding = this.padding_idx === null ? "" : `, padding_idx=${this.padding_idx}`;
    return `${this.num_embeddings}, ${this.embedding_dim}${padding}`;
  }
}
