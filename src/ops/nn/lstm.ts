// A layer of long short-term memory over time: a product and one kernel for each step.
//
// Note [LSTM steps]: each gate is computed where its sum stands, and kept for the gradient, which takes one kernel and one
// product a step, too; the recurrent weight is packed for all of them. Its gradient is a single product over all steps at
// the end. Without that, each step is a dozen ops and their nodes.
import { grad as gradientsOf } from "../../autograd/backward.ts";
import { modes, withGrad } from "../../autograd/mode.ts";
import { madeOfOps } from "../../autograd/open_levels.ts";
import { empty } from "../../tensor/allocate.ts";
import type { Matrix } from "../../devices/backend.ts";
import type { Dtype } from "../../base/dtype.ts";
import { input } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { further } from "../../kernel/place.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import type { Operand } from "../../kernel/loops.ts";
import { compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { stack } from "../views/joining.ts";
import { addmm } from "../linalg/matmul.ts";

const cached = (make: (dtype: Dtype) => Kernel): ((dtype: Dtype) => Kernel) => {
  const kernels = new Map<number, Kernel>();
  return (dtype) => {
    let kernel = kernels.get(dtype.code);
    if (kernel === undefined) kernels.set(dtype.code, (kernel = make(dtype)));
    return kernel;
  };
};
const kernelOf = (inputs: number, values: (x: readonly Expr[]) => readonly Expr[]): ((dtype: Dtype) => Kernel) =>
  cached((dtype) => {
    const inputDtypes = Array.from({ length: inputs }, () => dtype);
    const exprs = values(inputDtypes.map((_, i) => input(i, dtype)));
    return new Kernel({ inputs: inputDtypes, outputs: exprs.map((value) => ({ dtype, value })) });
  });
/** From the sums of the gates and the cell before: the gates, the cell, h. */
const forward = kernelOf(5, ([i, f, g, o, before]) => {
  const [keep, add, candidate, show] = [f.sigmoid(), i.sigmoid(), g.tanh(), o.sigmoid()];
  const cell = keep.mul(before).add(add.mul(candidate));
  return [add, keep, candidate, show, cell, show.mul(cell.tanh())];
});
/** From gates, cell before and cell, gradients of h (two to add) and of the cell (two): those of the sums and the cell before. */
const backward = kernelOf(10, ([i, f, g, o, before, cell, ofH, more, ofCell, later]) => {
  const [h, t] = [ofH.add(more), cell.tanh()];
  const c = ofCell.add(later).add(h.mul(o).mul(t.mul(t).neg().add(1)));
  const ofSigmoid = (y: Expr, by: Expr): Expr => by.mul(y).mul(y.neg().add(1));
  return [
    ofSigmoid(i, c.mul(g)),
    ofSigmoid(f, c.mul(before)),
    c.mul(i).mul(g.mul(g).neg().add(1)),
    ofSigmoid(o, h.mul(t)),
    c.mul(f),
  ];
});

/** Step t of [T, N, …], as an operand. */
const step = (x: Tensor, t: number): Operand => operand(further(x, t * x.strides[0]), x.strides.slice(1));
const whole = (t: Tensor): Operand => operand(t, t.strides);
/** The four gates of a step [N, 4 * width]. */
const gatesOf = (x: Tensor, t: number): Operand[] => {
  const { strides, ...first } = step(x, t);
  const width = x.sizes[2] / 4;
  return [0, 1, 2, 3].map((k) => operand(further(first, k * width * strides[1]), strides));
};
const matrix = ({ block, offset, strides: [rowStride, colStride] }: Operand): Matrix => ({
  block,
  offset,
  rowStride,
  colStride,
});
const turned = (x: Matrix): Matrix => ({ ...x, rowStride: x.colStride, colStride: x.rowStride });

/**
 * h and the cells of all steps [T, N, hidden] of an LSTM; `tensors` are what the gates get from the input [T, N, 4 * hidden],
 * biases included, h and the cell at the start [N, hidden], and the recurrent weight [4 * hidden, hidden].
 * @internal
 */
export const _lstm_layer = op(
  "_lstm_layer(Tensor[] tensors, bool reverse) -> (Tensor result, Tensor cells, Tensor gates)",
);
define(_lstm_layer, {
  kernel: compute(({ tensors: [x, h, c, weight], reverse }) => {
    const { dtype, backend } = x;
    const [steps, n, all] = x.sizes;
    const width = all / 4;
    const make = (size: number): Tensor => empty([steps, n, size], dtype, undefined, backend);
    const [result, cells, gates] = [make(width), make(width), make(all)];
    const kernel = forward(dtype);
    let [lastH, lastC] = [whole(h), whole(c)];
    const b = backend.pack(dtype, turned(matrix(whole(weight))), n, all, width);
    for (let k = 0; k < steps; k++) {
      const t = reverse ? steps - 1 - k : k;
      const addend = matrix(step(x, t));
      backend.matmul(dtype, { m: n, n: all, k: width, a: matrix(lastH), b, out: matrix(step(gates, t)), addend });
      const sums = gatesOf(gates, t);
      const made = [step(cells, t), step(result, t)];
      const operands = [...sums, lastC, ...sums, ...made];
      backend.launch(kernel, { shape: [n, width], reduced: 0, operands, params: [] });
      [lastC, lastH] = made;
    }
    if ("packed" in b) b.packed.free();
    return [result, cells, gates];
  }),
  saves: { tensors: ["tensors", "result", "cells", "gates"] },
  backward: {
    tensors: ({ grads, grad, tensors, result, cells, gates, reverse }) => {
      const ofCells = grads[1] ?? grad.new_zeros([]).expand(cells.sizes);
      if (madeOfOps()) return differentiable(grad, ofCells, tensors, reverse);
      return gradients(grad, ofCells, tensors, { result, cells, gates }, reverse);
    },
  },
  node: "LstmBackward0",
});
function gradients(
  grad: Tensor,
  ofCells: Tensor,
  [x, h, c, weight]: readonly Tensor[],
  { result, cells, gates }: Record<"result" | "cells" | "gates", Tensor>,
  reverse: boolean,
): Tensor[] {
  const { dtype, backend } = x;
  const [steps, n, all] = x.sizes;
  const width = all / 4;
  const [ofSums, ofH, ofC, ofWeight] = [x, h, c, weight].map((t) => empty(t.sizes, dtype, undefined, backend));
  ofH.zero_();
  ofC.zero_();
  const kernel = backward(dtype);
  const b = backend.pack(dtype, matrix(whole(weight)), n, width, all);
  for (let k = steps - 1; k >= 0; k--) {
    const t = reverse ? steps - 1 - k : k;
    const before = k === 0 ? whole(c) : step(cells, reverse ? t + 1 : t - 1);
    const inputs = [before, step(cells, t), step(grad, t), whole(ofH), step(ofCells, t), whole(ofC)];
    const operands = [...gatesOf(gates, t), ...inputs, ...gatesOf(ofSums, t), whole(ofC)];
    backend.launch(kernel, { shape: [n, width], reduced: 0, operands, params: [] });
    backend.matmul(dtype, { m: n, n: width, k: all, a: matrix(step(ofSums, t)), b, out: matrix(whole(ofH)) });
  }
  if ("packed" in b) b.packed.free();
  // Rows of all steps but the first with the h before them, then those of the first with h at the start.
  const product = (rows: number, of: Operand, by: Operand, out: Matrix, adds: boolean): void =>
    backend.matmul(dtype, {
      m: all,
      n: width,
      k: rows,
      a: turned(matrix(of)),
      b: matrix(by),
      out,
      addend: adds ? out : undefined,
    });
  const to = matrix(whole(ofWeight));
  const first = reverse ? steps - 1 : 0;
  product(n, step(ofSums, first), whole(h), to, false);
  product((steps - 1) * n, step(ofSums, reverse ? 0 : 1), step(result, reverse ? 1 : 0), to, true);
  return [ofSums, ofH, ofC, ofWeight];
}
/** The same by differentiable ops: the gradients of a layer written with ops. */
function differentiable(
  grad: Tensor,
  ofCells: Tensor,
  tensors: readonly Tensor[],
  reverse: boolean,
): (Tensor | null)[] {
  const create_graph = modes().grad;
  const { inputs, results } = withGrad(true, () => {
    const inputs = tensors.map((t) => t.view(t.sizes));
    const [x, start, cell, weight] = inputs;
    let [h, c] = [start, cell];
    const steps = x.unbind(0);
    const [hs, cs] = [new Array<Tensor>(steps.length), new Array<Tensor>(steps.length)];
    for (let k = 0; k < steps.length; k++) {
      const t = reverse ? steps.length - 1 - k : k;
      const [i, f, g, o] = addmm(steps[t], h, weight.t()).chunk(4, 1);
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
      [hs[t], cs[t]] = [h, c];
    }
    return { inputs, results: [stack(hs), stack(cs)] };
  });
  const wanted = inputs.filter((t) => t.isDifferentiated);
  const found = gradientsOf(results, wanted, [grad, ofCells], {
    create_graph,
    allow_unused: true,
  });
  return inputs.map((t) => found[wanted.indexOf(t)] ?? null);
}
