// A run that was interrupted goes on to where it would have come to: the same bits.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { begin, cases, Crash, crashAfterEpoch, crashAt, ending, fit, goesOnFrom } from "./runs.ts";

const root = mkdtempSync(join(tmpdir(), "resume-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** From every step only when asked: `npm run test:survival`. */
const EVERY = process.env.TIDU_SURVIVAL !== undefined;

describe("a run that crashed goes on to the same bits, with", () => {
  test.each(Object.entries(cases))("%s", async (_, kind) => {
    const run = begin(kind, newFolder());
    const history = await fit(run);
    expect(history.length).toBeGreaterThan(1);
    const whole = ending(run);
    // The checkpoint of a step is written after its callbacks: a crash in step 1 leaves none.
    for (const step of EVERY ? range(1, run.trainer.global_step) : [8])
      expect(await goesOnFrom(kind, newFolder(), crashAt(step)), `step ${step}`).toBe(whole);
    for (const epoch of EVERY ? range(0, history.length - 1) : [1])
      expect(await goesOnFrom(kind, newFolder(), crashAfterEpoch(epoch)), `epoch ${epoch}`).toBe(whole);
  });
  test("workers: a few, some that live on, of streams", async () => {
    const program = join(root, "workers_program.mjs");
    await build({
      entryPoints: ["workers_program", "noisy"].map((name) => `test/train/${name}.ts`),
      outdir: root,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      format: "esm",
      target: "es2022",
      platform: "node",
      conditions: ["source"],
    });
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ count: EVERY ? 6 : 1, differ: [] });
  });
  test("a crash of the run that goes on, again and again", async () => {
    const kind = cases["samples that draw between the model's draws"];
    const run = begin(kind, newFolder());
    await fit(run);
    const folder = newFolder();
    for (let step = 2; step <= run.trainer.global_step; step++)
      await expect(fit(begin(kind, folder, [crashAt(step)]))).rejects.toThrow(Crash);
    const last = begin(kind, folder);
    await fit(last);
    expect(ending(last)).toBe(ending(run));
    expect(readdirSync(folder).sort()).toEqual(["best.pt", "last.pt"]);
  });
});
