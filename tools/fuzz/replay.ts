// Runs a recorded program and tells where it differs from PyTorch. After every call the results are given PyTorch's bits,
// so that one difference does not breed others.
import { further } from "../../src/kernel/place.ts";
import * as torch from "tidu";
import { Tensor } from "tidu";
import type { Dtype, DtypeName } from "../../src/base/dtype.ts";
import type { Storage } from "../../src/tensor/storage.ts";
import { coarsest, lostOf, unequal } from "./compare.ts";
import { arrayOver, nudged, numbersOf } from "./values.ts";
import { bytesOf, dtypeOf, valueOf } from "./program.ts";
import type { Call, Given, Program, Raised, Result } from "./program.ts";

/** What differs. The first line of an error is its sentence. */
export type Kind =
  | "value"
  | "value not finite"
  | "gradient"
  | "gradient not finite"
  | "dtype"
  | "shape"
  | "strides"
  | "requires_grad"
  | "is_leaf"
  | "version"
  | "number of results"
  | "state"
  | "state not finite"
  | "changes what it refuses"
  | "gradient is None or not"
  | "raises"
  | "does not raise"
  | "takes a dtype that PyTorch refuses"
  | "sentence"
  | "backward raises"
  | "backward does not raise"
  | "sentence of backward"
  | "is missing"
  | "broke the replay";
export interface Difference {
  readonly program: Program;
  readonly kind: Kind;
  /** The call in question; of a gradient, those of the program. */
  readonly op: string;
  readonly call: number;
  readonly got: string;
  readonly want: string;
}

const spaces: Record<string, unknown> = {
  torch,
  F: torch.nn.functional,
  linalg: torch.linalg,
  special: torch.special,
  fft: torch.fft,
};
const nameOf = (call: Call): string => (call.where === "method" ? `Tensor.${call.name}` : `${call.where}.${call.name}`);

/**
 * By how much the version of a storage is above PyTorch's: how often a result was written to while it was made is nobody's
 * business, how often it is changed later is.
 */
type Versions = WeakMap<Storage, number>;

/** What came of a program whose numbers were all moved by their last digit, by call and result. */
type Nudged = Map<string, Uint8Array>;
/** Whether the numbers are moved at present, and what came of it. */
const nudging: { on: boolean; results: Nudged } = { on: false, results: new Map() };
const moved = (bytes: Uint8Array, name: DtypeName): Uint8Array => (nudging.on ? nudged(bytes, name) : bytes);
/** Keeps what comes of moved numbers; otherwise gives what came of them, if they ever were. */
function roughly(key: string, bytes: Uint8Array): Uint8Array | undefined {
  if (nudging.on) nudging.results.set(key, bytes.slice());
  return nudging.results.get(key);
}
/**
 * What comes of a program whose numbers are all moved by their last digit: how rough its results are. Replays until its end
 * compare with it.
 */
export function nudge(program: Program, body: () => void): void {
  nudging.results.clear();
  nudging.on = true;
  try {
    replay(program, () => {});
    nudging.on = false;
    body();
  } finally {
    nudging.on = false;
    nudging.results.clear();
  }
}

/**
 * Replays a program; `found` gets each difference. Numbers that `elsewhere`, the same program run by PyTorch on other vectors,
 * has otherwise are not compared.
 */
export function replay(program: Program, found: (difference: Difference) => void, elsewhere?: Program): void {
  const tensors: unknown[] = [];
  const versions: Versions = new WeakMap();
  let at = 0;
  const tell = (kind: Kind, op: string, got: unknown, want: unknown): void =>
    found({ program, kind, op, call: at, got: textOf(got), want: textOf(want) });
  const all = program.calls.map(nameOf).join(", ");
  try {
    for (const call of program.calls) {
      for (const [i, given] of call.given) {
        const t = make(given);
        tensors[i] = t;
        versions.set(t.storage, 0);
      }
      const others = elsewhere?.calls[at]?.results ?? [];
      if (!replayCall(call, at, others, tensors, versions, (kind, got, want) => tell(kind, nameOf(call), got, want)))
        return;
      at++;
    }
    at--;
    for (const [i, { bytes, version }] of program.after) {
      const t = tensors[i];
      if (!(t instanceof Tensor)) continue;
      // What a function wrote may be finer than what it computed.
      const roundedAs = coarsest(writtenFrom(program, i), t.dtype.name);
      const wrong = unequal(rowMajor(t), bytesOf(bytes), t.dtype.name, 1, 0, undefined, roundedAs);
      if (wrong !== null)
        return tell(wrong.nonfinite ? "state not finite" : "state", all, `of tensor ${i}: ${wrong.text}`, "");
      if (t._version - versions.get(t.storage)! !== version) return tell("version", all, t._version, version);
    }
    if (program.roots !== undefined)
      replayBackward(program, elsewhere, tensors, (kind, got, want) => tell(kind, all, got, want));
  } catch (error) {
    tell("broke the replay", all, (error as Error).stack, "");
  }
}

