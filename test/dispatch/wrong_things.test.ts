// Every public function and constructor, handed what it does not take, answers in words of its own: no error of the engine
// comes out ("Cannot read properties of undefined"), and no text that only shows how a value came to be one ("[object Object]").
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

test("wrong things in every place of every public function are refused in the library's own words", async () => {
  const options = ["--import", "tsx", "--conditions=source", "test/dispatch/wrong_things.ts"];
  const { stdout } = await run(process.execPath, options, { maxBuffer: 2 ** 26 });
  const { asked, found } = JSON.parse(stdout) as { asked: number; found: Record<string, string> };
  expect(asked).toBeGreaterThan(1000);
  expect(found).toEqual({});
}, 600_000);
