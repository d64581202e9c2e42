// NumPy's numbers and arrays in pickles, for programs that allow them by name. An array becomes a tensor.
import { NotImplementedError, UnpicklingError } from "../base/errors.ts";
import { typeWord } from "../tensor/type_word.ts";
import { fromNumpy } from "./npy.ts";
import { Known, setState, Tuple, Unfinished } from "./unpickler.ts";

const wrong = (what: string, x: unknown): UnpicklingError =>
  new UnpicklingError(`numpy: got ${what} that cannot be one: ${typeWord(x)}`);

/** `numpy.dtype("f8", False, True)` and the state that tells its byte order. */
class NumpyDtype {
  readonly code: string;
  order = "|";
  constructor(code: unknown) {
    if (typeof code !== "string" || code.length > 16) throw wrong("a dtype", code);
    this.code = code;
  }
  [setState](state: unknown): void {
    if (!(state instanceof Tuple) || typeof state[1] !== "string" || state.length < 3) throw wrong("a dtype", state);
    if (state[3] !== null && state[3] !== undefined)
      throw new NotImplementedError("arrays of records are not supported");
    this.order = state[1];
  }
  get text(): string {
    return this.order + this.code;
  }
}
class NumpyArray extends Unfinished {
  private shape: readonly number[] = [0];
  private dtype: NumpyDtype = new NumpyDtype("u1");
  private fortran = false;
  private bytes: Uint8Array = new Uint8Array(0);
  [setState](state: unknown): void {
    if (!(state instanceof Tuple) || state.length !== 5) throw wrong("an array", state);
    const [, shape, dtype, fortran, bytes] = state;
    if (!(dtype instanceof NumpyDtype) || !(bytes instanceof Uint8Array) || !Array.isArray(shape))
      throw wrong("an array", bytes);
    if (!shape.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) throw wrong("a shape", shape);
    this.shape = shape as number[];
    this.dtype = dtype;
    this.fortran = fortran === true;
    this.bytes = bytes;
  }
  finish(): unknown {
    return fromNumpy(this.bytes, this.dtype.text, [...this.shape], this.fortran);
  }
}
/** A number as Python has it. */
function scalar(dtype: unknown, bytes: unknown): unknown {
  if (!(dtype instanceof NumpyDtype) || !(bytes instanceof Uint8Array)) throw wrong("a number", bytes);
  return fromNumpy(bytes, dtype.text, [], false).item();
}

export const numpy = new Map<string, Known>();
const offer = (path: string, call?: (...args: unknown[]) => unknown): void =>
  void numpy.set(path, new Known(path, call, call));
offer("numpy.dtype", (code) => new NumpyDtype(code));
offer("numpy.ndarray");
// Before NumPy 2 the module was named core.
for (const core of ["numpy._core", "numpy.core"]) {
  offer(`${core}.multiarray.scalar`, scalar);
  offer(`${core}.multiarray._reconstruct`, () => new NumpyArray());
  offer(`${core}.numeric._frombuffer`, (bytes, dtype, shape, order) => {
    const made = new NumpyArray();
    made[setState](tupleOf(1, shape, dtype, order === "F", bytes));
    return made;
  });
}
for (const name of "Bool Int8 Int16 Int32 Int64 UInt8 Float16 Float32 Float64 Complex64 Complex128".split(" "))
  offer(`numpy.dtypes.${name}DType`, (code) => new NumpyDtype(code));
function tupleOf(...items: unknown[]): Tuple {
  const made = new Tuple();
  for (const x of items) made.push(x);
  return made;
}
