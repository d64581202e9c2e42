// Initial values, drawn as PyTorch draws them. All work in place, unrecorded, and return their tensor.
import { withGrad } from "../autograd/mode.ts";
import { Float } from "../base/dtype.ts";
import { help, ValueError, warn } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import type { Args, Named, Values } from "../dispatch/signature.ts";
import { empty_like } from "../ops/creation/creation.ts";
import { filledOnHost } from "../ops/creation/from_data.ts";
import { qr } from "../ops/linalg/qr.ts";
import { randperm } from "../ops/random/random.ts";
import { default_generator } from "../random/generator.ts";
import { normalFill, normalFillSingly, truncNormalFill } from "../random/fill.ts";
import type { FloatArray } from "../random/fill.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { index_fill_ } from "../ops/indexing/indexing.ts";

/** The tensor comes back in the type that it has, by place. */
interface Initializer<S extends string> {
  <T extends Tensor>(tensor: T, ...args: ArgumentsAfter<"tensor", S>): T;
  (byName: Named<Args<S>>): Tensor;
}
/** A function that changes its first argument. */
const initializer = <const S extends string>(
  signature: S,
  fill: (tensor: Tensor, values: Values<S>) => void,
): Initializer<S> =>
  callable(signature, (values) => {
    const { tensor } = values as unknown as { tensor: Tensor };
    withGrad(false, () => fill(tensor, values as Values<S>));
    return tensor;
  }) as unknown as Initializer<S>;

/** Uniform draws from [a, b). As `torch.nn.init.uniform_`. */
export const uniform_ = initializer(
  "uniform_(Tensor tensor, float a=0.0, float b=1.0, Generator? generator=None) -> Tensor",
  (t, { a, b, generator }) => t.uniform_(a, b, { generator }),
);
/** Normal draws. As `torch.nn.init.normal_`. */
export const normal_ = initializer(
  "normal_(Tensor tensor, float mean=0.0, float std=1.0, Generator? generator=None) -> Tensor",
  (t, { mean, std, generator }) => t.normal_(mean, std, { generator }),
);
/** See Note [Order of draws]. */
const normalFillOf = (t: Tensor): typeof normalFillSingly => (t.is_contiguous() ? normalFill : normalFillSingly);
/** Normal draws, drawn again where they fall outside [a, b]. As `torch.nn.init.trunc_normal_`. */
export const trunc_normal_ = initializer(
  "trunc_normal_(Tensor tensor, float mean=0.0, float std=1.0, float a=-2.0, float b=2.0, Generator? generator=None) -> Tensor",
  (t, { mean, std, a, b, generator }) => {
    const values = empty_like(t);
    const by = generator ?? default_generator;
    filledOnHost(values, (out: FloatArray) =>
      truncNormalFill(out, mean, std, a, b, by, [normalFillOf(t), normalFillOf(values)]),
    );
    t.copy_(values);
  },
);
/** One value everywhere. As `torch.nn.init.constant_`. */
export const constant_ = initializer("constant_(Tensor tensor, float val) -> Tensor", (t, { val }) => t.fill_(val));
/** Ones. As `torch.nn.init.ones_`. */
export const ones_ = initializer("ones_(Tensor tensor) -> Tensor", (t) => t.fill_(1));
/** Zeros. As `torch.nn.init.zeros_`. */
export const zeros_ = initializer("zeros_(Tensor tensor) -> Tensor", (t) => t.zero_());
/** Ones on the diagonal of a matrix, zeros elsewhere. As `torch.nn.init.eye_`. */
export const eye_ = initializer("eye_(Tensor tensor) -> Tensor", (t) => {
  if (t.sizes.length !== 2) throw new ValueError("Only tensors with 2 dimensions are supported");
  t.zero_();
  t.diagonal().fill_(1);
});
/** Convolution weights that hand channels on unchanged, as far as there are any. As `torch.nn.init.dirac_`. */
export const dirac_ = initializer("dirac_(Tensor tensor, int groups=1) -> Tensor", (t, { groups }) => {
  const dims = t.sizes.length;
  if (dims < 3 || dims > 5) throw new ValueError("Only tensors with 3, 4, or 5 dimensions are supported");
  if (t.sizes[0] % groups !== 0) throw new ValueError("dim 0 must be divisible by groups");
  const outputs = t.sizes[0] / groups;
  t.zero_();
  for (let g = 0; g < groups; g++)
    for (let d = 0; d < Math.min(outputs, t.sizes[1]); d++)
      t.index_put_([g * outputs + d, d, ...t.sizes.slice(2).map((n) => Math.floor(n / 2))], t.new_ones([]));
});

