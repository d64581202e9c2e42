// The pages beside the playground, by VitePress: Markdown in, static files out, a search that needs no server, two languages. It
// has a package.json of its own, so that who works on the library does not install it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { deadLinks } from "./links.ts";
import { writeServiceWorker } from "./offline.ts";
import { writePages } from "./pages.ts";

const WEBSITE = "website";
const BUILT = `${WEBSITE}/.vitepress/dist`;

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
}
/** Writes the pages into `out`, beside what is there. */
export function buildPages(out: string, base = process.env["TIDU_SITE_BASE"] ?? "/"): { readonly pages: number } {
  const installed = `${WEBSITE}/node_modules/.package-lock.json`;
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${WEBSITE}/package-lock.json`).mtimeMs;
  if (!isFresh) {
    console.log("Installing what builds the site (npm ci) ...");
    run("npm", ["ci", "--prefix", WEBSITE, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  }
  writePages(`${WEBSITE}/pages`);
  run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", WEBSITE]);
  rmSync(BUILT, { recursive: true, force: true });
  run(process.execPath, [`${WEBSITE}/node_modules/vitepress/bin/vitepress.js`, "build", WEBSITE]);
  cpSync(BUILT, out, { recursive: true });
  const dead = deadLinks(out, base);
  if (dead.length > 0) throw new Error(`${dead.length} links lead nowhere:\n${dead.join("\n")}`);
  writeServiceWorker(out, {
    name: "tidu-site",
    isEarly: (file) => !/\.html$|\.md\.[\w-]+(\.lean)?\.js$/.test(file) || /^((zh\/)?index|404)\.html$/.test(file),
    isAsked: () => false,
    others: ["playground/"],
  });
  const map = JSON.parse(readFileSync(`${out}/hashmap.json`, "utf8")) as Record<string, string>;
  return { pages: Object.keys(map).length };
}
