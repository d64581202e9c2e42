import { collectTemporaries } from "../tensor/allocate.ts";
import { withGrad } from "../autograd/mode.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { missingArguments } from "../dispatch/refusals.ts";
import { cat } from "../ops/views/joining.ts";
import { Tensor } from "../tensor/tensor.ts";
import { enable_grad } from "../settings/modes.ts";
import { bindOptimizer } from "./arguments.ts";
import type { OptimizerArgs, OptionsOf } from "./arguments.ts";
import { strongWolfe } from "./line_search.ts";
import type { Point } from "./line_search.ts";
import { requireNonNegative } from "./options.ts";
import { Optimizer } from "./optimizer.ts";

const signature =
  "LBFGS(object params, float lr=1, int max_iter=20, int? max_eval=None, float tolerance_grad=1e-07, float tolerance_change=1e-09, int history_size=100, str? line_search_fn=None) -> Optimizer";
export type LBFGSOptions = OptionsOf<typeof signature>;

/** Kept under the first parameter; vectors are all parameters' in a row. */
export interface LBFGSState {
  func_evals: number;
  n_iter: number;
  /** The last direction and how far it was followed. */
  d: Tensor;
  t: number;
  /** Changes of the gradient and of the parameters, oldest first, and 1 / their product. */
  old_dirs: Tensor[];
  old_stps: Tensor[];
  ro: number[];
  /** The approximate inverse Hessian begins as this multiple of the identity. */
  H_diag: number;
  prev_flat_grad: Tensor;
  prev_loss: number;
}

/**
 * L-BFGS, as `torch.optim.LBFGS`: a quasi-Newton method that knows the curvature from the last `history_size` changes of
 * the gradient. A step takes up to `max_iter` iterations and calls the closure, which computes loss and gradients anew,
 * up to `max_eval` times (by default 5/4 of max_iter); it ends early when no gradient exceeds `tolerance_grad` or no
 * change `tolerance_change`. Each iteration moves by `lr`, or with `line_search_fn` "strong_wolfe" as far as is good.
 * One group of parameters only. `step` returns the loss of the closure's first call.
 *
 * Raises ValueError for a negative `lr` and for several groups. Source: Nocedal and Wright, "Numerical optimization",
 * algorithms 7.4 and 7.5.
 * @example
 * const optimizer = new optim.LBFGS(model.parameters(), { line_search_fn: "strong_wolfe" });
 * optimizer.step(() => {
 *   optimizer.zero_grad();
 *   const loss = criterion(model(x), y);
 *   loss.backward();
 *   return loss;
 * });
 */
export class LBFGS extends Optimizer<LBFGSOptions, LBFGSState> {
  constructor(...given: OptimizerArgs<typeof signature>) {
    const [params, options] = bindOptimizer(signature, given);
    requireNonNegative({ "learning rate": options.lr });
    super(params, { ...options, max_eval: options.max_eval ?? Math.floor((options.max_iter * 5) / 4) });
    if (this.param_groups.length !== 1)
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)");
  }

  protected override perform<T>(closure?: () => T): T {
    if (closure === undefined) throw missingArguments("LBFGS.step", ["closure"]);
    return withGrad(false, () => this.minimize(closure));
  }
  private minimize<T>(closure: () => T): T {
    const [{ params, lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn }] =
      this.param_groups;
    if (line_search_fn !== null && line_search_fn !== "strong_wolfe")
      throw new RuntimeError("only 'strong_wolfe' is supported");

    const first = enable_grad(closure);
    let [loss, grad] = [numberOf(first), flatGradient(params)];
    const state = this.state.get(params[0]) ?? newState(grad);
    this.state.set(params[0], state);
    state.func_evals++;
    let evaluations = 1;
    if (largest(grad) <= tolerance_grad) return first;

    for (let iteration = 1; iteration <= max_iter; iteration++) {
      state.n_iter++;
      if (state.n_iter === 1) state.d = grad.neg();
      else {
        remember(state, grad, history_size);
        state.d = direction(state, grad);
      }
      const { d } = state;
      const [previous, slope] = [loss, product(grad, d)];
      state.prev_flat_grad = grad;
      state.prev_loss = loss;
      state.t = state.n_iter === 1 ? Math.min(1, 1 / sumOfSizes(grad)) * lr : lr;
      if (slope > -tolerance_change) break;

      let calls = 0;
      if (line_search_fn === null) {
        move(params, d, state.t);
        // Where the next step begins, the closure is called anyway.
        if (iteration < max_iter) {
          [loss, grad] = [numberOf(enable_grad(closure)), flatGradient(params)];
          calls = 1;
        }
      } else {
        const { point, evaluations: made } = search(
          params,
          closure,
          d,
          { t: 0, loss, slope, grad },
          state.t,
          max_eval! - evaluations,
        );
        ({ t: state.t, loss, grad } = point);
        move(params, d, state.t);
        calls = made;
      }
      evaluations += calls;
      state.func_evals += calls;
      if (evaluations >= max_eval! || largest(grad) <= tolerance_grad) break;
      if (largest(d) * Math.abs(state.t) <= tolerance_change || Math.abs(loss - previous) < tolerance_change) break;
    }
    return first;
  }
}

