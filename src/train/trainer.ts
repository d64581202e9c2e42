// class Trainer: the loop that everybody writes.
import { autocast } from "../amp/autocast.ts";
import type { GradScaler } from "../amp/grad_scaler.ts";
import { withGrad } from "../autograd/mode.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { DataLoader } from "../data/dataloader.ts";
import { IterableDataset } from "../data/dataset.ts";
import { turns } from "../data/turn.ts";
import { Module } from "../nn/module/module.ts";
import { clip_grad_norm_ } from "../nn/utils/clip_grad.ts";
import { AveragedModel, get_ema_avg_fn } from "../optim/averaged_model.ts";
import { ReduceLROnPlateau } from "../optim/lr_scheduler/plateau.ts";
import type { LRScheduler } from "../optim/lr_scheduler/scheduler.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { AnyOptimizer } from "../optim/optimizer.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import type { Callback, EpochLogs, Running, StepResult } from "./callback.ts";
import { monitored } from "./early_stopping.ts";
import { Interrupts } from "./interrupts.ts";
import type { Interrupting } from "./interrupts.ts";
import { Means } from "./metrics.ts";
import type { AnyMetric } from "./metrics.ts";
import type { ModelCheckpoint } from "./model_checkpoint.ts";
import { FirstNotFinite } from "./not_finite.ts";
import { loaderState, placeOf, setGenerators, setState, stateOf } from "./random_states.ts";
import type { LoaderState } from "./random_states.ts";
import { atOnce, waiting } from "./waiting.ts";
import type { Waiting } from "./waiting.ts";

export interface TrainerOptions<M extends Module, B> {
  /** The loss of the model's output and the target, for batches that are `[input, target]`. */
  loss_fn?: (output: Tensor, target: Tensor) => Tensor;
  /** What a batch costs, in place of `loss_fn`: the loss, or the loss with the output and the target that metrics want. */
  step?: (model: M, batch: B) => Tensor | StepResult<unknown, unknown>;
  metrics?: Readonly<Record<string, AnyMetric<never, never>>>;
  scheduler?: LRScheduler | null;
  /** When the scheduler steps; "epoch" unless told. */
  scheduler_interval?: "epoch" | "step";
  /** What a ReduceLROnPlateau is shown; `val_loss`, or `loss` without validation, unless told. */
  scheduler_monitor?: string | null;
  /** Batches whose gradients make one step of the optimizer; 1 unless told. */
  gradient_accumulation_steps?: number;
  /** The norm that all gradients together may have. */
  gradient_clip_val?: number | null;
  /** The dtype that autocast computes in: bfloat16 or float16. */
  autocast?: Dtype | null;
  scaler?: GradScaler | null;
  /** The decay of an exponential average of the weights, which validation then is of; or an AveragedModel of one's own. */
  ema?: number | AveragedModel<M> | null;
}
/** Batches: a DataLoader, an array, or anything that can be read again and again. */
export type Batches<B> = Iterable<B> | AsyncIterable<B>;
export interface FitOptions<B> {
  epochs: number;
  /** What is measured after each epoch, under names with `val_`. */
  val?: Batches<B> | null;
  callbacks?: readonly Callback[];
  /** Keeps the last and the best checkpoint; with it Ctrl-C saves and ends the program with exit code 130. */
  checkpoint?: ModelCheckpoint | null;
  /** Goes on from `checkpoint`'s last file, if there is one. */
  resume?: boolean;
}
/** All that a run must remember. */
export interface TrainerState {
  model: Map<string, Tensor>;
  /** Buffers that the state dict leaves out. */
  buffers: Map<string, Tensor>;
  optimizer: object;
  scheduler: object | null;
  scaler: object | null;
  ema: Map<string, Tensor> | null;
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  global_step: number;
  should_stop: boolean;
  history: EpochLogs[];
  means: object;
  callbacks: Record<string, object>;
  best: number | null;
  random: { now: Tensor; start: Tensor };
  train: LoaderState | null;
  val: LoaderState | null;
}
/** Where the run was when an epoch, or its validation, began. */
interface Moment {
  readonly random: Tensor;
  readonly train: LoaderState | null;
  readonly val: LoaderState | null;
}

