import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeOf } from "../../src/kernel/place.ts";
import type { Matrix, Product } from "../../src/devices/backend.ts";
import { coreFor, forBlas } from "../../src/devices/cpu/gemm/blas.ts";
import type { Blas } from "../../src/devices/cpu/gemm/blas.ts";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { featureLevel } from "../../src/devices/cpu/code/features.ts";
import { Gemm } from "../../src/devices/cpu/gemm/gemm.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

process.env["TIDU_BLAS"] = "1";
const device = currentDevice() as CpuDevice;
const { blas } = device;
if (typeof blas === "string")
  console.warn(
    `Products by the system's BLAS are not tested here: ${blas}. They need koffi (npm ci) and a BLAS (apt-get install libopenblas0).`,
  );

/** A matrix and the tensor whose memory it is. */
function operand(t: Tensor): Matrix {
  const [batchStride, rowStride, colStride] = t.strides;
  return { ...placeOf(t), rowStride, colStride, batchStride };
}
/** [rows, cols] in the middle of some other tensor, so that rows or columns lie apart. */
const layouts: Readonly<Record<string, (rows: number, cols: number, dtype: torch.Dtype) => Tensor>> = {
  rows: (r, c, dtype) => torch.randn(r, c, { dtype }),
  columns: (r, c, dtype) => torch.randn(c, r, { dtype }).t(),
  "rows apart": (r, c, dtype) =>
    torch
      .randn(r + 3, c + 5, { dtype })
      .narrow(0, 2, r)
      .narrow(1, 1, c),
  "columns apart": (r, c, dtype) =>
    torch
      .randn(c + 3, r + 5, { dtype })
      .narrow(0, 2, c)
      .narrow(1, 1, r)
      .t(),
  "every other": (r, c, dtype) =>
    torch
      .randn(r, 2 * c, { dtype })
      .view([r, c, 2])
      .select(2, 1),
  "one row again and again": (r, c, dtype) => torch.randn(1, c, { dtype }).expand([r, c]),
  "one column again and again": (r, c, dtype) => torch.randn(r, 1, { dtype }).expand([r, c]),
};
/** Sums of products in plain loops. */
function expected(a: Tensor, b: Tensor, addend: Tensor | null): number[][] {
  const [x, y, z] = [a.tolist(), b.tolist(), addend?.tolist()] as number[][][];
  return x.map((row, i) => y[0].map((_, j) => row.reduce((sum, v, p) => sum + v * y[p][j], z?.[i][j] ?? 0)));
}
function expectClose(got: Tensor, want: number[][], dtype: torch.Dtype, name: string): void {
  const tolerance = dtype === torch.float32 ? 1e-4 : 1e-12;
  const rows = got.tolist() as number[][];
  const worst = Math.max(
    ...rows.flatMap((row, i) => row.map((v, j) => Math.abs(v - want[i][j]) / Math.max(1, Math.abs(want[i][j])))),
  );
  expect(worst, name).toBeLessThan(tolerance);
}

