// Gives tensors a device and their methods. Every entry of the package imports this.
//
// Note [Methods]: a method is a call that no import shows, so a bundler that drops unused files must keep what any program
// may call. Hence all methods come from here, and package.json tells bundlers that this folder has effects: ops by the list
// in ops.ts, whose types Tensor has, too, so that a method that is missing in a bundle is missing everywhere; functions
// that no signature describes by the files beside it. Ops whose names begin with _ are no methods: who needs one imports it.
import "../../autograd/index.ts";
import "../../devices/cpu/device.ts";
import "../../devices/meta.ts";
import { makeMethods } from "../../dispatch/declare.ts";
import type { SignatureOf } from "../../dispatch/declare.ts";
import type { Method } from "../../dispatch/signature.ts";
import * as ops from "./ops.ts";
import "./awaited.ts";
import "./constructor.ts";
import "./inplace_views.ts";
import "./overloads.ts";
import "./bernoulli.ts";
import "./resize_tensor.ts";
import "./subscript.ts";
import "./unique.ts";
import "./whereabouts.ts";
// Twice, for declarations leave out what they do not name, and the type of the method with it.
import "./view_dtype.ts";
import { viewDtypes } from "./view_dtype.ts";

type MethodNames<O> = {
  [K in keyof O]: K extends `_${string}`
    ? never
    : SignatureOf<O[K]> extends `${K & string}(Tensor${"" | "|Scalar" | `(${string})`} self${string}`
      ? K
      : never;
}[keyof O];
type Methods<O> = { [K in keyof O]: Method<SignatureOf<O[K]>> };

declare module "../../tensor/tensor.ts" {
  /** Every op whose first argument is self, as a method; and x[i], x[i] = y along the first dim. */
  interface Tensor extends Methods<Pick<typeof ops, Exclude<MethodNames<typeof ops>, "view">>> {
    [index: number]: Tensor;
  }
}

makeMethods(ops);
viewDtypes();
