import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ModuleBuilder } from "../../src/devices/cpu/code/assembler.ts";
import type { FunctionBuilder } from "../../src/devices/cpu/code/assembler.ts";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { featureLevel } from "../../src/devices/cpu/code/features.ts";
import { Threads } from "../../src/devices/cpu/threads/threads.ts";
import type { Task } from "../../src/devices/cpu/threads/threads.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "../samples/index.ts";

/** Everything is divided, as finely as can be. */
const FINEST = { least: 0, share: 1e-9, range: 0 };
const MOST = 4;
torch.set_num_threads(MOST);
beforeEach(() => torch.set_num_threads(MOST));

const maximum = 16;
const memory = new WebAssembly.Memory({ initial: 4, maximum, shared: true });
const words = new Int32Array(memory.buffer);
/** Does work until all workers are up. */
function start(threads: Threads, run: () => void): void {
  const until = performance.now() + 600_000;
  while (threads.started < MOST - 1) {
    run();
    if (performance.now() > until) throw new Error(`${threads.started} workers have come up`);
  }
}
/** A task that runs `body` for each unit, with locals 0 to 3 as its arguments, the unit in 1. */
function compile(threads: Threads, body: (f: FunctionBuilder) => void): Task {
  const module = new ModuleBuilder({ shared: true, maximum });
  const run = (f: FunctionBuilder): void => {
    f.loop((again) => {
      body(f);
      f.get(1).i32(1).op("i32.add").tee(1).get(2).op("i32.lt_s").brIf(again);
    });
  };
  module.func(["i32", "i32", "i32", "i32"], [], run, "run");
  return threads.compile(module.build());
}
const pushPlace = (f: FunctionBuilder): FunctionBuilder => f.get(0).get(1).i32(4).op("i32.mul").op("i32.add");
const increment = (f: FunctionBuilder): void => {
  pushPlace(f);
  pushPlace(f).mem("i32.load").i32(1).op("i32.add").mem("i32.store");
};

