// What shapes cost the type checker, in a model with them against the same model without.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { check } from "./checked.ts";

/** The same model on `tidu`, whose tensors have no shapes. */
export const withoutShapes = (text: string): string =>
  text
    .replaceAll('"tidu/typed"', '"tidu"')
    .replace(/\bTensor<(?:[^<>]|<[^<>]*>)*>/g, "Tensor")
    .replace(/: readonly \[[^\]]*\]/g, ": readonly number[]");

interface Counts {
  readonly types: number;
  readonly instantiations: number;
}
function counts(text: string): Counts {
  const { program, faults } = check(text);
  if (faults.length > 0) throw new Error(faults.map(({ line, text: t }) => `${line + 1}: ${t}`).join("\n"));
  return { types: program.getTypeCount(), instantiations: program.getInstantiationCount() };
}
export const cost = (text: string): { readonly typed: Counts; readonly untyped: Counts } => ({
  typed: counts(text),
  untyped: counts(withoutShapes(text)),
});

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1];
/** Seconds of the processor that a compiler takes for each program, by turns: the median of `rounds`. */
export function seconds(tsc: string, programs: Readonly<Record<string, string>>, rounds: number): number[] {
  // In the package's own folder, where "tidu" is the package.
  const folder = mkdtempSync(resolve(".typed_cost-"));
  try {
    const names = Object.keys(programs);
    for (const name of names) {
      mkdirSync(`${folder}/${name}`, { recursive: true });
      writeFileSync(`${folder}/${name}/model.ts`, programs[name]);
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: "ES2022",
        lib: ["ES2023", "ESNext.Disposable", "DOM"],
        module: "nodenext",
        types: ["node"],
      };
      writeFileSync(`${folder}/${name}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    }
    const times = names.map((): number[] => []);
    for (let i = 0; i < rounds; i++)
      for (const [n, name] of names.entries()) {
        // `times` of a shell: Node does not tell what its children took.
        const shell = spawnSync(
          "sh",
          ["-c", `"$0" "$1" -p "$2" && times`, process.execPath, tsc, `${folder}/${name}`],
          {
            encoding: "utf8",
          },
        );
        const [, minutes, rest] = /\n(\d+)m([\d.,]+)s \S+\s*$/.exec(shell.stdout) ?? [];
        if (rest === undefined) throw new Error(`${tsc} on ${name}: ${shell.stdout}${shell.stderr}`);
        times[n].push(60 * Number(minutes) + Number(rest.replace(",", ".")));
      }
    return times.map(median);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
