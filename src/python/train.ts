// tidu.train for Python programs: the library's Trainer over models, optimizers and loaders that Python has. What Python
// has is asked there when it is needed, and its state is saved and loaded there: here are stand-ins, of the classes that the
// Trainer knows, whose members are Python's. Python's programs cannot wait, so all is done at once.
import { GradScaler } from "../amp/grad_scaler.ts";
import type { Dtype } from "../base/dtype.ts";
import { Float } from "../base/dtype.ts";
import { Module } from "../nn/module/module.ts";
import type { Parameter } from "../nn/module/parameter.ts";
import { AveragedModel } from "../optim/averaged_model.ts";
import { ReduceLROnPlateau } from "../optim/lr_scheduler/plateau.ts";
import { LRScheduler } from "../optim/lr_scheduler/scheduler.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { Generator } from "../random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as library from "../train/index.ts";
import type { AnyMetric, Callback, EpochLogs, Running, TrainerState } from "../train/index.ts";
import { plain } from "./layers.ts";

export type Call = (...args: unknown[]) => unknown;
export type Calls<Name extends string> = Readonly<Record<Name, Call>>;
export type Model = Calls<
  "cost" | "train" | "eval" | "modes" | "set_modes" | "named_parameters" | "named_buffers" | "modules"
>;
export interface Parts {
  readonly model: Model;
  readonly optimizer: Calls<"step" | "zero_grad" | "groups">;
  readonly scheduler: (Calls<"step"> & { readonly by_plateau: boolean }) | null;
  readonly scaler: Calls<"scale" | "unscale_" | "step" | "update"> | null;
  readonly ema: (Calls<"update" | "count"> & { readonly model: Model }) | null;
  readonly metrics: Readonly<Record<string, AnyMetric | Calls<keyof library.Metric>>>;
  /** Gives a part of Python's its state back, out of what is loaded. */
  readonly load: Call;
}
/** A number of a batch: Python has the batch. */
export type Batch = number;
export type Files = Calls<"begin" | "load" | "save">;
export type Batches = Calls<"begin" | "next" | "end"> & {
  readonly length: number | null;
  readonly generators: Generator[];
};

/** An object of a class, with other members: what is not told is the class's own. */
const standIn = <T extends object>(Class: { readonly prototype: T }, members: object): T =>
  Object.create(Class.prototype, Object.getOwnPropertyDescriptors(members)) as T;
const numberOf = (x: unknown): number | Tensor => (x instanceof Float ? x.value : (x as number | Tensor));
const named = (x: unknown): [string, Tensor][] => x as [string, Tensor][];

function modelOf(of: Model, kept: object): Module {
  /** Of all modules, whether they are training; so they are put back at once. */
  const modes = {
    get training(): unknown {
      return of.modes();
    },
    set training(x: unknown) {
      of.set_modes(x);
    },
  };
  const model: Module = standIn(Module, {
    ...kept,
    cost: of.cost,
    train: of.train,
    eval: of.eval,
    modules: () => [modes],
    parameters: () => named(of.named_parameters()).map(([, p]) => p as Parameter),
    named_parameters: () => named(of.named_parameters()),
    named_buffers: () => named(of.named_buffers()),
    named_modules: () =>
      (of.modules() as [string, Call, Call][]).map(([name, before, after], i) => [
        name,
        i === 0
          ? Object.assign(model, hooks(before, after))
          : standIn(Module, { ...hooks(before, after), training: true }),
      ]),
  });
  Object.defineProperty(model, "training", { get: () => (of.modes() as boolean[])[0] });
  return model;
}
/** Hooks on a module of Python's, which calls them by `trainCall`. */
const hooks = (before: Call, after: Call): object => ({
  register_forward_pre_hook: (f: Call) => ({ remove: before(f) }),
  register_forward_hook: (f: Call) => ({ remove: after(f) }),
});
const loading = (of: Batches): Iterable<Batch> & { length: unknown; _generators: Generator[] } => ({
  length: of.length,
  _generators: of.generators,
  [Symbol.iterator]: () => {
    of.begin();
    return {
      next: () => {
        const value = of.next() as Batch | null | undefined;
        return value === null || value === undefined ? { done: true, value: undefined } : { done: false, value };
      },
      return: () => {
        of.end();
        return { done: true, value: undefined };
      },
    };
  },
});
const metricOf = (of: AnyMetric | Calls<keyof library.Metric>): AnyMetric => {
  if (typeof of === "function") return (output, target) => numberOf(of(output, target));
  if (of.constructor !== Object) return of as AnyMetric; // the library's own
  const { update, compute, reset, state_dict, load_state_dict } = of as Calls<keyof library.Metric>;
  return {
    update: (output, target) => void update(output, target),
    compute: () => numberOf(compute()) as number,
    reset: () => void reset(),
    state_dict: state_dict as () => object,
    load_state_dict: (state) => void load_state_dict(state),
  };
};
/** A callback of Python's: those of its methods that there are, which know their trainer. */
function callbackOf(of: Callback | (Partial<Calls<Exclude<keyof Callback, "name">>> & { name: string })): Callback {
  if (of.constructor !== Object) return of as Callback;
  const told = (name: "on_fit_start" | "on_step_end" | "on_epoch_end") =>
    of[name] && ((_: Running, logs: object): void => void (of[name] as Call)(logs));
  const asked = (name: "on_epoch_start" | "on_before_step" | "on_fit_end") =>
    of[name] && ((): void => void (of[name] as Call)());
  const members = {
    name: of.name,
    on_fit_start: told("on_fit_start"),
    on_epoch_start: asked("on_epoch_start"),
    on_before_step: asked("on_before_step"),
    on_step_end: told("on_step_end"),
    on_epoch_end: told("on_epoch_end"),
    on_fit_end: asked("on_fit_end"),
    state_dict: of.state_dict as (() => object) | undefined,
    load_state_dict: of.load_state_dict as ((state: object) => void) | undefined,
  };
  return Object.fromEntries(Object.entries(members).filter(([, x]) => x !== undefined));
}
/** Its event file is begun at once. */
class TensorBoard extends library.TensorBoard {
  override on_fit_start(trainer: Running): void {
    this.open = library.SummaryWriter.createNow(this.log_dir, this.goingOn(trainer));
  }
}
/** Python writes and reads the files. */
export class ModelCheckpoint extends library.ModelCheckpoint {
  files: Files | null = null;
  override begin(): void {
    this.files!.begin();
  }
  override load(): object | null {
    const state = this.files!.load() as object | null | undefined;
    return state === null || state === undefined ? null : stateOf(state);
  }
  override save(state: object, isBest: boolean): void {
    this.files!.save(state, isBest);
  }
}
/** A state without what Python has of it. */
function stateOf(state: object): TrainerState {
  const rest = plain(state) as TrainerState;
  return { ...rest, model: new Map(), buffers: new Map(), ema: rest.ema === null ? null : new Map() };
}
const { ConfusionMatrix, EarlyStopping, F1Score, GradientFlow, JsonLines, Precision, ProgressBar, Recall } = library;
const classes = {
  ConfusionMatrix,
  EarlyStopping,
  F1Score,
  GradientFlow,
  JsonLines,
  ModelCheckpoint,
  Precision,
  ProgressBar,
  Recall,
  TensorBoard,
};
const { accuracy, mean_absolute_error, mean_squared_error } = library;
const functions = { accuracy, mean_absolute_error, mean_squared_error };