/** The dtypes that a tensor was written from, being given for a result. */
function writtenFrom({ calls }: Program, tensor: number): DtypeName[] {
  const into = calls.filter(({ kwargs: { out } }) => JSON.stringify(out ?? null).includes(`"tensor":${tensor}}`));
  return into.length === 0 ? [] : calls.flatMap(({ given }) => given.map(([, g]) => g.dtype));
}
type Tell = (kind: Kind, got: unknown, want: unknown) => void;
/** Whether what follows can be compared. */
function replayCall(
  call: Call,
  place: number,
  elsewhere: NonNullable<Call["results"]>,
  tensors: unknown[],
  versions: Versions,
  tell: Tell,
): boolean {
  const run = functionOf(call, tensors);
  if (run === null) {
    tell("is missing", "", "");
    return false;
  }
  const before = call.error === undefined ? null : stateOf(tensors);
  let result: unknown;
  try {
    result = call.no_grad ? torch.no_grad(run) : run();
  } catch (error) {
    if (call.error === undefined) {
      tell("raises", raised(error), "a result");
      return false;
    }
    if (!sameSentence(error, call.error)) tell("sentence", raised(error), call.error.join(": "));
    if (String(stateOf(tensors)) !== String(before)) tell("changes what it refuses", "", "");
    for (const [i, bytes] of call.changed ?? []) {
      const t = tensors[i] as Tensor;
      // A tensor that PyTorch has given another shape in a call that it refused: see docs/differences.md.
      if (bytes === null || bytesOf(bytes).length !== t.numel() * t.element_size()) return false;
      write(t, bytesOf(bytes));
    }
    return true;
  }
  if (call.error !== undefined) {
    const aboutDtype = /not implemented for|not support|verflow/.test(call.error[1]);
    tell(aboutDtype ? "takes a dtype that PyTorch refuses" : "does not raise", "a result", call.error.join(": "));
    return false;
  }
  if (call.results === null) return false;
  if (call.name.endsWith("_") && readsWhatItWrites(call.args.map((x) => valueOf(x, tensors)))) return false;
  const results = flat(result).slice(0, 12);
  if (results.length !== call.results!.length) {
    tell("number of results", results.length, call.results!.length);
    return false;
  }
  for (const [i, want] of call.results!.entries()) {
    const got = results[i];
    if ("value" in want) {
      tensors.push(torch.zeros(1));
      const value = { True: "true", False: "false" }[want.value] ?? want.value;
      if (String(got) === value || Number(got) === Number(value)) continue;
      tell("value", got, want.value);
      return false;
    }
    tensors.push(got);
    // Which of equal elements is told is not defined; nor in which order several NaN stand, each unique.
    const isTie =
      want.dtype === "int64" &&
      ((i === 1 && /median|mode|kthvalue|topk/.test(call.name)) || (call.name === "unique" && hasSomeNaN(results[0])));
    const isWritten = call.name.endsWith("_");
    const operands = call.args.map((x) => valueOf(x, tensors));
    const from = isWritten ? [] : operands;
    const times = call.name === "matrix_power" ? Number(operands[1]) : 1;
    const numbers = (): ArrayLike<number | bigint>[] =>
      flat(isWritten ? operands.slice(1) : operands).flatMap((x) =>
        x instanceof Tensor ? [numbersOf(rowMajor(x), x.dtype.name)] : [],
      );
    const wanted = numbersOf(bytesOf(want.bytes), want.dtype);
    const lost = lostOf(call.name.replace(/_$/, ""), want.dtype, times, numbers, wanted);
    // A tensor for the result may be finer than what is computed, as the powers are in ldexp and float_power.
    const isFiner = "out" in call.kwargs || /^(ldexp|float_power)/.test(call.name);
    const met = flat(operands).flatMap((x) =>
      x instanceof Tensor && (isFiner || unwritten.has(x)) ? [computedIn(x.dtype)] : [],
    );
    const roundedAs = coarsest(met, want.dtype);
    // The gradient of the largest of numbers that are computed on the way looks for the very one that was the result.
    const picks = /^(matrix_)?norm$|^cond$/.test(call.name);
    if (
      !compareResult(
        got as Tensor,
        want,
        elsewhere[i],
        versions,
        isTie,
        from,
        lost,
        roundedAs,
        picks,
        `${place}.${i}`,
        tell,
      )
    )
      return false;
    if (picks) unwritten.add(got as Tensor);
  }
  for (const [i, bytes] of call.changed ?? []) {
    if (bytes === null) return false;
    const t = tensors[i] as Tensor;
    const wrong = unequal(rowMajor(t), bytesOf(bytes), t.dtype.name);
    if (wrong !== null) tell(wrong.nonfinite ? "state not finite" : "state", `of tensor ${i}: ${wrong.text}`, "");
    write(t, bytesOf(bytes));
  }
  return true;
}
/** Results that keep bits of their own: what is computed of them is as coarse as they are. */
const unwritten = new WeakSet<Tensor>();
/** What functions of whole numbers are computed in. */
const computedIn = ({ name, is_differentiable }: Dtype): DtypeName => (is_differentiable ? name : "float32");
/** Whether a call writes where it reads otherwise laid out: what comes of that depends on the order. */
const readsWhatItWrites = ([self, ...others]: readonly unknown[]): boolean =>
  self instanceof Tensor &&
  flat(others).some(
    (t) =>
      t instanceof Tensor &&
      t.storage === self.storage &&
      !(t.offset === self.offset && t.strides.join() === self.strides.join() && t.sizes.join() === self.sizes.join()),
  );