/**
 * Normal draws, of which a share of `sparsity` of each column of a matrix is set to 0. Martens, 2010.
 * As `torch.nn.init.sparse_`.
 */
export const sparse_ = initializer(
  "sparse_(Tensor tensor, float sparsity, float std=0.01, Generator? generator=None) -> Tensor",
  (t, { sparsity, std, generator }) => {
    if (t.sizes.length !== 2) throw new ValueError("Only tensors with 2 dimensions are supported");
    const [rows, columns] = t.sizes;
    t.normal_(0, std, { generator });
    for (let c = 0; c < columns; c++)
      index_fill_(t.select(1, c), 0, randperm(rows).narrow(0, 0, Math.ceil(sparsity * rows)), 0);
  },
);
/**
 * A matrix (all dims but the first as one) with orthonormal rows or columns, whichever are fewer, times `gain`. Saxe,
 * McClelland and Ganguli, 2014. As `torch.nn.init.orthogonal_`.
 */
export const orthogonal_ = initializer(
  "orthogonal_(Tensor tensor, float gain=1, Generator? generator=None) -> Tensor",
  (t, { gain, generator }) => {
    if (t.sizes.length < 2) throw new ValueError("Only tensors with 2 or more dimensions are supported");
    if (t.numel() === 0) return;
    const rows = t.sizes[0];
    const drawn = t.new_empty([rows, t.numel() / rows]).normal_(0, 1, { generator });
    const wide = rows < drawn.sizes[1];
    const [q, r] = qr(wide ? drawn.t() : drawn);
    // With the signs of r's diagonal every orthonormal matrix is as likely as any other.
    const signed = q.mul(r.diagonal().sign());
    t.copy_((wide ? signed.t() : signed).reshape(t.sizes)).mul_(gain);
  },
);

/** Inputs and outputs of one unit: sizes of dims 1 and 0 times the kernel's. */
export const _calculate_fan_in_and_fan_out = callable(
  "_calculate_fan_in_and_fan_out(Tensor tensor) -> None",
  ({ tensor }): [number, number] => {
    if (tensor.sizes.length < 2)
      throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
    const field = tensor.sizes.slice(2).reduce((a, b) => a * b, 1);
    return [tensor.sizes[1] * field, tensor.sizes[0] * field];
  },
);
/** By how much a nonlinearity shrinks what passes through. As `torch.nn.init.calculate_gain`. */
export const calculate_gain = callable<{ param: number | Float | null }>()(
  "calculate_gain(str nonlinearity, object param=None) -> float",
  ({ nonlinearity, param: given }): number => {
    const param = given instanceof Float ? given.value : given;
    switch (nonlinearity) {
      case "linear":
      case "conv1d":
      case "conv2d":
      case "conv3d":
      case "conv_transpose1d":
      case "conv_transpose2d":
      case "conv_transpose3d":
      case "sigmoid":
        return 1;
      case "tanh":
        return 5 / 3;
      case "relu":
        return Math.sqrt(2);
      case "leaky_relu":
        if (param !== null && typeof param !== "number")
          throw new ValueError(
            `negative_slope ${help({ TypeScript: String(param), Python: { true: "True", false: "False" }[String(param)] ?? String(param) })} not a valid number`,
          );
        return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
      case "selu":
        return 3 / 4;
    }
    throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
  },
);
/** Uniform, keeping the variance through linear layers. Glorot and Bengio, 2010. As `torch.nn.init.xavier_uniform_`. */
export const xavier_uniform_ = initializer(
  "xavier_uniform_(Tensor tensor, float gain=1.0, Generator? generator=None) -> Tensor",
  (t, { gain, generator }) => {
    const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
    const a = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
    t.uniform_(-a, a, { generator });
  },
);
/** Normal, keeping the variance through linear layers. Glorot and Bengio, 2010. As `torch.nn.init.xavier_normal_`. */
export const xavier_normal_ = initializer(
  "xavier_normal_(Tensor tensor, float gain=1.0, Generator? generator=None) -> Tensor",
  (t, { gain, generator }) => {
    const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
    t.normal_(0, gain * Math.sqrt(2 / (fanIn + fanOut)), { generator });
  },
);
/** The standard deviation after He et al.; null, with a warning, if there is nothing to draw. */
function kaimingStd(t: Tensor, a: number, mode: string, nonlinearity: string): number | null {
  if (t.sizes.includes(0)) {
    warn("Initializing zero-element tensors is a no-op");
    return null;
  }
  if (mode !== "fan_in" && mode !== "fan_out")
    throw new ValueError(`Mode ${mode} not supported, please use one of ['fan_in', 'fan_out']`);
  const [fanIn, fanOut] = _calculate_fan_in_and_fan_out(t);
  return calculate_gain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}
