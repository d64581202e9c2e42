import * as torch from "tidu";
import type { Tensor } from "tidu";

class Round extends torch.autograd.Function {
  static forward(_ctx: unknown, x: Tensor): Tensor {
    return x.round();
  }
  static backward(_ctx: unknown, grad: Tensor): Tensor {
    return grad;
  }
}
const x = torch.tensor([0.2, 1.7], { requires_grad: true });
x.round().sum().backward();
console.log(x.grad);
x.grad = null;
const y = Round.apply(x) as Tensor;
console.log(y);
y.sum().backward();
console.log(x.grad);

class Scale extends torch.autograd.Function {
  static forward(ctx: Record<string, unknown>, x: Tensor, factor: number): Tensor {
    ctx.factor = factor;
    return x.mul(factor);
  }
  static backward(ctx: Record<string, unknown>, grad: Tensor): Tensor {
    return grad.mul(ctx.factor as number);
  }
}
(Scale.apply(x, 3) as Tensor).sum().backward();