/**
 * Trains a model: epochs with validation, metrics weighted by the size of batches, accumulated and clipped gradients,
 * autocast, an exponential average, schedulers, callbacks, checkpoints. For each batch it does `loss_fn(model(input),
 * target)`, or what `step` says, backward, and a step of the optimizer. It is the loop that one would write, so a program
 * that needs another one writes its own.
 *
 * A run that was interrupted, by whatever and also within an epoch, goes on with `resume` to the same parameters, bit for
 * bit, as if it had not been: model, optimizer, scheduler, sampler, loader workers, random state, averages, callbacks. For
 * that the program must make the same model and loaders again, and draw at random from torch's generator.
 *
 * Raises RuntimeError when a loss is no number, with the op that made it so; ValueError for options that make no sense.
 * @example
 * const trainer = new Trainer(model, optimizer, { loss_fn: F.cross_entropy, metrics: { accuracy } });
 * const history = await trainer.fit(train, { epochs: 10, val, callbacks: [new ProgressBar()] });
 */
export class Trainer<M extends Module = Module, B = readonly Tensor[]> implements Running {
  readonly model: M;
  readonly optimizer: AnyOptimizer;
  /** The averaged model; null without `ema`. */
  readonly ema: AveragedModel<M> | null;
  epoch = 0;
  global_step = 0;
  should_stop = false;
  /** What was logged of each epoch. */
  history: EpochLogs[] = [];
  private readonly options: TrainerOptions<M, B>;
  private readonly means: Means;
  private batch = 0;
  private fitting: { train: Batches<B>; options: FitOptions<B> } | null = null;
  /** What the epoch under way began with; what its validation began with, while that goes on. */
  private begun: Moment | null = null;
  private validating: Moment | null = null;
  /** A state that was loaded, from which the next epoch goes on. */
  private loaded: TrainerState | null = null;

  constructor(model: M, optimizer: AnyOptimizer, options: TrainerOptions<M, B>) {
    if (!((model as unknown) instanceof Module))
      throw new TypeError(`Trainer: expected a Module as model, got ${typeWord(model)}`);
    if (!((optimizer as unknown) instanceof Optimizer))
      throw new TypeError(`Trainer: expected an Optimizer, got ${typeWord(optimizer)}`);
    const { loss_fn, step, gradient_accumulation_steps: many = 1, gradient_clip_val: clip, ema } = options ?? {};
    if ((loss_fn === undefined) === (step === undefined))
      throw new ValueError("Trainer: expected either loss_fn or step\nloss_fn is for batches of [input, target].");
    if (!Number.isInteger(many) || many < 1)
      throw new ValueError(`Trainer: expected gradient_accumulation_steps to be a positive integer, got ${many}`);
    if (clip !== undefined && clip !== null && !(clip > 0))
      throw new ValueError(`Trainer: expected gradient_clip_val to be positive, got ${clip}`);
    const { scheduler_interval: interval = "epoch" } = options;
    if (interval !== "epoch" && interval !== "step")
      throw new ValueError(`Trainer: expected scheduler_interval to be 'epoch' or 'step', got '${String(interval)}'`);
    if (interval === "step" && options.scheduler instanceof ReduceLROnPlateau)
      throw new ValueError(
        "Trainer: a ReduceLROnPlateau steps by what an epoch gave: scheduler_interval must be 'epoch'",
      );
    for (const name of Object.keys(options.metrics ?? {}))
      if (name === "loss" || name === "epoch" || name === "step" || name === "lr" || name.startsWith("val_"))
        throw new ValueError(`Trainer: the name '${name}' of a metric is taken`);
    this.model = model;
    this.optimizer = optimizer;
    this.options = options;
    this.means = new Means(options.metrics ?? {});
    this.ema = typeof ema === "number" ? new AveragedModel(model, { avg_fn: get_ema_avg_fn(ema) }) : (ema ?? null);
  }

