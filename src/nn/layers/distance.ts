// Distances as modules.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module/module.ts";

const COSINE = "CosineSimilarity(int dim=1, float eps=1e-08) -> Module";
/** The cosine of the angle between vectors along `dim`. As `torch.nn.CosineSimilarity`. */
export class CosineSimilarity extends Module {
  dim: number;
  eps: number;
  constructor(...args: Arguments<typeof COSINE>) {
    super();
    const { dim, eps } = bindArguments(COSINE, args, new.target.name);
    this.dim = dim;
    this.eps = eps;
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}
const PAIRWISE = "PairwiseDistance(float p=2.0, float eps=1e-06, bool keepdim=False) -> Module";
/** The p-norm of the difference of vectors along the last dim. As `torch.nn.PairwiseDistance`. */
export class PairwiseDistance extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;
  constructor(...args: Arguments<typeof PAIRWISE>) {
    super();
    const { p, eps, keepdim } = bindArguments(PAIRWISE, args, new.target.name);
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}
