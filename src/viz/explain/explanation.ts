// What explain() returns: a cause, the line, and the whole story.
import type { Step } from "../recorder.ts";

/** A place of the program and what happened there. */
export interface Fact {
  readonly line: string;
  readonly what: string;
}

/** Why something is as it is. */
export class Explanation {
  /** In a word or three, the same for the same kind of fault: "detached", "zero_grad", "backward twice". */
  readonly cause: string;
  /** `file:line` of the program where it happened; "" where that was not recorded. */
  readonly line: string;
  /** All the lines that bear on it, that one first. */
  readonly lines: readonly string[];
  /** What happened, where, and what to do. */
  readonly text: string;
  constructor(cause: string, told: string, facts: readonly Fact[], advice = "") {
    const placed = facts.filter(({ line }) => line !== "" && line !== "?");
    this.cause = cause;
    this.line = placed[0]?.line ?? "";
    this.lines = [...new Set(placed.map(({ line }) => line))];
    const places = placed.map(({ line, what }) => `  ${line}  ${what}`);
    this.text = [told, ...places, ...(advice === "" ? [] : [advice])].join("\n");
  }
  toString(): string {
    return this.text;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.text;
  }
  /** @internal For notebooks. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.text };
  }
}
/** The call of a step, as text. */
export function callText({ kind, name, args, inputs }: Step): string {
  if (kind === "node") return name;
  if (kind !== "op") return kind;
  return `${name}(${[...inputs.map((x) => (x === null ? "None" : shapeText(x.tensor.shape))), ...args].join(", ")})`;
}
export const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
