// Layers from the signature of their constructor: arguments become fields and the text of the layer.
import { float64 } from "../../base/dtype.ts";
import { tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { parseSchema } from "../../dispatch/schema.ts";
import type { ParsedArg } from "../../dispatch/schema.ts";
import type { Values } from "../../dispatch/signature.ts";
import { scalarText } from "../../tensor/print.ts";
import { Module } from "../module/module.ts";
import { ownBase } from "../module/own_layers.ts";

/**
 * A base class whose constructor takes the arguments of `signature` and keeps them as fields under their names.
 * Its text tells all of them, `inplace` only if it is on.
 * @example
 * class ELU extends layer("ELU(float alpha=1.0, bool inplace=False) -> Module") {
 *   override forward(input: Tensor): Tensor { return F.elu(input, this.alpha, this.inplace); }
 * }
 */
export function layer<S extends string>(signature: S): new (...args: Arguments<S>) => Module & Values<S> {
  const { args } = parseSchema(signature);
  class Layer extends Module {
    static {
      ownBase(this);
    }
    constructor(...given: readonly unknown[]) {
      super();
      Object.assign(this, bindArguments(signature, given, new.target.name));
    }
    override extra_repr(): string {
      const fields = this as unknown as Record<string, unknown>;
      return args
        .filter(({ name }) => name !== "inplace" || fields[name] === true)
        .map((arg) => `${arg.name}=${pythonText(fields[arg.name], arg.type)}`)
        .join(", ");
    }
  }
  return Layer as unknown as new (...args: Arguments<S>) => Module & Values<S>;
}

/** A value as Python prints it, given the type it has in a signature. */
export function pythonText(value: unknown, type: ParsedArg["type"]): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "number") return type.startsWith("float") ? scalarText(value, float64) : String(value);
  return Array.isArray(value) && value.length === 1 ? String(value[0]) : tupleText(value as readonly number[]);
}
export const floatText = (x: number | null): string => pythonText(x, "float");
/** One number stands for all dims. */
export const forAllDims = (x: readonly number[], dims: number): readonly number[] =>
  x.length === 1 ? new Array<number>(dims).fill(x[0]) : x;
