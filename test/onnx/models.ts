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
    (a) => F.pad(a.unsqueeze(0), [1, 2], "reflect"), (a) => torch.full_like(a, 2).add(a.new_zeros([8])), (a) => a.index([torch.tensor([2n, 0n])]), (a) => a.prod(1),
  ]; // prettier-ignore
  const [i, j] = [torch.tensor([0n, 2n, 1n]), torch.tensor([[3n], [0n]])];
  const rows = i.unsqueeze(0).expand(3, 3);
  const functions: readonly ((x: Tensor) => Tensor)[] = [
    (a) => a.asinh(), (a) => a.abs().add(1).acosh(), (a) => a.div(9).atanh(), (a) => a.abs().log1p(), (a) => a.expm1(),
    (a) => a.abs().log2(), (a) => a.abs().log10(), (a) => a.exp2(), (a) => a.div(0).isinf(), (a) => a.div(0).isfinite(),
    (a) => a.div(0).nan_to_num(), (a) => F.logsigmoid(a), (a) => F.tanhshrink(a), (a) => F.hardshrink(a, 0.3),
    (a) => F.softshrink(a, 0.3), (a) => F.threshold(a, 0.1, 20), (a) => F.glu(a, -1), (a) => a.mul(3).frac(),
    (a) => a.mul(3).trunc(), (a) => a.mul(5).fmod(2), (a) => a.mul(5).remainder(-2), (a) => a.clamp(a.sub(1), a.neg()),
    (a) => torch.logaddexp(a, a.neg()), (a) => torch.atan2(a, a.flip([0])), (a) => torch.lerp(a, a.exp(), 0.3),
    (a) => torch.addcmul(a, a, a, { value: 2 }), (a) => torch.addcdiv(a, a, a.abs().add(1)), (a) => torch.hypot(a, a.exp()),
    (a) => torch.xlogy(a.relu(), a.abs()), (a) => torch.div(a, a.flip([1]), { rounding_mode: "floor" }),
    (a) => torch.div(a, a.flip([1]), { rounding_mode: "trunc" }), (a) => a.floor_divide(0.3), (a) => torch.pow(2, a),
    (a) => torch.special.erfc(a), (a) => a.sigmoid().logit(), (a) => a.logical_xor(a.relu()), (a) => a.relu().logical_not(),
    (a) => a.gt(0).bitwise_and(a.lt(1)).logical_or(a), (a) => a.gt(0).bitwise_not(), (a) => F.softmin(a, 1),
    (a) => F.normalize(a), (a) => F.rms_norm(a, [8]), (a) => a.half().float(), (a) => a.clone().fill_(3).add(a),
  ]; // prettier-ignore
  const places: readonly ((x: Tensor) => unknown)[] = [
    (a) => a.index([i]), (a) => a.index([":", i]), (a) => a.index([i, j]), (a) => a.view(1, 3, 8).index([":", i, j]),
    (a) => a.view(3, 1, 8).index([i, ":", j]), (a) => a.gather(1, rows), (a) => a.scatter(1, rows, 0),
    (a) => a.scatter(1, rows, a.mul(2)), (a) => a.scatter_add(1, rows, a), (a) => a.index_fill(1, i, 1), (a) => a.index_add(0, i, a, { alpha: 2 }), (a) => a.index_copy(1, i, a.t().narrow(0, 0, 3)),
    (a) => torch.baddbmm(torch.ones(1, 3, 3), a.view(1, 3, 8), a.t().view(1, 8, 3), { beta: 0.5, alpha: 2 }), (a) => a.max(), (a) => a.norm(Infinity),
    (a) => a.index_put([i], a.mul(2)), (a) => a.index_put([i, j], a.select(0, 0).select(0, 0), true),
    (a) => torch.take_along_dim(a, rows, 1), (a) => a.repeat(2, 1, 3), (a) => a.tile([2]), (a) => a.repeat_interleave(2, 0),
    (a) => a.sort(1), (a) => a.sort(0, true), (a) => a.argsort(1), (a) => a.topk(2), (a) => a.max(1), (a) => a.min(0, true),
    (a) => a.min(), (a) => a.gt(0).any(1), (a) => a.gt(-9).all(), (a) => torch.var_mean(a, 1), (a) => a.norm(3, 1),
    (a) => torch.aminmax(a, { dim: 1 }), (a) => torch.einsum("ij,kj->ik", a, a), (a) => torch.outer(a.select(0, 0), a.select(0, 1)),
    (a) => torch.dot(a.select(0, 0), a.select(0, 1)), (a) => torch.mv(a, a.select(0, 1)), (a) => torch.kron(a, a),
    (a) => torch.tensordot(a, a, [[1], [1]]), (a) => a.tril(), (a) => a.triu(1), (a) => a.roll(1, 1),
    (a) => a.rot90(), (a) => a.movedim(0, 1), (a) => a.diagonal(), (a) => a.view(3, 2, 4).diagonal(1, 1, 2), (a) => a.unfold(1, 3, 2),
    (a) => a.unfold(0, 2, 1), (a) => a.tensor_split(3), (a) => torch.hstack([a, a]), (a) => torch.vstack([a, a]), (a) => F.one_hot(a.argmax(1), 8),
    (a) => a.broadcast_to([2, 3, 8]), (a) => F.cosine_similarity(a, a.exp()), (a) => F.mse_loss(a, a.exp()), (a) => F.cross_entropy(a, i),
    (a) => F.nll_loss(a, i, { reduction: "none" }), (a) => F.smooth_l1_loss(a, a.exp()), (a) => F.binary_cross_entropy_with_logits(a, a.sigmoid()),
    (a) => torch.meshgrid(a.select(0, 0), a.select(0, 1), { indexing: "ij" }), (a) => torch.linalg.det(a.narrow(1, 0, 3)), (a) => a.quantile(0.5),
  ]; // prettier-ignore
  const whole: readonly ((x: Tensor) => Tensor)[] = [
    (a) => a.floor_divide(3), (a) => a.div(-3, { rounding_mode: "floor" }), (a) => a.div(3, { rounding_mode: "trunc" }), (a) => a.remainder(3),
    (a) => a.remainder(-3), (a) => a.fmod(3), (a) => a.bitwise_and(3), (a) => a.bitwise_or(1), (a) => a.bitwise_xor(2), (a) => a.bitwise_not(),
    (a) => a.bitwise_left_shift(1), (a) => a.bitwise_right_shift(1), (a) => a.div(2), (a) => a.bool(), (a) => a.clamp(1, 3), (a) => a.sum(),
    (a) => a.cumsum(0), (a) => a.abs().add(0.5), (a) => a.mul(2).int(),
  ]; // prettier-ignore
  const grid = torch.rand(2, 4, 5, 2).mul(2.4).sub(1.2);
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
    "recurrent layers": {
      model: new (class extends nn.Module {
        lstm = new nn.LSTM(4, 3, { num_layers: 2, bidirectional: true, batch_first: true });
        gru = new nn.GRU(6, 5, 2);
        rnn = new nn.RNN(5, 2, { nonlinearity: "relu", bidirectional: true });
        plain = new nn.RNN(4, 3, { bias: false });
        override forward(a: Tensor): Tensor {
          const [y, states] = this.lstm(a);
          const [z, last] = this.gru(y);
          return [this.rnn(z), last, states, this.plain(a)] as unknown as Tensor;
        }
      })(),
      inputs: [torch.randn(2, 5, 4)],
    },
    "recurrent layers with states": {
      model: new (class extends nn.Module {
        lstm = new nn.LSTM(4, 3, { num_layers: 2, bias: false });
        gru = new nn.GRU(4, 3, { bidirectional: true });
        alone = new nn.GRU(4, 3);
        projected = new nn.LSTM(4, 3, { proj_size: 2 });
        cell = new nn.LSTMCell(4, 3);
        override forward(a: Tensor, h: Tensor): Tensor {
          return [
            this.lstm(a, [h, h.mul(2)]),
            this.gru(a, h),
            this.alone(a.select(1, 0)),
            this.projected(a),
            this.cell(a.select(0, 0)),
          ] as unknown as Tensor;
        }
      })(),
      inputs: [torch.randn(5, 2, 4), torch.randn(2, 2, 3)],
    },
    resized: of(
      (a) => [
        F.interpolate(a, { scale_factor: 2 }),
        F.interpolate(a, { size: [5, 17] }),
        F.interpolate(a, { size: [5, 17], mode: "nearest-exact" }),
        F.interpolate(a, { size: [5, 17], mode: "bilinear" }),
        F.interpolate(a, { scale_factor: [1.5, 2.25], mode: "bilinear" }),
        F.interpolate(a, { size: [24, 1], mode: "bilinear", align_corners: true }),
        F.interpolate(a, { size: [1, 7], mode: "bicubic" }),
        F.interpolate(a, { size: [5, 7], mode: "bilinear", antialias: true }),
        F.interpolate(a, { size: [5, 7], mode: "bicubic", antialias: true }),
        F.interpolate(a.flatten(2), { size: 100, mode: "linear" }),
        F.interpolate(a.unsqueeze(2), { size: [2, 5, 6], mode: "trilinear" }),
        F.interpolate(a, { size: 4, mode: "area" }),
        F.pixel_shuffle(a.view(1, -1, 6, 6), 2),
      ],
      image,
    ),
    functions: of((a) => functions.map((f) => f(a)), x),
    places: of((a) => places.map((f) => f(a)), x),
    "whole numbers": of((a) => whole.map((f) => f(a)), torch.arange(-8, 8)),
    images: of(
      (a) => [
        F.pixel_unshuffle(a, 2),
        F.channel_shuffle(a, 3),
        F.adaptive_avg_pool2d(a, [5, 7]),
        F.adaptive_avg_pool1d(a.flatten(2), 5),
        F.adaptive_max_pool2d(a, 3),
        F.lp_pool2d(a, 2, 2),
        F.local_response_norm(a, 3),
        F.pad(a, [1, 2, 3, 4], "circular"),
        F.pad(a, [-1, 2], "constant", 3),
        F.grid_sample(a, grid, "bilinear", "zeros", false),
        F.grid_sample(a, grid, "nearest", "border", true),
        F.grid_sample(a, grid, "bilinear", "reflection", false),
        F.affine_grid(a.select(1, 0).slice(1, 0, 2).slice(2, 0, 3), [2, 3, 4, 4], false),
        F.max_pool2d(a, 2, { return_indices: true }),
        F.max_pool2d(a.select(0, 0), 2),
        F.conv2d(a.select(0, 0), torch.ones(2, 3, 2, 2)),
        nn.functional.dropout2d(a, 0.5, false),
      ],
      image,
    ),
    "largest of so many windows": of(
      (a) => [
        ...F.adaptive_max_pool2d(a, 3, { return_indices: true }),
        ...F.adaptive_max_pool2d(a, [5, 7], { return_indices: true }),
        ...F.adaptive_max_pool1d(a.select(0, 0), 5, { return_indices: true }),
        F.adaptive_max_pool3d(a.unsqueeze(2), [1, 5, 12]),
      ],
      image,
    ),
    "a decoder": {
      model: new (class extends nn.Module {
        whole = new nn.Transformer(4, 2, 1, 1, 8);
        gru = new nn.GRUCell(4, 4);
        bilinear = new nn.Bilinear(4, 4, 3);
        override forward(a: Tensor): Tensor {
          const y = this.whole(a, a.flip([0]));
          const z = this.gru(y.select(0, 0));
          const heads = F.scaled_dot_product_attention(
            a.unsqueeze(1).expand(5, 4, 2, 4),
            a.view(5, 1, 2, 4),
            a.view(5, 1, 2, 4),
            {
              enable_gqa: true,
            },
          );
          return [y, z, this.bilinear(a, y), heads] as unknown as Tensor;
        }
      })(),
      inputs: [torch.randn(5, 2, 4)],
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
