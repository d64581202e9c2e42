// The arguments of the library's functions and classes, for Python's own.
import { Question } from "../dispatch/callable.ts";
import { formerArguments } from "../dispatch/former_arguments.ts";
import { registry } from "../dispatch/declare.ts";
import type { Schema } from "../dispatch/schema.ts";
import { namespaces } from "./namespaces.ts";

type AnyClass = new (...args: unknown[]) => object;

/**
 * What a function or class binds its arguments by, as Python has it: `Linear(int in_features, ...) -> Module`. Losses take
 * size_average and reduce by place, too. Null where nothing is bound, or not by one signature.
 */
export function signatureOf(path: string): string | null {
  const schema = schemaOf(namespaces.find(path));
  if (schema === null) return null;
  if (formerArguments.orderOf(schema) === null) return schema.text;
  return schema.text
    .replace(/\*, (?=(\S+ \w+=\S+, )?str reduction=)/, "object? size_average=None, ")
    .replace("str reduction=", "object? reduce=None, str reduction=");
}
function schemaOf(f: unknown): Schema | null {
  if (typeof f !== "function") return null;
  const entry = registry.get(f as never);
  if (entry !== undefined) return entry.schema;
  const question = new Question();
  try {
    if (/^[A-Z]/.test(f.name)) new (f as AnyClass)(question);
    else (f as (...args: unknown[]) => unknown)(question);
  } catch {
    return question.answer;
  }
  return null;
}
