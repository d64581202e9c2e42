// Runs that are interrupted, by Ctrl-C and by kill -9 at any moment, go on to the same end.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as torch from "tidu";

const root = mkdtempSync(join(tmpdir(), "survival-"));
const program = join(root, "interrupted.mjs");
afterAll(() => rmSync(root, { recursive: true }));
const run = (name: string, mode: string) =>
  spawnSync(process.execPath, [program, join(root, name), mode], { encoding: "utf8" });
/** What a run without an interruption ends in, and its log. */
let whole: string;
let log: string;
beforeAll(async () => {
  await build({
    entryPoints: ["test/train/interrupted.ts"],
    outfile: program,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "node",
    conditions: ["source"],
  });
  whole = run("whole", "").stdout;
  log = readFileSync(join(root, "whole", "log.jsonl"), "utf8");
  expect((JSON.parse(whole.slice("begun\n".length)) as [number])[0]).toBe(24);
});

describe("Ctrl-C", () => {
  test("saves and exits with 130; the run goes on from there to the same end", () => {
    const { status, stderr } = run("once", "once");
    expect(status).toBe(130);
    expect(stderr).toMatch(/Stopped in epoch 2, after \d+ steps: .*last.pt/);
    expect(run("once", "").stdout).toBe(whole);
    expect(readFileSync(join(root, "once", "log.jsonl"), "utf8")).toBe(log);
  });
  test("twice ends at once, with nothing saved", () => {
    expect(run("twice", "twice").status).toBe(130);
    expect(existsSync(join(root, "twice", "last.pt"))).toBe(false);
  });
});

// As many as `npm run test:survival` asks for; a few find what is written in place.
const kills = Number(process.env.TIDU_KILLS ?? 3);
test(`kill -9 at ${kills} random moments: every file that is left loads, and the run that goes on ends in the same bits`, async () => {
  let killed = 0;
  let rounds = 0;
  while (killed < kills) {
    const folder = join(root, `killed ${rounds++}`);
    for (let stdout = ""; ;) {
      const child = spawn(process.execPath, [program, folder, "often"], { stdio: ["ignore", "pipe", "inherit"] });
      stdout = "";
      child.stdout.on("data", (part) => (stdout += String(part)));
      const closed = new Promise<NodeJS.Signals | null>((resolve) =>
        child.once("close", (_, signal) => resolve(signal)),
      );
      // From the moment that it trains: before that there is nothing to be lost.
      await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), closed]);
      if (killed < kills) setTimeout(() => child.kill("SIGKILL"), Math.random() * 400);
      if ((await closed) === null) {
        expect(stdout).toBe(whole);
        expect(readFileSync(join(folder, "log.jsonl"), "utf8")).toBe(log);
        expect(readdirSync(folder).sort()).toEqual(["best.pt", "last.pt", "log.jsonl"]);
        break;
      }
      killed++;
      for (const name of existsSync(folder) ? readdirSync(folder) : [])
        if (name.endsWith(".pt")) expect(torch.load<object>(join(folder, name))).toHaveProperty("random");
    }
  }
});
