// Models of every kind that can be written as ONNX, with inputs: the same ones, bit for bit, in each program.
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";
import * as F from "tidu/nn/functional";

export interface Kind {
  readonly model: nn.Module;
  readonly inputs: readonly Tensor[];
}
/** A function as a module. */
class Of extends nn.Module {
  readonly f: (...x: Tensor[]) => unknown;
  constructor(f: (...x: Tensor[]) => unknown) {
    super();
    this.f = f;
  }
  override forward(...x: Tensor[]): Tensor {
    return this.f(...x) as Tensor;
  }
}
class Attention extends nn.Module {
  norm = new nn.LayerNorm(16);
  qkv = new nn.Linear(16, 48);
  out = new nn.Linear(16, 16);
  override forward(x: Tensor): Tensor {
    const [batch, time] = [x.size(0), x.size(1)];
    const [q, k, v] = this.qkv(this.norm(x)).view(batch, time, 3, 4, 4).permute(2, 0, 3, 1, 4).unbind(0);
    const y = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
    return x.add(this.out(y.transpose(1, 2).reshape(batch, time, 16)));
  }
}
const ids = (): Tensor => torch.arange(12).remainder(5).view(3, 4);

export function models(): Record<string, Kind> {
  torch.manual_seed(0);
  const [x, image] = [torch.randn(3, 8), torch.randn(2, 3, 12, 12)];
  const norm = new nn.BatchNorm2d(4);
  norm(torch.randn(4, 4, 3, 3));
  const of = (f: (...x: Tensor[]) => unknown, ...inputs: Tensor[]): Kind => ({ model: new Of(f), inputs });
  const elementwise: readonly ((x: Tensor) => Tensor)[] = [
    (a) => a.exp(), (a) => a.abs().add(1).log(), (a) => a.abs().sqrt(), (a) => a.neg(), (a) => a.sin().cos(),
    (a) => a.tanh(), (a) => a.sigmoid(), (a) => a.relu(), (a) => F.gelu(a), (a) => F.gelu(a, "tanh"), (a) => F.silu(a),
    (a) => F.leaky_relu(a, 0.2), (a) => F.elu(a), (a) => F.softplus(a), (a) => F.hardswish(a), (a) => F.relu6(a.mul(5)),
    (a) => a.clamp(-0.5, 0.5), (a) => a.clamp({ min: 0 }), (a) => a.pow(2), (a) => a.square(), (a) => a.abs().add(1).rsqrt(),
    (a) => a.erf(), (a) => a.floor(), (a) => a.round(), (a) => a.reciprocal(), (a) => a.sign(), (a) => F.mish(a),
    (a) => a.mul(2).add(1).sub(0.5).div(3), (a) => a.add(a, { alpha: 2 }), (a) => torch.where(a.gt(0), a, a.mul(0.1)),
    (a) => a.masked_fill(a.lt(0), 7), (a) => a.maximum(a.neg()), (a) => a.gt(0).float(), (a) => a.mul(10).long().add(1),
    (a) => a.mul(10).int().div(3), (a) => a.le(0).logical_and(a.ne(1)).float(), (a) => F.hardtanh(a), (a) => F.hardsigmoid(a),
  ]; // prettier-ignore
  const shapes: readonly ((x: Tensor) => Tensor | Tensor[])[] = [
    (a) => a.reshape(3, 2, 4), (a) => a.view(-1, 4), (a) => a.t(), (a) => a.unsqueeze(1).expand(3, 5, 8), (a) => a.flatten(),
    (a) => a.unsqueeze(0).squeeze(0), (a) => a.view(3, 2, 2, 2).permute(0, 3, 1, 2), (a) => torch.cat([a, a.mul(2)], 1),
    (a) => torch.stack([a, a], 1), (a) => a.split(3, 1), (a) => a.chunk(2, 1), (a) => a.unbind(1).slice(0, 2),
    (a) => a.select(1, 3), (a) => a.narrow(1, 2, 4), (a) => a.index_select(1, torch.tensor([1n, 0n])), (a) => a.flip([1]),
    (a) => a.sum(), (a) => a.sum(1), (a) => a.mean([0, 1]), (a) => a.mean(1, true), (a) => a.amax(1), (a) => a.amin([0]),
    (a) => a.argmax(1), (a) => a.argmax(), (a) => a.softmax(1), (a) => a.log_softmax(-1), (a) => a.logsumexp(1),
    (a) => a.cumsum(1), (a) => a.std(1), (a) => a.var(1), (a) => a.norm(), (a) => F.pad(a, [1, 2], "constant", 3),
    (a) => F.pad(a.unsqueeze(0), [1, 2], "reflect"), (a) => a.index([torch.tensor([2n, 0n])]), (a) => a.prod(1),
  ]; // prettier-ignore
  const weight = torch.randn(8, 4);
  return {
    mlp: {
      model: new nn.Sequential(
        new nn.Linear(8, 16),
        new nn.ReLU(),
        new nn.Dropout(0.5),
        new nn.Linear(16, 4),
        new nn.Softmax(1),
      ),
      inputs: [x],
    },
    "linear of three dims": { model: new nn.Linear(8, 4), inputs: [torch.randn(2, 5, 8)] },
    "linear without a bias": { model: new nn.Linear(8, 4, { bias: false }), inputs: [torch.randn(2, 5, 8)] },
    products: of(
      (a, b) => [
        a.mm(weight),
        a.matmul(weight),
        b.bmm(b.transpose(1, 2)),
        torch.addmm(torch.ones(4), a, weight, { beta: 0.5, alpha: 2 }),
      ],
      x,
      torch.randn(2, 3, 4),
    ),
    convnet: {
      model: new nn.Sequential(
        new nn.Conv2d(3, 4, 3, { padding: 1, stride: 2 }),
        norm,
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Conv2d(4, 8, 3, { groups: 2, padding: "same", dilation: 2 }),
        new nn.AdaptiveAvgPool2d(1),
        new nn.Flatten(),
        new nn.Linear(8, 2),
      ),
      inputs: [image],
    },
    convolutions: {
      model: new Of((a) => [
        F.conv1d(a.flatten(2), torch.ones(2, 3, 5)),
        F.conv_transpose2d(a, torch.ones(3, 2, 3, 3), null, 2, 1, 1),
        F.conv2d(a, torch.ones(3, 1, 2, 2), null, 1, 0, 1, 3),
      ]),
      inputs: [image],
    },
    pools: of(
      (a) => [
        F.max_pool2d(a, 3, 2, 1),
        F.avg_pool2d(a, 2),
        F.avg_pool2d(a, 3, 2, 1),
        F.avg_pool2d(a, 3, { stride: 2, padding: 1, count_include_pad: false }),
        F.adaptive_avg_pool2d(a, 3),
        F.max_pool2d(a, 5, { stride: 2, ceil_mode: true }),
        F.max_pool1d(a.flatten(2), 4),
      ],
      image,
    ),
    norms: {
      model: new nn.Sequential(new nn.GroupNorm(1, 3), new nn.InstanceNorm2d(3), new nn.LayerNorm([12, 12])),
      inputs: [image],
    },
    attention: { model: new Attention(), inputs: [torch.randn(2, 5, 16)] },
    "attention with a mask": of(
      (q, mask) => F.scaled_dot_product_attention(q, q, q, { attn_mask: mask.gt(0) }),
      torch.randn(2, 4, 8),
      torch.eye(4),
    ),
    "multi-head attention": {
      model: new (class extends nn.Module {
        mha = new nn.MultiheadAttention(8, 2, { batch_first: true });
        override forward(a: Tensor): Tensor {
          return this.mha(a, a, a)[0];
        }
      })(),
      inputs: [torch.randn(2, 5, 8)],
    },
    transformer: {
      model: new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true }),
      inputs: [torch.randn(2, 5, 8)],
    },
    embedding: { model: new nn.Sequential(new nn.Embedding(5, 6), new nn.Linear(6, 2)), inputs: [ids()] },
    "activations as modules": {
      model: new nn.Sequential(
        new nn.PReLU(8),
        new nn.GELU(),
        new nn.SELU(),
        new nn.CELU(),
        new nn.Softsign(),
        new nn.Hardtanh(),
        new nn.SiLU(),
      ),
      inputs: [x.view(3, 8)],
    },
    "activations in place": {
      model: new nn.Sequential(new nn.Linear(8, 8), new nn.ReLU(true), new nn.LeakyReLU(0.1, true)),
      inputs: [x],
    },
    elementwise: of((a) => elementwise.map((f) => f(a)), x),
    shapes: of((a) => shapes.flatMap((f) => f(a)), x),
    "a tied weight, a constant and an input that is a result": of((a) => [a, a.add(torch.arange(8)), torch.ones(2)], x),
  };
}
