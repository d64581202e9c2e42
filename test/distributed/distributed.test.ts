// torch.distributed on the MPI libraries that are installed (.ci/run installs both). `npm run test:distributed` runs all of
// it: one to four ranks, tensors of up to ten million elements, checkpoints, every way to fail. Here two ranks and small
// tensors stand for it: each launch takes seconds.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { launchers, run, runPython, runRanks } from "./launch.ts";
import { twoHosts } from "./two_hosts.ts";

const all = process.env.DISTRIBUTED === "all";
const counts = all ? [1, 2, 3, 4] : [2];

if (launchers.length === 0)
  console.warn(
    "torch.distributed is tested in one process only: no MPI is installed. Debian: apt-get install openmpi-bin mpich.",
  );
test.skipIf(process.env["CI"] !== "true")("both MPI libraries are there", () => {
  expect(launchers.map(({ name }) => name)).toEqual(["Open MPI", "MPICH"]);
});

for (const launcher of launchers)
  for (const ranks of counts)
    test(`${launcher.name}, ${ranks} ranks: every collective gives what plain arithmetic gives`, async () => {
      const sizes = all ? ["0", "1", "7", "1000", "20000", "10000000"] : ["0", "6", "2000"];
      const { status, stdout, stderr } = await runRanks(launcher, ranks, "collectives.ts", sizes);
      expect(stderr).toBe("");
      expect(status).toBe(0);
      expect(stdout.match(/rank \d of \d: \d+ checks/g)).toHaveLength(ranks);
    });

for (const launcher of all ? launchers : launchers.slice(0, 1))
  for (const ranks of all ? [1, 2, 3, 4] : [2])
    test(`${launcher.name}, ${ranks} ranks: training gives the parameters of one process with the whole batch`, async () => {
      const { status, stdout, stderr } = await runRanks(launcher, ranks, "training.ts", [all ? "100" : "5"]);
      expect(stderr).toBe("");
      expect(status).toBe(0);
      expect(stdout.match(/trained/g)).toHaveLength(ranks);
    });