  /**
   * Trains until `epochs` epochs are done in all, or a callback says stop; returns what was logged of each. Raises ValueError
   * for loaders without a batch.
   */
  async fit(train: Batches<B>, options: FitOptions<B>): Promise<EpochLogs[]> {
    const code = await waiting(this.steps(train, options, () => new Interrupts()));
    if (code !== null) {
      const { last_path } = options.checkpoint!;
      console.error(`\nStopped in epoch ${this.epoch + 1}, after ${this.global_step} steps: ${last_path}`);
      globalThis.process.exit(code);
    }
    return this.history;
  }
  /** @internal The same at once, for Python programs; the exit code that an interrupt asked for. */
  fitNow(train: Batches<B>, options: FitOptions<B>, listen: () => Interrupting): number | null {
    return atOnce(this.steps(train, options, listen));
  }
  private *steps(train: Batches<B>, options: FitOptions<B>, listen: () => Interrupting): Waiting<number | null> {
    const { epochs, val = null, callbacks = [], checkpoint = null, resume = false } = options;
    if (!Number.isInteger(epochs) || epochs < 0)
      throw new ValueError(`fit(): expected epochs to be an integer of 0 or more, got ${epochs}`);
    assertAgain("train", train);
    if (val !== null) assertAgain("val", val);
    if (resume && checkpoint === null) throw new ValueError("fit(): resume needs a checkpoint to go on from");
    checkpoint?.begin();
    this.fitting = { train, options };
    const state = resume ? checkpoint!.load() : null;
    if (state !== null) this.load_state_dict(state as TrainerState);
    if (this.loaded !== null) {
      const { callbacks: saved, best } = this.loaded;
      for (const [name, callback] of this.remembering())
        if (saved[name] !== undefined) callback.load_state_dict?.(saved[name]);
      if (checkpoint !== null && best !== null) checkpoint.best = best;
    }
    const interrupts = checkpoint === null ? null : listen();
    const length = lengthOf(train);
    const each = this.options.gradient_accumulation_steps ?? 1;
    try {
      const steps_per_epoch = length === null ? null : Math.ceil(length / each);
      for (const callback of callbacks) yield callback.on_fit_start?.(this, { epochs, steps_per_epoch });
      while (this.epoch < epochs && !this.should_stop) {
        if (!(yield* this.trainEpoch(train, length, interrupts))) break;
        const measured = val === null ? {} : yield* this.validation(val, interrupts);
        if (measured === null) break;
        this.endEpoch(measured);
      }
    } finally {
      for (const callback of callbacks) callback.on_fit_end?.(this);
      interrupts?.close();
      this.fitting = null;
    }
    return interrupts?.code ?? null;
  }
  /** An epoch's batches; false if it was interrupted, and saved. */
  private *trainEpoch(train: Batches<B>, length: number | null, interrupts: Interrupting | null): Waiting<boolean> {
    const { callbacks = [], checkpoint = null } = this.fitting!.options;
    const each = this.options.gradient_accumulation_steps ?? 1;
    const batches = yield* this.beginEpoch(train);
    for (const callback of callbacks) callback.on_epoch_start?.(this);
    const turn = turns();
    let group = new Group<B>();
    try {
      for (;;) {
        const { done, value } = (yield batches.next()) as IteratorResult<B>;
        if (done === true) break;
        this.batch++;
        const place = (this.batch - 1) % each;
        // A last group may have fewer batches. Of a stream that is not known: what its dataset says is not its share.
        const left = length === null || isStream(train) ? each : length - (this.batch - 1 - place);
        const size = Math.min(each, Math.max(left, place + 1));
        const { loss, samples } = this.backward(value, size);
        group.add(value, size, loss, samples);
        if (place + 1 === each) {
          this.takeStep(group);
          group = new Group();
          yield turn;
          const isDue = this.global_step % (checkpoint?.every_n_train_steps ?? Infinity) === 0;
          if (isDue || (interrupts?.code ?? null) !== null) checkpoint?.save(this.state_dict(), false);
          if ((interrupts?.code ?? null) !== null) return false;
        }
      }
    } finally {
      yield batches.return?.();
    }
    if (group.batches.length > 0) this.takeStep(group);
    if (this.batch === 0)
      throw new ValueError(
        "fit(): there is no batch to train on\nAn iterator can be read once: give a DataLoader or an array.",
      );
    return true;
  }
  /** The batches of an epoch that are to come. */
  private *beginEpoch(train: Batches<B>): Waiting<Iterator<B> | AsyncIterator<B>> {
    const { loaded } = this;
    this.loaded = null;
    const { val = null } = this.fitting!.options;
    this.model.train();
    if (loaded === null || loaded.batch === 0) {
      if (loaded === null) this.means.reset();
      setEpoch(train, this.epoch);
      if (loaded !== null && loaded.train !== null) setGenerators(train, loaded.train);
      if (loaded !== null && loaded.val !== null) setGenerators(val, loaded.val);
      if (loaded !== null) setState(loaded.random.now);
      this.begun = this.moment();
      this.batch = 0;
      this.optimizer.zero_grad();
      this.resumedVal = loaded?.val ?? null;
      if (loaded !== null && loaded.train !== null && train instanceof DataLoader)
        return (yield train._resume(0, placeOf(loaded.train))) as AsyncIterator<B>;
      return iterate(train);
    }
    // In the middle of an epoch: its order is drawn again, what was done is left out, and then all goes on from the present.
    setEpoch(train, this.epoch);
    setState(loaded.random.start);
    if (loaded.train !== null) setGenerators(train, loaded.train);
    if (loaded.val !== null) setGenerators(val, loaded.val);
    this.begun = { random: loaded.random.start, train: loaded.train, val: loaded.val };
    this.resumedVal = loaded.val;
    this.optimizer.zero_grad();
    let rest: Iterator<B> | AsyncIterator<B>;
    if (train instanceof DataLoader && loaded.train !== null)
      rest = (yield train._resume(loaded.batch, placeOf(loaded.train))) as AsyncIterator<B>;
    else {
      rest = iterate(train);
      for (let i = 0; i < loaded.batch; i++) yield rest.next();
    }
    setState(loaded.random.now);
    return rest;
  }
  private resumedVal: LoaderState | null = null;