/** Uniform, keeping the variance through rectifiers. He et al., 2015. As `torch.nn.init.kaiming_uniform_`. */
export const kaiming_uniform_ = initializer(
  "kaiming_uniform_(Tensor tensor, float a=0, str mode='fan_in', str nonlinearity='leaky_relu', Generator? generator=None) -> Tensor",
  (t, { a, mode, nonlinearity, generator }) => {
    const std = kaimingStd(t, a, mode, nonlinearity);
    if (std === null) return;
    const bound = Math.sqrt(3) * std;
    t.uniform_(-bound, bound, { generator });
  },
);
/** Normal, keeping the variance through rectifiers. He et al., 2015. As `torch.nn.init.kaiming_normal_`. */
export const kaiming_normal_ = initializer(
  "kaiming_normal_(Tensor tensor, float a=0, str mode='fan_in', str nonlinearity='leaky_relu', Generator? generator=None) -> Tensor",
  (t, { a, mode, nonlinearity, generator }) => {
    const std = kaimingStd(t, a, mode, nonlinearity);
    if (std !== null) t.normal_(0, std, { generator });
  },
);

/** An initializer under its name of before, without the underscore: it warns, and changes the tensor all the same. */
function older<S extends string>(initialize: Initializer<S>): Initializer<S> {
  const { name } = initialize;
  const call = (...given: Parameters<Initializer<S>>): Tensor => {
    const text = `\`nn.init.${name.slice(0, -1)}\` is now deprecated in favor of \`nn.init.${name}\`.`;
    warn(text, "FutureWarning");
    return initialize(...given);
  };
  Object.defineProperty(call, "name", { value: name.slice(0, -1) });
  return call as Initializer<S>;
}
/** @deprecated {@link uniform_} */
export const uniform = older(uniform_);
/** @deprecated {@link normal_} */
export const normal = older(normal_);
/** @deprecated {@link constant_} */
export const constant = older(constant_);
/** @deprecated {@link eye_} */
export const eye = older(eye_);
/** @deprecated {@link dirac_} */
export const dirac = older(dirac_);
/** @deprecated {@link xavier_uniform_} */
export const xavier_uniform = older(xavier_uniform_);
/** @deprecated {@link xavier_normal_} */
export const xavier_normal = older(xavier_normal_);
/** @deprecated {@link kaiming_uniform_} */
export const kaiming_uniform = older(kaiming_uniform_);
/** @deprecated {@link kaiming_normal_} */
export const kaiming_normal = older(kaiming_normal_);
/** @deprecated {@link orthogonal_} */
export const orthogonal = older(orthogonal_);
/** @deprecated {@link sparse_} */
export const sparse = older(sparse_);