describe.skipIf(typeof blas === "string")("with a BLAS on the machine", () => {
  const native = blas as Blas;

  test("products are right in every layout and dtype", () => {
    torch.manual_seed(0);
    for (const dtype of [torch.float32, torch.float64])
      for (const [m, n, k] of [
        [32, 32, 32],
        [40, 8, 200],
        [9, 70, 65],
      ])
        for (const [nameA, makeA] of Object.entries(layouts))
          for (const [nameB, makeB] of Object.entries(layouts)) {
            const [a, b] = [makeA(m, k, dtype), makeB(k, n, dtype)];
            const name = `${dtype.name} ${m}x${n}x${k} ${nameA}, ${nameB}`;
            expectClose(a.matmul(b), expected(a, b, null), dtype, name);
          }
  });
  test("products of any sizes and strides are those of our own", () => {
    torch.manual_seed(4);
    const { memory, shared, maximum } = device.memory;
    const { threads } = device;
    const scratch = (nbytes: number): number => device.memory.scratch(nbytes);
    const options = { memory, importAs: { shared, maximum }, threads, level: featureLevel(), descriptor: 64, scratch };
    const sizes = [1, 2, 3, 8, 17, 64, 257, 600];
    let taken = 0;
    for (const dtype of [torch.float32, torch.float64]) {
      const own = new Gemm(dtype === torch.float32 ? 4 : 8, { ...options, blas: () => "" });
      for (const m of sizes)
        for (const n of sizes)
          for (const k of [1, 2, 3, 17, 64, 300]) {
            if (m * n * k < 1 << 15 || m * n * k > 1 << 18) continue;
            for (const [nameA, makeA] of Object.entries(layouts))
              for (const [nameB, makeB] of Object.entries(layouts)) {
                const [a, b] = [makeA(m, k, dtype), makeB(k, n, dtype)];
                const [got, want] = [0, 1].map(() => torch.full([m, n], NaN, { dtype }));
                const [x, y, out, ours] = [a, b, got, want].map((t) => operand(t.unsqueeze(0)));
                const product: Product = { m, n, k, a: x, b: y, out };
                if (forBlas(product) !== null) taken++;
                device.matmul(dtype, product);
                own.run({ ...product, out: ours });
                const worst = got.sub(want).abs().max().item() as number;
                const name = `${dtype.name} ${m}x${n}x${k} ${nameA}, ${nameB}`;
                if (!(worst < (dtype === torch.float32 ? 1e-4 : 1e-12))) expect.fail(`${name}: ${worst} off`);
              }
          }
    }
    expect(taken).toBeGreaterThan(1000);
  });
  test("layers of one feature are right", () => {
    torch.manual_seed(5);
    for (const [features, rows] of [
      [256, 256],
      [64, 4096],
      [1000, 128],
    ]) {
      const layer = new torch.nn.Linear(1, features);
      const x = torch.randn(rows, 1);
      const want = x.mul(layer.weight.squeeze(1)).add(layer.bias!);
      expect(layer.forward(x).sub(want).abs().max().item()).toBeLessThan(1e-6);
    }
  });
  test("what a BLAS would refuse is an error, and beyond 2 GiB it finds what it is given", () => {
    for (const size of [4, 8] as const) {
      const memory = new WebAssembly.Memory({ initial: 33000, maximum: 33000, shared: true });
      const { make, args } = native.products(size);
      const gemm = make(memory, ...args)["blas"]["gemm"] as (...numbers: number[]) => void;
      // [2, 3] by [3, 2].
      const row = 3 * size;
      const good = [2, 2, 3, 0, row, size, 1024, 2 * size, size, 2048, 2 * size, 0];
      const bad: readonly [place: number, stride: number][] = [
        [4, 2 * size],
        [7, size],
        [10, size],
      ];
      for (const [place, stride] of bad)
        expect(() => gemm(...good.with(place, stride))).toThrow("no BLAS takes a product of 2x3 by 3x2");
      expect(() => gemm(...good.with(2, 0))).toThrow("no BLAS takes");
      const Floats = size === 4 ? Float32Array : Float64Array;
      const far = 2 ** 31 + 4096;
      new Floats(memory.buffer, far, 6).set([1, 2, 3, 4, 5, 6]);
      new Floats(memory.buffer, far + 1024, 6).set([1, 0, 0, 1, 1, 1]);
      // As WebAssembly hands addresses over.
      gemm(
        ...good
          .with(3, far | 0)
          .with(6, (far + 1024) | 0)
          .with(9, (far + 2048) | 0),
      );
      expect([...new Floats(memory.buffer, far + 2048, 4)]).toEqual([4, 5, 10, 11]);
    }
  });
  test("what is added may be a row, a column, a matrix or what is there", () => {
    torch.manual_seed(1);
    const [m, n, k] = [33, 40, 64];
    for (const dtype of [torch.float32, torch.float64])
      for (const [name, make] of Object.entries(layouts)) {
        const [a, b, addend] = [torch.randn(m, k, { dtype }), torch.randn(k, n, { dtype }), make(m, n, dtype)];
        const out = torch.full([m, n + 2], 7, { dtype });
        const [x, y, z, to] = [a, b, addend, out.narrow(1, 0, n)].map((t) => operand(t.unsqueeze(0)));
        const want = expected(a, b, addend);
        device.matmul(dtype, { m, n, k, a: x, b: y, out: to, addend: z });
        expectClose(out.narrow(1, 0, n), want, dtype, name);
        const again: Product = { m, n, k, a: x, b: y, out: to, addend: to };
        expect(forBlas(again)).toBe(again);
        device.matmul(dtype, again);
        expectClose(out.narrow(1, 0, n), expected(a, b, torch.tensor(want, { dtype })), dtype, `${name}, twice`);
        expect(out.narrow(1, n, 2).eq(7).all().item()).toBe(true);
      }
  });
  test("a batch is as many products", () => {
    torch.manual_seed(2);
    const [a, b] = [torch.randn(5, 32, 40), torch.randn(5, 40, 48)];
    const out = torch.bmm(a, b);
    for (let i = 0; i < 5; i++)
      expectClose(out.select(0, i), expected(a.select(0, i), b.select(0, i), null), torch.float32, `product ${i}`);
  });
  test("columns of a convolution are laid out for it, bit by bit", () => {
    torch.manual_seed(3);
    const { conv2d, unfold } = torch.nn.functional;
    for (const dtype of [torch.float32, torch.float64])
      for (const [n, c, size, out] of [
        [3, 16, 14, 24],
        [2, 40, 30, 9],
        [9, 16, 5, 32],
      ]) {
        const x = torch.randn([n, c, size, size], { dtype, requires_grad: true });
        const w = torch.randn([out, c, 3, 3], { dtype, requires_grad: true });
        const b = torch.randn([out], { dtype });
        const y = conv2d(x, w, b, 1, 1);
        const columns = unfold(x, 3, { padding: 1 });
        const plain = w
          .view([out, -1])
          .matmul(columns)
          .add(b.view([-1, 1]))
          .view(y.shape);
        const grad = torch.randn(y.shape, { dtype });
        const [found, wanted] = [y, plain].map((t) => [t, ...torch.autograd.grad(t, [x, w], grad)]);
        const tolerance = dtype === torch.float32 ? 1e-3 : 1e-11;
        for (const [i, t] of found.entries())
          expect(t.sub(wanted[i]).abs().max().item(), `${dtype.name} ${n}x${c}x${size}`).toBeLessThan(tolerance);
      }
  });
  test("what is small, thin or lies across is left to the products of our own", () => {
    const isTaken = (a: Tensor, b: Tensor): boolean => {
      const [x, y, out] = [a, b, torch.zeros(a.size(0), b.size(1))].map((t) => operand(t.unsqueeze(0)));
      return forBlas({ m: a.size(0), n: b.size(1), k: a.size(1), a: x, b: y, out }) !== null;
    };
    expect(isTaken(torch.rand(16, 16), torch.rand(16, 16))).toBe(false);
    expect(isTaken(torch.rand(1, 512), torch.rand(512, 512))).toBe(false);
    expect(isTaken(torch.rand(64, 128).view([64, 64, 2]).select(2, 0), torch.rand(64, 64))).toBe(false);
    expect(isTaken(torch.rand(64, 64), torch.rand(64, 64))).toBe(true);
  });
  test("its products are the same on any number of threads", () => {
    torch.set_num_threads(4);
    const [x, y] = [torch.rand(512, 512), torch.rand(512, 512)];
    const until = performance.now() + 600_000;
    while (device.threads.started < 3 && performance.now() < until) x.matmul(y);
    torch.manual_seed(3);
    for (const dtype of [torch.float32, torch.float64])
      for (const [m, n, k] of [
        [300, 500, 200],
        [64, 1000, 300],
        [1000, 40, 300],
      ]) {
        const [a, b] = [torch.randn(m, k, { dtype }), torch.randn(k, n, { dtype })];
        torch.set_num_threads(1);
        const alone = a.matmul(b);
        torch.set_num_threads(4);
        for (let round = 0; round < 50; round++) expect(torch.equal(a.matmul(b), alone)).toBe(true);
      }
  });
  test("the memory is found again after it has grown", () => {
    const [a, b] = [torch.rand(40, 40), torch.rand(40, 40)];
    const before = a.matmul(b);
    const large = torch.zeros(device.memory.stats().reserved / 4 + 1);
    expect(torch.equal(a.matmul(b), before)).toBe(true);
    expect(large.size(0)).toBeGreaterThan(0);
  });
  test("a process ends well after products on all threads, in TIDU_BLAS's absence", () => {
    const program = `const torch = await import("tidu"); torch.set_num_threads(4);
      const x = torch.ones(512, 512);
      for (let i = 0; i < 200; i++) x.matmul(x);
      console.log(x.matmul(x).sum().item());
      console.log(torch.__config__.show());`;
    const env = { ...process.env };
    delete env["TIDU_BLAS"];
    const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env,
    });
    expect(status).toBe(0);
    expect(stdout).toContain(String(512 ** 3));
    expect(stdout).toContain(`BLAS: ${native.name}`);
  });
});