/** The elements and versions of all. */
const stateOf = (tensors: readonly unknown[]): (Uint8Array | number)[] =>
  tensors.flatMap((t) => (t instanceof Tensor ? [rowMajor(t), t._version] : []));
function compareResult(
  got: Tensor,
  want: Result,
  elsewhere: NonNullable<Call["results"]>[number] | undefined,
  versions: Versions,
  isTie: boolean,
  from: readonly unknown[],
  lost: number,
  roundedAs: DtypeName,
  picks: boolean,
  key: string,
  tell: Tell,
): boolean {
  if (got.dtype.name !== want.dtype) {
    tell("dtype", got.dtype.name, want.dtype);
    return false;
  }
  if (got.sizes.join() !== want.shape.join()) {
    tell("shape", got.sizes, want.shape);
    return false;
  }
  const [bytes, wanted] = [rowMajor(got), bytesOf(want.bytes)];
  const other = elsewhere !== undefined && "bytes" in elsewhere ? bytesOf(elsewhere.bytes) : undefined;
  const rough = roughly(key, bytes);
  const wrong = isTie ? null : unequal(bytes, wanted, want.dtype, 1, lost, other, roundedAs, rough);
  if (wrong !== null && !nudging.on) {
    tell(wrong.nonfinite ? "value not finite" : "value", `${wrong.text}${elementsAt(wrong.at, got, from)}`, "");
    return false;
  }
  if (got.requires_grad !== want.grad) tell("requires_grad", got.requires_grad, want.grad);
  else if (got.is_leaf !== want.leaf) tell("is_leaf", got.is_leaf, want.leaf);
  const above = versions.get(got.storage);
  if (above === undefined) versions.set(got.storage, got._version - want.version);
  else if (got._version - above !== want.version) tell("version", got._version - above, want.version);
  const steps = (strides: readonly number[]): string => String(strides.filter((_, d) => want.shape[d] > 1));
  if (!want.shape.includes(0) && steps(got.strides) !== steps(want.strides)) {
    tell("strides", got.strides, want.strides);
    if (got._is_view()) return false;
  }
  if (!picks && (nudging.on || !bytes.every((byte, i) => byte === wanted[i]))) write(got, moved(wanted, want.dtype));
  return true;
}

