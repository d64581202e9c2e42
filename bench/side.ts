// One side of the comparison: a process that holds a library and measures it when asked.
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import type { Answer, Hello, Request } from "./serve.ts";

type Library = "tidu" | "PyTorch" | "jax-js" | "TensorFlow.js";
export interface Side {
  readonly library: Library;
  /** What sets it apart from the library's other sides. */
  readonly variant: string;
  readonly threads: number;
  readonly blas: boolean;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A program that imports the library, computes one product and ends. */
  readonly cold: readonly string[];
  /** What to do where it is not found. */
  readonly help: string;
}
export interface Started extends Side {
  readonly hello: Hello;
  ask(request: Request): Promise<Answer>;
  /** Seconds of the program `cold`. */
  coldStart(): Answer;
  close(): void;
}

const folder = new URL(".", import.meta.url).pathname;
const peers = `${folder}peers`;
const python = process.env["TIDU_BENCH_PYTHON"] ?? "python3";
const OPTIONS = ["--import=tsx", "--conditions=source"];
const node = (program: string, ...rest: string[]): string[] => [process.execPath, ...OPTIONS, program, ...rest];
const module = (program: string): string[] => [process.execPath, "--input-type=module", "-e", program];

const all = availableParallelism();
const ours = (threads: number, blas: boolean, checkout = `${folder}..`): Side => ({
  library: "tidu",
  variant: blas ? "BLAS" : "",
  threads,
  blas,
  command: node(`${checkout}/bench/worker.ts`),
  cwd: checkout,
  env: { TIDU_NUM_THREADS: String(threads), TIDU_BLAS: blas ? "1" : "0" },
  cold: module('import { rand } from "tidu"; rand(64, 64).matmul(rand(64, 64));'),
  help: blas ? "needs koffi and OpenBLAS, MKL or Accelerate" : "no such number of threads",
});
/** Every case through torch.compile. */
const compiled = (side: Side): Side => ({
  ...side,
  variant: `${side.variant} compiled`.trim(),
  env: { ...side.env, TIDU_BENCH_COMPILED: "1" },
});
/** On a newer Node, see test/package/engines.test.ts. */
function oursOn(version: number, threads: number, checkout?: string): Side {
  const side = ours(threads, false, checkout);
  const engine = `${folder}../test/engines/node_modules/node${version}/bin/node`;
  const [command, cold] = [side.command, side.cold].map((line) => [engine, ...line.slice(1)]);
  return { ...side, variant: `Node ${version}`, command, cold, help: "needs npm ci --prefix test/engines" };
}
const pytorch = (threads: number): Side => ({
  library: "PyTorch",
  variant: "",
  threads,
  blas: false,
  command: [python, `${peers}/pytorch.py`],
  cwd: peers,
  env: { OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
  cold: [python, "-c", "import torch; torch.rand(64, 64) @ torch.rand(64, 64)"],
  help: "needs python3 with torch; TIDU_BENCH_PYTHON names another interpreter",
});
const javascript = (library: Library, variant: string, program: string, cold: string): Side => ({
  library,
  variant,
  threads: 1,
  blas: false,
  command: node(`${peers}/${program}`, variant),
  cwd: peers,
  env: {},
  cold: module(cold),
  help: "needs npm ci in bench/peers",
});
const tfjs = (backend: string, setup: string): Side =>
  javascript(
    "TensorFlow.js",
    backend,
    "tfjs.mjs",
    `import { createRequire } from "node:module"; import { dirname } from "node:path";
     const require = createRequire(process.cwd() + "/"); const tf = require("@tensorflow/tfjs"); ${setup}
     await tf.setBackend("${backend}"); tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync(); process.exit(0);`,
  );

const everyOfOurs = (checkout?: string): Side[] => [
  ours(1, false, checkout),
  ours(all, false, checkout),
  ours(1, true, checkout),
  ours(all, true, checkout),
  oursOn(26, 1, checkout),
  oursOn(26, all, checkout),
  ...[ours(1, false, checkout), ours(all, false, checkout), oursOn(26, 1, checkout)].map(compiled),
];
/** Ours as another checkout has it: what a change has cost or won. */
export const before = (checkout: string): Side[] =>
  everyOfOurs(checkout).map((side) => ({ ...side, variant: `before ${side.variant}`.trim() }));
/** Our device on the GPU, ours on the CPU, and PyTorch on the GPU. */
const onGpu = (checkout?: string): Side => ({
  ...ours(all, false, checkout),
  variant: "webgpu",
  env: { TIDU_BLAS: "0", TIDU_BENCH_DEVICE: "webgpu" },
  help: "needs the package webgpu and a driver; TIDU_BENCH_SWIFTSHADER=1 does with Chromium's",
});
export const gpuSides: readonly Side[] = [
  onGpu(),
  ours(all, false),
  { ...pytorch(all), variant: "cuda", env: { OMP_NUM_THREADS: String(all), TIDU_BENCH_DEVICE: "cuda" } },
];
export const gpuBefore = (checkout: string): Side => ({ ...onGpu(checkout), variant: "before webgpu" });
/** All sides there may be. */
export const sides: readonly Side[] = [
  ...everyOfOurs(),
  pytorch(1),
  pytorch(all),
  javascript(
    "jax-js",
    "wasm",
    "jax.mjs",
    `import { init, defaultDevice, numpy as np } from "@jax-js/jax"; await init("wasm"); defaultDevice("wasm");
     np.matmul(np.ones([64, 64]), np.ones([64, 64])).dataSync(); process.exit(0);`,
  ),
  tfjs(
    "wasm",
    `const wasm = "@tensorflow/tfjs-backend-wasm"; require(wasm).setWasmPaths(dirname(require.resolve(wasm)) + "/");`,
  ),
  tfjs("cpu", ""),
];

/** The side's process once it has said hello, or null where the library is not there. */
export async function start(side: Side): Promise<Started | null> {
  const [program, ...args] = side.command;
  const env = { ...process.env, ...side.env };
  const child = spawn(program, args, { cwd: side.cwd, stdio: ["pipe", "pipe", "ignore"], env });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T | null> => {
    const { value, done } = await lines.next();
    return done === true ? null : (JSON.parse(value as string) as T);
  };
  const hello = await next<Hello>();
  if (hello === null || hello.threads !== side.threads || (hello.blas ?? false) !== side.blas) {
    child.kill();
    return null;
  }
  return {
    ...side,
    hello,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return (await next<Answer>()) ?? { missing: "stopped" };
    },
    coldStart() {
      const [first, ...rest] = side.cold;
      const begin = performance.now();
      const { status } = spawnSync(first, rest, { env, cwd: side.cwd, stdio: "ignore" });
      return status === 0 ? { measured: (performance.now() - begin) / 1e3 } : { missing: "failed" };
    },
    close: () => void child.kill(),
  };
}
