// How gradients flow: their norms by parameter over time, and units that give nothing any more.
import { withGrad } from "../autograd/mode.ts";
import type { RemovableHandle } from "../autograd/node.ts";
import { observer } from "../base/observer.ts";
import type { Observer } from "../base/observer.ts";
import { ValueError } from "../base/errors.ts";
import type { Module } from "../nn/module/module.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Callback, Running } from "./callback.ts";

/** Ops that give zeros where a unit is off. */
const OFF = /^(relu6?_?|clamp_min_?|threshold_?|hardtanh_?)$/;

export interface Flow {
  readonly step: number;
  /** The norm of each parameter's gradient; null where there is none. */
  readonly norms: Readonly<Record<string, number | null>>;
  /** How large a step is beside what it changes: the norm of the gradient over that of the parameter. */
  readonly ratios: Readonly<Record<string, number | null>>;
}
/**
 * Notes, at every so many steps, the norm of each parameter's gradient, and which units of rectifiers (relu, relu6, hardtanh,
 * threshold; modules, functions and methods alike) were zero for all samples since the run began. `String(flow)` is a
 * report; `flow.flows` and `flow.dead` are its numbers.
 * @example
 * const flow = new GradientFlow({ every_n_steps: 10 });
 * await trainer.fit(train, { epochs: 3, callbacks: [flow] });
 * console.log(String(flow));
 */
export class GradientFlow implements Callback {
  readonly name = "GradientFlow";
  readonly every_n_steps: number;
  readonly flows: Flow[] = [];
  /** Of each rectifier, by the module that called it: which units have been on, in a dim of their own. */
  private readonly on = new Map<string, Tensor>();
  private hooks: RemovableHandle[] = [];

  constructor({ every_n_steps = 10 }: { every_n_steps?: number } = {}) {
    if (!(Number.isInteger(every_n_steps) && every_n_steps > 0))
      throw new ValueError(`GradientFlow: expected every_n_steps to be a positive integer, got ${every_n_steps}`);
    this.every_n_steps = every_n_steps;
  }
  private isDue(trainer: Running): boolean {
    return (trainer.global_step + 1) % this.every_n_steps === 0;
  }
  on_fit_start(trainer: Running): void {
    const { model } = trainer;
    const names = new Map<Module, string>([...model.named_modules()].map(([name, m]) => [m, name]));
    const path: string[] = [];
    let watching: Watching | null = null;
    for (const [m, name] of names) {
      this.hooks.push(
        m.register_forward_pre_hook(() => {
          if (m === model && model.training && this.isDue(trainer)) watching = new Watching(this.on, path);
          path.push(name);
        }),
      );
      const left = (): void => {
        path.pop();
        if (m !== model || watching === null) return;
        watching.close();
        watching = null;
        path.length = 0;
      };
      this.hooks.push(m.register_forward_hook(left, { always_call: true }));
    }
  }
  on_before_step(trainer: Running): void {
    if (!this.isDue(trainer)) return;
    const norms: Record<string, number | null> = {};
    const ratios: Record<string, number | null> = {};
    withGrad(false, () => {
      for (const [name, p] of trainer.model.named_parameters()) {
        const norm = p.grad === null ? null : Number(p.grad.norm().item());
        norms[name] = norm;
        ratios[name] = norm === null ? null : norm / Number(p.detach().norm().item());
      }
    });
    this.flows.push({ step: trainer.global_step + 1, norms, ratios });
  }
  on_fit_end(): void {
    for (const hook of this.hooks) hook.remove();
    this.hooks = [];
  }
  /** Of each rectifier how many units never were on, and how many there are. */
  get dead(): Readonly<Record<string, { readonly dead: number; readonly units: number }>> {
    return Object.fromEntries(
      [...this.on].map(([name, on]) => [name, { dead: on.numel() - Number(on.sum().item()), units: on.numel() }]),
    );
  }
  toString(): string {
    const first = this.flows.at(0);
    const last = this.flows.at(-1);
    if (first === undefined || last === undefined)
      return `No step was noted: every ${this.every_n_steps} steps one is.`;
    const wide = Math.max(...Object.keys(last.norms).map((name) => name.length), 9);
    const figure = (x: number | null): string =>
      x === null ? "none" : Number.isFinite(x) ? x.toPrecision(3) : String(x);
    const rows = Object.keys(last.norms).map((name) => {
      const [a, b] = [first.norms[name], last.norms[name]];
      const told = b === null ? "  no gradient" : !Number.isFinite(b) ? "  not finite" : b === 0 ? "  zero" : "";
      return `${name.padEnd(wide)}  ${figure(a).padStart(10)}  ${figure(b).padStart(10)}  ${figure(last.ratios[name]).padStart(10)}${told}`;
    });
    const units = Object.entries(this.dead).map(
      ([name, { dead, units }]) => `${name}: ${dead} of ${units} units never on`,
    );
    const head = `${"norms of".padEnd(wide)}  ${`step ${first.step}`.padStart(10)}  ${`step ${last.step}`.padStart(10)}  ${"by weight".padStart(10)}`;
    return [head, ...rows, ...units].join("\n");
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Watches rectifiers in one pass forward; what others watch for goes on. */
class Watching implements Observer {
  private readonly before: Observer | null = observer.current;
  private readonly counts = new Map<string, number>();
  private readonly on: Map<string, Tensor>;
  private readonly path: readonly string[];
  private depth = 0;
  constructor(on: Map<string, Tensor>, path: readonly string[]) {
    this.on = on;
    this.path = path;
    observer.current = this;
  }
  close(): void {
    if (observer.current === this) observer.current = this.before;
  }
  begin(name: string, kind: "op" | "backward" | "user", inputs: readonly unknown[]): unknown {
    if (OFF.test(name.replace(/^aten::/, ""))) this.depth++;
    return [name.replace(/^aten::/, ""), this.before?.begin(name, kind, inputs)];
  }
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void {
    const [name, theirs] = begun as [string, unknown];
    this.before?.end(theirs, inputs, result);
    // relu6 calls hardtanh: the outer one counts.
    if (!OFF.test(name) || --this.depth > 0 || !(result instanceof Tensor) || result.ndim < 2) return;
    const at = `${this.path.filter((part) => part !== "").at(-1) ?? "model"}.${name.replace(/_$/, "")}`;
    const count = (this.counts.get(at) ?? 0) + 1;
    this.counts.set(at, count);
    const key = count === 1 ? at : `${at}.${count}`;
    withGrad(false, () => {
      const dims = Array.from({ length: result.ndim }, (_, d) => d).filter((d) => d !== 1);
      const now = result.detach().ne(0).any(dims);
      const was = this.on.get(key);
      this.on.set(key, was === undefined || String(was.sizes) !== String(now.sizes) ? now : was.logical_or(now));
    });
  }
}
