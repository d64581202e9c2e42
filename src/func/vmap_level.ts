// The level of vmap: tensors that stand for a batch.
import type { FunctionClass } from "../autograd/function.ts";
import { RuntimeError } from "../base/errors.ts";
import { drawnAt, isRandom, Level, Wrapped } from "../dispatch/levels.ts";
import { unmappedWrite } from "./captured.ts";
import { customBatched } from "./custom_function.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import type { Block } from "../kernel/place.ts";
import type { Scalar } from "../base/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assertDraws, batched, writeBatched } from "./batching.ts";

type Values = readonly unknown[];
export type Randomness = "error" | "different" | "same";

/** A tensor of one element of the batch, as the function sees it; `holds` has the batch as its first dim. */
export class Batched extends Wrapped {
  constructor(level: VmapLevel, holds: Tensor) {
    super(level, holds, holds.sizes.slice(1), holds.strides.slice(1));
  }
  override bare(): Tensor {
    return new Batched(this.level as VmapLevel, this.holds);
  }
  override get block(): Block {
    if (!this.level.open) return super.block;
    throw new RuntimeError("Cannot access data pointer of Tensor that doesn't have storage");
  }
  override elementAt(index: readonly number[]): Scalar {
    if (!this.level.open) return this.holds.elementAt(index);
    throw new RuntimeError(
      "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.",
    );
  }
}

export class VmapLevel extends Level {
  override readonly records = false;
  override readonly draws = true;
  override readonly batches = true;
  override readonly shown = ["Batched", "bdim=0, "] as const;
  readonly size: number;
  readonly randomness: Randomness;

  constructor(size: number, randomness: Randomness) {
    super();
    this.size = size;
    this.randomness = randomness;
  }
  override wrap(t: Tensor): Batched {
    return new Batched(this, t);
  }
  override draw(size: readonly number[], drawn: (size: readonly number[]) => Tensor): Tensor {
    assertDraws(this);
    const below = (of: readonly number[]): Tensor => this.lower(() => drawnAt(of, drawn));
    return this.randomness === "same" ? below(size) : this.wrap(below([this.size, ...size]));
  }
  override compute(entry: Entry, values: Values): Results {
    return this.lower(() => batched(this, entry, values));
  }
  override write(of: Entry, name: string, values: Values): void {
    this.lower(() => writeBatched(this, of, name, values));
  }
  override custom(of: FunctionClass, args: Values): unknown {
    return customBatched(this, of, args);
  }
  /** Another level of the same kind, above those that are open now. */
  again(): VmapLevel {
    return new VmapLevel(this.size, this.randomness);
  }
  override refuseWrite(of: Entry | null, name: string, values: Values): Error | null {
    if (of !== null && isRandom(of)) {
      assertDraws(this);
      return this.randomness === "same"
        ? null
        : new RuntimeError(
            "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. If this is necessary for your usage, please file an issue with functorch.",
          );
    }
    return unmappedWrite(this, name, values);
  }
}
