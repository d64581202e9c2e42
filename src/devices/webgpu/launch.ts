// Launches: chooses the form that fits, compiles it the first time, and sends the descriptor.
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import type { Kernel, Launch, Loops } from "../../kernel/loops.ts";
import { plan } from "../../kernel/loops.ts";
import { placeOf } from "../../kernel/place.ts";
import type { Place } from "../../kernel/place.ts";
import type { Product } from "../backend.ts";
import type { Channel } from "./channel.ts";
import { emitKernel, OUTER, REDUCED, WORKGROUP, wordsOf } from "./emit/kernel.ts";
import type { Form, Words } from "./emit/kernel.ts";
import { NotInWgsl } from "./emit/expressions.ts";
import { emitProduct, PRODUCT_WORDS, TILE } from "./emit/product.ts";
import type { ProductWord } from "./emit/product.ts";
import { elementAt } from "./memory.ts";
import { COMMAND } from "./worker.ts";

/** WebGPU's limit of workgroups in a dim. */
const MOST_GROUPS = 65535;
/** Elements that are folded into one by a workgroup, not by a thread, and results that are too many to need it. */
const LONG = 64;
const MANY = 1 << 14;

interface Compiled {
  /** Number of the pipeline; -1 where there is none. */
  readonly pipeline: number;
  readonly words: Words;
}
export class Launcher {
  private readonly channel: Channel;
  private pipelines = 0;
  /** The forms compiled of each kernel, by its number and theirs. */
  private readonly forms: Map<number, Compiled>[] = [];
  private readonly products: number[] = [];
  private readonly bits = new DataView(new ArrayBuffer(8));
  /** Kernels that have no form in WGSL, and why. */
  readonly refused = new Map<Kernel, string>();

  constructor(channel: Channel) {
    this.channel = channel;
  }
  /** Runs a kernel of the device's own dtypes; false if it has no form here. */
  launch(kernel: Kernel, launch: Launch): boolean {
    const loops = plan(kernel, launch);
    const outer = loops.sizes.length - loops.reduced;
    const [count, folded] = [product(loops.sizes.slice(0, outer)), product(loops.sizes.slice(outer))];
    if (count === 0 || (kernel.reduce === null && folded === 0)) return true;
    const form = formOf(kernel, loops, count, folded);
    const compiled = this.compiled(kernel, form, outer, loops.reduced);
    const { pipeline, words } = compiled;
    if (pipeline < 0) return false;
    const threads = form === "one" ? 1 : form === "group" ? count : Math.ceil(count / WORKGROUP);
    const at = this.channel.open(COMMAND.launch, 4 + words.count);
    const memory = this.channel.words;
    memory[at] = pipeline;
    memory[at + 1] = Math.min(threads, MOST_GROUPS);
    memory[at + 2] = memory[at + 3] = 1;
    const d = at + 4;
    memory[d + OUTER] = count;
    memory[d + REDUCED] = folded;
    for (let i = 0; i < loops.sizes.length; i++) memory[d + words.size(i)] = loops.sizes[i];
    for (let k = 0; k < launch.operands.length; k++) {
      const { itemsize } = dtypeOf(kernel, k);
      memory[d + words.first(k)] = elementAt(launch.operands[k], itemsize);
      for (let i = 0; i < loops.sizes.length; i++) memory[d + words.stride(k, i)] = loops.strides[k][i];
    }
    for (let i = 0; i < kernel.params.length; i++)
      this.param(memory, d + words.param(i), kernel.params[i], launch.params[i]);
    this.channel.send();
    return true;
  }
  private param(memory: Int32Array, at: number, dtype: Dtype, x: Scalar): void {
    if (dtype.is_floating_point) {
      this.bits.setFloat32(0, Number(x));
      memory[at] = this.bits.getInt32(0);
    } else if (dtype === bool) memory[at] = Number(x) === 0 ? 0 : 1;
    else {
      const n = BigInt.asIntN(64, typeof x === "bigint" ? x : BigInt(Math.trunc(Number(x))));
      const fits =
        dtype.itemsize === 8
          ? n
          : dtype.is_signed
            ? BigInt.asIntN(8 * dtype.itemsize, n)
            : BigInt.asUintN(8 * dtype.itemsize, n);
      memory[at] = Number(BigInt.asIntN(32, fits));
      memory[at + 1] = Number(BigInt.asIntN(32, fits >> 32n));
    }
  }
  private compiled(kernel: Kernel, form: Form, outer: number, reduced: number): Compiled {
    const key = (outer * 64 + reduced) * 4 + FORMS.indexOf(form);
    const forms = (this.forms[kernel.id] ??= new Map<number, Compiled>());
    let found = forms.get(key);
    if (found === undefined) forms.set(key, (found = this.compile(kernel, form, outer, reduced)));
    return found;
  }
  private compile(kernel: Kernel, form: Form, outer: number, reduced: number): Compiled {
    const words = wordsOf(kernel, outer + reduced);
    try {
      const pipeline = this.pipeline(emitKernel(kernel, { form, outer, reduced }));
      return { pipeline, words };
    } catch (error) {
      if (!(error instanceof NotInWgsl)) throw error;
      this.refused.set(kernel, error.message);
      return { pipeline: -1, words };
    }
  }
  private pipeline(text: string): number {
    this.channel.compile(this.pipelines, text);
    return this.pipelines++;
  }

