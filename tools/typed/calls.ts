// Random calls: the shape and the dtype that the type checker gives to each, and those that came when it ran.
import { Tensor } from "tidu";
import * as torch from "tidu/typed";
import type { KnownTensor } from "./checked.ts";
import { check, tensorsIn, ts } from "./checked.ts";
import { seeded } from "./faults.ts";

export interface Wrong {
  readonly call: string;
  readonly inferred: string;
  readonly real: string;
}
export interface Outcome {
  readonly ran: number;
  readonly known: number;
  readonly wrong: readonly Wrong[];
  /** Calls that fail and do not compile, and those of them whose sentence is the one that was raised. */
  readonly refused: number;
  readonly told: number;
  readonly otherwise: readonly Wrong[];
}
type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const whole = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));

/** A shape of so many dims at most, of small sizes. */
const shapeOf = (random: Random, most = 4): number[] =>
  Array.from({ length: whole(random, 0, most) }, () => pick(random, [1, 1, 2, 3, 4, 5, 6, 8]));
const made = (random: Random, shape: readonly number[]): string =>
  pick(random, [
    `randn([${shape.join(", ")}])`,
    `randn([${shape.join(", ")}])`,
    `ones([${shape.join(", ")}], { dtype: float64 })`,
    `ones([${shape.join(", ")}], { dtype: int64 })`,
    `zeros([${shape.join(", ")}], { dtype: bool })`,
    `ones([${shape.join(", ")}], { dtype: int32 })`,
  ]);
const float = (shape: readonly number[]): string => `randn([${shape.join(", ")}])`;
/** A dim of it, now and then one that it does not have. */
const dim = (random: Random, shape: readonly number[]): number =>
  whole(random, -shape.length - (random() < 0.05 ? 1 : 0), Math.max(0, shape.length - (random() < 0.05 ? 0 : 1)));
/** One that may broadcast with it. */
const partner = (random: Random, shape: readonly number[]): number[] => {
  const cut = shape.slice(whole(random, 0, shape.length)).map((n) => (random() < 0.3 ? 1 : n));
  return random() < 0.1 ? shapeOf(random) : random() < 0.2 ? [pick(random, [1, 2, 3]), ...shape] : cut;
};
const shuffled = (random: Random, n: number): number[] =>
  Array.from({ length: n }, (_, i) => [random(), i] as const)
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i);
const bool = (random: Random): boolean => random() < 0.5;

type Maker = (random: Random) => string;
const unary: Maker = (r) =>
  `${made(r, shapeOf(r))}.${pick(r, ["relu", "neg", "exp", "abs", "isnan", "sqrt", "sign", "logical_not", "square", "sigmoid", "clone", "T.relu", "ravel", "squeeze", "sum", "mean", "max", "argmax", "float", "long", "any", "cumsum", "softmax", "count_nonzero", "median", "std"])}()`;
