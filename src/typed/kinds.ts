// Every kind of rule: what a call gives, of a tensor of shape S and dtype D with the arguments A. A tensor, several, or the
// sentence with which PyTorch refuses.
import type { IndexKinds } from "./indexing.ts";
import type { FunctionalKinds } from "./layers.ts";
import type { MatrixKinds } from "./matrices.ts";
import type { PointwiseKinds } from "./pointwise.ts";
import type { ProductKinds } from "./products.ts";
import type { ReductionKinds } from "./reductions.ts";
import type { Shape } from "./shape.ts";
import type { ViewKinds } from "./views.ts";

export interface Kinds<S extends Shape, D extends string, A>
  extends
    PointwiseKinds<S, D, A>,
    ReductionKinds<S, D, A>,
    ViewKinds<S, D, A>,
    ProductKinds<S, D, A>,
    MatrixKinds<S, D, A>,
    IndexKinds<S, D, A>,
    FunctionalKinds<S, D, A> {}
export type Kind = keyof Kinds<[], "", []>;
