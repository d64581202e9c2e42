// A BLAS of the system's (OpenBLAS, MKL, Accelerate), called through koffi on the memory where it lies.
//
// koffi is an optional peer of this package: without it, or without a BLAS, the products of gemm/ are all there is.
import type { Matrix, Product } from "../backend.ts";
import { get_num_threads } from "./num_threads.ts";

type Native = (...args: unknown[]) => unknown;
interface Library {
  func(prototype: string): Native;
}
interface Koffi {
  load(path: string | null): Library;
  address(view: Uint8Array): bigint;
}
interface NodeModule {
  createRequire(from: string): (name: string) => unknown;
}

/** By the names that systems' packages install, the best first. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libopenblas.so", "libmkl_rt.so.2", "libmkl_rt.so"],
  darwin: [
    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  ],
  win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll"],
};
const [ROW_MAJOR, AS_IT_IS, TRANSPOSED] = [101, 111, 112];
// Measured against gemm/ (ratios in one run with OpenBLAS 0.3.21 and AVX-512): 0.6 at 16 x 16 x 16, 1 at 24, 2 at 32;
// with one row or column 0.4, with four 0.8 to 1.5, with eight 5; a product split among threads costs 20 to 50 µs more.
const WORTHWHILE = 32 ** 3;
const THIN = 8;
const WORTH_THREADS = 2 ** 23;

/** Whether a product is large enough for a BLAS. */
export const isWorthBlas = ({ m, n, k }: Product): boolean => m >= THIN && n >= THIN && m * n * k >= WORTHWHILE;

/** How a matrix is told to BLAS, or null where it must be copied first. */
function describe({ rowStride, colStride }: Matrix, rows: number, cols: number): [form: number, ld: number] | null {
  if ((colStride === 1 || cols === 1) && (rowStride >= cols || rows === 1))
    return [AS_IT_IS, Math.max(rowStride, cols)];
  if ((rowStride === 1 || rows === 1) && (colStride >= rows || cols === 1))
    return [TRANSPOSED, Math.max(colStride, rows)];
  return null;
}

export class Blas {
  /** As it names itself. */
  readonly name: string;
  private readonly koffi: Koffi;
  private readonly memory: WebAssembly.Memory;
  private readonly products: Readonly<Record<4 | 8, Native>>;
  private readonly setThreads: Native | null;
  private threads = 0;
  private buffer: ArrayBufferLike | null = null;
  /** Address of the memory's first byte. */
  private base = 0;

  constructor(koffi: Koffi, library: Library, path: string, memory: WebAssembly.Memory) {
    this.koffi = koffi;
    this.memory = memory;
    const product = (letter: string, real: string): Native =>
      library.func(
        `void cblas_${letter}gemm(int, int, int, int, int, int, ${real}, uint64_t, int, uint64_t, int, ${real}, uint64_t, int)`,
      );
    this.products = { 4: product("s", "float"), 8: product("d", "double") };
    this.setThreads =
      optional(library, "void openblas_set_num_threads(int)") ?? optional(library, "void MKL_Set_Num_Threads(int)");
    const config = optional(library, "const char *openblas_get_config()");
    this.name = config === null ? path : String(config()).trim();
  }

  /** Whether it did the product; not where an operand would have to be copied first. */
  matmul(size: 4 | 8, { m, n, k, batch = 1, a, b, out, addend }: Product): boolean {
    const formA = describe(a, m, k);
    const formB = describe(b, k, n);
    if (formA === null || formB === null || out.rowStride < n) return false;
    const { buffer } = this.memory;
    if (buffer !== this.buffer) {
      this.buffer = buffer;
      this.base = Number(this.koffi.address(new Uint8Array(buffer)));
    }
    const threads = m * n * k < WORTH_THREADS ? 1 : get_num_threads();
    if (threads !== this.threads) this.setThreads?.((this.threads = threads));
    const { base } = this;
    const gemm = this.products[size];
    const at = ({ ptr, batchStride = 0 }: Matrix, i: number): number => ptr + i * batchStride * size;
    for (let i = 0; i < batch; i++) {
      if (addend !== undefined && addend !== out)
        this.copy(size, m, n, { ...addend, ptr: at(addend, i) }, at(out, i), out);
      // prettier-ignore
      gemm(
        ROW_MAJOR, formA[0], formB[0], m, n, k, 1, base + at(a, i), formA[1], base + at(b, i), formB[1],
        addend === undefined ? 0 : 1, base + at(out, i), out.rowStride,
      );
    }
    return true;
  }
  /** What is to be added goes where the sum will be. */
  private copy(size: 4 | 8, m: number, n: number, from: Matrix, to: number, { rowStride }: Matrix): void {
    const Elements = size === 4 ? Float32Array : Float64Array;
    const { buffer } = this.memory;
    const reach = (rows: number, row: number, col: number): number => (rows - 1) * row + (n - 1) * col + 1;
    const target = new Elements(buffer, to, reach(m, rowStride, 1));
    const source = new Elements(buffer, from.ptr, reach(m, from.rowStride, from.colStride));
    if (from.rowStride === 0 && from.colStride === 1 && rowStride === n) {
      target.set(source);
      for (let done = n; done < m * n; done *= 2) target.copyWithin(done, 0, Math.min(done, m * n - done));
      return;
    }
    for (let i = 0; i < m; i++) {
      const [row, start] = [i * rowStride, i * from.rowStride];
      if (from.colStride === 1) target.set(source.subarray(start, start + n), row);
      else for (let j = 0; j < n; j++) target[row + j] = source[start + j * from.colStride];
    }
  }
}
function optional(library: Library, prototype: string): Native | null {
  try {
    return library.func(prototype);
  } catch {
    return null;
  }
}

/** The BLAS to use on this memory, or why there is none. */
export function findBlas(memory: WebAssembly.Memory): Blas | string {
  const { process } = globalThis as { process?: NodeJS.Process };
  const { createRequire } = (process?.getBuiltinModule?.("node:module") ?? {}) as Partial<NodeModule>;
  if (process === undefined || createRequire === undefined) return "none outside Node";
  if (process.env["TIDU_BLAS"] === "0") return "switched off by TIDU_BLAS=0";
  const koffi = loadKoffi([import.meta.url, `${process.cwd()}/`], createRequire);
  if (koffi === null) return "none (npm install koffi to use the system's)";
  const names = NAMES[process.platform] ?? [];
  for (const name of names) {
    try {
      pin(koffi, name, process.platform);
      return new Blas(koffi, koffi.load(name), name, memory);
    } catch {}
  }
  return `none (koffi is there, but not ${names.join(", ")})`;
}
function loadKoffi(from: readonly string[], createRequire: NodeModule["createRequire"]): Koffi | null {
  for (const place of from) {
    try {
      return createRequire(place)("koffi") as Koffi;
    } catch {}
  }
  return null;
}
/**
 * Keeps a library loaded to the end. koffi unloads its libraries as the process exits, and threads of the library that
 * still spin then run on code that is gone: measured with OpenMP's, which crashed six exits of six without this.
 */
function pin(koffi: Koffi, name: string, platform: string): void {
  if (platform === "win32") return;
  const [now, noDelete] = [2, platform === "darwin" ? 0x80 : 0x1000];
  koffi.load(null).func("void *dlopen(const char *, int)")(name, now | noDelete);
}
