// Runs all examples, one after the other, or those that are named: npm run examples -- gan lora
// With TIDU_EXAMPLES=small each is over at once.
import { readdirSync } from "node:fs";

/** What needs more than one process, or is no example. */
const OTHERS = ["index", "common", "report", "ddp"];
const all = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !OTHERS.includes(name));
const given = process.argv.slice(2);
const unknown = given.filter((name) => !all.includes(name));
if (unknown.length > 0) throw new Error(`there is no example ${unknown.join(", ")}: ${all.join(", ")}`);
for (const name of given.length > 0 ? given : all) {
  console.log(`\n── ${name}`);
  const begin = performance.now();
  await import(`./${name}.ts`);
  console.log(`${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
process.exit(); // the server goes on else
