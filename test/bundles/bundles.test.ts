// The package as npm packs it, in the hands of bundlers: what comes out must run. `npm run test:bundles` tries every
// export alone, every variant of each bundler, Next and examples/digits.ts; npm test one export in 32 and a variant or two.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executablePath, resultAt, resultOfPage } from "../browser/chromium.ts";
import { allCases, expectedOf, layerCases, program } from "./cases.ts";
import type { Case } from "./cases.ts";
import type { Epoch } from "../../examples/report.ts";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { pack } from "../../tools/build/pack.ts";
import { OF_SPARSE } from "../../src/ops/methods/absent.ts";

const everything = process.env["BUNDLES"] === "all";
const dir = mkdtempSync(join(tmpdir(), "tidu-bundles-"));
beforeAll(() => {
  expect(existsSync("dist/index.js"), "run `npm run build` first, as `npm run check` does").toBe(true);
  const home = join(dir, "node_modules/tidu");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["xzf", pack(dir), "--strip-components=1", "-C", home]);
  writeFileSync(
    join(dir, "package.json"),
    '{ "type": "module", "@parcel/resolver-default": { "packageExports": true } }',
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

const variants: Readonly<Record<string, BuildOptions>> = {
  "for browsers, minified": { platform: "browser", minify: true },
  "for browsers": { platform: "browser" },
  "for Node": { platform: "node" },
  "for Node, minified": { platform: "node", minify: true },
};
const esbuild = (entryPoints: string[], outdir: string, variant: string): Promise<unknown> =>
  build({ entryPoints, outdir, bundle: true, format: "esm", outExtension: { ".js": ".mjs" }, ...variants[variant] });

interface Ran {
  readonly methods: string;
  readonly given: Readonly<Record<string, string>>;
}
/** What bundled programs give. Each has a library of its own: a process takes but a few. */
function run(files: readonly string[]): Ran[] {
  const { stdout, stderr } = spawnSync(process.execPath, [resolve("test/bundles/run.mjs"), ...files], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const from = stdout.lastIndexOf("\n{") + 1;
  expect(stdout.slice(from, from + 1), stderr).toBe("{");
  const ran = JSON.parse(stdout.slice(from)) as Record<string, Ran>;
  return files.map((file) => ran[file]);
}
const SPARSE_TOO = /^(_?indices|_?values|_nnz|_dim[IV]|_coalesced_)$/;
const expected = new Map<string, string>();
function check(cases: readonly Case[], { methods, given }: Ran): void {
  for (const { name, text } of cases) {
    if (!expected.has(text)) expected.set(text, expectedOf(text));
    expect(given[name], `${name}: ${text}`).toBe(expected.get(text));
  }
  // Those of sparse tensors come with what makes these.
  const all = Object.getOwnPropertyNames(Tensor.prototype).filter(
    (name) => !OF_SPARSE.has(name) && !SPARSE_TOO.test(name),
  );
  expect(
    methods
      .split(",")
      .filter((name) => !OF_SPARSE.has(name) && !SPARSE_TOO.test(name))
      .join(),
    cases[0].name,
  ).toBe(all.sort().join());
}
async function checkAlone(cases: readonly Case[], variant: string): Promise<void> {
  const BATCH = 40;
  for (let i = 0; i < cases.length; i += BATCH) {
    const batch = cases.slice(i, i + BATCH);
    const names = batch.map((_, k) => `alone${k}`);
    for (const [k, c] of batch.entries()) writeFileSync(join(dir, `${names[k]}.js`), program([c]));
    const out = join(dir, "alone");
    await esbuild(names.map((name) => join(dir, `${name}.js`)), out, variant); // prettier-ignore
    for (const [k, ran] of run(names.map((name) => join(out, `${name}.mjs`))).entries()) check([batch[k]], ran);
  }
}

test("exports work in a bundle of their own, which has every method of tensors", async () => {
  const cases = allCases();
  if (everything) await checkAlone(cases, "for browsers, minified");
  // In turn for each kind of bundle.
  const names = Object.keys(variants);
  const every = (everything ? 8 : 32) * names.length;
  for (const [v, variant] of names.entries())
    await checkAlone(cases.filter((_, i) => i % every === v * (every / names.length)), variant); // prettier-ignore
});

test("a bundle has no function that it does not use, though it stands in the same file as one that it does", async () => {
  // No methods of tensors, so that only their names bring them.
  writeFileSync(
    join(dir, "one.js"),
    'import { mse_loss } from "tidu/nn/functional"; import { hann_window } from "tidu"; globalThis.used = [mse_loss, hann_window];',
  );
  for (const variant of Object.keys(variants).filter((name) => name.startsWith("for browsers"))) {
    await esbuild([join(dir, "one.js")], join(dir, "one"), variant);
    const text = readFileSync(join(dir, "one/one.mjs"), "utf8");
    for (const used of ["mse_loss", "hann_window"]) expect(text).toContain(`"${used}(`);
    const others = ["l1_loss", "huber_loss", "poisson_nll_loss", "kaiser_window", "blackman_window"];
    expect(
      others.filter((name) => text.includes(`"${name}(`)),
      variant,
    ).toEqual([]);
  }
  const files = readdirSync("dist/ops", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const kept = files.filter((file) => /^define\(/m.test(readFileSync(join("dist/ops", file), "utf8")));
  expect(kept, "ops that no bundler can drop").toEqual([]);
});

/** As a module for run.mjs: a step of training, with the everyday methods of tensors alone. */
const LEAN = `import * as torch from "tidu/lean";
import { Linear } from "tidu/nn";
import { SGD } from "tidu/optim";
export const methods = Object.getOwnPropertyNames(torch.Tensor.prototype);
const step = () => {
  torch.manual_seed(1);
  const model = new Linear(3, 2);
  const steps = new SGD(model.parameters(), { lr: 0.1 });
  model(torch.tensor([[1, 2, 3]])).pow(2).sum().backward();
  steps.step();
  return String(model.weight);
};
const absent = () => { try { torch.tensor([1]).cumprod(0); } catch (error) { return error.message.split("\\n")[0]; } };
export const runs = { step, absent };`;
function checkLean({ methods, given }: Ran): void {
  const all = Object.getOwnPropertyNames(Tensor.prototype);
  expect(methods.split(",").filter((name) => !all.includes(name))).toEqual([]);
  expect(methods.split(",").length).toBeLessThan(0.6 * all.length);
  expect(given["absent"]).toBe("'Tensor' object has no attribute 'cumprod'");
  torch.manual_seed(1);
  const model = new torch.nn.Linear(3, 2);
  const steps = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
  model(torch.tensor([[1, 2, 3]]))
    .pow(2)
    .sum()
    .backward();
  steps.step();
  expect(given["step"]).toBe(String(model.weight));
}
test("a program that takes tidu/lean has the everyday methods alone, and trains", async () => {
  writeFileSync(join(dir, "lean.js"), LEAN);
  for (const variant of ["for browsers, minified", "for Node"]) {
    await esbuild([join(dir, "lean.js")], join(dir, "lean"), variant);
    checkLean(run([join(dir, "lean/lean.mjs")])[0]);
  }
});

test("a program that takes tidu/lean has with each function what that needs", async () => {
  const y = "torch.tensor([0.5, -0.25, 0.75])";
  const cases = [
    ...["erf", "lgamma", "asin", "sinh", "tan", "exp2", "asinh"].map((name) => `torch.${name}(${y})`),
    `torch.atan2(${y}, ${y}.exp())`,
    `torch.ldexp(${y}, torch.tensor([1, 2, 3]))`,
    `F.gelu(${y}.double())`,
    `torch.fft.ifft(torch.fft.fft(${y}))`,
    "torch.linalg.eigvals(torch.tensor([[1, 2], [-3, 4]]))",
    'torch.autocast("cpu", () => torch.ones(2, 2).mm(torch.ones(2, 2)))',
    `new nn.MSELoss(false)(${y}, ${y}.mul(2))`,
    `F.conv1d(${y}.reshape([1, 1, 3]), torch.ones(1, 1, 2))`,
  ].map((text) => ({ name: text, text }));
  for (const [k, c] of cases.entries()) writeFileSync(join(dir, `with${k}.js`), program([c], "tidu/lean"));
  await esbuild(cases.map((_, k) => join(dir, `with${k}.js`)), join(dir, "with"), "for browsers, minified"); // prettier-ignore
  for (const [k, { given }] of run(cases.map((_, k) => join(dir, `with/with${k}.mjs`))).entries())
    expect(given[cases[k].name]).toBe(expectedOf(cases[k].text));
});
test("a program that takes tidu/lean is told what it does without, and has it with tidu", async () => {
  const asked: Readonly<Record<string, string>> = {
    "out=": "torch.add(torch.ones(2), 1, { out: torch.empty([2]) })",
    "arithmetic of complex numbers": "((z) => z.mul(z))(torch.tensor([1, 2], { dtype: torch.complex64 }))",
    "backward hooks of modules":
      "((layer, seen) => (layer.register_full_backward_hook((_, g) => void seen.push(g)), layer(torch.ones(1, 1).requires_grad_()).sum().backward(), seen.length))(new nn.Linear(1, 1), [])",
  };
  const cases = Object.entries(asked).map(([name, text]) => ({ name, text }));
  writeFileSync(join(dir, "without.js"), program(cases, "tidu/lean"));
  writeFileSync(join(dir, "both.js"), `${program(cases, "tidu/lean")}\nimport "tidu";`);
  const names = ["without", "both"];
  await esbuild(names.map((name) => join(dir, `${name}.js`)), join(dir, "told"), "for browsers, minified"); // prettier-ignore
  const [without, both] = run(names.map((name) => join(dir, `told/${name}.mjs`)));
  for (const { name, text } of cases) {
    expect(without.given[name]).toContain(`tidu/lean does without ${name}.\nImport "tidu", which brings it.`);
    expect(both.given[name]).toBe(expectedOf(text));
  }
});

describe("a program that uses everything", () => {
  const write = (): string => {
    const entry = join(dir, "whole.js");
    writeFileSync(entry, program(allCases()));
    return entry;
  };
  test.each(everything ? Object.keys(variants) : ["for browsers, minified", "for Node"])(
    "works bundled by esbuild %s",
    async (variant) => {
      await esbuild([write()], join(dir, "whole"), variant);
      check(allCases(), run([join(dir, "whole/whole.mjs")])[0]);
    },
  );
  // Left out where they are not installed: npm ci --prefix test/bundlers, as .ci/run does.
  describe.skipIf(!existsSync("test/bundlers/node_modules"))("and one of layers alone", () => {
    // Two of other kinds in npm test, all in npm run test:bundles.
    const some = everything ? ["rollup", "vite", "webpack", "parcel"] : ["rollup", "parcel"];
    test.each(some)("and one that takes tidu/lean work bundled by %s", (bundler) => {
      writeFileSync(join(dir, "lean.js"), LEAN);
      const out = join(dir, "out", `${bundler}_lean.mjs`);
      const args = [resolve("test/bundlers/bundle.mjs"), bundler, "browser", join(dir, "lean.js"), out, "minified"];
      const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: dir });
      expect(status, stdout + stderr).toBe(0);
      checkLean(run([out])[0]);
    });
    test.each(["rollup", "vite", "webpack", "parcel"])("work bundled by %s", (bundler) => {
      const small = join(dir, "small.js");
      const few = layerCases().filter(({ name }) => /^nn\.(MaxPool|Linear|LSTM|Embedding)|^optim\.Adam$/.test(name));
      writeFileSync(small, program(few));
      // Parcel knows one condition; the others take what their options say. npm test takes the first way.
      const conditions = bundler === "parcel" ? ["browser"] : ["browser", "node"];
      const sizes = bundler === "rollup" ? ["plain"] : ["minified", "plain"];
      const ways = conditions.flatMap((condition) => sizes.map((size) => [condition, size]));
      for (const [i, [condition, size]] of ways.entries())
        if (everything || i === 0)
          for (const [entry, cases] of [
            [small, few],
            // What takes webpack and rollup long, and shows little that the layers do not, is for test:bundles.
            ...(everything || bundler === "vite" || bundler === "parcel" ? ([[write(), allCases()]] as const) : []),
          ] as const) {
            // prettier-ignore
            const out = join(dir, "out", `${bundler}_${condition}_${size}.mjs`);
            const args = [resolve("test/bundlers/bundle.mjs"), bundler, condition, entry, out, size];
            const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: dir });
            expect(status, stdout + stderr).toBe(0);
            check(cases, run([out])[0]);
          }
    });
  });
});

const NEXT = "test/bundlers/next";
const training = `${readFileSync(`${NEXT}/app/training.js`, "utf8")}
export const result = (globalThis.result = trained());`;
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  interface Trained {
    readonly text: string;
    readonly losses: readonly number[];
  }
  const trained = async (): Promise<Trained> => {
    writeFileSync(join(dir, "training.js"), training);
    await esbuild([join(dir, "training.js")], join(dir, "page"), "for Node");
    return ((await import(join(dir, "page/training.mjs"))) as { result: Trained }).result;
  };
  const same = (there: Trained, here: Trained): void => {
    expect(there.text).toBe(here.text);
    for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(here.losses[i], 4);
  };
  const script = (file: string) => ({ type: "text/javascript", body: readFileSync(join(dir, file)) });

  test("a bundled network with convolutions and pools trains as in Node", async () => {
    const here = await trained();
    await esbuild([join(dir, "training.js")], join(dir, "page"), "for browsers, minified");
    same(await resultOfPage<Trained>((path) => (path === "/page.js" ? script("page/training.mjs") : undefined)), here);
  });
  test.runIf(everything)("examples/digits.ts, bundled, learns to read digits as in Node", async () => {
    // Two epochs, up to where the example begins to write files.
    const [learns, writes] = readFileSync("examples/digits.ts", "utf8").split("// Save, load into a fresh network");
    expect(writes).toBeDefined();
    const program = learns.replace("EPOCHS = sized(30, 1)", "EPOCHS = 2");
    expect(program).not.toBe(learns);
    writeFileSync(join(dir, "digits.ts"), `${program}\nexport const result = (globalThis.result = log);`);
    const learned = async (): Promise<Epoch[]> => {
      await esbuild([join(dir, "digits.ts")], join(dir, "page"), "for Node");
      return ((await import(join(dir, "page/digits.mjs"))) as { result: Epoch[] }).result;
    };
    const here = await learned();
    await esbuild([join(dir, "digits.ts")], join(dir, "page"), "for browsers, minified");
    const there = await resultOfPage<Epoch[]>((path) => (path === "/page.js" ? script("page/digits.mjs") : undefined));
    expect(there.map(({ model, epoch }) => [model, epoch])).toEqual(here.map(({ model, epoch }) => [model, epoch]));
    for (const [i, { loss, accuracy }] of there.entries()) {
      expect(loss).toBeCloseTo(here[i].loss, 2);
      expect(accuracy).toBeCloseTo(here[i].accuracy, 1);
    }
    expect(Math.min(...there.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.5);
  });
  test("a network trains without a bundler, too, from the one file for pages, in a page and in a worker", async () => {
    const here = await trained();
    const files: Record<string, string> = { "/tidu.min.js": "node_modules/tidu/dist/tidu.min.js" };
    const code = training.replaceAll('"tidu"', '"/tidu.min.js"');
    const worker = `const w = new Worker("/worker.js", { type: "module" });
      w.onmessage = (event) => (globalThis.result = event.data);
      w.onerror = (event) => { throw new Error(event.message); };`;
    for (const pages of [
      { "/page.js": code },
      { "/page.js": worker, "/worker.js": `${code}\npostMessage(globalThis.result);` },
    ] as Record<string, string>[])
      same(
        await resultOfPage<Trained>((path) => (path in pages ? { type: "text/javascript", body: pages[path] } : path in files ? script(files[path]) : undefined)), // prettier-ignore
        here,
      );
  });

  test.each([
    ["the one file for pages", { tidu: "/tidu.min.js" }],
    ["modules as they are shipped", { tidu: "/index.js", "tidu/nn": "/nn/index.js" }],
  ])("a network trains without a bundler, by an import map, from %s", async (_, imports) => {
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    const html = `<!doctype html>${map}<script type="module" src="/page.js"></script>`;
    const shipped = "node_modules/tidu/dist";
    const page = await resultOfPage<Trained>((path) => {
      if (path === "/") return { type: "text/html", body: html };
      if (path === "/page.js") return { type: "text/javascript", body: training };
      const file = join(shipped, path);
      return path.endsWith(".js") && existsSync(join(dir, file)) ? script(file) : undefined;
    });
    same(page, await trained());
  });

  // Left out of npm test, and where it is not installed (npm ci --prefix test/bundlers/next): 340 MB, minutes a build.
  const next = resolve(NEXT, "node_modules/next/dist/bin/next");
  test.runIf(everything && existsSync(next)).each(["turbopack", "webpack"])(
    "a server component and a client component of Next train as in Node, built by %s",
    async (builder) => {
      const here = await trained();
      rmSync(`${NEXT}/node_modules/tidu`, { recursive: true, force: true });
      cpSync(join(dir, "node_modules/tidu"), `${NEXT}/node_modules/tidu`, { recursive: true });
      const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
      const built = spawnSync(process.execPath, [next, "build", `--${builder}`], { cwd: NEXT, env, encoding: "utf8" });
      expect(built.status, built.stdout + built.stderr).toBe(0);
      const server = spawn(process.execPath, [next, "start", "-p", "0", "-H", "127.0.0.1"], { cwd: NEXT, env });
      try {
        let said = "";
        for await (const part of server.stdout) if ((said += String(part)).includes("Ready")) break;
        const [address] = /http:\S+/.exec(said)!;
        const found = await resultAt<Record<"server" | "client", Trained>>(address);
        same(found.server, here);
        same(found.client, here);
      } finally {
        server.kill();
      }
    },
  );
});