const newState = (grad: Tensor): LBFGSState => ({
  func_evals: 0,
  n_iter: 0,
  d: grad,
  t: 0,
  old_dirs: [],
  old_stps: [],
  ro: [],
  H_diag: 1,
  prev_flat_grad: grad,
  prev_loss: 0,
});

/** Notes how the last movement changed the gradient, if the curvature along it was positive. */
function remember(state: LBFGSState, grad: Tensor, history_size: number): void {
  const { old_dirs, old_stps, ro } = state;
  const change = grad.sub(state.prev_flat_grad);
  const movement = state.d.mul(state.t);
  const curvature = product(change, movement);
  if (!(curvature > 1e-10)) return;
  if (old_dirs.length === history_size) for (const list of [old_dirs, old_stps, ro]) list.shift();
  old_dirs.push(change);
  old_stps.push(movement);
  ro.push(1 / curvature);
  state.H_diag = curvature / product(change, change);
}

/** The negative gradient times the approximate inverse Hessian: the two-loop recursion. */
function direction({ old_dirs, old_stps, ro, H_diag }: LBFGSState, grad: Tensor): Tensor {
  return collectTemporaries(() => {
    const d = grad.neg();
    const along = new Array<number>(ro.length);
    for (let i = ro.length - 1; i >= 0; i--) {
      along[i] = product(old_stps[i], d) * ro[i];
      d.add_(old_dirs[i], { alpha: -along[i] });
    }
    d.mul_(H_diag);
    for (const [i, r] of ro.entries()) d.add_(old_stps[i], { alpha: along[i] - product(old_dirs[i], d) * r });
    return d;
  });
}

/** Looks along `d` for a good point; leaves the parameters as they were. */
function search(
  params: readonly Tensor[],
  closure: () => unknown,
  d: Tensor,
  start: Point<Tensor>,
  first: number,
  limit: number,
): { point: Point<Tensor>; evaluations: number } {
  const before = params.map((p) => p.clone());
  const evaluate = (t: number): Point<Tensor> => {
    move(params, d, t);
    const loss = numberOf(enable_grad(closure));
    const grad = flatGradient(params);
    for (const [i, p] of params.entries()) p.copy_(before[i]);
    return { t, loss, slope: product(grad, d), grad };
  };
  return strongWolfe(evaluate, start, first, largest(d), limit);
}

/** Moves the parameters by `t` times `d`. */
function move(params: readonly Tensor[], d: Tensor, t: number): void {
  let at = 0;
  for (const p of params) {
    p.add_(d.slice(0, at, at + p.numel()).view(p.sizes), { alpha: t });
    at += p.numel();
  }
}
/** The gradients of all parameters in a row, a copy; zeros where there is none. */
const flatGradient = (params: readonly Tensor[]): Tensor =>
  collectTemporaries(() => cat(params.map((p) => (p.gradient ?? p.zeros_like()).reshape([-1]))));
const numberOf = (loss: unknown): number => (loss instanceof Tensor ? loss.item() : Number(loss));
const scalar = (make: () => Tensor): number => {
  let value = 0;
  collectTemporaries(() => void (value = make().item()));
  return value;
};
const product = (a: Tensor, b: Tensor): number => scalar(() => a.dot(b));
const largest = (x: Tensor): number => scalar(() => x.abs().max());
const sumOfSizes = (x: Tensor): number => scalar(() => x.abs().sum());
