// Interrupts runs whose loaders have workers, and prints which of them did not end in the same bits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begin, crashAfterEpoch, crashAt, ending, fit, goesOnFrom, withWorkers } from "./runs.ts";

const root = mkdtempSync(join(tmpdir(), "resume-"));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));
const differ: string[] = [];
let count = 0;
const every = process.env.TIDU_SURVIVAL !== undefined;
for (const [name, kind] of Object.entries(withWorkers)) {
  if (!every && name !== "two workers that live on") continue;
  const run = begin(kind, newFolder());
  const history = await fit(run);
  const whole = ending(run);
  for (const [where, crash] of [
    ["a step", crashAt(8)],
    ["an epoch", crashAfterEpoch(history.length - 1)],
  ] as const) {
    if (!every && count > 0) continue;
    count++;
    if ((await goesOnFrom(kind, newFolder(), crash)) !== whole) differ.push(`${name}, from ${where}`);
  }
}
rmSync(root, { recursive: true });
console.log(JSON.stringify({ count, differ }));