test.runIf(all)(
  "ranks that torchrun starts, which tells them RANK and WORLD_SIZE only, find each other by MPICH",
  async () => {
    if (!launchers.some(({ name }) => name === "MPICH")) return expect(process.env["CI"]).not.toBe("true");
    const port = String(20000 + (process.pid % 20000));
    const env = { WORLD_SIZE: "2", LOCAL_WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: port };
    const ended = await Promise.all(["0", "1"].map((RANK) => runRanks(null, 1, "ended.ts", [], { ...env, RANK })));
    for (const [rank, { status, stdout, stderr }] of ended.entries()) {
      expect(stderr).toBe("");
      expect(status).toBe(0);
      expect(stdout).toBe(`${rank} of 2\n`);
    }
  },
);
/** The body is given a folder of its own, and the name of it. */
const inFolder = (body: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "tidu-distributed-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
test.runIf(all)(
  "training in shards goes on from a checkpoint in any number of ranks, to the same parameters",
  inFolder(async (folder) => {
    const steps = async (ranks: number, from: number, to: number, of = folder): Promise<number[]> => {
      const launcher = ranks === 1 ? null : launchers[0];
      const { stdout, stderr } = await runRanks(launcher, ranks, "resume.ts", [of, String(from), String(to)]);
      expect(stderr).toBe("");
      return JSON.parse(stdout) as number[];
    };
    const wanted = await steps(1, 0, 20, join(folder, "alone"));
    if (launchers.length === 0) return expect(process.env["CI"]).not.toBe("true");
    let got = await steps(3, 0, 5);
    for (const [ranks, from] of [
      [2, 5],
      [4, 10],
      [1, 15],
    ] as const)
      got = await steps(ranks, from, from + 5);
    for (const [i, x] of got.entries()) expect(Math.abs(x - wanted[i])).toBeLessThan(1e-9);
  }),
);

for (const launcher of [...(all ? launchers : []), null])
  for (const ranks of launcher === null ? [1] : [2, 3, 4])
    test(
      `${launcher?.name ?? "no launcher"}, ${ranks} ranks: a Python program for several processes comes to what one comes to`,
      inFolder(async (folder) => {
        const args = [join(folder, "checkpoint"), all ? "20" : "2"];
        const { status, stdout, stderr } = await runPython(launcher, ranks, "python.py", args, folder);
        expect(stderr).toBe("");
        expect(status).toBe(0);
        expect(stdout.match(/as one/g)).toHaveLength(ranks);
      }),
    );

const python = process.env["TORCH_PYTHON"] ?? "python3";
const hasTorch = all && spawnSync(python, ["-c", "import torch.distributed"]).status === 0;
if (all && !hasTorch)
  console.warn("Training is not compared with PyTorch's gloo: TORCH_PYTHON, or python3, has no torch.");
for (const launcher of launchers)
  for (const ranks of [2, 3])
    test.runIf(hasTorch)(
      `${launcher.name}, ${ranks} ranks: the benchmark's models come to the parameters that PyTorch's gloo comes to`,
      inFolder(async (folder) => {
        const program = "test/distributed/ranks/same.py";
        const torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", String(ranks)];
        const theirs = await run([python, ...torchrun, program, "write", folder, "100"]);
        expect(theirs.status, theirs.stderr).toBe(0);
        const ours = await runPython(launcher, ranks, "same.py", ["compare", folder, "100"], folder);
        expect(ours.stderr).toBe("");
        expect(ours.stdout.match(/: the same$/gm)).toHaveLength(ranks);
      }),
    );

test.runIf(all)("two hosts with nothing but a wire between them compute and train together", async () => {
  const hosts = twoHosts();
  if (hosts === null)
    return void console.warn("No two hosts: this process may not make network namespaces (root, and iproute2).");
  try {
    for (const launcher of launchers)
      for (const [program, ...args] of [
        ["collectives.ts", "0", "7", "20000"],
        ["training.ts", "5"],
      ]) {
        const { status, stderr, sent } = await hosts.run(launcher, program, args);
        expect(stderr).toBe("");
        expect(status).toBe(0);
        expect(sent).toBeGreaterThan(1e5);
      }
  } finally {
    hosts.end();
  }
});

/** What becomes of a run: [its name, what is told on the terminal, and by whom first]. */
const FAILURES: readonly (readonly [string, RegExp, Record<string, string>?])[] = [
  ["throws", /^\[rank1\]: Error: this rank has had enough\n(.*\n)*?\[rank1\]: {5}at .*failing\.ts:\d+/m],
  ["rejects", /^\[rank1\]: Error: nobody caught this/],
  ["exits", /./],
  ["killed", /./],
  [
    "hang",
    /\[rank0\]: RuntimeError: \[Rank 0\] Watchdog caught collective operation timeout: WorkMPI\(SeqNum=1, OpType=ALLREDUCE, Timeout\(ms\)=1000\) ran for \d+ milliseconds before timing out\.\n\[rank0\]: It waits at .*failing\.ts:\d+:\d+\.\n\[rank0\]: Rank 1 is missing/,
  ],
  [
    "elsewhere",
    /\[rank[01]\]: Rank [01] waits for something else: (RECV|ALLREDUCE) number 1 of group 0 \(.*failing\.ts:\d+:\d+\)\./,
  ],
  [
    "shapes",
    /Detected mismatch between collectives on ranks\. Rank (0|1) is running collective: CollectiveFingerPrint\(SequenceNumber=1, OpType=ALLREDUCE, TensorShape=\[\d\], TensorDtypes=Float\).*Tensor Tensor shapes: (2vs 3|3vs 2)/,
    { TORCH_DISTRIBUTED_DEBUG: "DETAIL" },
  ],
  ["order", /Op type: (ALLREDUCEvs BROADCAST|BROADCASTvs ALLREDUCE)/, { TORCH_DISTRIBUTED_DEBUG: "DETAIL" }],
];
for (const launcher of all ? launchers : launchers.slice(0, 1))
  for (const [what, told, env] of FAILURES) {
    if (!all && what !== "throws") continue;
    test(`${launcher.name}: all end when one rank does this: ${what}`, async () => {
      const { status, stderr, stdout } = await runRanks(launcher, 2, "failing.ts", [what], env);
      expect(status).not.toBe(0);
      // What a launcher says of a rank that is gone MPICH's says on the one or on the other.
      expect(`${stderr}\n${stdout}`).toMatch(told);
    });
  }
test.runIf(all)("all end when a rank is killed, at fifty random moments from its start on", async () => {
  for (let i = 0; i < Number(process.env["KILLS"] ?? 50) && launchers.length > 0; i++) {
    const launcher = launchers[i % launchers.length];
    const ranks = 2 + (i % 3);
    const [victim, moment] = [Math.floor(Math.random() * ranks), Math.floor(Math.random() * 3000)];
    const { status, stdout } = await runRanks(launcher, ranks, "mortal.ts", [String(victim), String(moment)]);
    const what = `${launcher.name}: rank ${victim} of ${ranks}, killed after ${moment} ms`;
    expect(status, what).not.toBe(0);
    // Open MPI's launcher does not wait for those that it ends.
    const started = [...stdout.matchAll(/rank \d is (\d+)/g)].map(([, pid]) => Number(pid));
    await expect.poll(() => started.filter(isAlive), { timeout: 60_000, message: what }).toEqual([]);
  }
});
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
for (const launcher of launchers)
  test(`${launcher.name}: processes end without a crash`, async () => {
    const { status, stdout, stderr } = await runRanks(launcher, 2, "ended.ts");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.split("\n").sort()).toEqual(["", "0 of 2", "1 of 2"]);
  });

test("a library that is loaded leaves the heap whole where there is no room behind it", async () => {
  if (!launchers.some(({ name }) => name === "MPICH")) return expect(process.env["CI"]).not.toBe("true");
  const { status, stdout, stderr } = await runRanks(null, 1, "heap.ts", [], { TIDU_MPI: "libmpich.so.12" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toBe("MPICH: whole\n");
});

test("without a launcher there is a world of one, and every collective works in it", async () => {
  const { status, stdout, stderr } = await runRanks(null, 1, "collectives.ts", ["0", "6"]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/rank 0 of 1: \d+ checks/);
});
