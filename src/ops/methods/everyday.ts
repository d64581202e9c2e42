// The everyday methods, and no others: what programs have that take tidu/lean. See Note [Methods] in index.ts.
import "../../autograd/index.ts";
import "../../devices/cpu/device.ts";
import "../../devices/meta.ts";
import { makeMethods } from "../../dispatch/declare.ts";
import { makeMethodsOf } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { brackets } from "../indexing/subscript.ts";
import { allclose, equal, max, min, nonzero, whereSelf } from "../overloads.ts";
import * as ops from "./everyday_ops.ts";
import { viewDtypes } from "./view_dtype.ts";
import "./absent.ts";
import "./awaited.ts";
import "./complex_parts.ts";
import "./constructor.ts";
import "./whereabouts.ts";

makeMethods(ops);
makeMethodsOf({ allclose, equal, max, min, nonzero, where: whereSelf });
Object.assign(Tensor.prototype, brackets);
viewDtypes();
