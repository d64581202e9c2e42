// The LAPACK that comes with the system's BLAS: factorizations of matrices where they lie.
//
// Its routines take matrices whose columns lie one after the other, and all arguments by address: for the time of a call
// numbers and letters lie in a few cells. Room to work in is taken outside of the device's memory.
import type { Dtype, TypedArray } from "../../base/dtype.ts";
import { realOf } from "../../base/dtype.ts";
import type { Backend } from "../backend.ts";
import type { Blas } from "./gemm/blas.ts";
import { optional } from "./native.ts";
import type { Native } from "./native.ts";

type Argument = number | string | TypedArray;
const LETTERS: Readonly<Partial<Record<string, string>>> = {
  float32: "s",
  float64: "d",
  complex64: "c",
  complex128: "z",
};
const ROUTINES = ["getrf", "getrs", "getri", "potrf", "trtrs", "geqrf", "orgqr", "gelsy", "gesdd", "syevd", "geev"];
/** Engines keep arrays of a few numbers among their objects, which move. */
const LEAST = 16;

/** The routines for a dtype. Each gives LAPACK's `info`: 0, or the number of what is wrong with the matrix. */
export class Lapack {
  private readonly blas: Blas;
  private readonly letter: string;
  private readonly dtype: Dtype;
  private readonly cells = new Int32Array(64);
  private readonly cellsAt: number;
  private readonly known = new Map<string, Native>();

  constructor(blas: Blas, dtype: Dtype) {
    this.blas = blas;
    this.dtype = dtype;
    this.letter = LETTERS[dtype.name]!;
    this.cellsAt = Number(blas.koffi.address(this.cells));
  }
  /** Whether the library has all of them. */
  get isWhole(): boolean {
    return ROUTINES.every((name) => optional(this.blas.library, `void ${this.symbol(name)}()`) !== null);
  }
  private symbol(name: string): string {
    const own = this.dtype.is_complex ? name.replace(/^or/, "un").replace(/^sy/, "he") : name;
    return `${this.letter}${own}_`;
  }
  /** Calls a routine with all its arguments but the last, `info`. */
  private call(name: string, args: readonly Argument[]): number {
    const { cells, cellsAt, blas, known } = this;
    let used = 0;
    const cell = (x: number): number => {
      cells[2 * used] = x;
      return cellsAt + 8 * used++;
    };
    const addresses = args.map((x) =>
      typeof x === "number" ? cell(x) : typeof x === "string" ? cell(x.charCodeAt(0)) : Number(blas.koffi.address(x)),
    );
    const info = 2 * used;
    addresses.push(cell(0));
    // Fortran's compilers add the lengths of texts.
    for (const x of args) if (typeof x === "string") addresses.push(1);
    let routine = known.get(name);
    if (routine === undefined) {
      const types = addresses.map(() => "uint64_t").join();
      known.set(name, (routine = blas.library.func(`void ${this.symbol(name)}(${types})`)));
    }
    routine(...addresses);
    if (cells[info] < 0) throw new Error(`lapack: argument ${-cells[info]} of ${this.symbol(name)} is wrong`);
    return cells[info];
  }
  /** The same of a routine that is asked first how much room it wants. */
  private callInRoom(name: string, args: (work: TypedArray, size: number) => Argument[]): number {
    const asked = this.numbers(1);
    this.call(name, args(asked, -1));
    const size = sizeIn(asked);
    return this.call(name, args(this.numbers(size), size));
  }
  private numbers(n: number): TypedArray {
    return new this.dtype.array(Math.max(LEAST, this.dtype.is_complex ? 2 * n : n));
  }
  private reals(n: number): TypedArray {
    return new (realOf(this.dtype).array)(Math.max(LEAST, n));
  }

