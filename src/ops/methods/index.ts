// Gives tensors a device and all their methods.
//
// Note [Methods]: a method is a call that no import shows, so a bundler that drops unused files must keep what any program
// may call. Hence methods come from lists, and package.json tells bundlers that this folder has effects: ops by ops.ts, whose
// types Tensor has, too, so that a method that is missing in a bundle is missing everywhere; functions that no signature
// describes by the files beside it. Ops whose names begin with _ are no methods: who needs one imports it. A program that
// would rather download less takes tidu/lean, which brings the methods of everyday.ts alone, and so do the entries beside it
// (tidu/nn, tidu/optim, ...), for the program's own import says which it wants. The others say, when they are called, where
// they are to be had (absent.ts). What the library itself calls as a method must be an everyday one; all else it imports.
import "./everyday.ts";
import "../../dispatch/out.ts";
import "../../kernel/complex.ts";
import "../../kernel/rare_math.ts";
import { makeMethods } from "../../dispatch/declare.ts";
import type { SignatureOf } from "../../dispatch/declare.ts";
import { makeMethodsOf } from "../../dispatch/overloads.ts";
import type { Method } from "../../dispatch/signature.ts";
import { median, nanmedian } from "../overloads.ts";
import { unique, unique_consecutive } from "../reduction/unique.ts";
import * as ops from "./ops.ts";
import "./inplace_views.ts";
import "./named.ts";
import "./bernoulli.ts";
import "./polygamma.ts";
import "./resize_tensor.ts";
import "../sparse/declared.ts";
// For declarations leave out what they do not name, and the type of the method with it.
import "./view_dtype.ts";
import { viewDtypes } from "./view_dtype.ts";

type MethodNames<O> = {
  [K in keyof O]: K extends `_${string}`
    ? never
    : SignatureOf<O[K]> extends `${K & string}(Tensor${"" | "|Scalar" | `(${string})`} self${string}`
      ? K
      : never;
}[keyof O];
/** The published declarations have the names themselves, which every program would compute: tools/build/spell_out.ts. */
type Named = Exclude<MethodNames<typeof ops>, "view">;
type Methods<O> = { [K in keyof O]: Method<SignatureOf<O[K]>> };

declare module "../../tensor/tensor.ts" {
  /** Every op whose first argument is self, as a method; and x[i], x[i] = y along the first dim. */
  interface Tensor extends Methods<Pick<typeof ops, Named>> {
    [index: number]: Tensor;
  }
}

makeMethods(ops);
makeMethodsOf({ median, nanmedian, unique, unique_consecutive });
viewDtypes();
