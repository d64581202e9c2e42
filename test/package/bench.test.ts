import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { scenarios } from "../../bench/scenarios/index.ts";

const cases = Object.values(scenarios).flatMap(({ measure, cases }) => cases.map((c) => ({ ...c, measure })));

test("a benchmark prints a figure for every case, with and without threads", () => {
  const options = ["overhead", "--sides", "tidu 1t,tidu 2t", "--rounds", "1", "--seconds", "0.02"];
  const args = ["--import", "tsx", "--conditions=source", "bench/index.ts", ...options];
  const env = { ...process.env, TIDU_BENCH_PYTHON: "/nowhere" };
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/tidu 1T: \S+ (wide|relaxed|simd128)/);
  for (const { name } of scenarios["overhead"].cases) expect(stdout).toMatch(new RegExp(`│ ${name} +│ +[\\d.]+ │`));
});

// The first and every third after it: what they share is the same, and who changes one runs it. BENCH=all tries each.
test("every case but the cold start can be set up and run", async () => {
  const tried = cases.filter((_, i) => process.env["BENCH"] === "all" || i % 3 === 0);
  expect(tried.length).toBeGreaterThan(20);
  for (const { name, prepare, measure } of tried) {
    if (prepare === null) expect(measure).toBe("start");
    else if (!/2048|1024|conv 8/.test(name)) {
      const once = async (): Promise<string> => {
        await (
          await prepare()
        )();
        return "ran";
      };
      await expect(once(), name).resolves.toBe("ran");
    }
  }
});

test("a case's name means one thing", () => {
  const timed = cases.filter((c) => c.measure === "seconds").map((c) => c.name);
  expect(new Set(timed).size).toBe(timed.length);
});