  /** P A = L U in place; pivots count from 1. Gives the number of the first 0 on U's diagonal. */
  getrf(a: TypedArray, m: number, n: number, pivots: TypedArray): number {
    return this.call("getrf", [m, n, a, m, pivots]);
  }
  /** Solves A X = B, or with Aᴴ, in place of B by what getrf gave. */
  getrs(lu: TypedArray, n: number, pivots: TypedArray, b: TypedArray, cols: number, adjoint: boolean): number {
    return this.call("getrs", [adjoint ? "C" : "N", n, cols, lu, n, pivots, b, n]);
  }
  /** The inverse in place of what getrf gave, if there is no 0 on U's diagonal. */
  getri(lu: TypedArray, n: number, pivots: TypedArray): number {
    return this.callInRoom("getri", (work, size) => [n, lu, n, pivots, work, size]);
  }
  /** The Cholesky factor in place of one triangle, "L" or "U". Gives the order of the first minor that is not positive. */
  potrf(triangle: string, a: TypedArray, n: number): number {
    return this.call("potrf", [triangle, n, a, n]);
  }
  /** Solves A X = B in place of B, reading one triangle of A. Gives the number of a 0 on the diagonal: then B is as it was. */
  trtrs(triangle: string, unit: boolean, a: TypedArray, n: number, b: TypedArray, cols: number): number {
    return this.call("trtrs", [triangle, "N", unit ? "U" : "N", n, cols, a, n, b, n]);
  }
  /** R in the upper triangle of A, the reflections below and in `tau`. */
  geqrf(a: TypedArray, m: number, n: number, tau: TypedArray): number {
    return this.callInRoom("geqrf", (work, size) => [m, n, a, m, tau, work, size]);
  }
  /** The first `n` columns of Q in place of `k` reflections. */
  orgqr(a: TypedArray, m: number, n: number, k: number, tau: TypedArray): number {
    return this.callInRoom("orgqr", (work, size) => [m, n, k, a, m, tau, work, size]);
  }
  /**
   * The least X that makes A X - B least, in place of the first rows of B, which has as many as A has rows or columns. Gives
   * the rank of A, whose triangle's smaller part is taken for 0 below `rcond` of the larger one. Destroys A.
   */
  gelsy(a: TypedArray, m: number, n: number, b: TypedArray, cols: number, rcond: number): number {
    const pivots = new Int32Array(Math.max(LEAST, n));
    const [limit, rank] = [this.reals(1), new Int32Array(LEAST)];
    limit[0] = rcond;
    const real = this.dtype.is_complex ? [this.reals(2 * n)] : [];
    this.callInRoom("gelsy", (work, size) => [
      m,
      n,
      cols,
      a,
      m,
      b,
      Math.max(m, n),
      pivots,
      limit,
      rank,
      work,
      size,
      ...real,
    ]);
    return rank[0];
  }
  /** Singular values and vectors, u of `left` columns and vt of `right` rows; without either the values alone. Destroys A. */
  gesdd(
    a: TypedArray,
    m: number,
    n: number,
    s: TypedArray,
    vectors: { u: TypedArray; left: number; vt: TypedArray; right: number } | null,
  ): number {
    const [least, most] = [Math.min(m, n), Math.max(m, n)];
    const job = vectors === null ? "N" : vectors.left === m && vectors.right === n ? "A" : "S";
    const none = this.numbers(1);
    const { u, vt, right } = vectors ?? { u: none, vt: none, right: 1 };
    const real = this.dtype.is_complex
      ? [this.reals(vectors === null ? 7 * least : least * Math.max(5 * least + 7, 2 * most + 2 * least + 1))]
      : [];
    const integers = new Int32Array(Math.max(LEAST, 8 * least));
    return this.callInRoom("gesdd", (work, size) => [
      job,
      m,
      n,
      a,
      m,
      s,
      u,
      m,
      vt,
      right,
      work,
      size,
      ...real,
      integers,
    ]);
  }
  /** Eigenvalues of a Hermitian matrix, of which one triangle is read, and its eigenvectors in place of it if wanted. */
  syevd(triangle: string, a: TypedArray, n: number, values: TypedArray, vectors: boolean): number {
    const call = (work: TypedArray, size: number, real: TypedArray, reals: number, ints: TypedArray, more: number) =>
      this.call("syevd", [
        vectors ? "V" : "N",
        triangle,
        n,
        a,
        n,
        values,
        work,
        size,
        ...(this.dtype.is_complex ? [real, reals] : []),
        ints,
        more,
      ]);
    const [work, real, integers] = [this.numbers(1), this.reals(1), new Int32Array(LEAST)];
    call(work, -1, real, -1, integers, -1);
    const [size, reals, ints] = [sizeIn(work), sizeIn(real), integers[0]];
    return call(this.numbers(size), size, this.reals(reals), reals, new Int32Array(Math.max(LEAST, ints)), ints);
  }
  /** Eigenvalues, those of real matrices as real and imaginary parts apart, and right eigenvectors if wanted. Destroys A. */
  geev(a: TypedArray, n: number, values: readonly TypedArray[], vectors: TypedArray | null): number {
    const none = this.numbers(1);
    const real = this.dtype.is_complex ? [this.reals(2 * n)] : [];
    const wanted = vectors === null ? "N" : "V";
    return this.callInRoom("geev", (work, size) => [
      "N",
      wanted,
      n,
      a,
      n,
      ...values,
      none,
      1,
      vectors ?? none,
      vectors === null ? 1 : n,
      work,
      size,
      ...real,
    ]);
  }
}
/** What a routine asks for: float32 may have rounded it down. */
const sizeIn = (asked: TypedArray): number => Math.max(1, Math.ceil(Number(asked[0]) * (1 + 2 ** -20)));

const known = new WeakMap<Blas, Map<Dtype, Lapack | null>>();
/** The LAPACK of a device for matrices of a dtype, or null where it has none. */
export function lapackOf(backend: Backend, dtype: Dtype): Lapack | null {
  const { blas } = backend as Backend & { blas?: Blas | string };
  if (blas === undefined || typeof blas === "string" || LETTERS[dtype.name] === undefined) return null;
  let of = known.get(blas);
  if (of === undefined) known.set(blas, (of = new Map()));
  let found = of.get(dtype);
  if (found === undefined) {
    const made = new Lapack(blas, dtype);
    of.set(dtype, (found = made.isWhole ? made : null));
  }
  return found;
}
