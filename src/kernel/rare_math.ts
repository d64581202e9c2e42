// The functions that are not of every day. Whoever uses them says so by rare.ts, or imports this.
import { acos, asin, atan, atan2 } from "./formulas/arc.ts";
import { erf, erfc, erfinv } from "./formulas/error_function.ts";
import { cosh, exp2, sinh } from "./formulas/exponential.ts";
import { digamma, lgamma } from "./formulas/gamma.ts";
import { hostMath } from "./formulas/host.ts";
import { acosh, asinh, atanh, log10, log2 } from "./formulas/logarithm.ts";
import * as special from "./formulas/special.ts";
import { tan } from "./formulas/trigonometric.ts";
import { BINARY, UNARY } from "./math.ts";

Object.assign(UNARY, { exp2, log2, log10, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh });
Object.assign(UNARY, { erf, erfc, erfinv, lgamma, digamma });
Object.assign(BINARY, { atan2 });
const { erf: erfOf, erfc: erfcOf, erfinv: erfinvOf, lgamma: lgammaOf, digamma: digammaOf } = special;
Object.assign(hostMath, { erf: erfOf, erfc: erfcOf, erfinv: erfinvOf, lgamma: lgammaOf, digamma: digammaOf });
