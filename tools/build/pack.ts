// The package as it is shipped. What npm packs has a package.json without the condition `source`, by which a checkout runs
// from its sources: they are not shipped. npm's own scripts: pack.ts prepack puts that in place, pack.ts postpack the old back.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const KEPT = "package.checkout.json";

/** The text of the package.json that is shipped. */
function shipped(text: string): string {
  const manifest = JSON.parse(text) as { exports: Record<string, string | { source?: string }> };
  for (const target of Object.values(manifest.exports)) if (typeof target === "object") delete target.source;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
/** Packs what is built into a folder, beside the checkout and without touching it; the path of the file. */
export function pack(folder: string): string {
  const stage = mkdtempSync(join(tmpdir(), "tidu-pack-"));
  try {
    const text = readFileSync("package.json", "utf8");
    for (const file of (JSON.parse(text) as { files: string[] }).files)
      cpSync(file, join(stage, file), { recursive: true });
    writeFileSync(join(stage, "package.json"), shipped(text));
    const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", resolve(folder)];
    return resolve(folder, execFileSync("npm", args, { encoding: "utf8", cwd: stage }).trim());
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const [step] = process.argv.slice(2);
if (step === "prepack") {
  const text = readFileSync("package.json", "utf8");
  writeFileSync(KEPT, text);
  writeFileSync("package.json", shipped(text));
} else if (step === "postpack") renameSync(KEPT, "package.json");
