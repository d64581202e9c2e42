import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// The command as `npm run build` leaves it, run from a folder that has tidu installed.
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidu-cli-"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true }));

function tidu(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const options = { cwd: folder, encoding: "utf8" } as const;
  return spawnSync(process.execPath, [resolve("dist/cli/index.js"), ...args], options);
}

test("tidu --help tells the commands", () => {
  const { status, stdout } = tidu("--help");
  expect(stdout).toMatch(/^Usage: tidu/);
  for (const command of ["run", "info"]) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  expect(status).toBe(0);
});

test("tidu info tells version, devices, threads and WebAssembly's instructions", () => {
  const { status, stdout } = tidu("info");
  expect(stdout).toMatch(/^tidu \d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/Devices: cpu/);
  expect(stdout).toMatch(/Threads: \d+/);
  expect(stdout).toMatch(/WebAssembly SIMD/);
  expect(status).toBe(0);
});

test("tidu run gives a TypeScript program all arguments after its name and ends with its exit status", () => {
  const program = `
    const given: string[] = process.argv.slice(2);
    console.log(given.join(), import.meta.url.endsWith("program.ts"));
    process.exitCode = 3;`;
  writeFileSync(join(folder, "program.ts"), program);
  expect(tidu("run", "program.ts", "--lr", "0.1", "--help")).toMatchObject({
    stdout: "--lr,0.1,--help true\n",
    stderr: "",
    status: 3,
  });
});

test("tidu run shows the stack of an error that nothing caught, and fails", () => {
  writeFileSync(join(folder, "wrong.mjs"), 'console.log("before");\nthrow new RangeError("too far");\n');
  const { status, stdout, stderr } = tidu("run", "wrong.mjs");
  expect(stdout).toBe("before\n");
  expect(stderr).toMatch(/RangeError: too far\n\s+at .*wrong\.mjs:2:7/);
  expect(status).toBe(1);
});

test("tidu run says that there is no such file, as python does", () => {
  const { status, stderr } = tidu("run", "none.ts");
  expect(stderr).toContain(`can't open file '${join(folder, "none.ts")}': [Errno 2] No such file or directory`);
  expect(status).toBe(2);
});
