// The recorded programs of test/recorded/fuzz.jsonl.gz, and where they differ from PyTorch. Run by itself it writes the list of
// known differences, test/recorded/fuzz_known.json, anew; reasons that are there stay.
import fs from "node:fs";
import zlib from "node:zlib";
import { fileURLToPath } from "node:url";
import * as torch from "tidu";
import type { Program } from "./program.ts";
import { replay } from "./replay.ts";

const path = (name: string): string => fileURLToPath(new URL(`../../test/recorded/${name}`, import.meta.url));
const LIST = path("fuzz_known.json");

/** By kind and call, in how many programs it differs, in which first, and why. */
export type Known = Record<string, { programs: number; first: string; why: string }>;
export const known = (): Known => JSON.parse(fs.readFileSync(LIST, "utf8")) as Known;

/** All that differs now; the reasons are those of the list. */
export function differences(): Known {
  const [found, listed]: [Known, Known] = [{}, known()];
  torch.set_warning_listener(() => {});
  try {
    for (const line of zlib
      .gunzipSync(fs.readFileSync(path("fuzz.jsonl.gz")))
      .toString()
      .trimEnd()
      .split("\n")) {
      const program = JSON.parse(line) as Program;
      replay(program, ({ kind, op }) => {
        const key = `${kind}: ${op}`;
        const why = listed[key]?.why ?? "not yet mended";
        (found[key] ??= { programs: 0, first: program.id, why }).programs++;
      });
    }
  } finally {
    torch.set_warning_listener(null);
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  fs.writeFileSync(LIST, `${JSON.stringify(differences(), null, 2)}\n`);
