// Distributions with a covariance, given as such, inverted, or as its Cholesky factor.
import { withGrad } from "../autograd/mode.ts";
import { ValueError } from "../base/errors.ts";
import { cholesky, solve_triangular } from "../ops/linalg/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Distribution } from "./distribution.ts";
import type { Shape } from "./distribution.ts";
import { keep } from "./parameters.ts";
import { eyeLike } from "./triangles.ts";

const MATRICES = ["covariance_matrix", "precision_matrix", "scale_tril"] as const;
type ErrorClass = new (message: string) => Error;
type Given = Readonly<Record<(typeof MATRICES)[number], Tensor | null>>;

function factorOfPrecision(precision: Tensor): Tensor {
  const flipped = cholesky(precision.flip([-2, -1])).flip([-2, -1]).mT;
  return solve_triangular(flipped, eyeLike(precision), { upper: false });
}
const FACTORS = { covariance_matrix: cholesky, precision_matrix: factorOfPrecision, scale_tril: (x: Tensor) => x };

/** Keeps the matrix that was given; the others are computed when they are asked for. */
export abstract class OfCovariance extends Distribution {
  static readonly lazy: readonly string[] = MATRICES;
  declare readonly _unbroadcasted_scale_tril: Tensor;

  /** Which of the three matrices was given. */
  protected static givenOf(
    given: Given,
    Refusal: ErrorClass = ValueError,
  ): readonly [(typeof MATRICES)[number], Tensor] {
    const names = MATRICES.filter((name) => given[name] !== null);
    if (names.length !== 1)
      throw new Refusal("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.");
    return [names[0], given[names[0]]!];
  }
  protected keepMatrix(name: (typeof MATRICES)[number], matrix: Tensor, batch: Shape): void {
    keep(this, name, matrix.expand([...batch, -1, -1]));
  }
  protected keepFactor(name: (typeof MATRICES)[number], matrix: Tensor): void {
    keep(this, "_unbroadcasted_scale_tril", FACTORS[name](matrix));
  }
  private lazily(name: string, matrix: (factor: Tensor) => Tensor): Tensor {
    const n = this.event_shape[0];
    const shape = [...this.batch_shape, n, n];
    return keep(
      this,
      name,
      withGrad(true, () => matrix(this._unbroadcasted_scale_tril).expand(shape)),
    );
  }
  get scale_tril(): Tensor {
    return this.lazily("scale_tril", (l) => l);
  }
  get covariance_matrix(): Tensor {
    return this.lazily("covariance_matrix", (l) => l.matmul(l.mT));
  }
  get precision_matrix(): Tensor {
    return this.lazily("precision_matrix", (l) => l.cholesky_inverse());
  }
  override get has_rsample(): boolean {
    return true;
  }
}
