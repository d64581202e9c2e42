// The level of jvp: tensors with a tangent, of a kind of their own.
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { modes } from "../autograd/mode.ts";
import { mapTensors, Wrapped } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { capturedWrite } from "./captured.ts";
import { customAt } from "./custom_function.ts";
import { TangentLevel, viewOf } from "./tangent_level.ts";

type Values = readonly unknown[];

/** A tensor and how it changes: `holds` and, if it depends on the input at all, its tangent. */
export class Dual extends Wrapped {
  /** @internal */ tangent: Tensor | null;
  constructor(level: ForwardLevel, primal: Tensor, tangent: Tensor | null) {
    super(level, primal);
    this.tangent = tangent;
    if (tangent !== null) tangent.storage.kept = true;
  }
  override get isDifferentiated(): boolean {
    return this.tangent !== null || super.isDifferentiated;
  }
  override become(seen: Wrapped): void {
    super.become(seen);
    this.tangent = (seen as Dual).tangent;
  }
  override bare(): Tensor {
    return new Dual(this.level as ForwardLevel, this.holds, this.tangent);
  }
}

export class ForwardLevel extends TangentLevel {
  override readonly wraps = true;

  override run<T>(body: () => T): T {
    const now = modes();
    const { forwardGrad } = now;
    now.forwardGrad = true;
    try {
      return super.run(body);
    } finally {
      now.forwardGrad = forwardGrad;
    }
  }
  override custom(of: FunctionClass, args: Values): unknown {
    const given = mapTensors(args, (t) => (this.owns(t) ? t : this.wrap(t)));
    const compute = (inner: Values): unknown => this.lower(() => of.apply(...(inner as never[])));
    const seen = (ctx: FunctionContext, results: Values): void => this.pushCustom(of, ctx, given, results);
    return customAt(this, of, given, compute, seen);
  }
  override wrap(t: Tensor): Dual {
    return new Dual(this, t, null);
  }
  override made(t: Tensor, tangent: Tensor | null): Dual {
    return new Dual(this, t, tangent);
  }
  override refuseWrite(of: Entry | null, name: string, values: Values): Error {
    return capturedWrite(of, name, values);
  }
  override bareOf(t: Tensor): Tensor {
    return this.innerOf(t);
  }
  override tangentOf(t: Tensor): Tensor | null {
    if (!this.owns(t)) return null;
    const dual = t as Dual;
    const base = (t.view_?.base ?? t) as Dual;
    if (dual.tangent === null && base.tangent !== null) dual.tangent = viewOf(base.tangent, t, base);
    return dual.tangent;
  }
  override setTangent(t: Tensor, tangent: Tensor): void {
    (t as Dual).tangent = tangent;
    tangent.storage.kept = true;
  }
}
