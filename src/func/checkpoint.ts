// torch.utils.checkpoint: forward again in backward, for what was not kept.
import { backward } from "../autograd/backward.ts";
import { running } from "../autograd/engine.ts";
import { Function } from "../autograd/function.ts";
import type { FunctionContext } from "../autograd/function.ts";
import { modes, scoped, withGrad } from "../autograd/mode.ts";
import type { Guard } from "../autograd/mode.ts";
import { metaOf, Node, SavedTensor } from "../autograd/node.ts";
import type { Grads, Meta } from "../autograd/node.ts";
import { withSavedHooks } from "../autograd/saved_hooks.ts";
import { retell, RuntimeError, ValueError, warn } from "../base/errors.ts";
import { observer } from "../base/observer.ts";
import { sameShape } from "../base/layout.ts";
import { default_generator } from "../random/generator.ts";
import { Tensor } from "../tensor/tensor.ts";
import { asLeaf } from "../ops/creation/from_data.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { mapTensors } from "./tree.ts";

/** Raised where what is computed again is not what was computed first. */
export class CheckpointError extends RuntimeError {
  static override readonly called: string = "CheckpointError";
}
/** Ends a repetition once all that backward needs has been computed. */
class StopRecomputation extends RuntimeError {
  static override readonly called: string = "StopRecomputation";
}

type Around = <T>(body: () => T) => T;
export interface CheckpointOptions {
  /** Which of two ways. false: the graph is recorded, and what its nodes keep is computed again when backward asks for it. */
  readonly use_reentrant?: boolean | null;
  /** Draw the same random numbers again. */
  readonly preserve_rng_state?: boolean;
  /** Gives two functions that run a body, as torch.no_grad does: what forward runs in, and its repetition. */
  readonly context_fn?: (() => readonly [forward: Around, again: Around]) | null;
  /** "default": compare shapes, dtypes and devices of what is computed again; "none": do not. */
  readonly determinism_check?: string;
  /** Say, where what is computed again differs, which ops ran the first time and which the second. */
  readonly debug?: boolean;
  /** Whether the repetition ends with the last tensor that backward needs. */
  readonly early_stop?: boolean;
}
type Told = Required<CheckpointOptions>;
const CHECKPOINT =
  "checkpoint(callable function, object* args, *, bool? use_reentrant=None, callable? context_fn=None, str determinism_check='default', bool debug=False, bool early_stop=True, bool preserve_rng_state=True, object** kwargs) -> object";

const TOLD_BY =
  "use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants.";
/**
 * Calls a function without keeping what it computes: backward calls it once more. As `torch.utils.checkpoint.checkpoint`; options
 * are one object at the end. Give `{ use_reentrant: false }`.
 *
 * Raises CheckpointError in backward where the second call computes something else.
 * @example
 * const net = new torch.nn.Sequential(new torch.nn.Linear(2, 2), new torch.nn.Dropout());
 * const y = torch.utils.checkpoint.checkpoint(net, torch.ones(1, 2), { use_reentrant: false });
 * y.sum().backward();
 */
export function checkpoint<F extends (...args: never[]) => unknown>(
  func: F,
  ...args: [...Parameters<F>] | [...Parameters<F>, CheckpointOptions]
): ReturnType<F> {
  const told = bindArguments<typeof CHECKPOINT, Given>(CHECKPOINT, [func, ...args]);
  const { args: given, kwargs, use_reentrant, ...options } = told;
  if (use_reentrant === null)
    warn(
      `torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception. ${TOLD_BY}`,
    );
  if (use_reentrant === false) {
    const rest = Object.keys(kwargs).length === 0 ? [] : [kwargs];
    return kept((...xs) => func(...([...xs, ...rest] as never[])), given, options) as ReturnType<F>;
  }
  assertNone(kwargs);
  if (options.context_fn !== null || options.debug)
    throw new ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.");
  return reentered(func as never, given, options.preserve_rng_state) as ReturnType<F>;
}
interface Given {
  context_fn: Told["context_fn"];
}
function assertNone(kwargs: object): void {
  const names = Object.keys(kwargs);
  if (names.length > 0) throw new ValueError(`Unexpected keyword arguments: ${names.join(",")}`);
}

const SEQUENTIAL =
  "checkpoint_sequential(object functions, int segments, object input, bool? use_reentrant=None, *, bool preserve_rng_state=True, object** kwargs) -> Tensor";
type Chain = readonly ((x: Tensor) => Tensor)[] | { children(): Iterable<unknown> };
/**
 * A chain of functions in `segments` pieces, all but the last of which are computed again in backward. As
 * `torch.utils.checkpoint.checkpoint_sequential`. `functions` may be a Sequential.
 * @example torch.utils.checkpoint.checkpoint_sequential([torch.sin, torch.exp], 2, x, { use_reentrant: false });
 */
