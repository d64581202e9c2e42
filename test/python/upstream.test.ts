import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { Results } from "../../tools/upstream/results.ts";
import { runTests, type Side } from "../../tools/upstream/run.ts";

const folder = mkdtempSync(join(tmpdir(), "tidu-upstream-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = fileURLToPath(new URL("../..", import.meta.url));
const worker = join(root, "tools/upstream/worker.py");
const tidu: Side = {
  name: "tidu",
  command:
    `node --import tsx --conditions=source ${join(root, "cli/index.ts")} run --mount ${folder} ${worker} ${folder}`.split(
      " ",
    ),
};

const FILE = `
import unittest
import scipy
import torch
from torch.nowhere import nothing
from torch.testing._internal.common_device_type import dtypes, instantiate_device_type_tests
from torch.testing._internal.common_utils import TestCase, parametrize, run_tests

class TestPlain(TestCase):
    def test_equal(self):
        self.assertEqual(torch.ones(2) * 2, torch.tensor([2.0, 2.0]))

    def test_nearly_equal(self):
        self.assertEqual(torch.tensor(1.0), torch.tensor(1.0001))

    def test_other_dtype(self):
        self.assertEqual(torch.ones(2), torch.ones(2, dtype=torch.float64))

    def test_name_that_is_not_there(self):
        nothing.call(torch.ones(1))

    def test_array(self):
        scipy.ones(3)

    def test_skipped(self):
        raise unittest.SkipTest("no reason")

    def test_that_does_not_end(self):
        while True:
            pass

    def test_after_those(self):
        pass

class TestDevices(TestCase):
    @dtypes(torch.float32, torch.int64)
    @parametrize("size", [1, 2])
    def test_sizes(self, device, dtype, size):
        self.assertEqual(torch.zeros(size, dtype=dtype, device=device).dtype, dtype)

instantiate_device_type_tests(TestDevices, globals())
`;

test("a file of tests under the stand-in gives a result for each test, and a second run does the rest", async () => {
  const path = join(folder, "test_some.py");
  writeFileSync(path, FILE);
  const kept = join(folder, "results.jsonl");
  await runTests(tidu, path, new Results(kept), undefined, 5);
  const results = new Results(kept);
  const said = (id: string): string => {
    const { outcome, error } = results.of(id)!;
    return error === undefined ? outcome : `${outcome} ${error}`;
  };
  expect(results.isWhole).toBe(true);
  expect(said("TestPlain.test_equal")).toBe("pass");
  expect(said("TestPlain.test_nearly_equal")).toContain("fail AssertionError: Tensor-likes are not close");
  expect(said("TestPlain.test_other_dtype")).toBe(
    "fail AssertionError: dtypes do not match: torch.float32 != torch.float64",
  );
  expect(said("TestPlain.test_name_that_is_not_there")).toBe("fail AbsentName: there is no torch.nowhere.nothing");
  expect(said("TestPlain.test_array")).toBe("needs Needs: scipy");
  expect(said("TestPlain.test_skipped")).toBe("skip no reason");
  expect(said("TestPlain.test_that_does_not_end")).toBe("time over 5 s");
  expect(said("TestPlain.test_after_those")).toBe("pass");
  expect(results.passed.filter((id) => id.startsWith("TestDevicesCPU."))).toEqual(
    ["size_1_cpu_float32", "size_1_cpu_int64", "size_2_cpu_float32", "size_2_cpu_int64"].map(
      (name) => `TestDevicesCPU.test_sizes_${name}`,
    ),
  );
  await runTests(tidu, path, results, ["TestPlain.test_equal", "TestPlain.test_gone"], 5);
  expect(said("TestPlain.test_gone")).toBe("absent");
});
