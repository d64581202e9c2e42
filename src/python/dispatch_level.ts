// Tensors of classes that answer for ops themselves, by Python's `__torch_dispatch__`.
import type { FunctionClass } from "../autograd/function.ts";
import { withGrad } from "../autograd/mode.ts";
import type { Dtype, Scalar } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import { contiguousStrides } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { getDevice } from "../devices/registry.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { registryByName } from "../dispatch/declare.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Level, levels, standing, tensorsIn, Wrapped } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import { mapTensors } from "../func/tree.ts";
import { asLeaf } from "../ops/creation/from_data.ts";
import type { Block } from "../kernel/place.ts";
import { empty, withoutCollecting } from "../tensor/allocate.ts";
import { Tensor } from "../tensor/tensor.ts";
import { keptAttributes } from "./attributes.ts";

type Values = readonly unknown[];
/** Python's side: the name of an op, and its arguments by place and by name. */
type Answer = (op: string, args: Values, kwargs: object) => unknown;

/**
 * Note [Answering classes]: a class of a program's may answer for every op that computes on its tensors. Those have a shape
 * and a dtype and no elements, and are of a level beneath all others (Note [Levels]): autograd records their calls and vmap
 * batches them as those of any tensor, and what is composed is taken step by step. The single ops that are left the level
 * asks of Python. It opens with the first such tensor and stays.
 */
class DispatchLevel extends Level {
  override readonly records = true;
  override readonly transforms = false;
  private readonly answer: Answer;
  constructor(answer: Answer) {
    super();
    this.answer = answer;
  }
  override compute(entry: Entry, values: Values): Results {
    return this.ask(entry, entry.schema.name, values) as Results;
  }
  override write(of: Entry, name: string, values: Values): void {
    this.ask(of, name, values);
  }
  override custom(of: FunctionClass, args: Values): unknown {
    return of.alone(mapTensors(args, standing), null);
  }
  override refuseWrite(): null {
    return null;
  }
  private ask({ schema }: Entry, name: string, values: Values): unknown {
    const kwargs: Record<string, unknown> = {};
    const args = values.slice(0, schema.positional);
    while (args.length > 0 && isDefault(args.at(-1), schema.args[args.length - 1].fallback)) args.pop();
    for (const [i, { name, keyword, fallback }] of schema.args.entries())
      if (keyword && !isDefault(values[i], fallback)) kwargs[name] = values[i];
    return this.told(name, args, kwargs);
  }
  /** What Python says; it may keep any tensor it sees. */
  told(op: string, args: Values, kwargs: object): unknown {
    for (const t of tensorsIn(args)) t.storage.kept = true;
    return this.lower(() => withoutCollecting(() => withGrad(false, () => this.answer(op, args, kwargs))));
  }
}
const isDefault = (value: unknown, fallback: unknown): boolean =>
  value === fallback ||
  (value === false && fallback === null) ||
  (Array.isArray(value) && Array.isArray(fallback) && String(value) === String(fallback));

const NO_DATA = "Cannot access data pointer of Tensor that doesn't have storage";
/** A tensor of an answering class. */
class Answered extends Wrapped {
  constructor(level: DispatchLevel, holds: Tensor, sizes: Shape, strides: Shape) {
    super(level, holds, sizes, strides);
  }
  override bare(): Tensor {
    const made = new Answered(this.level as DispatchLevel, this.holds, this.sizes, this.strides);
    // Its class and what it holds are Python's.
    const attributes = keptAttributes.get(this);
    if (attributes !== undefined) keptAttributes.set(made, attributes);
    return made;
  }
  override get whole(): Tensor {
    return empty(this.sizes, this.dtype, undefined, getDevice("meta"));
  }
  override get data(): Tensor {
    return this.detach();
  }
  override set data(x: Tensor) {
    super.data = x;
  }
  override get isDifferentiated(): boolean {
    return this.requires_grad;
  }
  override get block(): Block {
    throw new RuntimeError(NO_DATA);
  }
  /** What the class says of itself, or its elements, of which it is asked. */
  override toString(): string {
    const own = (this.level as DispatchLevel).told("__repr__", [this], {}) as string | null;
    return own ?? Tensor.prototype.toString.call(this);
  }
  override elementAt(index: readonly number[]): Scalar {
    const element = index.length === 0 ? this : index.reduce<Tensor>((t, i) => t.select(0, i), this);
    return (this.level as DispatchLevel).told("_local_scalar_dense", [element], {}) as Scalar;
  }
}

let level: DispatchLevel | null = null;
/** Beneath all that are open. */
function opened(answer: Answer): DispatchLevel {
  if (level === null) {
    level = new DispatchLevel(answer);
    Object.assign(level, { number: 0, below: null });
    let oldest = levels.newest;
    while (oldest?.below) oldest = oldest.below;
    if (oldest === null) levels.newest = level;
    else Object.assign(oldest, { below: level });
  }
  return level;
}

export const dispatching = {
  /** A tensor of a class that answers for it. */
  answered(answer: Answer, sizes: number[], strides: number[] | null, dtype: Dtype, requires_grad: boolean): Tensor {
    const holds = empty([0], dtype);
    const of = strides ?? contiguousStrides(sizes);
    const made = new Answered(opened(answer), holds, sizes, of);
    return asLeaf(made, requires_grad);
  },
  /** Runs an op by its name, as `func` does in `__torch_dispatch__`. */
  callOp(name: string, args: Values, kwargs: Record<string, unknown>): unknown {
    const entry = registryByName.get(name) ?? registryByName.get(name.slice(0, -1))!;
    const values = entry.schema.args.map((arg, i) => (i < args.length ? args[i] : (kwargs[arg.name] ?? arg.fallback)));
    const written = entry.inplaceOf ?? (entry.schema.name === name ? null : entry);
    return written === null ? run(entry, values) : runInPlace(written, name, values);
  },
  /** The types of an op's arguments; null where there is none of that name. */
  opTypes: (name: string): string[] | null =>
    (
      registryByName.get(name) ?? (name.endsWith("_") ? registryByName.get(name.slice(0, -1)) : undefined)
    )?.schema.args.map((a) => a.type) ?? null,
};
