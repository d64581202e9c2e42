// A PyTorch signature as it is read at run time. The type checker reads the same text in signature.ts.
import { otherNames } from "./other_names.ts";
import { outs } from "./outs.ts";
import type { TypeName } from "./signature.ts";

export interface ParsedArg {
  readonly name: string;
  /** Other names that PyTorch takes for it. */
  readonly also: readonly string[];
  readonly type: TypeName;
  readonly keyword: boolean;
  readonly optional: boolean;
  readonly fallback: unknown;
  /** Written in place: `Tensor(a!)`. */
  readonly mutated: boolean;
  /** Whether any tensor will do. */
  readonly takesTensor: boolean;
  /** What `typeof` says of values that need no further check, or null. */
  readonly takes: "number" | "boolean" | "string" | null;
  /** The kind of number that it wants, also as a bigint or a tensor that holds one; null where a tensor is more than that. */
  readonly number: "int" | "float" | "Scalar" | null;
  /** Whether a number that stands alone is a list of one. */
  readonly wraps: boolean;
}
export interface Schema {
  /** With its class and a dot, if it is a method. */
  readonly name: string;
  /** Whether PyTorch has it in Python: then refusals are Python's own. */
  readonly python: boolean;
  readonly args: readonly ParsedArg[];
  /** How many arguments may be given by place. */
  readonly positional: number;
  /** The last positional argument's place if it is a list that may be spread, else -1. */
  readonly spread: number;
  /** Place of the argument that takes unknown names, else -1. */
  readonly others: number;
  /** Names of the results where there are several. */
  readonly results: readonly string[] | null;
  readonly text: string;
}

/** Run-time twin of Args. */
export function parseSchema(text: string, python = false): Schema {
  const match = /^([\w.]+)\((.*)\) -> (.+)$/.exec(text);
  if (!match) throw new SyntaxError(`op(): cannot read the signature '${text}'`);
  let keyword = false;
  const args: ParsedArg[] = [];
  for (const piece of match[2] === "" ? [] : match[2].split(", ")) {
    if (piece === "*") {
      keyword = true;
      continue;
    }
    const [, type, name, fallback] = /^(\S+) (\w+)(?:=(.+))?$/.exec(piece) ?? [];
    if (type === undefined) throw new SyntaxError(`op(): cannot read the argument '${piece}' of '${text}'`);
    const of = typed(type);
    const isRest = of.type.endsWith("*");
    args.push({
      name,
      also: python ? [] : otherNames(match[1], name, match[2]),
      type: of.type,
      keyword,
      optional: fallback !== undefined || isRest,
      fallback: isRest ? (of.type.endsWith("**") ? {} : []) : literal(fallback),
      mutated: of.mutated,
      takesTensor: of.takesTensor,
      takes: of.takes,
      number: of.number,
      wraps: of.wraps,
    });
  }
  const positional = args.findIndex((a) => a.keyword);
  const count = positional < 0 ? args.length : positional;
  const first = args[0]?.name === "self" ? 1 : 0;
  const last = args[count - 1];
  const isSpread = last?.type === "SymInt[]" ? count === first + 1 && !last.optional : last?.type.endsWith("*");
  const spread = isSpread ? count - 1 : -1;
  const others = args.findIndex((a) => a.type === "object**");
  const several = /^\((.*)\)$/.exec(match[3]);
  const results = several ? several[1].split(", ").map((r) => r.split(" ")[1]) : null;
  return {
    name: match[1],
    python,
    args,
    positional: count,
    spread,
    others,
    results,
    text,
  };
}
type Typed = Pick<ParsedArg, "type" | "mutated" | "takesTensor" | "takes" | "number" | "wraps">;
/** What types say: thousands of arguments have some fifty of them, and programs wait for all to be read. */
const known = new Map<string, Typed>();
function typed(text: string): Typed {
  let found = known.get(text);
  if (found !== undefined) return found;
  const type = text.replace(/\(\w!?\)/, "") as TypeName;
  found = {
    type,
    mutated: text.includes("!"),
    takesTensor: /^Tensor(\||\??$)/.test(type),
    takes: /^(Tensor\|)?Scalar|^float(\||\??$)/.test(type) ? "number" : (PLAIN[type] ?? null),
    number: (/^(?:Tensor\|(?=Scalar))?(int(?!eger)|float|Scalar)/.exec(type.replace("SymInt", "int"))?.[1] ??
      null) as ParsedArg["number"],
    wraps: /^(int\??|float)\[\]/.test(type),
  };
  known.set(text, found);
  return found;
}
/** Whether a tensor may be given for the result: see out.ts. Asked when it is needed, for what knows it may be loaded later. */
export const takesOut = ({ python, name }: Schema): boolean => !python && outs.takes(name);

const PLAIN: { readonly [T in TypeName]?: "boolean" | "string" } = {
  bool: "boolean",
  "bool?": "boolean",
  str: "string",
  "str?": "string",
};
function literal(text: string | undefined): unknown {
  if (text === undefined || text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  if (text.startsWith("[")) return text === "[]" ? [] : text.slice(1, -1).split(",").map(literal);
  const n = Number(text);
  return Number.isNaN(n) && text !== "nan" ? text.replace(/^['"]|['"]$/g, "") : n;
}