  private backward(batch: B, size: number): { loss: number; samples: number } {
    const { scaler = null } = this.options;
    const model = this.model;
    const result = this.costOf(model, batch);
    const loss = Number(result.loss.item());
    const samples = result.size ?? sizeOf(batch);
    if (!Number.isFinite(loss) && scaler === null) throw this.notFinite(loss, batch);
    this.means.add("loss", loss, samples);
    this.means.measure(result.output, result.target, samples);
    const part = size === 1 ? result.loss : result.loss.div(size);
    (scaler === null ? part : scaler.scale(part)).backward();
    return { loss, samples };
  }
  private costOf(model: Module, batch: B): StepResult<unknown, unknown> {
    const { loss_fn, step, autocast: dtype = null } = this.options;
    const device = [...model.parameters()][0]?.device ?? "cpu";
    const body = (): StepResult<unknown, unknown> => {
      if (step !== undefined) {
        const result = step(model as M, batch);
        return result instanceof Tensor ? { loss: result } : result;
      }
      if (!Array.isArray(batch) || batch.length !== 2)
        throw new ValueError(
          `Trainer: loss_fn is for batches of [input, target], got ${Array.isArray(batch) ? `${batch.length} items` : typeWord(batch)}\nWith step you say what a batch costs: step: (model, batch) => loss`,
        );
      const [input, target] = (batch as unknown as readonly [Tensor, Tensor]).map((t) => t.to(device));
      const output = (model as unknown as (x: Tensor) => Tensor)(input);
      return { loss: loss_fn!(output, target), output, target };
    };
    const result =
      dtype === null ? body() : autocast(typeof device === "string" ? device : device.type, { dtype }, body);
    if (!(result?.loss instanceof Tensor) || result.loss.numel() !== 1)
      throw new ValueError(
        `Trainer: expected a loss of one element, got ${result?.loss instanceof Tensor ? `[${result.loss.sizes.join(", ")}]` : typeWord(result?.loss)}`,
      );
    return result;
  }
  private notFinite(loss: number, batch: B): RuntimeError {
    const op = FirstNotFinite.of(() => this.costOf(this.model, batch));
    const where = `epoch ${this.epoch + 1}, batch ${this.batch}, after ${this.global_step} steps`;
    const bad = [...this.model.named_parameters()].find(([, p]) => !p.detach().isfinite().all().item());
    const cause =
      bad !== undefined
        ? `The parameter '${bad[0]}' is not finite: a step before made it so.`
        : op !== null
          ? `The first op whose result is not finite: ${op}.`
          : "Computed again it was finite.";
    return new RuntimeError(`The loss is ${loss} (${where})\n${cause}`);
  }
  private takeStep(group: Group<B>): void {
    const { scaler = null, gradient_clip_val: clip = null, scheduler = null, scheduler_interval } = this.options;
    const { callbacks = [] } = this.fitting!.options;
    const { optimizer } = this;
    if (clip !== null) scaler?.unscale_(optimizer);
    const grad_norm = this.clip();
    for (const callback of callbacks) callback.on_before_step?.(this);
    const { lr } = optimizer.param_groups[0];
    if (scaler === null) optimizer.step(() => this.again(group));
    else {
      scaler.step(optimizer);
      scaler.update();
    }
    optimizer.zero_grad();
    this.global_step++;
    this.ema?.update_parameters(this.model);
    if (scheduler_interval === "step") scheduler?.step();
    const logs = { loss: group.loss / group.samples, lr, samples: group.samples };
    for (const callback of callbacks)
      callback.on_step_end?.(this, grad_norm === undefined ? logs : { ...logs, grad_norm });
  }
  /**
   * What an optimizer is given that asks for loss and gradients itself, as LBFGS does several times a step: first those that
   * are there, then those of the same batches with the parameters as they are then.
   */
  private again(group: Group<B>): number {
    if (!group.isAsked) {
      group.isAsked = true;
      return group.cost;
    }
    this.optimizer.zero_grad();
    let cost = 0;
    for (const { batch, size } of group.batches) {
      const { loss } = this.costOf(this.model, batch);
      const part = size === 1 ? loss : loss.div(size);
      part.backward();
      cost += Number(part.item());
    }
    this.clip();
    return cost;
  }
  /** Clips all gradients together; their norm before, if that is asked for. */
  private clip(): number | undefined {
    const { gradient_clip_val: clip = null } = this.options;
    if (clip === null) return undefined;
    const parameters = this.optimizer.param_groups.flatMap(({ params }) => params);
    return Number(clip_grad_norm_(parameters, clip).item());
  }
  /** The loss and all metrics of a model on batches, in eval mode and without gradients: of the averaged one, if there is. */
  async evaluate(batches: Batches<B>): Promise<Record<string, number>> {
    assertAgain("evaluate", batches);
    return (await waiting(this.measure(iterate(batches), null)))!;
  }
  /** @internal The same at once, for Python programs. */
  evaluateNow(batches: Batches<B>): Record<string, number> {
    return atOnce(this.measure(iterate(batches), null))!;
  }
  private *measure(
    batches: Iterator<B> | AsyncIterator<B>,
    interrupts: Interrupting | null,
  ): Waiting<Record<string, number> | null> {
    const model: Module = this.ema === null || Number(this.ema.n_averaged.item()) === 0 ? this.model : this.ema.module;
    const means = new Means(this.options.metrics ?? {});
    means.reset();
    const modes = [...model.modules()].map((m) => [m, m.training] as const);
    model.eval();
    const turn = turns();
    let count = 0;
    try {
      for (;;) {
        const { done, value } = (yield batches.next()) as IteratorResult<B>;
        if (done === true) break;
        count++;
        withGrad(false, () => {
          const result = this.costOf(model, value);
          const samples = result.size ?? sizeOf(value);
          means.add("loss", Number(result.loss.item()), samples);
          means.measure(result.output, result.target, samples);
        });
        yield turn;
        if ((interrupts?.code ?? null) !== null) return null;
      }
      if (count === 0) throw new ValueError("there is no batch to measure");
      return means.compute();
    } finally {
      for (const [m, training] of modes) m.training = training;
      yield batches.return?.();
    }
  }
  /** What is measured at the end of an epoch; null if it was interrupted, and saved. */
  private *validation(val: Batches<B>, interrupts: Interrupting | null): Waiting<Record<string, number> | null> {
    const { checkpoint = null } = this.fitting!.options;
    // Metrics that are objects are shown other batches now: what the epoch gave is kept.
    this.trained = this.means.compute();
    this.validating = this.moment();
    this.state = this.means.state_dict();
    const place = this.resumedVal === null ? null : placeOf(this.resumedVal);
    this.resumedVal = null;
    const batches =
      val instanceof DataLoader && place !== null ? ((yield val._resume(0, place)) as AsyncIterator<B>) : iterate(val);
    const measured = yield* this.measure(batches, interrupts);
    if (measured === null) checkpoint?.save(this.state_dict(), false);
    this.validating = null;
    return measured;
  }
  private trained: Record<string, number> | null = null;
  private state: object | null = null;

