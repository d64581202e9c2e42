// torch.amp.GradScaler: losses scaled up so that float16 gradients do not vanish.
import { isKnown } from "../devices/registry.ts";
import { withGrad } from "../autograd/mode.ts";
import { AssertionError, RuntimeError, ValueError, warn } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { float16, float32, int32 } from "../base/dtype.ts";
import { mapLeaves } from "../func/tree.ts";
import { full } from "../ops/index.ts";
import { Tensor } from "../tensor/tensor.ts";
import { isOptions } from "../dispatch/bind.ts";

const UPDATE = "GradScaler.update(object new_scale=None) -> None";

const SIGNATURE =
  "GradScaler(str device='cuda', float init_scale=65536.0, float growth_factor=2.0, float backoff_factor=0.5, int growth_interval=2000, bool enabled=True) -> None";
/** What is scaled: a tensor, or lists of such. */
type Outputs = Tensor | readonly Outputs[];
/** An optimizer, as far as the scaler must know it. */
interface Stepped {
  readonly param_groups: readonly { readonly params: readonly Tensor[] }[];
  step(...args: never[]): unknown;
}
interface OptimizerState {
  stage: "ready" | "unscaled" | "stepped";
  found_inf: Tensor | null;
}
export interface ScalerState {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

/**
 * Scales a loss before backward, gradients back before the step, and leaves a step out whose gradients are not finite; the
 * scale grows while all goes well and falls when not. As `torch.amp.GradScaler`; give it "cpu".
 * @example
 * const scaler = new torch.amp.GradScaler("cpu");
 * scaler.scale(loss).backward();
 * scaler.step(optimizer);
 * scaler.update();
 */
export class GradScaler {
  private readonly enabled: boolean;
  private initial: number;
  private growth: number;
  private backoff: number;
  private interval: number;
  private initialTracker = 0;
  private scaleTensor: Tensor | null = null;
  private tracker: Tensor | null = null;
  private states = new Map<object, OptimizerState>();

