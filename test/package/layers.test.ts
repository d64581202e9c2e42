import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const layers = JSON.parse(readFileSync("src/layers.json", "utf8")) as string[];

test("the list of layers names every file and folder of src, and nothing else", () => {
  const entries = readdirSync("src", { withFileTypes: true })
    .filter((e) => e.isDirectory() || e.name.endsWith(".ts"))
    .map((e) => e.name.replace(/\.ts$/, ""));
  expect([...layers].sort()).toEqual(entries.sort());
});

test("the table of the layout in docs/architecture.md has the layers in their order", () => {
  const [, table] = /## Layout\n([^]*?)\n## /.exec(
    readFileSync("docs/architecture.md", "utf8").replace(/\n\n(?!\|)/g, "\n## "),
  )!;
  const places = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => line.split("|")[1].match(/`[^`]+`/g)!);
  expect(places.map((place) => place.replace(/^`|(\.ts|\/)?`$/g, ""))).toEqual(layers);
});

/** The faults that the linter finds in a tree of these files of src. */
function lint(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tidu-layers-"));
  try {
    cpSync("oxlint.config.js", join(folder, "oxlint.config.js"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const [file, text] of Object.entries({ "src/layers.json": JSON.stringify(layers), ...files })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const args = [resolve("node_modules/oxlint/bin/oxlint"), "-c", "oxlint.config.js", "-f", "json", "src"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(stderr).toBe("");
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
    return diagnostics.filter((d) => d.code.includes("no-restricted-imports")).map((d) => d.filename);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const path = (from: string, to: string): string => {
  const way = relative(dirname(from), to).replaceAll("\\", "/");
  return way.startsWith(".") ? way : `./${way}`;
};

test("the linter refuses imports from layers above at every depth of src, of types too, and no others", () => {
  const values: Record<string, string> = {};
  const types: Record<string, string> = {};
  const allowed: Record<string, string> = {};
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const at = `src/${file.replaceAll("\\", "/")}`;
    const i = layers.indexOf(at.slice("src/".length).replace(/\.ts$|\/.*$/g, ""));
    const target = (layer: string): string => path(at, `src/${layer}/index.ts`);
    if (i < layers.length - 1) {
      values[at] = `import { x } from "${path(at, `src/${layers[i + 1]}.ts`)}";\nexport const y = x;\n`;
      types[at] = `import type { X } from "${target(layers.at(-1)!)}";\nexport type Y = X;\n`;
    }
    if (i > 0)
      allowed[at] =
        `import { x } from "${target(layers[i - 1])}";\nimport type { X } from "${target(layers[0])}";\nexport const y: X = x;\n`;
  }
  expect(lint(values).sort()).toEqual(Object.keys(values).sort());
  // A tensor names the node that made it.
  expect(lint(types).sort()).toEqual(
    Object.keys(types)
      .filter((file) => file !== "src/tensor/tensor.ts")
      .sort(),
  );
  expect(lint(allowed)).toEqual([]);
});

test("ops whose names begin with _ are in no declaration that a program sees", () => {
  const shown: string[] = [];
  for (const file of readdirSync("src/ops", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const lines = readFileSync(join("src/ops", file), "utf8").split("\n");
    for (const [i, line] of lines.entries()) {
      const [, name] = /^export (?:const |\{ )(_[a-z]\w*)/.exec(line) ?? [];
      const above = lines.slice(Math.max(0, i - 2), i).join("\n");
      if (name !== undefined && !above.includes("@internal")) shown.push(`${file}: ${name}`);
    }
  }
  expect(shown).toEqual([]);
});
