// torch.distributed on the MPI libraries that are installed (.ci/run installs both). `npm run test:distributed` runs all of
// it: one to four ranks, tensors of up to ten million elements, checkpoints, every way to fail. Here two ranks and small
// tensors stand for it: each launch takes seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { launchers, runRanks } from "./launch.ts";

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
      const sizes = all ? ["0", "1", "7", "1000", "20000", ...(ranks < 3 ? ["10000000"] : [])] : ["0", "6", "2000"];
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
test.runIf(all)(
  "a checkpoint of three ranks with a part of every parameter each is read by two, and by one",
  async () => {
    const [launcher] = launchers;
    if (launcher === undefined) return expect(process.env["CI"]).not.toBe("true");
    const folder = mkdtempSync(join(tmpdir(), "tidu-checkpoint-"));
    try {
      const written = await runRanks(launcher, 3, "checkpoint.ts", ["write", folder]);
      expect(written.stderr).toBe("");
      const sums = /sum \S+/.exec(written.stdout)![0];
      for (const ranks of [2, 1]) {
        const { stdout, stderr } = await runRanks(ranks === 1 ? null : launcher, ranks, "checkpoint.ts", [
          "read",
          folder,
        ]);
        expect(stderr).toBe("");
        expect(stdout).toContain(sums);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** What becomes of a run: [its name, what is told on the terminal, and by whom first]. */
const FAILURES: readonly (readonly [string, RegExp, Record<string, string>?])[] = [
  ["throws", /^\[rank1\]: Error: this rank has had enough\n\[rank1\]: {5}at .*failing\.ts:\d+/],
  ["rejects", /^\[rank1\]: Error: nobody caught this/],
  ["exits", /./],
  ["killed", /./],
  [
    "hang",
    /\[rank0\]: RuntimeError: \[Rank 0\] Watchdog caught collective operation timeout: WorkMPI\(SeqNum=1, OpType=ALLREDUCE, Timeout\(ms\)=1000\) ran for \d+ milliseconds before timing out\.\n\[rank0\]: It waits at .*failing\.ts:\d+:\d+\.\n\[rank0\]: Rank 1 is missing/,
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
      const { status, stderr } = await runRanks(launcher, 2, "failing.ts", [what], env);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(told);
    });
  }
test.runIf(all)("all end when a rank is killed at any moment", async () => {
  for (const launcher of launchers)
    for (let i = 0; i < 25; i++) {
      const { status } = await runRanks(launcher, 2, "failing.ts", ["killed", String(Math.floor(1.4 ** i))]);
      expect(status).not.toBe(0);
    }
});
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
