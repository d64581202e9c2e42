// Constants around a tensor.
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import { pad } from "../nn/vision/padding.ts";

/** Self with `value` around it: {@link pad} of nn.functional in its constant mode. */
export const constant_pad_nd = op("constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor");
define(constant_pad_nd, { kernel: composite((args) => pad(args.self, args.pad, "constant", args.value)) });