  private endEpoch(measured: Record<string, number>): void {
    const { callbacks = [], checkpoint = null } = this.fitting!.options;
    const { scheduler = null, scheduler_interval = "epoch", scheduler_monitor = null } = this.options;
    const val = Object.fromEntries(Object.entries(measured).map(([name, x]) => [`val_${name}`, x]));
    const { lr } = this.optimizer.param_groups[0];
    const logs = { epoch: this.epoch, step: this.global_step, lr, ...(this.trained ?? this.means.compute()), ...val };
    this.trained = null;
    if (scheduler !== null && scheduler_interval === "epoch")
      if (scheduler instanceof ReduceLROnPlateau)
        scheduler.step(
          monitored("ReduceLROnPlateau", logs, scheduler_monitor ?? ("val_loss" in logs ? "val_loss" : "loss")),
        );
      else scheduler.step();
    this.history.push(logs);
    for (const callback of callbacks) callback.on_epoch_end?.(this, logs);
    this.epoch++;
    this.batch = 0;
    this.begun = null;
    this.means.reset();
    if (checkpoint === null) return;
    const isBest = checkpoint.judge(logs);
    checkpoint.save(this.state_dict(), isBest);
  }

  private moment(): Moment {
    const { train, options } = this.fitting!;
    return { random: stateOf(), train: loaderState(train), val: loaderState(options.val ?? null) };
  }
  /** All that the run must remember, to be saved; tensors are the run's own, not copies. Valid between two steps. */
  state_dict(): TrainerState {
    const { model, optimizer, options, ema } = this;
    const now = this.validating ?? (this.fitting === null ? null : this.moment());
    const persistent = model.state_dict();
    const others = [...model.named_buffers()].filter(([name]) => !persistent.has(name));
    const isWithin = this.begun !== null && this.batch > 0;
    // Of an epoch under way the generators are as they were when it began, the workers as they are.
    const train = isWithin && now?.train ? { ...this.begun!.train!, workers: now.train.workers } : (now?.train ?? null);
    return {
      model: persistent,
      buffers: new Map(others),
      optimizer: optimizer.state_dict(),
      scheduler: options.scheduler?.state_dict() ?? null,
      scaler: options.scaler?.state_dict() ?? null,
      ema: ema?.state_dict() ?? null,
      epoch: this.epoch,
      batch: this.batch,
      global_step: this.global_step,
      should_stop: this.should_stop,
      history: this.history,
      means: this.validating === null ? this.means.state_dict() : this.state!,
      callbacks: Object.fromEntries(this.remembering().map(([name, callback]) => [name, callback.state_dict!()])),
      best: this.fitting?.options.checkpoint?.best ?? null,
      random: { now: now?.random ?? stateOf(), start: (isWithin ? this.begun!.random : now?.random) ?? stateOf() },
      train,
      val: now?.val ?? null,
    };
  }
  /** Continues from what `state_dict` gave: the next `fit` goes on from there. Raises ValueError for what is no such state. */
  load_state_dict(state: TrainerState): void {
    if (typeof state !== "object" || state === null || !("model" in state) || !("random" in state))
      throw new ValueError(
        "Trainer.load_state_dict(): expected what state_dict() gave, with model, optimizer and random",
      );
    const { model, optimizer, options, ema } = this;
    for (const [name, mine, theirs] of [
      ["scheduler", options.scheduler ?? null, state.scheduler],
      ["scaler", options.scaler ?? null, state.scaler],
      ["ema", ema, state.ema],
    ] as const)
      if ((mine === null) !== (theirs === null))
        throw new ValueError(
          `Trainer.load_state_dict(): the state is of a run with${theirs === null ? "out" : ""} ${name}, this trainer has ${mine === null ? "none" : "one"}`,
        );
    model.load_state_dict(state.model);
    const buffers = new Map(model.named_buffers());
    withGrad(false, () => {
      for (const [name, saved] of state.buffers) buffers.get(name)?.copy_(saved);
    });
    optimizer.load_state_dict(state.optimizer as never);
    if (state.scheduler !== null) options.scheduler?.load_state_dict(state.scheduler as never);
    if (state.scaler !== null) options.scaler?.load_state_dict(state.scaler as never);
    if (state.ema !== null) ema?.load_state_dict(state.ema);
    this.epoch = state.epoch;
    this.batch = state.batch;
    this.global_step = state.global_step;
    this.should_stop = state.should_stop;
    this.history = [...state.history];
    this.means.reset();
    this.means.load_state_dict(state.means);
    setState(state.random.now);
    this.loaded = state;
  }
  /** Callbacks that have a state, by the names that they have in checkpoints. */
  private remembering(): [string, Callback][] {
    const callbacks = this.fitting?.options.callbacks ?? [];
    return callbacks.flatMap((callback, i): [string, Callback][] =>
      callback.state_dict === undefined ? [] : [[`${callback.name ?? callback.constructor.name}.${i}`, callback]],
    );
  }
}

