import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// The command as `npm run build` leaves it (and once from source), run from a folder that has tidu installed.
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
  for (const command of ["run", "check", "translate", "info"])
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  expect(status).toBe(0);
});

test("tidu info tells version, devices, threads and WebAssembly's instructions", () => {
  const { status, stdout } = tidu("info");
  expect(stdout).toMatch(/^tidu \d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/Devices: cpu/);
  expect(stdout).toMatch(/Threads: \d+/);
  expect(stdout).toMatch(/WebAssembly SIMD/);
  expect(stdout).toMatch(/Python: pyodide \d/);
  expect(status).toBe(0);
});

test("tidu check tells which names of torch a Python program lacks, by line, and fails", () => {
  const program = `import torch, torch.nn as nn
from torch import optim
if hasattr(torch, "asked_for"): torch.asked_for
layer = nn.Linear(1, 1); layer.whatever
x = nn.functional.relu(torch.no_such_function(nn.Parameter(torch.ones(1))))
optim.NoSuchOptimizer`;
  writeFileSync(join(folder, "lacking.py"), program);
  expect(tidu("check", "lacking.py")).toMatchObject({
    stdout:
      "lacking.py:5: torch.no_such_function is not there\nlacking.py:6: torch.optim.NoSuchOptimizer is not there\n",
    status: 1,
  });
  writeFileSync(join(folder, "whole.py"), "import torch; torch.ones(1)");
  expect(tidu("check", "whole.py")).toMatchObject({ stdout: "every name of torch in 1 file is there\n", status: 0 });
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

test("the command runs from source, too: programs in Python, TypeScript and JavaScript", () => {
  const programs = resolve(mkdtempSync("zz_cli-"));
  try {
    const written: Record<string, string> = {
      "x.py": "import sys, torch\nprint(torch.ones(2), sys.argv[1])\nsys.exit(3)\n",
      "x.ts":
        'import * as torch from "tidu";\nconst n: number = 2;\nconsole.log(`${torch.ones(n)} ${process.argv[2]}`);\nprocess.exitCode = 3;\n',
      "x.js":
        'import * as torch from "tidu";\nconsole.log(`${torch.ones(2)} ${process.argv[2]}`);\nprocess.exitCode = 3;\n',
    };
    for (const [name, text] of Object.entries(written)) {
      writeFileSync(join(programs, name), text);
      const args = ["--import", "tsx", "--conditions=source", "cli/index.ts", "run", join(programs, name), "given"];
      const ran = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect(ran, name).toMatchObject({ stdout: "tensor([1., 1.]) given\n", stderr: "", status: 3 });
    }
  } finally {
    rmSync(programs, { recursive: true });
  }
});

test("tidu run says that there is no such file, as python does", () => {
  const { status, stderr } = tidu("run", "none.ts");
  expect(stderr).toContain(`can't open file '${join(folder, "none.ts")}': [Errno 2] No such file or directory`);
  expect(status).toBe(2);
});

test("tidu run gives a Python program its arguments, its folder and its modules, and ends with its exit status", () => {
  writeFileSync(join(folder, "constants.py"), "two = 2\n");
  const program = `
import os, sys, torch, constants
print(sys.argv, __name__, __file__ == os.path.abspath("program.py"))
print(torch.ones(2) * constants.two, input("? "))
open("written.txt", "w").write("kept")
sys.exit(int(sys.argv[2]))
`;
  writeFileSync(join(folder, "program.py"), program);
  const options = { cwd: folder, encoding: "utf8", input: "typed\n" } as const;
  const args = [resolve("dist/cli/index.js"), "run", "program.py", "--status", "5"];
  expect(spawnSync(process.execPath, args, options)).toMatchObject({
    stdout: "['program.py', '--status', '5'] __main__ True\n? tensor([2., 2.]) typed\n",
    stderr: "",
    status: 5,
  });
  expect(readFileSync(join(folder, "written.txt"), "utf8")).toBe("kept");
});

test("tidu run finds a Python program below or above the current folder, with its modules, and files elsewhere", () => {
  const below = join(folder, "below", "deeper");
  mkdirSync(below, { recursive: true });
  writeFileSync(join(folder, "data.txt"), "found");
  for (const place of [folder, below]) {
    writeFileSync(join(place, "sibling.py"), `place = ${JSON.stringify(place)}\n`);
    const program = `import os, sibling; print(sibling.place, os.getcwd(), open("${join(folder, "data.txt")}").read())`;
    writeFileSync(join(place, "where.py"), program);
  }
  for (const [program, place, cwd] of [
    [join("below", "deeper", "where.py"), below, folder],
    [join("..", "..", "where.py"), folder, below],
  ]) {
    const args = [resolve("dist/cli/index.js"), "run", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(`${place} ${cwd} found\n`);
  }
});

test("a Python program sees its folder, the current one and those of --mount, reaches no shell, and is told of the rest", () => {
  const [home, elsewhere] = ["home", "elsewhere"].map((name) => join(folder, "seen", name));
  for (const place of [home, elsewhere]) mkdirSync(place, { recursive: true });
  writeFileSync(join(elsewhere, "data.txt"), "found");
  writeFileSync(join(home, "neighbour.py"), "two = 2\n");
  const program = `
import os, neighbour
for f in [lambda: os.listdir("/etc"), lambda: open("/etc/passwd"), lambda: sorted(os.listdir("..")), lambda: os.makedirs("/new/folder"),
          lambda: os.system("echo ran"), lambda: open("../lost.txt", "w")]:
    try: print("did", f())
    except OSError as error: print(type(error).__name__)
open("/tmp/tidu_lost.txt", "w").write("x")
print(neighbour.two, open("../elsewhere/data.txt").read(), flush=True)
`;
  writeFileSync(join(home, "program.py"), program);
  const run = (...args: string[]) => {
    const options = { cwd: home, encoding: "utf8" } as const;
    return spawnSync(process.execPath, [resolve("dist/cli/index.js"), "run", ...args, "program.py"], options);
  };
  const refused = [..."FFPOP"].map((c) => ({ F: "FileNotFoundError", P: "PermissionError", O: "OSError" })[c]);
  const [none, one, ...more] = refused;
  const lines = `${[none, one, "did ['home']", ...more].join("\n")}\n`;
  const alone = run();
  expect(alone.stdout).toBe(lines);
  expect(alone.stderr).toContain(`To show it that one, too: tidu run --mount ${elsewhere} program.py`);
  expect(alone.stderr).toContain("tidu: /tmp was in memory: tidu_lost.txt went with the program.");
  expect(alone.status).toBe(1);
  const mounted = run("--mount", join("..", "elsewhere"));
  expect(mounted.stdout).toBe(`${lines.replace("['home']", "['elsewhere', 'home']")}2 found\n`);
  expect(mounted.status).toBe(0);
  expect(run("--mount", "nowhere")).toMatchObject({
    stderr: "tidu: --mount: there is no folder 'nowhere'\n",
    status: 2,
  });
});

test("tidu run shows a Python program's traceback, which ends at its own line, and fails", () => {
  writeFileSync(join(folder, "wrong.py"), "import torch\ndef f(x):\n    return x @ x\nf(torch.ones(2, 3))\n");
  const { status, stderr } = tidu("run", "wrong.py");
  expect(stderr).toBe(`Traceback (most recent call last):
  File "${join(folder, "wrong.py")}", line 4, in <module>
    f(torch.ones(2, 3))
    ~^^^^^^^^^^^^^^^^^^
  File "${join(folder, "wrong.py")}", line 3, in f
    return x @ x
           ~~^~~
RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
`);
  expect(status).toBe(1);
});

/** Runs a program and presses Ctrl-C each time that it prints "waiting". */
async function interrupted(name: string, program: string): Promise<{ stdout: string; stderr: string; end: unknown }> {
  writeFileSync(join(folder, name), program);
  const child = spawn(process.execPath, [resolve("dist/cli/index.js"), "run", name], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
    if (stdout.endsWith("waiting\n")) child.kill("SIGINT");
  });
  child.stderr.on("data", (text) => (stderr += text));
  const end = await new Promise((done) => child.on("close", (status, signal) => done(signal ?? status)));
  return { stdout, stderr, end };
}

test("Ctrl-C raises KeyboardInterrupt in a Python program, which it may catch; else the process ends by the signal", async () => {
  const program = `
import torch
x = torch.ones(2)
def wait():
    print("waiting", flush=True)
    while True:
        x.add_(1)
try:
    wait()
except KeyboardInterrupt:
    print("caught", flush=True)
wait()
`;
  const { stdout, stderr, end } = await interrupted("loop.py", program);
  expect(stdout).toBe("waiting\ncaught\nwaiting\n");
  // Where in wait() the signal finds the program is open: what it prints is read before print() has returned.
  expect(stderr).toMatch(/^Traceback[^]*line 12, in <module>\n[^]*line [567], in wait\n[^]*KeyboardInterrupt\n$/);
  expect(end).toBe("SIGINT");
});

test("Ctrl-C ends a program in JavaScript by the signal, or does what the program says", async () => {
  const loop = 'import { writeSync } from "node:fs"; writeSync(1, "waiting\\n"); for (;;);';
  expect(await interrupted("loop.mjs", loop)).toEqual({ stdout: "waiting\n", stderr: "", end: "SIGINT" });
  const own = 'process.on("SIGINT", () => process.exit(7)); setInterval(() => {}, 1e6); console.log("waiting");';
  expect(await interrupted("own.mjs", own)).toEqual({ stdout: "waiting\n", stderr: "", end: 7 });
});

test("without pyodide tidu run says what a Python program needs, and runs others; without tsx, what TypeScript needs", () => {
  const bare = mkdtempSync(join(tmpdir(), "tidu-bare-"));
  try {
    const installed = join(bare, "node_modules/tidu");
    mkdirSync(installed, { recursive: true });
    for (const part of ["package.json", "dist"]) cpSync(part, join(installed, part), { recursive: true });
    writeFileSync(join(bare, "program.py"), "print(1)");
    writeFileSync(join(bare, "program.mjs"), 'import { ones } from "tidu"; console.log(String(ones(2)));');
    writeFileSync(join(bare, "program.mts"), 'const text: string = "typed"; console.log(text);');
    const run = (name: string): object => {
      const args = [join(installed, "dist/cli/index.js"), "run", name];
      return spawnSync(process.execPath, args, { cwd: bare, encoding: "utf8" });
    };
    expect(run("program.py")).toMatchObject({
      stdout: "",
      stderr: expect.stringMatching(/^tidu: Python programs need pyodide.*\n.*npm install pyodide\..*\n$/),
      status: 1,
    });
    expect(run("program.mjs")).toMatchObject({ stdout: "tensor([1., 1.])\n", stderr: "", status: 0 });
    if ("typescript" in process.features && process.features.typescript !== false)
      expect(run("program.mts")).toMatchObject({ stdout: "typed\n", status: 0 });
    else
      expect(run("program.mts")).toMatchObject({
        stdout: "",
        stderr: expect.stringMatching(/^tidu: Node .*\n.*npm install tsx.*\n$/),
        status: 1,
      });
  } finally {
    rmSync(bare, { recursive: true });
  }
});
