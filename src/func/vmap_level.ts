// The level of vmap: tensors that stand for a batch.
import { RuntimeError } from "../errors.ts";
import { Level, Wrapped } from "../op/levels.ts";
import type { Results } from "../op/levels.ts";
import type { Entry } from "../op/op.ts";
import type { Tensor } from "../tensor.ts";
import { batched, writeBatched } from "./batching.ts";

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
  override get block(): never {
    throw new RuntimeError("Cannot access data pointer of Tensor that doesn't have storage");
  }
  override elementAt(): never {
    throw new RuntimeError(
      "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.",
    );
  }
}

export class VmapLevel extends Level {
  override readonly records = false;
  override readonly draws = true;
  readonly size: number;
  readonly randomness: Randomness;

  constructor(size: number, randomness: Randomness) {
    super();
    this.size = size;
    this.randomness = randomness;
  }
  wrap(t: Tensor): Batched {
    return new Batched(this, t);
  }
  override compute(entry: Entry, values: Values): Results {
    return this.lower(() => batched(this, entry, values));
  }
  override write(of: Entry, name: string, values: Values): void {
    this.lower(() => writeBatched(this, of, name, values));
  }
  override refuseWrite(name: string): Error {
    return new RuntimeError(
      `vmap: aten::${name}(self, *extra_args) is not possible because there exists a Tensor \`other\` in extra_args which has more elements than \`self\`. This happened due to \`other\` being vmapped over but \`self\` not being vmapped over at level ${this.number}. Please try to use out-of-place operators instead of ${name}. If said operator is being called inside the PyTorch framework, please file a bug report.`,
    );
  }
}
