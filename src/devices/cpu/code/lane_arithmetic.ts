// Functions that kernels call for single lanes: what WebAssembly has no instruction for, or one that traps.
import type { FunctionBuilder, ModuleBuilder, ValType } from "./assembler.ts";

type Int = "i32" | "i64";
/** Puts a helper such as "i64.div" into the module. */
export function addHelper(module: ModuleBuilder, name: string): number {
  const [type, op] = name.split(".") as [Int, string];
  const params: ValType[] = op === "shl" || op === "shr" ? [type, type, "i32"] : [type, type];
  const constant = (f: FunctionBuilder, n: number): FunctionBuilder => (type === "i32" ? f.i32(n) : f.i64(n));
  return module.func(params, [type], (f) => {
    if (op === "pow") power(f, type, constant);
    else if (op === "shl" || op === "shr") shift(f, type, op, constant);
    else divide(f, type, op, constant);
  });
}
type Constant = (f: FunctionBuilder, n: number) => FunctionBuilder;

/** Division by 0 gives 0; by -1 it negates, as the least integer has no opposite. */
function divide(f: FunctionBuilder, type: Int, op: string, constant: Constant): void {
  const returned = (push: () => void): void => {
    f.if(() => {
      push();
      f.op("return");
    });
  };
  f.get(1).op(`${type}.eqz`);
  returned(() => constant(f, 0));
  constant(f.get(1), -1).op(`${type}.eq`);
  returned(() => (op === "rem" ? constant(f, 0) : constant(f, 0).get(0).op(`${type}.sub`)));
  f.get(0).get(1).op(`${type}.${op}_s`);
}
/** Shifting by the width or more, or by less than nothing, leaves 0, or the sign. */
function shift(f: FunctionBuilder, type: Int, op: string, constant: Constant): void {
  f.get(1);
  if (type === "i64") f.get(2).op("i64.extend_i32_u").op("i64.ge_u");
  else f.get(2).op("i32.ge_u");
  f.if(() => {
    if (op === "shl") constant(f, 0);
    else constant(f.get(0), type === "i64" ? 63 : 31).op(`${type}.shr_s`);
    f.op("return");
  });
  f.get(0)
    .get(1)
    .op(op === "shl" ? `${type}.shl` : `${type}.shr_s`);
}
/** By squaring. A negative power is a fraction, 0 but for the units. */
function power(f: FunctionBuilder, type: Int, constant: Constant): void {
  const result = f.local(type);
  constant(f, 1).set(result);
  constant(f.get(1), 0).op(`${type}.lt_s`);
  f.if(() => {
    // x of ±1 has 1/x = x, so the power's opposite will do.
    constant(constant(f.get(0), 1).op(`${type}.add`), 2).op(`${type}.gt_u`);
    constant(f.get(0), 0).op(`${type}.eq`).op("i32.or");
    f.if(() => constant(f, 0).op("return"));
    constant(f, 0).get(1).op(`${type}.sub`).set(1);
  });
  f.loop((again) => {
    constant(f.get(1), 1).op(`${type}.and`).op(`${type}.eqz`).op("i32.eqz");
    f.if(() => f.get(result).get(0).op(`${type}.mul`).set(result));
    f.get(0).get(0).op(`${type}.mul`).set(0);
    constant(f.get(1), 1).op(`${type}.shr_u`).tee(1).op(`${type}.eqz`).op("i32.eqz").brIf(again);
  });
  f.get(result);
}