const makers: readonly Maker[] = [
  unary,
  (r) => {
    const s = shapeOf(r);
    return `${made(r, s)}.${pick(r, ["add", "sub", "mul", "div", "maximum", "eq", "lt", "logical_and", "pow", "remainder", "atan2"])}(${made(r, partner(r, s))})`;
  },
  (r) =>
    `${made(r, shapeOf(r))}.${pick(r, ["add", "mul", "div", "sub", "gt", "pow", "clamp"])}(${pick(r, ["2", "1.5", "0"])})`,
  (r) => {
    const s = shapeOf(r);
    const name = pick(r, [
      "sum",
      "mean",
      "amax",
      "argmax",
      "prod",
      "any",
      "std",
      "logsumexp",
      "max",
      "median",
      "argmin",
      "all",
    ]);
    return `${made(r, s)}.${name}(${dim(r, s)}${pick(r, ["", ", true", ", { keepdim: true }"])})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.${pick(r, ["sum", "mean", "amax"])}([${dim(r, s)}, ${dim(r, s)}], ${bool(r)})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.${pick(r, ["softmax", "log_softmax", "cumsum", "argsort", "unsqueeze", "squeeze", "unbind", "cummax", "sort"])}(${dim(r, s)})`;
  },
  (r) => {
    const s = shapeOf(r);
    const n = s.reduce((a, b) => a * b, 1);
    const by = pick(r, [1, 2, 3, 4, 6]);
    return `${float(s)}.${pick(r, ["view", "reshape"])}(${pick(r, [`-1, ${by}`, `${by}, -1`, `${n}`, "-1", `[${n / by}, ${by}]`, `${by}, ${Math.floor(n / by)}`])})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.permute(${pick(r, [shuffled(r, s.length), shuffled(r, s.length + (r() < 0.2 ? 1 : 0))]).join(", ")})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.${pick(r, ["transpose", "movedim", "flatten", "swapaxes"])}(${dim(r, s)}, ${dim(r, s)})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.expand(${pick(r, [s, [2, ...s], s.map((n) => (n === 1 ? 4 : -1)), shapeOf(r)]).join(", ")})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.repeat(${[...(bool(r) ? [2] : []), ...s.map(() => whole(r, 1, 3))].join(", ")})`;
  },
  (r) => {
    const s = shapeOf(r);
    const d = dim(r, s);
    return `${float(s)}.${pick(r, [`select(${d}, ${whole(r, -3, 3)})`, `narrow(${d}, ${whole(r, 0, 2)}, ${whole(r, 0, 3)})`, `split(${whole(r, 1, 4)}, ${d})`, `chunk(${whole(r, 1, 4)}, ${d})`, `slice(${d}, ${whole(r, -3, 2)}, ${whole(r, -2, 5)}, ${whole(r, 1, 2)})`, `unfold(${d}, 2, ${whole(r, 1, 2)})`, `topk(${whole(r, 1, 3)}, ${d})`, `kthvalue(1, ${d})`, `flip(${d})`, `unflatten(${d}, [2, -1])`])}`;
  },
  (r) => {
    const s = shapeOf(r);
    const item = (): string =>
      pick(r, [
        '":"',
        '"1:"',
        '":-1"',
        '"::2"',
        "0",
        "-1",
        "null",
        "1",
        '"..."',
        "[0, 0]",
        '"0:2"',
        "zeros([2], { dtype: int64 })",
      ]);
    return `${float(s)}.index([${Array.from({ length: whole(r, 1, 3) }, item).join(", ")}])`;
  },
  (r) => {
    const [b, m, k, n] = [whole(r, 1, 3), whole(r, 1, 4), whole(r, 1, 4), whole(r, 1, 4)];
    const a = pick(r, [[k], [m, k], [b, m, k], [2, b, m, k], [1, m, k]]);
    const c = pick(r, [[k], [k, n], [b, k, n], [k + 1, n], [2, 1, k, n]]);
    return `${float(a)}.${pick(r, ["matmul", "matmul", "mm", "bmm", "mv", "dot"])}(${float(c)})`;
  },
  (r) => {
    const s = shapeOf(r, 3);
    const d = dim(r, s);
    const other = s.map((n, i) => (i === d || r() < 0.1 ? whole(r, 1, 3) : n));
    return `${pick(r, ["cat", "cat", "stack"])}([${float(s)}, ${float(bool(r) ? other : s)}], ${d})`;
  },
  (r) => {
    const s = [whole(r, 2, 3), whole(r, 2, 4)];
    const i = pick(r, [[2, 2], [1, s[1]!], [2], [1, 1, 1]]);
    const index = `zeros([${i.join(", ")}], { dtype: int64 })`;
    return `${float(s)}.${pick(r, [`gather(${whole(r, 0, 1)}, ${index})`, `index_select(${whole(r, 0, 1)}, ${index})`, `take_along_dim(${index}, ${whole(r, 0, 1)})`])}`;
  },
  (r) => {
    const [c, o, k] = [pick(r, [2, 4]), pick(r, [2, 4, 6]), whole(r, 1, 3)];
    const n = whole(r, 1, 3);
    const options = pick(r, [
      "",
      ", { padding: 1 }",
      ", { stride: 2 }",
      `, { dilation: 2, padding: 2 }`,
      ", { groups: 2 }",
      ', { padding: "same" }',
      ", 2, 1",
    ]);
    const x = [...(bool(r) ? [2] : []), pick(r, [c, c, c, 3]), ...Array.from({ length: n }, () => whole(r, 3, 7))];
    return `new nn.${pick(r, ["Conv", "Conv", "ConvTranspose"])}${n}d(${c}, ${o}, ${k}${options})(${float(x)})`;
  },
  (r) => {
    const n = whole(r, 1, 3);
    const x = [...(bool(r) ? [2] : []), 3, ...Array.from({ length: n }, () => whole(r, 2, 7))];
    return `new nn.${pick(r, [`MaxPool${n}d(${whole(r, 1, 3)})`, `AvgPool${n}d(2, ${whole(r, 1, 3)})`, `MaxPool${n}d(2, { stride: 1, padding: 1, ceil_mode: ${bool(r)} })`, `AdaptiveAvgPool${n}d(${whole(r, 1, 3)})`, `AdaptiveMaxPool${n}d(2)`, `ConstantPad${n}d(1, 0)`, `ReplicationPad${n}d(1)`, `BatchNorm${n}d(3)`, `InstanceNorm${n}d(3)`, `Upsample({ scale_factor: 2 })`, `Upsample({ size: 5 })`, "Flatten()"])}(${float(x)})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `new nn.${pick(r, [`Linear(${s.at(-1) ?? 3}, 5)`, "Linear(4, 2, false)", `LayerNorm(${s.at(-1) ?? 2})`, `LayerNorm([${s.slice(-2).join(", ")}])`, "Softmax(-1)", "GELU()", "Dropout(0.5)", "Flatten()", "Flatten(0)", "GLU()", `GroupNorm(1, ${s[1] ?? 1})`, "Unflatten(-1, [2, 2])", "PixelShuffle(2)", "Identity()"])}(${float(s)})`;
  },
  (r) => {
    const x = pick(r, [
      [5, 3, 4],
      [3, 4],
      [5, 3, 6],
    ]);
    const options = pick(r, [
      "",
      ", 2",
      ", { batch_first: true }",
      ", { bidirectional: true }",
      ", 2, { bidirectional: true, batch_first: true }",
    ]);
    return `new nn.${pick(r, ["LSTM", "GRU", "RNN"])}(4, 6${options})(${float(x)})`;
  },
  (r) => {
    const s = shapeOf(r, 3);
    const t = partner(r, s);
    return `nn.functional.${pick(r, ["mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits"])}(${float(s)}, ${float(bool(r) ? s : t)}${pick(r, ["", ', { reduction: "none" }', ', { reduction: "sum" }'])})`;
  },
  (r) => {
    const [n, c, d] = [whole(r, 1, 3), whole(r, 2, 4), whole(r, 1, 3)];
    const target = pick(r, [[n], [n, d], [n + 1]]);
    return `nn.functional.cross_entropy(${float(
      pick(r, [
        [n, c],
        [n, c, d],
      ]),
    )}, zeros([${target.join(", ")}], { dtype: int64 })${pick(r, ["", ', { reduction: "none" }'])})`;
  },
  (r) => {
    const s = shapeOf(r);
    return `nn.functional.${pick(r, [`pad(${float(s)}, [1, 2])`, `pad(${float(s)}, [1, 0, 2, 1])`, `one_hot(zeros([${s.join(", ")}], { dtype: int64 }), 4)`, `softmax(${float(s)}, -1)`, `interpolate(${float(s)}, { scale_factor: 2 })`, `normalize(${float(s)})`, `layer_norm(${float(s)}, [${s.slice(-1).join(", ")}])`, `glu(${float(s)})`, `cosine_similarity(${float(s)}, ${float(s)})`, `max_pool2d(${float(s)}, 2)`, `linear(${float(s)}, ${float([3, s.at(-1) ?? 1])})`])}`;
  },
  (r) => {
    const [b, l, s, e, v] = [2, whole(r, 1, 4), whole(r, 1, 4), whole(r, 1, 4), whole(r, 1, 4)];
    return `nn.functional.scaled_dot_product_attention(${float([b, l, e])}, ${float([b, s, r() < 0.1 ? e + 1 : e])}, ${float([b, s, v])})`;
  },
  (r) =>
    pick(r, [
      `arange(${whole(r, 0, 9)})`,
      `arange(${whole(r, 0, 4)}, ${whole(r, 4, 9)})`,
      `arange(0, ${whole(r, 1, 9)}, ${whole(r, 1, 3)})`,
      `linspace(0, 1, ${whole(r, 1, 5)})`,
      `eye(${whole(r, 1, 4)})`,
      `eye(${whole(r, 1, 4)}, ${whole(r, 1, 4)})`,
      "tensor([[1, 2], [3, 4]])",
      "tensor([true, false])",
      "tensor(3)",
      "tensor([1n, 2n])",
      "tensor([])",
      `randint(0, 5, [${whole(r, 1, 4)}, 2])`,
      `randperm(${whole(r, 1, 4)})`,
      "full([2, 3], 1.5)",
      `zeros(${whole(r, 1, 4)}, ${whole(r, 1, 4)})`,
      "rand(2, { dtype: float64 })",
    ]),
  (r) => {
    const s = shapeOf(r);
    return `einsum("${pick(r, ["ij,jk->ik", "bij,bjk->bik", "ij->ji", "ij->", "bij,bij->b", "i,j->ij", "ij,jk->k"])}", ${float(s)}${bool(r) ? `, ${float(shapeOf(r))}` : ""})`;
  },
  (r) => {
    const [b, n, m] = [pick(r, [[], [2], [2, 3]]), whole(r, 1, 4), whole(r, 1, 4)];
    const square = float([...b, n, r() < 0.1 ? n + 1 : n]);
    const any = float([...b, n, m]);
    return pick(r, [
      `linalg.${pick(r, ["inv", "det", "slogdet", "matrix_exp", "eigvals", "eig"])}(${square})`,
      `linalg.${pick(r, ["svd", "qr", "svdvals", "pinv", "matrix_rank", "norm", "vector_norm", "matrix_norm", "diagonal"])}(${any})`,
      `linalg.svd(${any}, false)`,
      `linalg.qr(${any}, "complete")`,
      `linalg.norm(${any}, 2, ${whole(r, -2, 1)}, ${bool(r)})`,
      `linalg.solve(${square}, ${float(pick(r, [[n], [...b, n], [...b, n, m], [n, m]]))})`,
      `linalg.vecdot(${any}, ${any})`,
      `${square}.${pick(r, ["det", "trace", "inverse", "matrix_exp", "t"])}()`,
      `${any}.${pick(r, ["svd", "qr", "pinverse", "mT.qr"])}()`,
      `${any}.${pick(r, ["inner", "kron"])}(${float(pick(r, [[...b, n, m], [m], []]))})`,
      `cdist(${any}, ${float([3, r() < 0.1 ? m + 1 : m])})`,
      `${float([n])}.addmv(${float([n, m])}, ${float([m])})`,
      `zeros(${n}, ${m}).addr(${float([n])}, ${float([m])})`,
    ]);
  },
  (r) => {
    const s = shapeOf(r, 3);
    const d = dim(r, s);
    return pick(r, [
      `fft.${pick(r, ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])}(${float(s)}${pick(r, ["", ", 4", `, null, ${d}`, `, 5, ${d}`])})`,
      `fft.${pick(r, ["fft2", "fftn", "rfft2", "rfftn", "fftshift"])}(${float(s)})`,
      `${float(s)}.${pick(r, [`diag(${whole(r, -2, 2)})`, "diag()", `diagonal(${whole(r, -1, 2)}, ${d}, ${dim(r, s)})`, "diagonal()", `diag_embed(${whole(r, -1, 1)})`])}`,
      `${float(s)}.${pick(r, [`repeat_interleave(${whole(r, 1, 3)}, ${d})`, "repeat_interleave(2)", `tile(${whole(r, 1, 3)}, ${whole(r, 1, 2)})`, `rot90(${whole(r, -1, 3)})`, `diff(${whole(r, 1, 2)}, ${d})`, "diff()", `tensor_split(${whole(r, 1, 4)}, ${d})`, `quantile(0.5, ${d}, ${bool(r)})`, "quantile(0.5)", `new_zeros(2, 3)`, "new_full([2], 1)", "histc(5)"])}`,
      `${made(r, s)}.${pick(r, ["float_power(2)", "relu_()", "add_(1)", "type_as(zeros(2))", "cfloat()", "byte()", "var_mean()", "isposinf()", "clamp_(0, 1)"])}`,
      `${pick(r, ["var_mean", "std_mean"])}(${float(s)}, ${d})`,
      `aminmax(${float(s)}, { dim: ${d} })`,
      `${float(s)}.split_with_sizes([1, 2], ${d})`,
      `rand([${s.join(", ")}]).multinomial(2, true)`,
      `complex(${float(s)}, ${float(s)})`,
      `view_as_real(complex(${float(s)}, ${float(s)}))`,
      `searchsorted(${float([4])}, ${float(s)})`,
      `bucketize(${float(s)}, ${float([4])})`,
      `special.${pick(r, ["entr", "expit", "i0e"])}(${made(r, s)})`,
      `pow(2, ${float(s)})`,
    ]);
  },
  (r) => {
    const s = [whole(r, 1, 4), whole(r, 1, 4), whole(r, 1, 3)].slice(0, whole(r, 1, 3));
    const m = s.slice(0, whole(r, 1, s.length)).map((n) => (r() < 0.1 ? n + 1 : n));
    return `${float(s)}.index([zeros([${m.join(", ")}]).eq(0)])`;
  },
  (r) => {
    const x = [2, 4, whole(r, 2, 6), whole(r, 2, 6)];
    const [k, p, d] = [whole(r, 0, 3), whole(r, -1, 2), whole(r, 0, 2)];
    const q = pick(r, ["{}", `{ stride: ${k} }`, `{ padding: ${p} }`, `{ dilation: ${d} }`, `{ ceil_mode: true }`]);
    return pick(r, [
      `nn.functional.conv2d(${float(x)}, ${float([3, 4, k, k])}, null, ${whole(r, 0, 2)}, ${p}, ${d})`,
      `nn.functional.conv_transpose2d(${float(x)}, ${float([4, 3, 2, 2])}, null, ${whole(r, 1, 2)}, ${whole(r, 0, 1)})`,
      `nn.functional.unfold(${float(x)}, ${whole(r, 1, 3)})`,
      `nn.functional.fold(${float([2, 8, 9])}, [4, 4], 2)`,
      `new nn.MaxPool2d(${whole(r, 0, 3)}, ${q})(${float(x)})`,
      `new nn.AvgPool2d(3, 2, ${p}, ${bool(r)})(${float(x)})`,
      `new nn.MaxPool2d(${k}, 2, ${p}, ${d}, false, ${bool(r)})(${float(x)})`,
      `new nn.LPPool2d(2, 2)(${float(x)})`,
      `new nn.Unfold(2)(${float(x)})`,
      `new nn.Linear(${k + 1}, ${k + 2}).weight.mT`,
      `new nn.Conv2d(4, ${2 * (k + 1)}, ${k + 1}, { groups: 2 }).weight.add(0)`,
      `new nn.Embedding(${k + 1}, 4).weight.T`,
    ]);
  },
  (r) => {
    const s = shapeOf(r);
    return `${float(s)}.${pick(r, [`expand(${[...(bool(r) ? [-1] : []), ...s.map((n) => pick(r, [n, -1, -2]))].join(", ")})`, `narrow(${dim(r, s)}, 0, ${whole(r, -1, 2)})`, `view(${whole(r, -3, -1)}, 2)`, `chunk(${whole(r, -1, 2)})`, `split(${whole(r, -1, 2)})`])}`;
  },
  (r) => {
    const s = shapeOf(r);
    return pick(r, [
      `where(${float(s)}.gt(0), ${made(r, partner(r, s))}, ${made(r, s)})`,
      `where(${float(s)}.gt(0), 1, ${float(partner(r, s))})`,
      `${float(s)}.masked_fill(${float(partner(r, s))}.gt(0), 0)`,
      `${float(s)}.lerp(${float(partner(r, s))}, 0.5)`,
      `${float(s)}.add_(${float(partner(r, s))})`,
      `zeros_like(${made(r, s)})`,
      `${float(s)}.mT`,
    ]);
  },
  // Equations with dots, and those that leave their output to be found.
  (r) => {
    const [x, y] = [shapeOf(r, 4), shapeOf(r, 4)];
    const one = pick(r, [
      "...i->...",
      "...ij->...ji",
      "i...->...i",
      "...->...",
      "ji",
      "ii",
      "...ii->...i",
      "ab...c",
      "i...j",
    ]);
    const two = pick(r, [
      "...i,...i->...",
      "...ij,...jk->...ik",
      "ij,jk",
      "...i,i->...",
      "...i,j",
      "a...,b...",
      "ij,kj->...",
    ]);
    return bool(r)
      ? `einsum("${one}", ${float(x)})`
      : `einsum("${two}", ${float(x)}, ${float(bool(r) ? [...x.slice(0, -2), ...x.slice(-2).reverse()] : y)})`;
  },
  (r) => {
    const [x, y] = [shapeOf(r, 3), shapeOf(r, 3)];
    const dims = pick(r, ["", ", 1", ", 0", ", 2", ", [[0], [0]]", ", [[-1], [0]]", ", { dims: [[0, 1], [1, 0]] }"]);
    const n = whole(r, 1, 3);
    const vectors = Array.from({ length: n }, () => float(bool(r) ? [whole(r, 1, 4)] : pick(r, [[], [2]])));
    const by = pick(r, ["", ', { indexing: "xy" }', ', { indexing: "ij" }']);
    return pick(r, [
      `tensordot(${float(x)}, ${float(bool(r) ? [...x].reverse() : y)}${dims})`,
      `meshgrid(${vectors.join(", ")}${by})`,
      `meshgrid([${vectors.join(", ")}]${by})`,
    ]);
  },
  (r) => {
    const [b, m, n] = [pick(r, [[], [2], [2, 3]]), whole(r, 1, 4), whole(r, 1, 4)];
    const a = `rand([${[...b, m, n].join(", ")}])`;
    const right = pick(r, [[...b, m, 2], [...b, m], [...b, m + 1, 2], [m, 2], [m]]);
    return pick(r, [
      `linalg.lstsq(${a}, ${float(right)})`,
      `linalg.lu(${a})`,
      `linalg.lu_factor(${a})`,
      `linalg.lu(${float([n])})`,
    ]);
  },
  (r) => {
    const n = whole(r, 1, 3);
    const x = [...(bool(r) ? [2] : []), 3, ...Array.from({ length: n }, () => whole(r, 1, 3))];
    const i = r() < 0.2 ? [...x.slice(0, -1), 5] : x;
    const [places, ids] = [`zeros([${i.join(", ")}], { dtype: int64 })`, "zeros([4, 3], { dtype: int64 })"];
    return pick(r, [
      `new nn.MaxUnpool${n}d(2)(${float(x)}, ${places})`,
      `new nn.MaxUnpool${n}d(3, 2, 1)(${float(x)}, ${places})`,
      `new nn.MaxUnpool${n}d(2)(${float(x)}, ${places}, [${x
        .slice(-n)
        .map((d) => 2 * d + 1)
        .join(", ")}])`,
      `nn.functional.max_unpool${n}d(${float(x)}, ${places}, 2, ${whole(r, 1, 2)})`,
      `new nn.EmbeddingBag(${whole(r, 1, 4)}, 5)(${ids})`,
      `new nn.EmbeddingBag(2, 5, { include_last_offset: ${bool(r)} })(${ids}.flatten(), tensor([0n, 5n, 12n]))`,
      `nn.functional.embedding_bag(${pick(r, [ids, `${ids}.flatten()`, `${ids}.unsqueeze(0)`])}, ${float([3, 2])})`,
      `new nn.Conv${n}d(3, 2, 1, { dilation: ${pick(r, ["0", "1"])}${pick(r, ["", ', padding: "same"'])} })(${float(x)})`,
      `new nn.ConvTranspose${n}d(3, 2, 2, { dilation: ${pick(r, ["0", "1"])} })(${float(x)})`,
    ]);
  },
];

const text = ({ shape, dtype }: KnownTensor): string =>
  `${dtype ?? "?"}[${shape === null ? "..." : shape.map((d) => d ?? "?").join(", ")}]`;
/** All tensors in a value, in order. */
function tensorsOf(value: unknown): { shape: number[]; dtype: string }[] {
  if (value instanceof Tensor) return [{ shape: [...value.shape], dtype: value.dtype.name }];
  return Array.isArray(value) ? (value as unknown[]).flatMap(tensorsOf) : [];
}
/** The call with numbers of which the type checker knows no more than that they are numbers. */
const blurred = (call: string): string =>
  call
    .split(/("[^"]*")/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/(?<![\w.])-?\d+(?![\w.])/g, "($& as number)")))
    .join("");
/**
 * Runs so many random calls, drawn by a seed, and asks the type checker what each gives, of numbers that it knows or, `blurred`,
 * does not.
 */
export function calls(count: number, seed: number, isBlurred = false): Outcome {
  const random = seeded(seed);
  const names = Object.keys(torch).filter((name) => /^[a-z]\w*$/i.test(name) && name !== "var");
  // The text is made here alone.
  const evaluate = new Function(...names, "call", "return eval(call);") as (...given: unknown[]) => unknown;
  const given = names.map((name) => (torch as Record<string, unknown>)[name]);
  const lines: string[] = [];
  const results: (ReturnType<typeof tensorsOf> | string)[] = [];
  for (let i = 0; i < count; i++) {
    const call = pick(random, makers)(random);
    lines.push(call);
    try {
      results.push(tensorsOf(evaluate(...given, call)));
    } catch (error) {
      results.push((error as Error).message.split("\n")[0]!);
    }
  }
  const used = names.filter((name) => lines.some((line) => new RegExp(`\\b${name}\\b`).test(line)));
  const program = [
    `import { ${used.join(", ")} } from "tidu/typed";`,
    ...lines.map((line, i) => `export const r${i} = ${isBlurred ? blurred(line) : line};`),
  ].join("\n");
  const { checker, source, faults } = check(program);
  const said = new Map(faults.map(({ line, text: what }) => [line - 1, what]));
  const inferred = source.statements
    .filter(ts.isVariableStatement)
    .map((s) => tensorsIn(checker, checker.getTypeAtLocation(s.declarationList.declarations[0]!)));
  let [ran, known, refused, told] = [0, 0, 0, 0];
  const wrong: Wrong[] = [];
  const otherwise: Wrong[] = [];
  for (const [i, real] of results.entries()) {
    if (typeof real === "string") {
      const sentence = said.get(i);
      if (sentence !== undefined) refused++;
      if (sentence?.includes(real.replaceAll('"', '\\"')) === true) told++;
      else if (sentence !== undefined) otherwise.push({ call: lines[i]!, inferred: sentence, real });
      continue;
    }
    ran++;
    const found = inferred[i]!;
    const report = (what: string): void =>
      void wrong.push({ call: lines[i]!, inferred: what, real: real.map(text).join(", ") });
    if (said.has(i)) {
      report(said.get(i)!);
      continue;
    }
    if (found.every(({ shape }) => shape !== null && !shape.includes(null))) known++;
    for (const [k, { shape, dtype }] of found.entries()) {
      const is = real[k];
      if (is === undefined) break;
      const fits =
        (shape === null ||
          (shape.length === is.shape.length && shape.every((d, j) => d === null || d === is.shape[j]))) &&
        (dtype === null || dtype === is.dtype);
      if (!fits) {
        report(found.map(text).join(", "));
        break;
      }
    }
  }
  return { ran, known, wrong, refused, told, otherwise };
}
