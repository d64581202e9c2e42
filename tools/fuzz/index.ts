// npm run fuzz -- --seeds A..B: random programs, run by PyTorch and replayed here; what differs, in groups with a short program
// each, and whether that is little enough: if not, it fails. With --record FILE the programs are written down instead, as
// test/recorded/fuzz.jsonl.gz was.
import { spawn } from "node:child_process";
import { createReadStream, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createGunzip, gzipSync } from "node:zlib";
import { Command } from "commander";
import * as torch from "tidu";
import { GOALS, isMet, reasonOf } from "./goals.ts";
import type { Program } from "./program.ts";
import { nudge, replay } from "./replay.ts";
import type { Difference } from "./replay.ts";
import { reproduction } from "./reproduce.ts";

interface Options {
  readonly seeds: string;
  readonly programs: string;
  readonly python: string;
  readonly file?: string;
  readonly kind?: string;
  readonly examples: string;
  readonly record?: string;
  readonly most?: string;
}
const options = new Command("fuzz")
  .option("--seed, --seeds <n>", "which programs; several as 7,8,9 or 7..9", "1")
  .option("--programs <n>", "how many of each seed", "1500")
  .option("--python <command>", "a Python with torch 2.13", process.env["TORCH_PYTHON"] ?? "python3")
  .option("--file <path>", "replay recorded programs instead")
  .option("--kind <text>", "show only differences whose kind or call contains this")
  .option("--examples <n>", "groups to show a program of", "10")
  .option("--record <path>", "write the programs down, compressed, instead of replaying them")
  .option("--most <n>", "how many elements the operands of a call may have together")
  .parse(process.argv)
  .opts<Options>();

/**
 * PyTorch and its libraries on the narrowest vectors they have. Where sums overflow, and which elements go through which of
 * two formulas, depends on the width: what differs there is PyTorch's own business.
 */
const NARROW = {
  ATEN_CPU_CAPABILITY: "default",
  ONEDNN_MAX_CPU_ISA: "SSE41",
  MKL_ENABLE_INSTRUCTIONS: "SSE4_2",
  MKL_CBWR: "COMPATIBLE",
};

const seeds = options.seeds.split(",").flatMap((text) => {
  const [first, last = first] = text.split("..").map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
});

/** What PyTorch makes of programs from `first` on. It crashes on some: those are left out. */
async function* generated(seed: string, count: number, first = 0, vectors = {}): AsyncGenerator<Program> {
  const script = fileURLToPath(new URL("generate.py", import.meta.url));
  const most = options.most === undefined ? [] : [options.most];
  for (let next = first; next < first + count; next++) {
    const child = spawn(options.python, [script, seed, String(next), String(first + count - next), ...most], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...vectors },
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said = `${said}${text.toString()}`.slice(-2000)));
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.endsWith("}")) break; // it crashed while it wrote
      yield JSON.parse(line) as Program;
      next++;
    }
    const code = await ended;
    if (code === 0) return;
    if (code !== null)
      throw new Error(`${options.python} could not run ${script} (it needs torch: see --python)\n${said}`);
    console.error(`PyTorch crashed in program ${seed}/${next}`);
  }
}
/** PyTorch on the narrowest vectors, asked for one program after the other. */
let narrow: { ask: (id: string) => void; lines: AsyncIterator<string>; end: () => void } | null = null;
function startNarrow(): NonNullable<typeof narrow> {
  const script = fileURLToPath(new URL("generate.py", import.meta.url));
  const most = options.most === undefined ? [] : [options.most];
  const child = spawn(options.python, [script, "-", ...most], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, ...NARROW },
  });
  child.stdin.on("error", () => {}); // it crashed: its lines end
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { ask: (id) => child.stdin.write(`${id}\n`), lines, end: () => child.stdin.end() };
}
/** A program as PyTorch runs it there; null if it crashes. */
async function narrowly(id: string): Promise<Program | null> {
  narrow ??= startNarrow();
  narrow.ask(id);
  const { value, done } = await narrow.lines.next();
  if (done !== true) return JSON.parse(value) as Program;
  narrow = null;
  return null;
}
async function* recorded(path: string): AsyncGenerator<Program> {
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  for await (const line of createInterface({ input })) yield JSON.parse(line) as Program;
}
async function* programs(): AsyncGenerator<Program> {
  if (options.file !== undefined) return yield* recorded(options.file);
  for (const seed of seeds) yield* generated(seed, Number(options.programs));
}
const isOfNumbers = ({ kind }: Difference): boolean => /^(value|gradient)( not finite)?$/.test(kind);
/** All differences but those in numbers that depend on the width of PyTorch's vectors, or on the last digit of what was given. */
async function differences(program: Program): Promise<Difference[]> {
  const found: Difference[] = [];
  replay(program, (difference) => found.push(difference));
  if (!found.some(isOfNumbers)) return found;
  const elsewhere = options.file === undefined ? await narrowly(program.id) : null;
  found.length = 0;
  nudge(program, () => replay(program, (difference) => found.push(difference), elsewhere ?? undefined));
  return found;
}

