/**
 * What PyTorch has and each front has not, by namespace.
 *   npm run names                       all of it
 *   npm run names -- torch.nn.utils     of the namespaces whose names begin so
 *   npm run names -- --write            docs/names.md anew
 */
import { writeFileSync } from "node:fs";
import { loadPython } from "../../src/python/index.ts";
import { modules, ofPython, ofTypeScript } from "./measure.ts";
import type { Missing } from "./measure.ts";
import { page } from "./page.ts";

const [given = "torch"] = process.argv.slice(2);
const python = ofPython(await loadPython());
const typescript = ofTypeScript();
if (given === "--write") writeFileSync(new URL("../../docs/names.md", import.meta.url), await page(python, typescript));
else {
  print("Python", python);
  console.log(`torch has more than PyTorch's in Python: ${python.extra.join(" ")}`);
  print("TypeScript", typescript);
}
function print(front: string, missing: Missing): void {
  for (const [place, names] of Object.entries(missing.names))
    if (place.startsWith(given)) console.log(`${front} ${place} has not: ${names.join(" ")}`);
  for (const place of missing.modules)
    if (place.startsWith(given)) console.log(`${front} has no ${place}: ${modules[place].join(" ")}`);
}
