// A recording played again: the same ops on the same tensors, passes included, each result compared bit for bit.
import { grad as gradientsOf, backward } from "../autograd/backward.ts";
import { withGrad } from "../autograd/mode.ts";
import { help, RuntimeError } from "../base/errors.ts";
import { registryByName } from "../dispatch/declare.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { default_generator } from "../random/generator.ts";
import { Tensor } from "../tensor/tensor.ts";
import { TENSOR } from "./recorder.ts";
import type { Known, Ref, Step } from "./recorder.ts";
import { figuresOfTensor, inOrder } from "./values.ts";

/** What playing a recording again came to. */
export interface Replay {
  /** Whether every result that was compared has the bits it had. */
  readonly same: boolean;
  /** How many results were compared. */
  readonly compared: number;
  /** Steps that were not computed anew but taken as they were recorded: custom Functions, optimizers' steps. */
  readonly taken: number;
  /** The first step that gave something else. */
  readonly differs: Step | null;
}

export function replayed(steps: readonly Step[]): Replay {
  const player = new Player(steps);
  const state = default_generator.get_state();
  try {
    for (const step of steps) player.play(step);
  } finally {
    default_generator.set_state(state);
  }
  const { compared, taken, differs } = player;
  return { same: differs === null, compared, taken, differs };
}

class Player {
  compared = 0;
  taken = 0;
  differs: Step | null = null;
  private readonly steps: readonly Step[];
  private readonly tensors = new Map<Known, Tensor>();

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }
  play(step: Step): void {
    if (step.failed) return;
    switch (step.kind) {
      case "op":
        return this.op(step);
      case "backward":
        return this.pass(step);
      case "optimizer":
        return this.take(step);
      case "made":
        for (const ref of step.outputs) if (!this.tensors.has(ref!.tensor)) this.tensor(ref!);
        return;
      case "parameter":
        this.tensors.set(
          step.outputs[0]!.tensor,
          new Parameter(this.tensor(step.inputs[0]!), step.outputs[0]!.requires_grad),
        );
        return;
      case "data":
        this.tensors.set(step.outputs[0]!.tensor, this.tensor(step.inputs[0]!).data);
        return;
      case "data=":
        this.subject(step).data = this.tensor(step.inputs[0]!);
        return;
      case "requires_grad=":
        this.subject(step).requires_grad_(step.set === true);
        return;
      case "detach_":
        this.subject(step).detach_();
        return;
      case "retain_grad":
        this.subject(step).retain_grad();
        return;
      case "grad=":
        this.subject(step).grad = step.set === null ? null : this.ofKnown(step.set as Known);
        return;
    }
  }
  private op(step: Step): void {
    const entry = registryByName.get(step.name);
    if (entry === undefined || step.values === null || step.outputs.length === 0) return this.take(step);
    if (step.drawn !== null) default_generator.set_state(step.drawn);
    const refs = step.inputs.values();
    const filled = (x: unknown): unknown =>
      x === TENSOR ? this.tensor(refs.next().value!) : Array.isArray(x) ? (x as unknown[]).map(filled) : x;
    const values = step.values.map(filled);
    const result = withGrad(step.mode === "grad", () =>
      entry.inplaceOf === null ? run(entry, values) : runInPlace(entry.inplaceOf, step.name, values),
    );
    const results = result instanceof Tensor ? [result] : result;
    for (const [i, ref] of step.outputs.entries()) this.compare(step, ref, results[i]);
  }
  private pass(step: Step): void {
    const own = this.steps.filter(({ kind, pass }) => kind === "node" && pass === step.index);
    const roots = step.inputs.map((ref) => this.tensor(ref!));
    const given = step.edges.map((edge) => {
      const first = own.find(({ node }) => node === edge![0]);
      const ref = first?.inputs[edge![1]];
      return ref ? this.tensor(ref) : null;
    });
    const wanted = step.values?.map((ref) => this.tensor(ref as Ref)) ?? null;
    const options = { retain_graph: step.keeps };
    if (step.into === "caller") {
      const grads = gradientsOf(roots, wanted!, given, { ...options, allow_unused: true });
      for (const [i, ref] of step.outputs.entries()) this.compare(step, ref, grads[i]);
      return;
    }
    backward(roots, given, { ...options, inputs: wanted });
    const last = new Map(own.flatMap((s) => (s.subject === null ? [] : [[s.subject, s] as const])));
    for (const [leaf, s] of last) this.compare(s, s.outputs[0], this.ofKnown(leaf).gradient);
  }
  /** What cannot be computed again is put where it was. */
  private take(step: Step): void {
    this.taken++;
    for (const ref of step.outputs) {
      if (ref === null) continue;
      const known = this.tensors.get(ref.tensor);
      if (known === undefined) this.tensor(ref);
      else withGrad(false, () => known.copy_(this.fresh(ref)));
    }
  }
  private compare(step: Step, ref: Ref | null | undefined, now: Tensor | null | undefined): void {
    if (!ref || !now) return;
    this.tensors.set(ref.tensor, now);
    const then = ref.tensor.values.get(ref.version)?.figures;
    const found = figuresOfTensor(now);
    if (!then || found === null) return;
    this.compared++;
    if (found.digest !== then.digest) this.differs ??= step;
  }
  private subject({ subject }: Step): Tensor {
    return this.ofKnown(subject!);
  }
  private ofKnown(known: Known): Tensor {
    const made = this.tensors.get(known);
    if (made !== undefined) return made;
    const [first] = known.values.all();
    return this.tensor({ tensor: known, version: first?.[0] ?? 0, requires_grad: false });
  }
  /** The tensor that stands for a recorded one: what a step made, or a source with the elements it had. */
  private tensor(ref: Ref): Tensor {
    let made = this.tensors.get(ref.tensor);
    if (made === undefined) {
      made = this.fresh(ref);
      if (ref.requires_grad) made.requires_grad_();
      this.tensors.set(ref.tensor, made);
    }
    return made;
  }
  private fresh({ tensor, version }: Ref): Tensor {
    const value = tensor.values.get(version);
    if (value === undefined || (value.elements === null && value.shape.every((n) => n > 0)))
      throw new RuntimeError(
        `replay: the elements of a tensor of [${tensor.shape.join(", ")}] were not kept, for the recording's memory was full\nRecord with more: ${help({ TypeScript: "record(..., { memory: bytes })", Python: "record(memory=bytes)" })}.`,
      );
    return fromTyped(inOrder(value) ?? new Float32Array(0), value.shape, value.dtype);
  }
}
