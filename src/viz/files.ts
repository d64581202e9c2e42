// Files, where there are any.
import { RuntimeError } from "../base/errors.ts";

/** Writes a file in Node, Deno and Bun. Raises RuntimeError where there are none. */
export function writeText(path: string, text: string, name: string): void {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined)
    throw new RuntimeError(`${name}: there are no files here\nUse .dot, .svg() or .html() and save what they return.`);
  fs.writeFileSync(path, text);
}