const hasSomeNaN = (t: unknown): boolean => t instanceof Tensor && Number(t.isnan().sum().item()) > 1;
/** What the operands of an elementwise call have where number `at` of its result is; nothing for other calls. */
function elementsAt(at: number, { sizes, dtype }: Tensor, from: readonly unknown[]): string {
  try {
    const there = from.map((x) =>
      x instanceof Tensor
        ? x
            .detach()
            .expand(sizes)
            .flatten()
            .select(0, dtype.is_complex ? at >> 1 : at)
            .item()
        : x,
    );
    return there.length === 0 ? "" : ` of (${there.map(String).join(", ")})`;
  } catch {
    return "";
  }
}

function replayBackward(
  program: Program,
  elsewhere: Program | undefined,
  tensors: readonly unknown[],
  tell: Tell,
): void {
  const given = (numbers: readonly number[] = []): Tensor[] => numbers.map((i) => tensors[i] as Tensor);
  const roots = given(program.roots);
  try {
    for (const t of given(program.retained)) t.retain_grad();
    for (const t of given(program.hooks)) t.register_hook((grad) => grad.mul(2));
    if (program.twice !== true) torch.autograd.backward(roots, seedsOf(roots));
    else {
      const leaves = program.calls.flatMap((c) => c.given).flatMap(([i, { grad }]) => (grad ? [i] : []));
      const first = torch.autograd.grad(roots, given(leaves), {
        grad_outputs: seedsOf(roots),
        create_graph: true,
        allow_unused: true,
      });
      const again = first.filter((g): g is Tensor => g !== null && g.requires_grad);
      if (again.length > 0) torch.autograd.backward(again, seedsOf(again));
    }
  } catch (error) {
    const want = program.backward_error;
    if (want === undefined) tell("backward raises", raised(error), "gradients");
    else if (!sameSentence(error, want)) tell("sentence of backward", raised(error), want.join(": "));
    return;
  }
  if (program.backward_error !== undefined)
    return tell("backward does not raise", "gradients", program.backward_error.join(": "));
  for (const [k, [i, want]] of program.gradients!.entries()) {
    const got = (tensors[i] as Tensor | undefined)?.grad;
    if (got === undefined) continue;
    // Of gradients' gradients that are 0 some are None: test/autograd/second_derivatives.test.ts holds that of the ops.
    if (program.twice === true && (want === null) !== (got === null) && isNothing(got ?? bytesOf(want!.bytes)))
      continue;
    if (got === null || want === null) {
      if (got !== want)
        return tell("gradient is None or not", got === null ? "None" : got, want === null ? "None" : "a tensor");
      continue;
    }
    if (got.dtype.name !== want.dtype) return tell("dtype", got.dtype.name, want.dtype);
    if (got.sizes.join() !== want.shape.join()) return tell("shape", got.sizes, want.shape);
    const other = elsewhere?.gradients?.[k]?.[1];
    const elsewhereBytes = other ? bytesOf(other.bytes) : undefined;
    const roundedAs = coarsest(halvesIn(program), want.dtype);
    const bytes = rowMajor(got);
    const rough = roughly(`gradient ${k}`, bytes);
    const wrong = unequal(bytes, bytesOf(want.bytes), want.dtype, 10, 0, elsewhereBytes, roundedAs, rough);
    if (wrong !== null && !nudging.on)
      return tell(wrong.nonfinite ? "gradient not finite" : "gradient", `of tensor ${i}: ${wrong.text}`, "");
  }
}

const isNothing = (of: Tensor | Uint8Array): boolean =>
  of instanceof Tensor ? Number(of.abs().sum().item()) < 1e-6 : of.every((byte) => (byte & 127) === 0);