describe("threads", () => {
  const threads = new Threads(memory, true);
  threads.grain = FINEST;
  const idle = compile(threads, () => {});
  beforeAll(() => start(threads, () => threads.parallelFor(idle, 0, 100, 1)));

  /** What a task raises, tried until a thread that fails gets to do a unit. */
  function failure(task: Task): unknown {
    for (let attempt = 0; attempt < 1000; attempt++)
      try {
        threads.parallelFor(task, 0, 500, 3000);
      } catch (error) {
        return error;
      }
    return null;
  }

  test("do each unit of work once, whatever their number", () => {
    const task = compile(threads, increment);
    for (let round = 0; round < 200; round++)
      for (const n of [1, 2, 3, 63, 64, 65, 1000, 4099]) {
        words.fill(0, 1024, 1024 + 5000);
        threads.parallelFor(task, 4096, n, 1);
        expect(words.subarray(1024, 1024 + n).every((x) => x === 1)).toBe(true);
        expect(words[1024 + n]).toBe(0);
      }
  });
  test("all take part, each under a number of its own below the number set", () => {
    // Long enough a unit for everybody to get one.
    const task = compile(threads, (f) => {
      const rest = f.local("i32");
      f.i32(3000).set(rest);
      f.loop((again) => f.get(rest).i32(1).op("i32.sub").tee(rest).brIf(again));
      pushPlace(f).get(3).mem("i32.store");
    });
    const seen = new Set<number>();
    const run = (): void => {
      threads.parallelFor(task, 4096, 500, 3000);
      for (const thread of words.subarray(1024, 1524)) seen.add(thread);
    };
    for (let round = 0; round < 2000 && seen.size < MOST; round++) run();
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    torch.set_num_threads(2);
    seen.clear();
    for (let round = 0; round < 20; round++) run();
    expect(Math.max(...seen)).toBeLessThan(2);
    torch.set_num_threads(1);
    seen.clear();
    run();
    expect([...seen]).toEqual([0]);
  });
  test("that trap are reported, and go on with the next work", () => {
    // Everybody but the calling thread fails, which waits for that.
    const failing = compile(threads, (f) => {
      f.get(3);
      f.if(() => f.op("unreachable"));
      const rest = f.local("i32");
      f.i32(3000).set(rest);
      f.loop((again) => f.get(rest).i32(1).op("i32.sub").tee(rest).brIf(again));
    });
    const counting = compile(threads, increment);
    for (let round = 0; round < 5; round++) {
      const error = failure(failing);
      expect(error).toBeInstanceOf(torch.RuntimeError);
      expect(String(error)).toBe("RuntimeError: in a worker thread: RuntimeError: unreachable");
      words.fill(0, 1024, 1024 + 1000);
      threads.parallelFor(counting, 4096, 1000, 1);
      expect(words.subarray(1024, 2024).every((x) => x === 1)).toBe(true);
    }
  });
  test("are left in order by a trap of the calling one", () => {
    const failing = compile(threads, (f) => {
      f.get(3).op("i32.eqz");
      f.if(() => f.op("unreachable"));
    });
    const counting = compile(threads, increment);
    for (let round = 0; round < 20; round++) {
      expect(failure(failing)).toBeInstanceOf(WebAssembly.RuntimeError);
      words.fill(0, 1024, 1024 + 1000);
      threads.parallelFor(counting, 4096, 1000, 1);
      expect(words.subarray(1024, 2024).every((x) => x === 1)).toBe(true);
    }
  });
  test("are one where memory is not shared, which does everything", () => {
    const plain = new WebAssembly.Memory({ initial: 1, maximum: 16 });
    const alone = new Threads(plain, false);
    alone.grain = FINEST;
    const module = new ModuleBuilder({ shared: false, maximum: 16 });
    module.func(["i32", "i32", "i32", "i32"], [], (f) => f.get(0).get(2).mem("i32.store"), "run");
    alone.parallelFor(alone.compile(module.build()), 64, 12345, 1e6);
    expect(new Int32Array(plain.buffer)[16]).toBe(12345);
    expect(alone.most).toBe(1);
    expect(alone.started).toBe(0);
  });
});

describe("set_num_threads", () => {
  test("refuses what is no positive integer, as PyTorch does", () => {
    expect(() => torch.set_num_threads(0)).toThrow("set_num_threads expects a positive integer");
    expect(() => torch.set_num_threads(-1)).toThrow("set_num_threads expects a positive integer");
    expect(() => torch.set_num_threads(1.5)).toThrow("set_num_threads expects an int, but got float");
    // @ts-expect-error a string is no number
    expect(() => torch.set_num_threads("2")).toThrow("set_num_threads expects an int, but got str");
    // @ts-expect-error nor is a bool
    expect(() => torch.set_num_threads(true)).toThrow("set_num_threads expects an int, but got bool");
    expect(torch.get_num_threads()).toBe(MOST);
  });
});