export function checkpoint_sequential(
  functions: Chain,
  segments: number,
  input: Tensor,
  options?: boolean | Pick<CheckpointOptions, "use_reentrant" | "preserve_rng_state">,
): Tensor;
export function checkpoint_sequential(...given: unknown[]): Tensor {
  const { functions, segments, input, use_reentrant, preserve_rng_state, kwargs } = bindArguments<
    typeof SEQUENTIAL,
    { functions: Chain; input: Tensor }
  >(SEQUENTIAL, given);
  if (use_reentrant === null)
    warn(
      `torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In version 2.9 we will raise an exception if use_reentrant is not passed. ${TOLD_BY}`,
    );
  assertNone(kwargs);
  const chain = ("children" in functions ? [...functions.children()] : functions) as ((x: Tensor) => Tensor)[];
  const size = Math.floor(chain.length / segments);
  if (size === 0) throw new ValueError("range() arg 3 must not be zero");
  const piece = (from: number, to: number) => (x: Tensor) => chain.slice(from, to).reduce((y, f) => f(y), x);
  let x = input;
  for (let k = 0; k < segments - 1; k++)
    x = checkpoint(piece(k * size, (k + 1) * size), x, { use_reentrant: use_reentrant ?? true, preserve_rng_state });
  return piece((segments - 1) * size, chain.length)(x);
}
/**
 * Whether checkpoints that are made inside stop as soon as they have computed again what backward needs, whatever they are told.
 * As `torch.utils.checkpoint.set_checkpoint_early_stop`.
 */
export function set_checkpoint_early_stop(enable: boolean): Guard;
export function set_checkpoint_early_stop<T>(enable: boolean, body: () => T): T;
export function set_checkpoint_early_stop(...given: unknown[]): unknown {
  const { enable, body } = bindArguments("set_checkpoint_early_stop(bool enable, callable? body=None) -> None", given);
  return scoped("set_checkpoint_early_stop", { earlyStop: enable }, body);
}

/** What brings back for a body what is in force now: autocast, the default device, the state of the generator. */
function asNow(preserve: boolean): Around {
  const { autocast, castTo, castsOnce, device } = modes();
  const state = preserve ? default_generator.get_state() : null;
  return (body) => {
    const outer = state === null ? null : default_generator.get_state();
    if (state !== null) default_generator.set_state(state);
    const then = { grad: true, autocast, castTo, castsOnce, castCache: new WeakMap(), device };
    try {
      return scoped("checkpoint", then, body) as ReturnType<typeof body>;
    } finally {
      if (outer !== null) default_generator.set_state(outer);
    }
  };
}

// ---- The graph is recorded, and its nodes keep places in what will be computed again.

function kept(
  func: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  { preserve_rng_state, context_fn, determinism_check, early_stop, debug }: Omit<Told, "use_reentrant">,
): unknown {
  if (determinism_check !== "default" && determinism_check !== "none")
    throw new ValueError(
      `determinism_check should be one of ['default', 'none'], but got ${String(determinism_check)}`,
    );
  if (debug && context_fn !== null) throw new ValueError("debug=True is incompatible with non-default context_fn");
  const ran = new OpLog();
  const ranAgain = new OpLog();
  const plain: Around = (body) => body();
  const [forward, again] = context_fn?.() ?? (debug ? [ran.around, ranAgain.around] : [plain, plain]);
  if (!modes().grad) return func(...args);
  const around = asNow(preserve_rng_state);
  const region = new Region(
    (xs) => around(() => again(() => func(...xs))),
    args,
    modes().earlyStop ?? early_stop,
    determinism_check === "default",
  );
  const pack = (t: Tensor): number => region.keep(t);
  const result = withSavedHooks(
    pack,
    (place) => {
      try {
        return region.find(place);
      } catch (error) {
        if (debug && error instanceof CheckpointError)
          retell(
            error,
            `${error.message}\nOps of the original forward:\n${ran.text()}\nOps of the recomputation:\n${ranAgain.text()}`,
          );
        throw error;
      }
    },
    () => forward(() => func(...args)),
  );
  region.isDone = true;
  return result;
}
/** The names of the ops that ran in a body, the last time. */
class OpLog {
  private names: string[] = [];
  readonly around: Around = (body) => {
    const names: string[] = [];
    this.names = names;
    const outer = observer.current;
    observer.current = {
      begin: (name, kind, inputs) => {
        if (kind === "op") names.push(name);
        return outer?.begin(name, kind, inputs);
      },
      end: (...ended) => outer?.end(...ended),
      note: (...noted) => outer?.note?.(...noted),
    };
    try {
      return body();
    } finally {
      observer.current = outer;
    }
  };
  text(): string {
    return this.names.map((name, i) => `  ${i + 1}. ${name}`).join("\n");
  }
}
/** Whoever keeps the arguments is told of where they were changed. */
class Arguments extends Node {
  override name(): string {
    return "checkpoint";
  }
  override apply(): Grads {
    return [];
  }
}
/** One call of a function, what its nodes kept, and what was computed again. */
class Region {
  isDone = false;
  private readonly run: (args: unknown[]) => unknown;
  private readonly args: readonly unknown[];
  private readonly owner = new Arguments();
  private readonly stopsEarly: boolean;
  private readonly compares: boolean;
  private readonly saved: Meta[] = [];
  /** By backward pass: each computes again, and takes each tensor once. */
  private readonly passes = new WeakMap<object, (Tensor | null)[]>();

