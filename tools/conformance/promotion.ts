// The tables of promote_types, result_type, can_cast and finfo, entry by entry.
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "tidu";
import type { Dtype, Tensor } from "tidu";
import { lookup } from "./call.ts";
import type { Case } from "./reader.ts";
import { Missing } from "./values.ts";

type Table = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
/** The second operands of the recorded result_type tables, by the case's `other`. */
const OTHERS: Readonly<Record<string, (dtype: Dtype) => Tensor>> = {
  tensor_0dim: (dtype) => torch.ones([], { dtype }),
  tensor_1d: (dtype) => torch.ones([2], { dtype }),
};
export function replayPromotion(c: Case): string | null {
  for (const [row, columns] of Object.entries(c["table"] as Table))
    for (const [column, want] of Object.entries(columns)) {
      const got = entry(c, row, column);
      if (String(got) !== String(want)) return `${row}, ${column}: ${String(got)}, expected ${String(want)}`;
    }
  return null;
}
function entry(c: Case, row: string, column: string): unknown {
  const dtype = (name: string): Dtype => {
    const found = dtypeByName.get(name as never);
    if (!found) throw new Missing(`dtype ${name}`);
    return found;
  };
  const other = OTHERS[c["other"] as string];
  switch (c.op) {
    case "promote_types":
      return torch.promote_types(dtype(row), dtype(column)).name;
    case "can_cast":
      return torch.can_cast(dtype(row), dtype(column));
    case "result_type":
      if (!other) throw new Missing(`result_type with ${String(c["other"])}`);
      return (
        lookup("result_type")(torch.ones([2], { dtype: dtype(row) }) as never, other(dtype(column)) as never) as Dtype
      ).name;
    default: {
      const info = lookup(dtype(row).is_floating_point ? "finfo" : "iinfo")(dtype(row) as never) as Record<
        string,
        unknown
      >;
      const got = info[column];
      return dtype(row).is_floating_point &&
        typeof got === "number" &&
        typeof (c["table"] as Table)[row][column] === "string"
        ? pythonFloat(got)
        : got;
    }
  }
}
/** A large or small float as Python's str has it: exponents of two digits at least, below 1e-4 always. */
const pythonFloat = (x: number): string => {
  if (Math.abs(x) < 1e-4) return x.toExponential().replace(/e-(\d)$/, "e-0$1");
  const text = String(x);
  return Number.isInteger(x) && !text.includes("e") ? `${text}.0` : text;
};
