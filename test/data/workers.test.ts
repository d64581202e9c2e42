// Loaders with workers, in programs of their own: from sources, and bundled with the library in the bundle.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const recorded = JSON.parse(
  readFileSync(new URL("../recorded/loader_workers.json", import.meta.url), "utf8"),
) as Record<string, unknown>;
const folder = mkdtempSync(join(tmpdir(), "workers-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const part of child.stdout) text += String(part);
  return JSON.parse(text) as Record<string, unknown>;
}
const bundled = (): Promise<unknown> =>
  build({
    entryPoints: ["program", "interrupted", "samples"].map((name) => `test/data/workers/${name}.ts`),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "node",
    conditions: ["source"],
  });

describe("loaders with workers", () => {
  let found: Record<string, unknown>;
  beforeAll(async () => {
    await bundled();
    found = await run([join(folder, "program.mjs")]);
  });

  test.each(Object.keys(recorded))("give what PyTorch's give: %s", (name) => {
    expect(found[name]).toEqual(recorded[name]);
  });
  test("give the same read at once as awaited, with small tensors as with large", () => {
    expect(found["read at once"]).toEqual(recorded["shuffled"]);
    expect(found["small"]).toEqual(recorded["shuffled"]);
  });
  test("give the same collated in the program", () => {
    expect(found["collated here"]).toEqual(recorded["collated there"]);
  });
  test("may be left early, and read again with the same workers", () => {
    expect([found["left early"], found["after it was left early"]]).toEqual([[3, 64, 64], 4]);
  });
  test("give every batch where the order is free", () => {
    expect(found["in any order"]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  test("raise what was raised in a worker, with its stack", () => {
    for (const name of ["raised", "raised at once"]) {
      const [type, text] = found[name] as [string, string];
      expect(type).toBe("KeyError");
      expect(text).toMatch(
        /^KeyError: Caught KeyError in DataLoader worker process 1\.\nOriginal KeyError: no thirteenth\n.* at Table\.at /s,
      );
    }
  });
  test("raise when a worker is late, or gone", () => {
    expect(found["late"]).toEqual(["RuntimeError", "RuntimeError: DataLoader timed out after 0.5 seconds"]);
    for (const name of ["gone", "gone at once"])
      expect((found[name] as string[])[1]).toContain("DataLoader worker (pid(s) 0) exited unexpectedly");
  });
  test("say how a dataset gets to workers, and what cannot be sent there", () => {
    const [type, text] = found["unknown"] as string[];
    expect([type, text.split("\n")[0]]).toEqual(["TypeError", "TypeError: cannot pickle 'Unknown' object"]);
    expect(text).toContain("export const unknown = worker_dataset(import.meta.url, (...args) => new Unknown(...args)");
    expect((found["unknown function"] as string[])[1]).toContain("worker_function(import.meta.url");
    expect((found["code"] as string[])[1]).toContain("cannot send function from one thread to another");
  });
  // What ends a program in the middle of its batches, and how it then ends.
  test.each<[mode: string, code: number | null, signal: string | null, says: RegExp]>([
    ["awaited", null, "SIGINT", /^$/],
    ["at once", null, "SIGINT", /^$/],
    ["handled", 0, null, /^$/],
    ["left early", 0, null, /^$/],
    ["exit", 3, null, /^$/],
    ["thrown", 1, null, /Error: enough\n/],
  ])("let a program end by Ctrl-C, or otherwise, and nothing stays: %s", async (mode, code, signal, says) => {
    const child = spawn(process.execPath, [join(folder, "interrupted.mjs"), mode]);
    let [text, errors] = ["", ""];
    child.stderr.on("data", (part) => (errors += String(part)));
    child.stdout.on("data", (part) => {
      text += String(part);
      if (text === "begun\n" && ["awaited", "at once", "handled"].includes(mode)) child.kill("SIGINT");
    });
    expect(await new Promise((resolve) => child.once("close", (...how) => resolve(how)))).toEqual([code, signal]);
    expect(errors).toMatch(says);
    expect(text).toBe(mode === "handled" ? "begun\ndone\n" : "begun\n");
  });
  test("free what they hold", () => {
    // 64 batches of a MiB were made.
    expect(found["held more"]).toBeLessThan(16);
  });
});