/** The batches of one step. */
class Group<B> {
  readonly batches: { readonly batch: B; readonly size: number }[] = [];
  /** The sum of the losses of samples. */
  loss = 0;
  samples = 0;
  /** What the step makes smaller: each batch's loss over how many batches there are. */
  cost = 0;
  isAsked = false;
  add(batch: B, size: number, loss: number, samples: number): void {
    this.batches.push({ batch, size });
    this.loss += loss * samples;
    this.samples += samples;
    this.cost += loss / size;
  }
}
const isLoop = (x: unknown): x is Iterable<unknown> =>
  typeof (x as Iterable<unknown> | null)?.[Symbol.iterator] === "function" ||
  typeof (x as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function";
/** Raises for what gives no batches, or gives them once. */
function assertAgain(name: string, batches: unknown): void {
  if (!isLoop(batches) || batches instanceof Tensor || typeof batches === "string")
    throw new TypeError(`${name}: expected batches (a DataLoader, an array of batches), got ${typeWord(batches)}`);
  if (typeof (batches as unknown as Iterator<unknown>).next === "function")
    throw new TypeError(
      `${name}: expected batches that can be read in every epoch, got an iterator, which is read once`,
    );
}
function iterate<B>(batches: Batches<B>): Iterator<B> | AsyncIterator<B> {
  const later = (batches as AsyncIterable<B>)[Symbol.asyncIterator];
  return later === undefined ? (batches as Iterable<B>)[Symbol.iterator]() : later.call(batches);
}
/** Samplers that have another order in each epoch are told which it is. */
function setEpoch(train: unknown, epoch: number): void {
  if (!(train instanceof DataLoader)) return;
  for (const sampler of [train.sampler, train.batch_sampler] as { set_epoch?: (epoch: number) => void }[])
    sampler?.set_epoch?.(epoch);
}
const isStream = (train: unknown): boolean => train instanceof DataLoader && train.dataset instanceof IterableDataset;
/** How many batches there are, where that is known. */
function lengthOf(batches: unknown): number | null {
  try {
    const { length } = batches as { readonly length?: unknown };
    return typeof length === "number" ? length : null;
  } catch {
    return null; // a DataLoader over a stream
  }
}
/** The samples of a batch: the first dim of the first tensor in it. */
function sizeOf(batch: unknown): number {
  const first = firstTensor(batch);
  return first === null || first.ndim === 0 ? 1 : first.size(0);
}
function firstTensor(x: unknown): Tensor | null {
  if (x instanceof Tensor) return x;
  const items = Array.isArray(x) ? x : x instanceof Map ? [...x.values()] : isPlain(x) ? Object.values(x) : [];
  for (const item of items) {
    const found = firstTensor(item);
    if (found !== null) return found;
  }
  return null;
}
const isPlain = (x: unknown): x is object =>
  typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