export const train = {
  /** A callback, a metric or a checkpoint of the library's. */
  trainNew: (name: keyof typeof classes, ...args: unknown[]): object =>
    new (classes[name] as new (...args: unknown[]) => object)(...args.map(plain)),
  trainMetric: (name: keyof typeof functions, output: Tensor, target: Tensor): unknown =>
    functions[name](output, target),
  trainTopK: (k: number, output: Tensor, target: Tensor): unknown => library.top_k_accuracy(k)(output, target),
  trainText: (x: object): string => String(x),
  trainCall: (f: Call): void => void f(),
  trainTrainer(parts: Parts, options: object): library.Trainer<Module, Batch> {
    const { load } = parts;
    const kept = (name: string) => ({ state_dict: () => new Map(), load_state_dict: () => load(name) });
    const { optimizer, scheduler, scaler, ema } = parts;
    const model = modelOf(parts.model, kept("model"));
    let again: (() => number | Tensor) | null = null;
    const trainer = new library.Trainer<Module, Batch>(
      model,
      standIn(Optimizer, {
        ...kept("optimizer"),
        get param_groups() {
          return plain(optimizer.groups());
        },
        zero_grad: optimizer.zero_grad,
        step(closure: () => number | Tensor) {
          again = closure;
          optimizer.step();
        },
      }),
      {
        ...(plain(options) as { autocast?: Dtype | null }),
        step(of, batch) {
          const [loss, output, target, size] = (of as unknown as Model).cost(batch) as [
            Tensor,
            unknown,
            unknown,
            number,
          ];
          return { loss, output, target, size };
        },
        metrics: Object.fromEntries(Object.entries(parts.metrics).map(([name, of]) => [name, metricOf(of)])),
        scheduler:
          scheduler &&
          standIn(scheduler.by_plateau ? ReduceLROnPlateau : LRScheduler, {
            ...kept("scheduler"),
            step: scheduler.step,
          }),
        scaler:
          scaler &&
          standIn(GradScaler, {
            ...kept("scaler"),
            scale: scaler.scale,
            unscale_: () => scaler.unscale_(),
            step: () => scaler.step(),
            update: () => scaler.update(),
          }),
        ema:
          ema &&
          standIn<AveragedModel<Module>>(AveragedModel, {
            ...kept("ema"),
            module: modelOf(ema.model, {}),
            update_parameters: () => ema.update(),
            get n_averaged() {
              return ema.count();
            },
          }),
      },
    );
    closures.set(trainer, () => again!());
    return trainer;
  },
  /** What an optimizer of Python's gives to its closure's caller. */
  trainAgain: (trainer: library.Trainer): unknown => closures.get(trainer)!(),
  /** Trains; the exit code that an interrupt asked for. */
  trainFit(
    trainer: library.Trainer<Module, Batch>,
    batches: Batches,
    val: Batches | null,
    callbacks: Callback[],
    checkpoint: ModelCheckpoint | null,
    files: Files | null,
    interrupted: Call,
    options: { epochs: number; resume: boolean },
  ): number | null {
    if (checkpoint !== null) checkpoint.files = files;
    return trainer.fitNow(
      loading(batches),
      {
        ...(plain(options) as typeof options),
        val: val && loading(val),
        callbacks: callbacks.map(callbackOf),
        checkpoint,
      },
      () => ({
        get code() {
          return interrupted() as number | null;
        },
        close: () => undefined,
      }),
    );
  },
  trainEvaluate: (trainer: library.Trainer<Module, Batch>, batches: Batches): Record<string, number> =>
    trainer.evaluateNow(loading(batches)),
  trainLoad: (trainer: library.Trainer<Module, Batch>, state: object): void => trainer.load_state_dict(stateOf(state)),
  trainHistory: (trainer: library.Trainer): EpochLogs[] => trainer.history,
};
const closures = new WeakMap<object, () => unknown>();
