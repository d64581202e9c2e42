// Linear maps whose gradient counts as a function of what they map. See Note [Piecewise linear].
import { modes } from "../../autograd/mode.ts";
import { view } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Self, for composites of ops that are linear: their gradient then counts as a function of it. @internal */
export const _linear_in = op("_linear_in(Tensor(a) self) -> Tensor(a)");
define(_linear_in, { kernel: view((layout) => layout), backward: { self: ({ grad }) => grad }, flat: ["self"] });
/** {@link _linear_in}, where a graph is recorded. */
export const linearIn = (x: Tensor): Tensor => (x.isDifferentiated && modes().grad ? _linear_in(x) : x);
