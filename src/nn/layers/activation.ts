// Activation functions as layers.
import * as F from "../functional/index.ts";
import { full } from "../../ops/creation/creation.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fill_ } from "../../ops/copies/copy.ts";
import { withGrad } from "../../autograd/mode.ts";
import { AssertionError, ValueError, warn } from "../../base/errors.ts";
import { OwnLayer } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { layer, floatText } from "./layer.ts";

/** x where it is positive, else 0. As `torch.nn.ReLU`. */
export class ReLU extends layer("ReLU(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace);
  }
}
/** min(max(0, x), 6). As `torch.nn.ReLU6`. */
export class ReLU6 extends layer("ReLU6(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.relu6(input, this.inplace);
  }
}
/** x where it is positive, `negative_slope` * x elsewhere. As `torch.nn.LeakyReLU`. */
export class LeakyReLU extends layer("LeakyReLU(float negative_slope=0.01, bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope, this.inplace);
  }
}
/** x where it is positive, a random multiple elsewhere; in evaluation the mean one. As `torch.nn.RReLU`. */
export class RReLU extends layer(
  "RReLU(float lower=0.125, float upper=0.3333333333333333, bool inplace=False) -> Module",
) {
  override forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }
}
/** x where it is positive, alpha * (exp(x) - 1) elsewhere. As `torch.nn.ELU`. */
export class ELU extends layer("ELU(float alpha=1.0, bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace);
  }
}
/** {@link ELU} with the exponent divided by alpha. As `torch.nn.CELU`. */
export class CELU extends layer("CELU(float alpha=1.0, bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace);
  }
}
/** A scaled {@link ELU} under which mean 0 and variance 1 reproduce themselves. As `torch.nn.SELU`. */
export class SELU extends layer("SELU(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace);
  }
}
/** x * Φ(x), or with `approximate` "tanh" what comes near it. As `torch.nn.GELU`. */
export class GELU extends layer("GELU(str approximate='none') -> Module") {
  override forward(input: Tensor): Tensor {
    return F.gelu(input, this.approximate);
  }
}
/** x * sigmoid(x). As `torch.nn.SiLU`. */
export class SiLU extends layer("SiLU(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace);
  }
}
/** x * tanh(softplus(x)). As `torch.nn.Mish`. */
export class Mish extends layer("Mish(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace);
  }
}
/** 1 / (1 + exp(-x)). As `torch.nn.Sigmoid`. */
export class Sigmoid extends OwnLayer {
  override forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}
/** log(sigmoid(x)). As `torch.nn.LogSigmoid`. */
export class LogSigmoid extends OwnLayer {
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}
/** The hyperbolic tangent. As `torch.nn.Tanh`. */
export class Tanh extends OwnLayer {
  override forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}
/** x - tanh(x). As `torch.nn.Tanhshrink`. */
export class Tanhshrink extends OwnLayer {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
/** x / (1 + |x|). As `torch.nn.Softsign`. */
export class Softsign extends OwnLayer {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}
/** log(1 + exp(beta * x)) / beta, and x itself above `threshold`. As `torch.nn.Softplus`. */
export class Softplus extends layer("Softplus(float beta=1.0, float threshold=20.0) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }
}
const HARDTANH =
  "Hardtanh(float min_val=-1.0, float max_val=1.0, bool inplace=False, float? min_value=None, float? max_value=None) -> Module";
/** x kept between `min_val` and `max_val`. As `torch.nn.Hardtanh`. */
export class Hardtanh extends OwnLayer {
  min_val: number;
  max_val: number;
  inplace: boolean;
  constructor(...args: Arguments<typeof HARDTANH>) {
    super();
    const { min_value, max_value, ...now } = bindArguments(HARDTANH, args);
    for (const [was, is, value] of [
      ["min_value", "min_val", min_value],
      ["max_value", "max_val", max_value],
    ] as const) {
      if (value === null) continue;
      warn(`keyword argument \`${was}\` is deprecated and renamed to \`${is}\``, "FutureWarning");
      now[is] = value;
    }
    this.min_val = now.min_val;
    this.max_val = now.max_val;
    this.inplace = now.inplace;
    if (this.max_val <= this.min_val)
      throw new AssertionError(
        `max_val (${floatText(this.max_val)}) must be greater than min_val (${floatText(this.min_val)})`,
      );
  }
  override extra_repr(): string {
    return `min_val=${floatText(this.min_val)}, max_val=${floatText(this.max_val)}${this.inplace ? ", inplace=True" : ""}`;
  }
  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.min_val, this.max_val, this.inplace);
  }
}
/** relu6(x + 3) / 6. As `torch.nn.Hardsigmoid`. */
export class Hardsigmoid extends layer("Hardsigmoid(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace);
  }
  override extra_repr(): string {
    return "";
  }
}
/** x * hardsigmoid(x). As `torch.nn.Hardswish`. */
export class Hardswish extends layer("Hardswish(bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace);
  }
  override extra_repr(): string {
    return "";
  }
}
/** x outside ±lambd, 0 inside. As `torch.nn.Hardshrink`. */
export class Hardshrink extends layer("Hardshrink(float lambd=0.5) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }
  override extra_repr(): string {
    return floatText(this.lambd);
  }
}
/** x moved towards 0 by `lambd`, and 0 within it. As `torch.nn.Softshrink`. */
export class Softshrink extends layer("Softshrink(float lambd=0.5) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }
  override extra_repr(): string {
    return floatText(this.lambd);
  }
}
/** x above `threshold`, `value` elsewhere. As `torch.nn.Threshold`. */
export class Threshold extends layer("Threshold(Scalar threshold, Scalar value, bool inplace=False) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace);
  }
}
/** The first half of `dim` times the sigmoid of the second. As `torch.nn.GLU`. */
export class GLU extends layer("GLU(int dim=-1) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }
}

const PRELU = "PReLU(int num_parameters=1, float init=0.25, device? device=None, dtype? dtype=None) -> Module";
/** x where it is positive, a learnt multiple of it elsewhere: one for all, or one a channel. As `torch.nn.PReLU`. */
export class PReLU extends OwnLayer {
  num_parameters: number;
  init: number;
  declare weight: Parameter;
  constructor(...args: Arguments<typeof PRELU>) {
    super();
    const { num_parameters, init, dtype, device } = bindArguments(PRELU, args, new.target.name);
    this.num_parameters = num_parameters;
    this.init = init;
    this.weight = new Parameter(full([num_parameters], init, { dtype, device }));
  }
  reset_parameters(): void {
    withGrad(false, () => fill_(this.weight, this.init));
  }
  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }
  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`;
  }
}

/** exp(x) over its sum along `dim`. As `torch.nn.Softmax`. */
export class Softmax extends layer("Softmax(int? dim=None) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim);
  }
}
/** {@link Softmax} of -x. As `torch.nn.Softmin`. */
export class Softmin extends layer("Softmin(int? dim=None) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim);
  }
}
/** The logarithm of {@link Softmax}. As `torch.nn.LogSoftmax`. */
export class LogSoftmax extends layer("LogSoftmax(int? dim=None) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.log_softmax(input, this.dim);
  }
}
/** {@link Softmax} over the channels of [N, C, H, W] or [C, H, W]. As `torch.nn.Softmax2d`. */
export class Softmax2d extends OwnLayer {
  override forward(input: Tensor): Tensor {
    if (input.sizes.length !== 3 && input.sizes.length !== 4)
      throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${input.sizes.length}D instead`);
    return F.softmax(input, -3);
  }
}