  constructor(...args: Arguments<typeof SIGNATURE>) {
    const { device, init_scale, growth_factor, backoff_factor, growth_interval, enabled } = bindArguments(
      SIGNATURE,
      args,
    );
    const isAbsent = device === "cuda" && !isKnown("cuda");
    this.enabled = enabled && !isAbsent;
    if (enabled && isAbsent) warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.");
    if (this.enabled && growth_factor <= 1) throw new AssertionError("The growth factor must be > 1.0.");
    if (this.enabled && backoff_factor >= 1) throw new AssertionError("The backoff factor must be < 1.0.");
    this.initial = init_scale;
    this.growth = growth_factor;
    this.backoff = backoff_factor;
    this.interval = growth_interval;
  }
  private checked(name: string): Tensor {
    if (this.scaleTensor === null)
      throw new AssertionError(
        `Attempted ${name} but _scale is None.  This may indicate your script did not use scaler.scale(loss or outputs) earlier in the iteration.`,
      );
    return this.scaleTensor;
  }
  private stateOf(optimizer: object): OptimizerState {
    let state = this.states.get(optimizer);
    if (state === undefined) this.states.set(optimizer, (state = { stage: "ready", found_inf: null }));
    return state;
  }
  /** A loss, or several, times the scale. */
  scale<T extends Outputs>(outputs: T): T {
    if (!this.enabled) return outputs;
    const scaled = (x: unknown): unknown => {
      if (x instanceof Tensor) {
        this.tracker ??= full([], this.initialTracker, { dtype: int32 });
        this.scaleTensor ??= full([], this.initial, { dtype: float32 });
        return x.mul(this.scaleTensor);
      }
      throw new ValueError("outputs must be a Tensor or an iterable of Tensors");
    };
    return mapLeaves(outputs, scaled) as T;
  }
  /** Divides the gradients of the optimizer's parameters by the scale, to clip them for instance; step() does it else. */
  unscale_(optimizer: Stepped): void {
    if (!this.enabled) return;
    const scale = this.checked("unscale_");
    const state = this.stateOf(optimizer);
    if (state.stage === "unscaled")
      throw new RuntimeError("unscale_() has already been called on this optimizer since the last update().");
    if (state.stage === "stepped") throw new RuntimeError("unscale_() is being called after step().");
    const grads = optimizer.param_groups.flatMap(({ params }) => params.flatMap((p) => p.grad ?? []));
    if (grads.some((g) => g.dtype === float16)) throw new ValueError("Attempting to unscale FP16 gradients.");
    state.found_inf = withGrad(false, () => {
      const inverse = scale.double().reciprocal().float();
      let found = false;
      for (const g of grads) {
        found = !g.isfinite().all().item() || found;
        g.mul_(inverse.to(g.dtype));
      }
      return grads.length === 0 ? null : full([], found ? 1 : 0, { dtype: float32 });
    });
    state.stage = "unscaled";
  }
  /** The optimizer's step, unless a gradient is infinite or NaN. */
  step(optimizer: Stepped, ...args: unknown[]): unknown {
    if (!this.enabled) return optimizer.step(...(args as never[]));
    const last = args.at(-1);
    if (typeof last === "function" || (isOptions(last) && "closure" in last))
      throw new RuntimeError("Closure use is not currently supported if GradScaler is enabled.");
    const sound = this.prepare(optimizer);
    const result = sound ? optimizer.step(...(args as never[])) : undefined;
    this.stateOf(optimizer).stage = "stepped";
    return result;
  }
  /** @internal Unscales what step() has to, and tells whether all is finite. */
  prepare(optimizer: Stepped): boolean {
    this.checked("step");
    const state = this.stateOf(optimizer);
    if (state.stage === "stepped") throw new RuntimeError("step() has already been called since the last update().");
    if (state.stage === "ready") this.unscale_(optimizer);
    if (state.found_inf === null) throw new AssertionError("No inf checks were recorded for this optimizer.");
    return state.found_inf.item() === 0;
  }
  /** @internal */
  stepped(optimizer: Stepped): void {
    this.stateOf(optimizer).stage = "stepped";
  }
  /** The scale for the next step: what is given, or less after an infinite gradient, more after many finite ones. */
  update(...args: Arguments<typeof UPDATE, { new_scale: number | Tensor | null }>): void {
    const { new_scale } = bindArguments<typeof UPDATE, { new_scale: number | Tensor | null }>(UPDATE, args);
    if (!this.enabled) return;
    const scale = this.checked("update");
    const tracker = this.tracker!;
    if (new_scale !== null) {
      if (new_scale instanceof Tensor && (new_scale.numel() !== 1 || new_scale.requires_grad))
        throw new AssertionError(
          "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with requires_grad=False.",
        );
      scale.fill_(new_scale instanceof Tensor ? new_scale.reshape([]) : new_scale);
    } else {
      const found = [...this.states.values()].flatMap((state) => state.found_inf ?? []);
      if (found.length === 0) throw new AssertionError("No inf checks were recorded prior to update.");
      if (found.some((t) => t.item() !== 0)) {
        scale.mul_(this.backoff);
        tracker.zero_();
      } else if (tracker.item() + 1 === this.interval) {
        const grown = Math.fround(scale.item() * this.growth);
        if (Number.isFinite(grown)) scale.fill_(grown);
        tracker.zero_();
      } else tracker.add_(1);
    }
    this.states = new Map();
  }
  get_scale(): number {
    return this.enabled ? (this.scaleTensor?.item() ?? this.initial) : 1;
  }
  get_growth_factor(): number {
    return this.growth;
  }
  set_growth_factor(new_factor: number): void {
    this.growth = new_factor;
  }
  get_backoff_factor(): number {
    return this.backoff;
  }
  set_backoff_factor(new_factor: number): void {
    this.backoff = new_factor;
  }
  get_growth_interval(): number {
    return this.interval;
  }
  set_growth_interval(new_interval: number): void {
    this.interval = new_interval;
  }
  /** @internal */
  _get_growth_tracker(): number {
    return this.enabled ? (this.tracker?.item() ?? this.initialTracker) : 0;
  }
  is_enabled(): boolean {
    return this.enabled;
  }
  state_dict(): ScalerState | Record<string, never> {
    if (!this.enabled) return {};
    return {
      scale: this.get_scale(),
      growth_factor: this.growth,
      backoff_factor: this.backoff,
      growth_interval: this.interval,
      _growth_tracker: this._get_growth_tracker(),
    };
  }
  load_state_dict(state_dict: ScalerState | Record<string, never>): void {
    if (!this.enabled) return;
    if (Object.keys(state_dict).length === 0)
      throw new RuntimeError(
        "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.",
      );
    const state = state_dict as ScalerState;
    this.initial = state.scale;
    this.growth = state.growth_factor;
    this.backoff = state.backoff_factor;
    this.interval = state.growth_interval;
    this.initialTracker = state._growth_tracker;
    this.scaleTensor?.fill_(state.scale);
    this.tracker?.fill_(state._growth_tracker);
  }
}
