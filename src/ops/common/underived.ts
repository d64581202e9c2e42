// Results of functions that are written on plain numbers, and that PyTorch records without having a derivative for them.
import { compute } from "../../kinds/kernels.ts";
import { noDerivative, notImplemented } from "../../dispatch/no_formula.ts";
import { define, op } from "../../dispatch/declare.ts";

/**
 * `self`, as what came of `input` by what PyTorch calls `name`. Its node goes by the name `node`; where that is
 * NotImplemented, PyTorch knows of no derivative at all.
 * @internal
 */
export const _underived = op("_underived(Tensor self, Tensor input, str name, str node) -> Tensor");
define(_underived, {
  kernel: compute(({ self }) => self),
  backward: {
    input: ({ name, node }) => (node === "NotImplemented" ? noDerivative({ op: name }) : notImplemented(name)()),
  },
  node: ({ node }) => node,
});