const show = (cwd: string, module: string, env: Record<string, string>): string =>
  spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const torch = await import(${JSON.stringify(module)});
       if (torch.ones(64, 64).matmul(torch.ones(64, 64)).sum().item() !== 64 ** 3) throw new Error("wrong product");
       console.log(torch.__config__.show());`,
    ],
    { encoding: "utf8", cwd, env: { ...process.env, ...env } },
  ).stdout;

test("OpenBLAS is told of a processor newer than it: it would take one of 2004 for it", () => {
  const flags = (text: string): Set<string> => new Set(text.split(" "));
  expect(coreFor(flags("sse2 avx"))).toBeNull();
  expect(coreFor(flags("sse2 avx avx2 fma"))).toBe("Haswell");
  expect(coreFor(flags("avx2 fma avx512f avx512er avx512cd"))).toBe("Haswell");
  expect(coreFor(flags("avx2 fma avx512f avx512dq avx512cd avx512bw avx512vl amx_tile"))).toBe("SkylakeX");
  const here = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  if (/ avx2 /.test(here)) expect(show(".", "tidu", { TIDU_BLAS: "1" })).not.toContain("Prescott");
  // Its user's word is the last.
  if (typeof blas !== "string" && blas.name.startsWith("OpenBLAS") && / avx2 /.test(here))
    expect(show(".", "tidu", { TIDU_BLAS: "1", OPENBLAS_CORETYPE: "Haswell" })).toContain("Haswell");
});

test("TIDU_BLAS=0 switches the BLAS off, and torch.__config__.show() says so", () => {
  const text = show(".", "tidu", { TIDU_BLAS: "0", TIDU_NUM_THREADS: "3" });
  expect(text).toContain("BLAS: switched off by TIDU_BLAS=0");
  expect(text).toContain("Threads: 3");
  expect(text).toContain(`Engine: Node ${process.version}`);
});

test("without koffi products work all the same, and torch.__config__.show() says what to install", () => {
  expect(existsSync("dist/index.js"), "run `npm run build` first, as `npm run check` does").toBe(true);
  const dir = mkdtempSync(join(tmpdir(), "tidu-alone-"));
  try {
    cpSync("dist", dir, { recursive: true });
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    expect(show(dir, join(dir, "index.js"), { TIDU_BLAS: "1" })).toContain("BLAS: none (npm install koffi to use");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
