// These read the built declarations. The long forms: npm run typed.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { calls } from "../../tools/typed/calls.ts";
import { check } from "../../tools/typed/checked.ts";
import { coverage } from "../../tools/typed/coverage.ts";
import { faults } from "../../tools/typed/faults.ts";

test("the shape inferred for a random call is the one that comes, or not known", { timeout: 300_000 }, () => {
  const { ran, known, wrong, refused, told } = calls(80, 7);
  expect(wrong).toEqual([]);
  expect(ran).toBeGreaterThan(20);
  expect(known).toBeGreaterThan(0.9 * ran);
  // What fails and does not compile is refused with the sentence that it raises.
  expect(refused).toBeGreaterThan(8);
  expect(told).toBeGreaterThan(0.8 * refused);
});

test("numbers that the type checker does not know are refused nowhere", { timeout: 300_000 }, () => {
  const { ran, wrong } = calls(40, 8, true);
  expect(wrong).toEqual([]);
  expect(ran).toBeGreaterThan(20);
});

test("of the tensors in a model nine in ten have a known shape", { timeout: 300_000 }, () => {
  for (const name of ["lenet", "lstm_tagger"]) {
    const { known, all, faults } = coverage(readFileSync(`test/typed/models/${name}.ts`, "utf8"));
    expect(faults).toEqual([]);
    expect(all).toBeGreaterThan(5);
    expect(known).toBeGreaterThanOrEqual(0.9 * all);
  }
});

test("every model runs", { timeout: 300_000 }, async () => {
  for (const name of readdirSync("test/typed/models"))
    expect(((await import(`./models/${name}`)) as { run: () => unknown }).run()).toBeDefined();
});

test(
  "docs/typed-shapes.md shows the faults that the type checker tells, where it tells them",
  { timeout: 300_000 },
  () => {
    const page = readFileSync("docs/typed-shapes.md", "utf8");
    const blocks = [...page.matchAll(/```ts types\n([^]*?)```/g)].map(([, code]) => code);
    expect(blocks.length).toBeGreaterThan(4);
    for (const block of blocks) {
      // A line of the form "//    ^ sentence" tells what is wrong in the line before it, above the caret.
      const lines = block.split("\n");
      const shown = lines.flatMap((line, i) => {
        const [, before, sentence] = /^( *\/\/ *)\^ (.*)$/.exec(line) ?? [];
        return sentence === undefined ? [] : [[i - 1, before.length, sentence]];
      });
      const { faults, source } = check(block);
      const said = faults.map(({ start, text }) => {
        const { line, character } = source.getLineAndCharacterOfPosition(start);
        return [line, character, /type '"(.*)"'/.exec(text)?.[1]];
      });
      expect(said).toEqual(shown);
    }
  },
);

test("what a fault raises is told of the program that was checked, after those that are passed over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  try {
    writeFileSync(
      join(folder, "sizes.ts"),
      `export function run() {
  for (const [i, n] of [3, 3, 3, 3].entries()) {
    if (n > Number("3")) throw new Error("index " + n + " is out of bounds");
    if (n < Number("3")) throw new Error("size " + i + " is " + n);
  }
}
`,
    );
    const found = await faults(folder, 4, 1);
    expect(found.map(({ raised }) => raised).sort()).toEqual([
      "size 0 is 2",
      "size 1 is 2",
      "size 2 is 2",
      "size 3 is 2",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