if (options.record !== undefined) {
  const lines: string[] = [];
  for (const seed of seeds)
    for await (const program of generated(seed, Number(options.programs), 0, NARROW))
      lines.push(`${JSON.stringify(program)}\n`);
  writeFileSync(options.record, gzipSync(lines.join(""), { level: 9 }));
  console.log(`${lines.length} programs`);
  process.exit();
}
torch.set_warning_listener(() => {});
const groups = new Map<string, Difference[]>();
const kinds = new Map<string, number>();
const reasons = new Map<string, number>();
let [count, calls, differing] = [0, 0, 0];
for await (const program of programs()) {
  count++;
  calls += program.calls.length;
  let differs = false;
  for (const difference of await differences(program)) {
    const key = `${difference.kind}: ${difference.op}`;
    if (options.kind !== undefined && !key.includes(options.kind)) continue;
    const reason = reasonOf(difference);
    if (reason !== null) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      continue;
    }
    differs = true;
    kinds.set(difference.kind, (kinds.get(difference.kind) ?? 0) + 1);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [difference]);
    else group.push(difference);
  }
  if (differs) differing++;
}

(narrow as { end: () => void } | null)?.end();

const largestFirst = [...groups].sort(([, a], [, b]) => b.length - a.length);
for (const [key, [{ program, got, want }, ...others]] of largestFirst)
  console.log(
    `${others.length + 1} × ${key}\n    here ${got}${want === "" ? "" : `\n    PyTorch ${want}`}\n    in ${program.id}`,
  );
for (const [key, [first]] of largestFirst.slice(0, Number(options.examples)))
  console.log(`\n# ${key}: ${first.got}${first.want === "" ? "" : ` for ${first.want}`}\n${reproduction(first)}`);
const share = (n: number): string => `${((100 * n) / calls).toFixed(3)} % of calls`;
console.log(`\n${count} programs, ${calls} calls, ${differing} programs differ`);
for (const [kind, n] of [...kinds].sort(([, a], [, b]) => b - a)) console.log(`${n} × ${kind}: ${share(n)}`);
if (reasons.size > 0) console.log("\nMeant to differ, see docs/differences.md:");
for (const [reason, n] of [...reasons].sort(([, a], [, b]) => b - a)) console.log(`${n} × ${reason}`);
console.log("\nGoals:");
for (const { name, kinds: ofGoal, most } of GOALS) {
  const found = ofGoal.reduce((sum, kind) => sum + (kinds.get(kind) ?? 0), 0);
  const met = isMet(found, calls, most);
  const allowed = most === 0 ? "none" : `below ${100 * most} %`;
  console.log(`${met ? "met   " : "MISSED"}  ${name}: ${found}, ${share(found)}; allowed ${allowed}`);
  if (!met) process.exitCode = 1;
}
