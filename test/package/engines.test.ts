// Other engines than the one that runs this, where `npm ci --prefix test/engines` put them: newer versions of Node, which
// make wide code, Deno and Bun. `npm run test:engines` runs more files of tests there, at every level of instructions.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const everything = process.env["ENGINES"] === "all";
/** Tests of the code that is made, which in Node 24 is wide in products alone; what ops give has digests, too. */
const filesFor = (version: number): string[] => [
  "gemm",
  "partial",
  ...(everything || version > 24 ? ["threads", "math", "in_lanes"] : []),
  ...(everything ? ["emit", "conv", "lstm", "conformance", "gradcheck"] : []),
];
const engineOf = (version: number): string => `test/engines/node_modules/node${version}/bin/node`;

const fit = `
import * as torch from "tidu";
import { nn, optim, type Tensor } from "tidu";
import { steps } from "./steps.ts";
torch.manual_seed(0);
class Net extends nn.Module {
  layers = new nn.Sequential(new nn.Conv2d(1, 4, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten());
  head = new nn.Linear(64, 10);
  forward(x: Tensor): Tensor { return this.head(this.layers(x)); }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
const [x, y] = [torch.rand(32, 1, 8, 8), torch.arange(32).remainder(10)];
const loss = (): Tensor => nn.functional.cross_entropy(net(x), y);
const before: number = loss().item();
for (let step = 0; step < steps; step++) {
  optimizer.zero_grad();
  loss().backward();
  optimizer.step();
}
await Promise.resolve();
console.log(String(net));
console.log(loss().item() < before, torch.ones(2), [torch.ones(2).constructor.name, optimizer.constructor.name].join());
`;
const fitted = `Net(
  (layers): Sequential(
    (0): Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (1): ReLU()
    (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    (3): Flatten(start_dim=1, end_dim=-1)
  )
  (head): Linear(in_features=64, out_features=10, bias=True)
)
true tensor([1., 1.]) Tensor,Adam
`;

describe.each([24, 26])("Node %i", (version) => {
  const engine = engineOf(version);
  // Left out where it is not installed: on other systems than Linux on x64, and before npm ci --prefix test/engines.
  const there = test.skipIf(!existsSync(engine));

  there("makes wide code", () => {
    const program = 'import { __config__ } from "tidu"; console.log(__config__.show());';
    const args = ["--import=tsx", "--conditions=source", "--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(engine, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("vectors joined to 256 bits");
  });

  there("gives the same bits whether code is wide or not yet, on one thread or several", () => {
    const digests = (level: string, threads: number): Record<string, string> => {
      const env = { ...process.env, TIDU_WASM_LEVEL: level, TIDU_NUM_THREADS: String(threads) };
      const args = ["--import=tsx", "--conditions=source", "test/package/digests.ts"];
      const { status, stdout, stderr } = spawnSync(engine, args, { encoding: "utf8", env });
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout) as Record<string, string>;
    };
    const want = digests("relaxed", 1);
    const others: [level: string, threads: number][] = [["wide", 4]];
    if (everything) others.push(["wide", 1], ["relaxed", 2]);
    for (const [level, threads] of others)
      expect(digests(level, threads), `${level}, ${threads} threads`).toEqual(want);
  });

  // Both in npm run test:engines.
  const newest = version > 24;
  // Flags of the process were turned while other threads began to run code: nine of twelve runs of two rounds died.
  (newest || everything ? there : test.skip)(
    "threads that make wide code while others begin to run code come to the same numbers",
    () => {
      const args = ["--import=tsx", "--conditions=source", "test/package/engine_threads.ts", "3"];
      const { status, signal, stdout, stderr } = spawnSync(engine, args, { encoding: "utf8" });
      expect([status, signal, stdout], stderr).toEqual([0, null, "the same\n"]);
    },
  );

  (newest || everything ? there : test.skip)(
    "passes the tests of products, kernels and threads, with wide code wherever it makes any",
    () => {
      const env = { ...process.env, TIDU_WASM_LEVEL: "wide", TIDU_LEVELS: everything ? "all" : "highest" };
      const files = filesFor(version).map((name) => `/${name}.test.ts`);
      const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "all", ...files];
      const { status, stdout, stderr } = spawnSync(engine, args, { encoding: "utf8", env });
      expect(status, stdout + stderr).toBe(0);
    },
  );
});

describe("a TypeScript program with the built package", () => {
  const dir = mkdtempSync(join(tmpdir(), "tidu-engines-"));
  beforeAll(() => {
    expect(existsSync("dist/index.js"), "run `npm run build` first, as `npm run check` does").toBe(true);
    mkdirSync(join(dir, "node_modules"));
    symlinkSync(resolve("."), join(dir, "node_modules/tidu"), "dir");
    symlinkSync(resolve("node_modules/tsx"), join(dir, "node_modules/tsx"), "dir");
    writeFileSync(join(dir, "fit.ts"), fit);
    writeFileSync(join(dir, "steps.ts"), "export const steps: number = 20;\n");
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const run = (type: string, engine: string, ...args: string[]): void => {
    writeFileSync(join(dir, "package.json"), JSON.stringify({ type }));
    const { stdout, stderr } = spawnSync(resolve(engine), [...args, "fit.ts"], { cwd: dir, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(fitted);
  };
  const tidu = [resolve("dist/cli/index.js"), "run"];

  for (const [name, engine, args] of [
    // It may not even read the environment.
    ["Deno without permissions", "test/engines/node_modules/deno/deno", ["run", "--no-prompt"]],
    ["Bun", "test/engines/node_modules/bun/bin/bun", []],
  ] as const)
    test.skipIf(!existsSync(engine))(`trains in ${name}`, () => run("module", engine, ...args));

  // "type": "commonjs" is what `npm init -y` writes.
  test.each(["module", "commonjs"])("trains by `tidu run` in a package of type %s", (type) => {
    run(type, process.execPath, ...tidu);
    for (const version of [24, 26]) if (existsSync(engineOf(version))) run(type, engineOf(version), ...tidu);
  });
});