/** What backward begins with: the numbers that generate.py takes. */
const seedsOf = (roots: readonly Tensor[]): Tensor[] =>
  torch.no_grad(() =>
    roots.map((t) =>
      torch.arange(t.numel()).remainder(7).sub(3).to(torch.float64).mul(0.25).add(0.125).reshape(t.sizes).to(t.dtype),
    ),
  );

/** The 16-bit floats that a gradient may have gone through. */
function halvesIn({ calls }: Program): DtypeName[] {
  const halves = calls
    .flatMap(({ given, results }) => [...given.map(([, g]) => g.dtype), ...dtypesOf(results ?? [])])
    .filter((dtype) => dtype === "float16" || dtype === "bfloat16");
  // Places in an image are rounded to 16 bits at each of some ten steps, there as here: of their gradients two digits are left.
  return halves.length > 0 && calls.some(({ name }) => name === "grid_sample") ? [...halves, "bfloat16"] : halves;
}
const dtypesOf = (results: NonNullable<Call["results"]>): DtypeName[] =>
  results.flatMap((r) => ("dtype" in r ? [r.dtype] : []));

function functionOf({ where, name, args, kwargs }: Call, tensors: readonly unknown[]): (() => unknown) | null {
  const [first, ...rest] = args.map((x) => valueOf(x, tensors));
  const named = Object.fromEntries(Object.entries(kwargs).map(([key, x]) => [key, valueOf(x, tensors)]));
  const options = Object.keys(kwargs).length > 0 ? [named] : [];
  if (where === "getitem") return () => (first as Tensor).index(rest[0] as never);
  if (where === "setitem")
    return () => {
      (first as Tensor).index_put_(rest[0] as never, rest[1] as never);
      return first;
    };
  const of = where === "method" || where === "property" ? first : spaces[where];
  if (where === "property") return () => (of as Record<string, unknown>)[name];
  const f = (of as Record<string, unknown>)[name];
  if (typeof f !== "function") return null;
  return where === "method"
    ? () => Reflect.apply(f, first, [...rest, ...options])
    : () => Reflect.apply(f, undefined, [...(args.length > 0 ? [first] : []), ...rest, ...options]);
}
function flat(x: unknown): unknown[] {
  return Array.isArray(x) ? x.flatMap(flat) : [x];
}
function make(given: Given): Tensor {
  const dtype = dtypeOf(given.dtype);
  const base = torch.empty([given.count], { dtype });
  write(base, moved(bytesOf(given.bytes), given.dtype));
  const t = new Tensor(base.storage.share(given.version), dtype, given.shape, given.strides, given.offset);
  return given.grad ? t.requires_grad_() : t;
}
/** The elements in row-major order. */
function rowMajor(t: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = torch.no_grad(() => t.detach().typed_array());
  return new Uint8Array(buffer, byteOffset, byteLength);
}
/** Puts elements, in row-major order, where the tensor has them, unseen by versions and graph. */
function write(t: Tensor, bytes: Uint8Array): void {
  const values = arrayOver(bytes.slice().buffer, t.dtype);
  const each = t.dtype.is_complex ? 2 : 1;
  // Conjugated views lie conjugated in memory.
  if (t.lazy !== null) for (let k = t.is_conj() ? 1 : 0; k < values.length; k += each) values[k] = -Number(values[k]);
  const index = t.sizes.map(() => 0);
  for (let k = 0; k < t.numel(); k++) {
    const to = index.reduce((sum, i, d) => sum + i * t.strides[d], 0);
    t.backend.upload(t.dtype, further(t, to), values.subarray(k * each, (k + 1) * each));
    for (let d = index.length - 1; d >= 0 && ++index[d] === t.sizes[d]; d--) index[d] = 0;
  }
}
const raised = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message.split("\n")[0]}`;
function sameSentence(error: unknown, [name, line]: Raised): boolean {
  const one = (text: string): string => text.replace(/\s+/g, " ").trim();
  const ours = (error as Error).name === "LinAlgError" ? "_LinAlgError" : (error as Error).name;
  return ours === name && one((error as Error).message.split("\n")[0]).startsWith(one(line).slice(0, 300));
}
const textOf = (x: unknown): string =>
  typeof x === "string" ? x : x instanceof Tensor ? String(x) : (JSON.stringify(x) ?? String(x));
