// Whether the package as npm packs it is one that other tools understand: publint, arethetypeswrong, and TypeScript, the
// lowest version that the README names and the newest, with every declaration checked.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pack } from "./pack.ts";

const dir = mkdtempSync(join(tmpdir(), "tidu-package-"));
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, unknown> };
const names = Object.keys(exports).filter((name) => !name.endsWith(".json"));
/** Methods of the library's own, without declarations. */
const INTERNAL = ["bare", "laid", "host", "value", "elementAt", "gradFnText", "become"];
/** Has all entries, and every method by its name: declarations may lack what no import of theirs names. */
const program = [
  ...names.map((name, i) => `export * as entry${i} from "tidu${name.slice(1)}";`),
  `import type { Tensor } from "tidu";`,
  `export const methods = (x: Tensor): unknown[] => [${(await methods()).map((name) => `x.${name}`).join(", ")}];`,
].join("\n");
async function methods(): Promise<string[]> {
  const { Tensor } = (await import(pathToFileURL("dist/index.js").href)) as { Tensor: { prototype: object } };
  const found = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype));
  return found
    .filter(([, { value }]) => typeof value === "function")
    .map(([name]) => name)
    .filter((name) => /^[a-z]/.test(name) && ![...INTERNAL, "constructor"].includes(name));
}

function check(what: string, args: readonly string[], cwd = "."): void {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", cwd });
  console.log(`${what}: ${status === 0 ? "good" : "faults"}`);
  if (status !== 0) process.exitCode = 1;
}
/** The files that a package.json names, under whatever condition. */
function targets(manifest: Record<string, unknown>): string[] {
  const named = (x: unknown): unknown[] =>
    typeof x === "object" && x !== null ? Object.values(x).flatMap(named) : [x];
  const { exports, bin, main, types, unpkg, jsdelivr } = manifest;
  return named({ exports, bin, main, types, unpkg, jsdelivr }) as string[];
}
try {
  const packed = pack(dir);
  check("publint", ["node_modules/publint/src/cli.js", "run", packed, "--strict"]);
  // CommonJS gets the modules by require, as Node does from 20.19 on. Resolution of before "exports" is TypeScript's "node10".
  const rules = ["--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm"];
  check("arethetypeswrong", ["node_modules/@arethetypeswrong/cli/dist/index.js", "--quiet", packed, ...rules]);
  mkdirSync(join(dir, "node_modules/tidu"), { recursive: true });
  execFileSync("tar", ["xzf", packed, "--strip-components=1", "-C", join(dir, "node_modules/tidu")]);
  for (const file of targets(JSON.parse(readFileSync(join(dir, "node_modules/tidu/package.json"), "utf8"))))
    if (!existsSync(join(dir, "node_modules/tidu", file))) {
      console.log(`package.json names ${file}, which is not in the package`);
      process.exitCode = 1;
    }
  for (const name of ["@types", "undici-types"])
    symlinkSync(resolve("node_modules", name), join(dir, "node_modules", name), "dir");
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  writeFileSync(join(dir, "main.ts"), program);
  const flags = "--noEmit --strict --target es2022 --types node --skipLibCheck false".split(" ");
  for (const typescript of ["typescript-lowest", "typescript"])
    for (const resolution of ["--module nodenext", "--module esnext --moduleResolution bundler"])
      check(
        `${typescript} ${resolution}`,
        [resolve("node_modules", typescript, "bin/tsc"), ...flags, ...resolution.split(" "), "main.ts"],
        dir,
      );
} finally {
  rmSync(dir, { recursive: true });
}