  matmul(product: Product): void {
    const { m, n, k, batch = 1, terms = 1, a, b, out, addend } = product;
    if (m === 0 || n === 0 || batch === 0) return;
    if ("packed" in b) throw new RuntimeError("WebGPU packs no matrices");
    const gathered = "rowTable" in b;
    const form = (gathered ? 2 : 0) + (addend === undefined ? 0 : 1);
    const pipeline = (this.products[form] ??= this.pipeline(emitProduct(gathered, addend !== undefined)));
    const place = (x: Place): number => elementAt(placeOf(x), 4);
    const told: Record<ProductWord, number> = {
      m,
      n,
      k,
      terms,
      batch,
      a: place(a),
      a_row: a.rowStride,
      a_col: a.colStride,
      a_batch: a.batchStride ?? 0,
      a_term: a.termStride ?? 0,
      b: place(b),
      b_row: gathered ? 0 : b.rowStride,
      b_col: gathered ? 0 : b.colStride,
      b_batch: b.batchStride ?? 0,
      b_term: b.termStride ?? 0,
      b_rows: gathered ? place(b.rowTable) : 0,
      b_cols: gathered ? place(b.colTable) : 0,
      out: place(out),
      out_row: out.rowStride,
      out_batch: out.batchStride ?? 0,
      addend: addend === undefined ? 0 : place(addend),
      addend_row: addend?.rowStride ?? 0,
      addend_col: addend?.colStride ?? 0,
      addend_batch: addend?.batchStride ?? 0,
    };
    const at = this.channel.open(COMMAND.launch, 4 + PRODUCT_WORDS.length);
    const memory = this.channel.words;
    memory[at] = pipeline;
    memory[at + 1] = Math.ceil(n / TILE);
    memory[at + 2] = Math.ceil(m / TILE);
    memory[at + 3] = Math.min(batch, MOST_GROUPS);
    for (let i = 0; i < PRODUCT_WORDS.length; i++) memory[at + 4 + i] = told[PRODUCT_WORDS[i]];
    this.channel.send();
  }
}
const FORMS: readonly Form[] = ["each", "group", "one"];
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const dtypeOf = ({ inputs, outputs }: Kernel, k: number): Dtype =>
  k < inputs.length ? inputs[k] : outputs[k - inputs.length].dtype;

function formOf({ reduce, outputs }: Kernel, { strides }: Loops, count: number, folded: number): Form {
  const inOrder = outputs.some(
    ({ offset, mode = "set", dtype }) => offset !== undefined && mode !== "set" && mode !== "add" && dtype === int64,
  );
  if (inOrder) return "one";
  if (reduce === null || reduce.scan || reduce.accs.some((a) => a.combine === undefined)) return "each";
  if (folded < LONG || count > MANY) return "each";
  // Columns are read by neighbouring threads anyway, if there are enough of them.
  const [first] = strides;
  const across = count >= 1024 && first !== undefined && Math.abs(first[first.length - 1]) > 1;
  return across ? "each" : "group";
}
