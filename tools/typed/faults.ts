// Shape faults put into programs: one number changed at a time. Each is run, and seen by the type checker.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Whether the type checker says PyTorch's sentence, or ours of a declared shape, at an argument. */
export const isSentence = (said: string): boolean => /(parameter of|'this' of) type '"/.test(said);
/** Whether a shape is refused that a `forward` or a variable declares: what runs with another is then no false alarm. */
export const isDeclared = (said: string): boolean =>
  said.includes("forward(): expected a tensor of shape") ||
  /Type 'readonly \[[^']*\]' is not assignable to type 'readonly \[/.test(said);

/** A generator of numbers from 0 up to 1, by its seed: mulberry32. */
export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
export interface Fault {
  readonly model: string;
  readonly line: number;
  readonly change: string;
  /** What the program raised; null if it ran. */
  readonly raised: string | null;
  /** What the type checker said. */
  readonly said: readonly string[];
}
/** What the program raises, or null: it has a function `run`. */
async function outcome(file: string): Promise<string | null> {
  try {
    const { run } = (await import(pathToFileURL(file).href)) as { run: () => unknown };
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0]! : String(error);
  }
}
/** The program with one whole number changed by a little, and where. */
function changed(text: string, random: () => number): { text: string; line: number; change: string } | null {
  // Declared shapes are left alone: another one is no fault of the program that runs.
  const declared = [...text.matchAll(/Tensor<[^>]*>|readonly \[[^\]]*\]/g)].map(
    (m) => [m.index, m.index + m[0].length] as const,
  );
  const places = [...text.matchAll(/(?<![\w."'])\d+(?![\w."'])/g)].filter(
    ({ index }) => !declared.some(([from, to]) => index >= from && index < to),
  );
  const at = places[Math.floor(random() * places.length)];
  if (at === undefined) return null;
  const n = Number(at[0]);
  const made = [n + 1, Math.max(0, n - 1), n * 2, n + 3][Math.floor(random() * 4)]!;
  if (made === n) return null;
  const line = text.slice(0, at.index).split("\n").length;
  return {
    text: text.slice(0, at.index) + made + text.slice(at.index + at[0].length),
    line,
    change: `${n} -> ${made}`,
  };
}
/**
 * So many faults in the programs of a folder, drawn by a seed, and those changes that are none; all checked by tsc in one
 * go.
 */
export async function faults(folder: string, count: number, seed: number): Promise<Fault[]> {
  const random = seeded(seed);
  const models = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const texts = new Map(models.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const place = mkdtempSync(resolve("typed_faults_"));
  try {
    const drawn: Omit<Fault, "said">[] = [];
    const seen = new Set<string>();
    for (let failing = 0, tries = 0; failing < count && tries < 20 * count; tries++) {
      const model = models[Math.floor(random() * models.length)]!;
      const made = changed(texts.get(model)!, random);
      if (made === null || seen.has(made.text)) continue;
      seen.add(made.text);
      // A module is read once by its name: each draw has a name of its own.
      const file = join(place, `try${tries}.ts`);
      writeFileSync(file, made.text);
      const raised = await outcome(file);
      rmSync(file);
      // What an index or a class may be is no matter of shapes.
      if (raised !== null && /out of bounds|out of range in self/.test(raised)) continue;
      if (raised !== null) failing++;
      writeFileSync(join(place, `fault${drawn.length}.ts`), made.text);
      drawn.push({ model, line: made.line, change: made.change, raised });
    }
    const said = compile(place, drawn.length);
    return drawn.map((fault, i) => ({ ...fault, said: said[i]! }));
  } finally {
    rmSync(place, { recursive: true });
  }
}
/** What tsc says of fault0.ts, fault1.ts, … in a folder. */
function compile(folder: string, count: number): string[][] {
  const said = Array.from({ length: count }, (): string[] => []);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        lib: ["ES2023", "ESNext.Disposable", "DOM"],
        module: "nodenext",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        noErrorTruncation: true,
        types: ["node"],
      },
      include: ["*.ts"],
    }),
  );
  let text = "";
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder, "--pretty", "false"], {
      maxBuffer: 2 ** 28,
    });
  } catch (error) {
    text = String((error as { stdout: Buffer }).stdout);
  }
  for (const [, i, what] of text.matchAll(/fault(\d+)\.ts\(\d+,\d+\): error (.*)/g)) said[Number(i)]!.push(what!);
  return said;
}
