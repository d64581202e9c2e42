// The level of grad, vjp and jacrev: tensors with a graph of their own.
import type { FunctionClass } from "../autograd/function.ts";
import { modes, withGrad } from "../autograd/mode.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { Level, mapTensors, Wrapped } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";

import { capturedWrite } from "./captured.ts";
import { customAt } from "./custom_function.ts";

type Values = readonly unknown[];

export class DerivativeLevel extends Level {
  override readonly records = true;
  override readonly wraps = true;
  /** Whether the program records what runs below. */
  private readonly outside = modes().grad;

  override compute(entry: Entry, values: Values): Results {
    const results = this.beneath(() => run(entry, mapTensors(values, this.innerOf)));
    return results instanceof Tensor ? this.wrap(results) : results.map((t) => this.wrap(t));
  }
  override write(of: Entry, name: string, values: Values): void {
    this.beneath(() => runInPlace(of, name, mapTensors(values, this.innerOf)));
  }
  override custom(of: FunctionClass, args: Values): unknown {
    const given = mapTensors(args, (t) => this.lifted(t));
    const compute = (inner: Values): unknown => this.beneath(() => of.apply(...(inner as never[])));
    return customAt(this, of, given, compute);
  }
  override refuseWrite(of: Entry | null, name: string, values: Values): Error {
    return capturedWrite(of, name, values);
  }
  /** What is not of this level is constant in it. */
  override lift(values: Values): Values {
    return mapTensors(values, (t) => this.lifted(t));
  }
  private lifted(t: Tensor): Tensor {
    return this.owns(t) ? t : this.wrap(t);
  }
  override wrap(t: Tensor): Wrapped {
    return new Wrapped(this, t);
  }
  /** A tensor of this level with respect to which gradients are taken. */
  leaf(t: Tensor): Wrapped {
    const leaf = this.wrap(t);
    if (t.dtype.is_differentiable) leaf.leafRequiresGrad = true;
    return leaf;
  }
  private beneath<T>(body: () => T): T {
    return this.lower(() => withGrad(modes().grad && this.outside, body));
  }
}
