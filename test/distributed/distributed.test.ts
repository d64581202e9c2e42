// torch.distributed on the MPI libraries that are installed (.ci/run installs both). `npm run test:distributed` runs all of
// it: one to four ranks, tensors of up to ten million elements. Here two ranks and small ones stand for it.
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

test("without a launcher there is a world of one, and every collective works in it", async () => {
  const { status, stdout, stderr } = await runRanks(null, 1, "collectives.ts", ["0", "6"]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/rank 0 of 1: \d+ checks/);
});
