// What collectives do with what they gather.
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import type { Dtype } from "../base/dtype.ts";
import { typeWord } from "../tensor/type_word.ts";
import type { Operation } from "./mpi.ts";

export class RedOpType {
  readonly name: string;
  readonly value: number;
  /** @internal What MPI does, and what it does with truth values. */
  readonly operation: Operation;
  /** @internal */ readonly ofBools: Operation;
  /** @internal */
  constructor(name: string, value: number, operation: Operation, ofBools: Operation) {
    this.name = name;
    this.value = value;
    this.operation = operation;
    this.ofBools = ofBools;
  }
  toString(): string {
    return `RedOpType.${this.name}`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<RedOpType.${this.name}: ${this.value}>`;
  }
}
/** As `torch.distributed.ReduceOp`: sums, means, products, extremes, and bits of whole numbers. */
export const ReduceOp = {
  SUM: new RedOpType("SUM", 0, "SUM", "LOR"),
  AVG: new RedOpType("AVG", 1, "SUM", "LOR"),
  PRODUCT: new RedOpType("PRODUCT", 2, "PROD", "LAND"),
  MIN: new RedOpType("MIN", 3, "MIN", "LAND"),
  MAX: new RedOpType("MAX", 4, "MAX", "LOR"),
  BAND: new RedOpType("BAND", 5, "BAND", "LAND"),
  BOR: new RedOpType("BOR", 6, "BOR", "LOR"),
  BXOR: new RedOpType("BXOR", 7, "BXOR", "LXOR"),
} as const;

/** The operation meant, a sum unless told. Raises PyTorch's errors for what a dtype does not have. */
export function reduction(given: RedOpType | null, dtype: Dtype, callee: string): RedOpType {
  const op = given ?? ReduceOp.SUM;
  if (!(op instanceof RedOpType))
    throw new TypeError(`${callee}(): argument 'op' must be ReduceOp, not ${typeWord(op)}`);
  if (dtype.is_complex && op !== ReduceOp.SUM && op !== ReduceOp.AVG)
    throw new ValueError(`${callee} does not support ${String(op)} on complex tensors`);
  const floats = dtype.is_floating_point || dtype.is_complex;
  if (op === ReduceOp.AVG && !floats)
    throw new RuntimeError(`result type Float can't be cast to the desired output type ${dtype.legacyName}`);
  if (op.name.startsWith("B") && floats)
    throw new RuntimeError(`Cannot use ReduceOp.${op.name} with non-integral dtype`);
  return op;
}
