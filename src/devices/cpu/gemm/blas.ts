// A BLAS of the system's (OpenBLAS, MKL, Accelerate), called through koffi on the memory where it lies. In bundles for browsers, where
// there is none, no_blas.ts stands for this file ("browser" in package.json).
//
// koffi is an optional peer of this package: without it, or without a BLAS, the products of gemm/ are all there is. The BLAS
// runs on one thread; our threads call it for pieces of a product. Its own would compete with ours for the cores.
import type { Matrix, Product } from "../../backend.ts";
import type { HostFunctions } from "../threads/threads.ts";
import { environment } from "../environment.ts";
import { findKoffi, optional, pin, setEnvironment } from "../native.ts";
import type { Koffi, NativeLibrary } from "../native.ts";

interface Files {
  readFileSync(path: string, encoding: "utf8"): string;
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
// Measured against gemm/ (ratios in one run with OpenBLAS 0.3.21 and AVX-512): 0.6 at 16 x 16 x 16, 1 at 24, 2 at 32;
// with one row or column 0.4, with four 0.8 to 1.5, with eight 5.
const WORTHWHILE = 32 ** 3;
const THIN = 8;

/** A product as a BLAS takes it, or null if it does not: too small, or its matrices lie otherwise. */
export function forBlas(product: Product): Product | null {
  const { m, n, k, out } = product;
  if (m < THIN || n < THIN || m * n * k < WORTHWHILE || out.rowStride < n) return null;
  const [a, b] = [withLeading(product.a, m, k), withLeading(product.b, k, n)];
  if (a === null || b === null) return null;
  return a === product.a && b === product.b ? product : { ...product, a: a as Matrix, b };
}
/**
 * A matrix in rows or in columns of neighbours that do not overlap, or nowhere, as it will be laid out; null for others. Its
 * other stride is the leading dim, no less than a row or a column is long, even where it leads nowhere as there is but one.
 */
function withLeading(x: Product["b"], rows: number, cols: number): Product["b"] | null {
  if ("rowTable" in x) return x;
  if ("packed" in x) return null;
  const { rowStride, colStride } = x;
  if (colStride === 1 && rowStride >= cols) return x;
  if (rowStride === 1 && colStride >= rows && colStride !== 1) return x;
  if (rows === 1 && colStride === 1) return { ...x, rowStride: cols };
  if (cols === 1 && rowStride > 0) return { ...x, colStride: 1 };
  if (rows === 1 && colStride > 0) return { ...x, rowStride: 1 };
  return null;
}

export interface Blas {
  /** As it names itself. */
  readonly name: string;
  /** What makes its products callable, for elements of so many bytes. */
  readonly products: (size: 4 | 8) => HostFunctions<[size: 4 | 8, from: string, library: string]>;
  /** What it was opened with, and what it is in, for whoever looks for more there. */
  readonly koffi: Koffi;
  readonly library: NativeLibrary;
}
/**
 * blas.gemm(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, accumulate), with strides in bytes. koffi is found from the
 * module or folder `from`. What a BLAS would refuse is an error: it says so on the terminal only, and C keeps what it held.
 */
function nativeProducts(memory: WebAssembly.Memory, size: 4 | 8, from: string, library: string): WebAssembly.Imports {
  const { createRequire } = process.getBuiltinModule("node:module") as unknown as NodeModule;
  const koffi = createRequire(from)("koffi") as Koffi;
  const [letter, real] = size === 4 ? ["s", "float"] : ["d", "double"];
  const gemm = koffi
    .load(library)
    .func(
      `void cblas_${letter}gemm(int, int, int, int, int, int, ${real}, uint64_t, int, uint64_t, int, ${real}, uint64_t, int)`,
    );
  const [rowMajor, asItIs, transposed] = [101, 111, 112];
  let buffer: ArrayBufferLike | null = null;
  /** Address of the memory's first byte, which may be another once it has grown. */
  let base = 0;
  return {
    blas: {
      gemm(
        m: number,
        n: number,
        k: number,
        a: number,
        aRow: number,
        aCol: number,
        b: number,
        bRow: number,
        bCol: number,
        c: number,
        cRow: number,
        accumulate: number,
      ) {
        if (buffer !== memory.buffer) {
          ({ buffer } = memory);
          base = Number(koffi.address(new Uint8Array(buffer)));
        }
        const [formA, strideA] = aCol === size ? [asItIs, aRow] : [transposed, aCol];
        const [formB, strideB] = bCol === size ? [asItIs, bRow] : [transposed, bCol];
        const [leadA, leadB, leadC] = [strideA / size, strideB / size, cRow / size];
        if (leadA < (formA === asItIs ? k : m) || leadB < (formB === asItIs ? n : k) || leadC < n || k < 1)
          throw new Error(
            `no BLAS takes a product of ${m}x${k} by ${k}x${n} with leading dims ${leadA}, ${leadB}, ${leadC}`,
          );
        // Addresses beyond 2 GiB come as negative numbers.
        const [atA, atB, atC] = [base + (a >>> 0), base + (b >>> 0), base + (c >>> 0)];
        gemm(rowMajor, formA, formB, m, n, k, 1, atA, leadA, atB, leadB, accumulate, atC, leadC);
      },
    },
  };
}

/** What OpenBLAS takes for a processor that it does not know: kernels of 2004, a tenth as fast as those with AVX-512. */
const UNKNOWN = "Prescott";
/** The name of OpenBLAS's kernels for a processor with what /proc/cpuinfo calls its flags; null for one without AVX2. */
export function coreFor(flags: ReadonlySet<string>): string | null {
  const has = (...names: string[]): boolean => names.every((name) => flags.has(name));
  if (has("avx512f", "avx512vl", "avx512bw", "avx512dq", "avx512cd")) return "SkylakeX";
  return has("avx2", "fma") ? "Haswell" : null;
}
/** Tells an OpenBLAS that is older than this processor of its kernels. It chooses once, as it is loaded. */
function tellCore(koffi: Koffi, name: string): void {
  const library = koffi.load(name);
  const chosen = optional(library, "const char *openblas_get_corename()")?.();
  if (chosen !== UNKNOWN || environment("OPENBLAS_CORETYPE") !== undefined) return;
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs") as unknown as Files;
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    const core = coreFor(new Set(flags.trim().split(" ")));
    if (core === null) return;
    library.unload();
    setEnvironment(koffi, "OPENBLAS_CORETYPE", core);
    koffi.load(name);
    setEnvironment(koffi, "OPENBLAS_CORETYPE", null);
  } catch {}
}

/** The system's BLAS, or why there is none. */
export function findBlas(): Blas | string {
  if (environment("TIDU_BLAS") === "0") return "switched off by TIDU_BLAS=0";
  const found = findKoffi();
  if (typeof found === "string")
    return found.startsWith("koffi") ? "none (npm install koffi to use the system's)" : found;
  const { koffi, from } = found;
  const names = NAMES[process.platform] ?? [];
  for (const name of names) {
    try {
      tellCore(koffi, name);
      pin(koffi, name, process.platform);
      const library = koffi.load(name);
      library.func("void cblas_sgemm()");
      const setThreads =
        optional(library, "void openblas_set_num_threads(int)") ?? optional(library, "void MKL_Set_Num_Threads(int)");
      setThreads?.(1);
      const config = optional(library, "const char *openblas_get_config()");
      return {
        name: config === null ? name : String(config()).trim(),
        products: (size) => ({ make: nativeProducts, args: [size, from, name] }),
        koffi,
        library,
      };
    } catch {}
  }
  return `none (koffi is there, but not ${names.join(", ")})`;
}
