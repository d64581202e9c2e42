// Layers that look vectors up.
import { withGrad } from "../../autograd/mode.ts";
import { AssertionError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { embedding } from "../functional/index.ts";
import { normal_ } from "../init.ts";
import { OwnLayer } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { floatText } from "./layer.ts";

const EMBEDDING =
  "Embedding(int num_embeddings, int embedding_dim, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False, Tensor? _weight=None, bool _freeze=False, device? device=None, dtype? dtype=None) -> Module";
const PRETRAINED =
  "from_pretrained(Tensor embeddings, bool freeze=True, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False) -> Module";
/**
 * A vector for each of `num_embeddings` whole numbers: [*] of int64 to [*, embedding_dim]. Drawn from N(0, 1); the one at
 * `padding_idx` is 0 and gets no gradient. As `torch.nn.Embedding`.
 * @example new nn.Embedding(10, 3)(torch.tensor([1n, 2n])).shape // torch.Size([2, 3])
 */
export class Embedding extends OwnLayer {
  num_embeddings: number;
  embedding_dim: number;
  padding_idx: number | null;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  sparse: boolean;
  declare weight: Parameter;
  constructor(...args: Arguments<typeof EMBEDDING>) {
    super();
    const a = bindArguments(EMBEDDING, args, new.target.name);
    const { num_embeddings, embedding_dim, padding_idx, _weight, dtype, device } = a;
    if (padding_idx !== null && (padding_idx >= num_embeddings || padding_idx < -num_embeddings))
      throw new AssertionError("Padding_idx must be within num_embeddings");
    if (_weight !== null && (_weight.sizes[0] !== num_embeddings || _weight.sizes[1] !== embedding_dim))
      throw new AssertionError("Shape of weight does not match num_embeddings and embedding_dim");
    this.num_embeddings = num_embeddings;
    this.embedding_dim = embedding_dim;
    this.padding_idx = padding_idx !== null && padding_idx < 0 ? padding_idx + num_embeddings : padding_idx;
    this.max_norm = a.max_norm;
    this.norm_type = a.norm_type;
    this.scale_grad_by_freq = a.scale_grad_by_freq;
    this.sparse = a.sparse;
    this.weight = new Parameter(_weight ?? empty([num_embeddings, embedding_dim], { dtype, device }), !a._freeze);
    if (_weight === null) this.reset_parameters();
  }
  /** From vectors that are there already; not learnt on unless `freeze` is false. */
  static from_pretrained(...args: Arguments<typeof PRETRAINED>): Embedding {
    const { embeddings, freeze, ...options } = bindArguments(PRETRAINED, args);
    if (embeddings.sizes.length !== 2) throw new AssertionError("Embeddings parameter is expected to be 2-dimensional");
    const [rows, columns] = embeddings.sizes;
    return new Embedding(rows, columns, { ...options, _weight: embeddings, _freeze: freeze });
  }
  /** Draws the vectors anew. */
  reset_parameters(): void {
    normal_(this.weight);
    const { padding_idx } = this;
    if (padding_idx !== null) withGrad(false, () => this.weight.select(0, padding_idx).zero_());
  }
  override forward(input: Tensor): Tensor {
    const { padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse } = this;
    return embedding(input, this.weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
  }
  override extra_repr(): string {
    let text = `${this.num_embeddings}, ${this.embedding_dim}`;
    if (this.padding_idx !== null) text += `, padding_idx=${this.padding_idx}`;
    if (this.max_norm !== null) text += `, max_norm=${floatText(this.max_norm)}`;
    if (this.norm_type !== 2) text += `, norm_type=${floatText(this.norm_type)}`;
    if (this.scale_grad_by_freq) text += ", scale_grad_by_freq=True";
    return this.sparse ? `${text}, sparse=True` : text;
  }
}