/** The bytes of every tensor in what an op gave. */
function bits(x: unknown): unknown {
  if (!(x instanceof Tensor)) return Array.isArray(x) ? x.map(bits) : x;
  const { buffer, byteOffset, byteLength } = x.detach().contiguous().clone().host();
  return [x.sizes, String(x.dtype), [...new Uint8Array(buffer, byteOffset, byteLength)]];
}
describe("results do not depend on the number of threads", () => {
  const device = currentDevice() as CpuDevice;
  test("at the level of instructions that the environment asks for", () => {
    if (process.env["TIDU_WASM_LEVEL"] === "simd128") expect(device.level).toBe("simd128");
    else expect(device.level).toBe(featureLevel());
  });
  /** With one thread and with several, on the finest grain. */
  function both(run: () => unknown): void {
    const usual = device.threads.grain;
    try {
      device.threads.grain = FINEST;
      torch.set_num_threads(1);
      torch.manual_seed(1);
      const alone = bits(run());
      torch.set_num_threads(MOST);
      torch.manual_seed(1);
      expect(bits(run())).toEqual(alone);
    } finally {
      device.threads.grain = usual;
    }
  }
  beforeAll(() => {
    const x = torch.rand(1 << 18);
    start(device.threads, () => void x.exp());
  });
  for (const [call, { schema }] of registry)
    for (const [i, args] of (samples[schema.name]?.() ?? []).entries())
      test(`of ${schema.name} ${i}`, () => both(() => (call as (...args: readonly unknown[]) => unknown)(...args)));
  const large: Record<string, () => unknown> = {
    "pointwise ops on neighbours": () => torch.randn(9999).exp().add(1),
    "pointwise ops on broadcast rows and columns": () =>
      torch.randn(70, 90).add(torch.randn(90)).mul(torch.randn(70, 1)),
    "pointwise ops across": () => torch.randn(70, 90).add(torch.randn(90, 70).t()),
    "pointwise ops on a few long rows": () => torch.randn(3, 1, 5000).add(torch.randn(3, 2, 1)),
    ramps: () => torch.arange(10000),
    "a gather": () => torch.randn(500, 7).index([torch.arange(499, -1, -1)]),
    "a scatter to one place": () => torch.zeros(3).index_put_([torch.zeros(999).long()], torch.randn(999), true),
    "sums of rows": () => torch.randn(300, 50).sum(1),
    "sums of columns": () => torch.randn(300, 50).sum(0),
    "a sum of everything": () => torch.randn(30000).sum(),
    "places of the largest": () => [torch.randn(300, 50).argmax(1), torch.randn(9999).argmax()],
    "running sums": () => torch.randn(40, 300).cumsum(1),
    products: () => torch.randn(130, 70).matmul(torch.randn(70, 150)),
    "batches of products": () => torch.randn(9, 20, 33).matmul(torch.randn(33, 40)),
  };
  for (const [name, run] of Object.entries(large)) test(`of ${name}`, () => both(run));
});

describe("a process", () => {
  const program = `
    import * as torch from "./src/index.ts";
    import { currentDevice } from "./src/devices/registry.ts";
    const x = torch.ones(1 << 18);
    const { threads } = currentDevice();
    const until = performance.now() + 600000;
    while (threads.started < torch.get_num_threads() - 1 && performance.now() < until) x.exp();
    console.log(torch.get_num_threads(), threads.started, x.add(1).sum().item());`;
  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  test("with threads ends by itself", () => {
    const { stdout, status, stderr } = run({ TIDU_NUM_THREADS: "3" });
    expect(stderr).toBe("");
    expect(stdout).toBe(`3 2 ${2 ** 19}\n`);
    expect(status).toBe(0);
  });
  test("has one thread if TIDU_NUM_THREADS says so, and is told of nonsense in it", () => {
    expect(run({ TIDU_NUM_THREADS: "1" }).stdout).toBe(`1 0 ${2 ** 19}\n`);
    expect(run({ TIDU_NUM_THREADS: "many" }).stderr).toContain(
      "ValueError: TIDU_NUM_THREADS must be a positive integer, but got 'many'",
    );
  });
});

test("where text may not be evaluated, large products run on all threads, with a BLAS and without", () => {
  for (const blas of ["0", "1"]) {
    const program = `
      import * as torch from "tidu";
      torch.set_num_threads(2);
      const x = torch.ones(600, 600);
      for (let i = 0; i < 30; i++) if (x.matmul(x).sub(600).abs().max().item() !== 0) throw new Error("wrong");
      console.log("right", x.exp().sum().item() > 0);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        "--disallow-code-generation-from-strings",
        "--import=tsx",
        "--conditions=source",
        "--input-type=module",
        "-e",
        program,
      ],
      {
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
        encoding: "utf8",
        env: { ...process.env, TIDU_BLAS: blas },
      },
    );
    expect(stdout, stderr).toBe("right true\n");
  }
});