  constructor(run: (args: unknown[]) => unknown, args: readonly unknown[], stopsEarly: boolean, compares: boolean) {
    this.run = run;
    this.args = args.map((x) => (x instanceof Tensor ? new SavedTensor(x, false) : x));
    this.stopsEarly = stopsEarly;
    this.compares = compares;
  }
  keep(t: Tensor): number {
    return this.saved.push(metaOf(t)) - 1;
  }
  find(place: number): Tensor {
    // Whoever looks outside of a backward pass has it computed for that look alone.
    const pass = running.pass ?? {};
    let tensors = this.passes.get(pass);
    if (tensors === undefined) this.passes.set(pass, (tensors = this.again()));
    const t = tensors[place];
    if (t === null)
      throw new CheckpointError(
        "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use case.",
      );
    tensors[place] = null;
    return t;
  }
  private again(): (Tensor | null)[] {
    const { saved } = this;
    const found: Tensor[] = [];
    let isEnough = false;
    const pack = (t: Tensor): Tensor => {
      const own = t.requires_grad ? t.detach() : t;
      if (found.length < saved.length) found.push(own);
      // What asks while forward still runs may find more than there was until then.
      else if (this.isDone) throw new CheckpointError(MORE);
      isEnough = this.stopsEarly && found.length === saved.length;
      if (isEnough) throw new StopRecomputation("torch.utils.checkpoint: all that backward needs has been computed");
      return own;
    };
    // What an outer checkpoint computes again for it is to lead on in the graph.
    const args = withGrad(true, () =>
      this.args.map((x) => (x instanceof SavedTensor ? x.unpack(this.owner, false) : x)),
    );
    try {
      withSavedHooks(
        pack,
        (t) => t,
        () => this.run(args),
      );
    } catch (error) {
      if (!isEnough) throw error;
    }
    this.compare(found);
    return found;
  }
  private compare(found: readonly Tensor[]): void {
    const { saved } = this;
    if (found.length < saved.length)
      throw new CheckpointError(
        `torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: ${saved.length}\nNumber of tensors saved during recomputation: ${found.length}.`,
      );
    if (!this.compares) return;
    const differing = found.flatMap((t, i) => {
      const [before, now] = [saved[i], metaOf(t)];
      const same = before.dtype === now.dtype && before.device === now.device && sameShape(before.shape, now.shape);
      return same
        ? []
        : [`tensor at position ${i}:\nsaved metadata: ${text(before)}\nrecomputed metadata: ${text(now)}\n`];
    });
    if (differing.length > 0)
      throw new CheckpointError(
        `torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n${differing.join("")}.`,
      );
  }
}
const MORE =
  "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.";
const text = ({ shape, dtype, device }: Meta): string =>
  `{'shape': torch.Size([${shape.join(", ")}]), 'dtype': ${String(dtype)}, 'device': device(type='${device.name}')}`;

// ---- One node for all of it, whose backward is another backward.

function reentered(func: (...args: unknown[]) => unknown, args: readonly unknown[], preserve: boolean): unknown {
  const around = asNow(preserve);
  const others = args.map((x) => (x instanceof Tensor ? null : x));
  let results: unknown;
  class CheckpointFunction extends Function {
    static override forward(ctx: FunctionContext, ...xs: unknown[]): Tensor[] {
      if (!xs.some((x) => x instanceof Tensor && x.requires_grad))
        warn("None of the inputs have requires_grad=True. Gradients will be None");
      ctx.save_for_backward(...xs.map((x) => (x instanceof Tensor ? x : null)));
      results = withGrad(false, () => func(...xs));
      return tensorsAmong(results);
    }
    static override backward(ctx: FunctionContext, ...grads: (Tensor | null)[]): (Tensor | null)[] {
      if (running.pass === null || running.pass.inputs !== null)
        throw new RuntimeError(
          "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.",
        );
      const saved = ctx.saved_tensors as (Tensor | null)[];
      const leaves = saved.map((t) => (t === null ? null : asLeaf(t.detach(), t.requires_grad)));
      const ys = around(() => tensorsAmong(func(...others.map((x, i) => leaves[i] ?? x))));
      const places = ys.flatMap((y, i) => (y.requires_grad ? [i] : []));
      if (places.length === 0)
        throw new RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary");
      const roots = places.map((i) => ys[i]);
      const theirs = places.map((i) => grads[i]);
      backward(roots, theirs);
      return leaves.map((x) => x?.grad ?? null);
    }
  }
  const made = CheckpointFunction.apply(...args);
  const plain = tensorsAmong(results);
  const shown = mapTensors(results, (t) => made[plain.indexOf(t)] ?? t);
  // The node holds this function's variables: what it has made must not be held by it.
  results = null;
  return shown;
}
/** The tensors that a function gives, alone or in a list. */
const tensorsAmong = (results: unknown): Tensor[] =>
  (Array.isArray(results) ? (results as unknown[]) : [results]).filter((y) => y instanceof Tensor);
