/**
 * Records anew what PyTorch gives, in a Python that has torch 2.13; the tests read what is recorded.
 *   npm run record                          lists the recorders and what each writes
 *   npm run record -- layers optim          runs two of them
 *   npm run record -- operators logaddexp   arguments of the recorder follow its name
 *   npm run record -- --python PATH NAME    another Python than python3
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = (name: string): string => fileURLToPath(new URL(`${name}.py`, import.meta.url));
const given = process.argv.slice(2);
const at = given.indexOf("--python");
const [, python] = at < 0 ? ["", "python3"] : given.splice(at, 2);
function run(name: string, args: readonly string[]): void {
  console.log(`${name} ${args.join(" ")}`.trimEnd());
  const { status, error } = spawnSync(python, [file(name), ...args], { stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${name} failed`);
}
if (given.length === 0)
  for (const path of readdirSync(new URL(".", import.meta.url)).sort()) {
    if (!path.endsWith(".py")) continue;
    const [, told] = /^"""([^]*?)(?:\n\n|""")/.exec(readFileSync(file(path.slice(0, -3)), "utf8"))!;
    console.log(`${path.slice(0, -3).padEnd(20)} ${told.replace(/\s+/g, " ")}`);
  }
const [first, ...rest] = given;
if (given.every((name) => existsSync(file(name)))) for (const name of given) run(name, []);
else if (existsSync(file(first))) run(first, rest);
else throw new Error(`there is no recorder ${first}: npm run record lists them`);
