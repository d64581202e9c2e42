// A WebAssembly assembler: instructions by the specification's own names, to bytes.
// Source: WebAssembly Core Specification 2.0 and the relaxed SIMD proposal, binary format.

export type ValType = "i32" | "i64" | "f32" | "f64" | "v128";
const VALTYPE: Record<ValType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

const words = (text: string): string[] => text.trim().split(/\s+/);
/** Opcodes that follow each other in the specification; "_" leaves a number out. */
const run = (first: number, names: string): [string, number][] =>
  words(names).flatMap((name, i) => (name === "_" ? [] : [[name, first + i] as [string, number]]));

/** One-byte instructions without immediates. */
const PLAIN = new Map<string, number>([
  ...run(0x00, "unreachable nop"),
  ["return", 0x0f],
  ...run(0x1a, "drop select"),
  ...run(
    0x45,
    `i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
     i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
     f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
     i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor
     i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
     i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor
     i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
     f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max
     f32.copysign
     f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max
     f64.copysign
     i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u
     i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u
     f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s
     f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64
     i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`,
  ),
]);
/** Instructions behind the prefix 0xfc. */
const SATURATING = new Map<string, number>(
  run(
    0,
    `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
     i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`,
  ),
);
/** SIMD instructions (prefix 0xfd) without immediates. */
const SIMD = new Map<string, number>([
  ["i8x16.swizzle", 14],
  ...run(15, "i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat"),
  ...run(
    35,
    `i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u
     i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u
     i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u
     f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge
     v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true`,
  ),
  ...run(
    94,
    "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask",
  ),
  ...run(101, "i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest"),
  ...run(107, "i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add"),
  ["i8x16.sub", 113],
  ...run(116, "f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc"),
  ...run(128, "i16x8.abs i16x8.neg _ i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u"),
  ...run(
    135,
    `i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u
     i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add`,
  ),
  ...run(145, "i16x8.sub _ _ f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u"),
  ...run(
    160,
    `i32x4.abs i32x4.neg _ i32x4.all_true i32x4.bitmask _ _ i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s
     i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add`,
  ),
  ...run(177, "i32x4.sub _ _ _ i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s"),
  ...run(
    192,
    `i64x2.abs i64x2.neg _ i64x2.all_true i64x2.bitmask _ _ i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s
     i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add`,
  ),
  ...run(209, "i64x2.sub _ _ _ i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s"),
  ...run(
    224,
    "f32x4.abs f32x4.neg _ f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax",
  ),
  ...run(
    236,
    "f64x2.abs f64x2.neg _ f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax",
  ),
  ...run(
    248,
    `i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
     i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u`,
  ),
  ...run(0x105, "f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd"),
  ...run(0x10b, "i32x4.relaxed_laneselect i64x2.relaxed_laneselect"),
]);
/** Loads and stores: opcode (SIMD ones from 0x100 up) and the natural alignment, as a power of two. */
const MEMORY = new Map<string, readonly [number, number]>([
  ...(
    [
      ["i32.load", 2],
      ["i64.load", 3],
      ["f32.load", 2],
      ["f64.load", 3],
      ["i32.load8_s", 0],
      ["i32.load8_u", 0],
      ["i32.load16_s", 1],
      ["i32.load16_u", 1],
      ["i64.load8_s", 0],
      ["i64.load8_u", 0],
      ["i64.load16_s", 1],
      ["i64.load16_u", 1],
      ["i64.load32_s", 2],
      ["i64.load32_u", 2],
      ["i32.store", 2],
      ["i64.store", 3],
      ["f32.store", 2],
      ["f64.store", 3],
      ["i32.store8", 0],
      ["i32.store16", 1],
      ["i64.store8", 0],
      ["i64.store16", 1],
      ["i64.store32", 2],
    ] as const
  ).map(([name, align], i) => [name, [0x28 + i, align]] as [string, readonly [number, number]]),
  ...(
    [
      ["v128.load", 4],
      ["v128.load8x8_s", 3],
      ["v128.load8x8_u", 3],
      ["v128.load16x4_s", 3],
      ["v128.load16x4_u", 3],
      ["v128.load32x2_s", 3],
      ["v128.load32x2_u", 3],
      ["v128.load8_splat", 0],
      ["v128.load16_splat", 1],
      ["v128.load32_splat", 2],
      ["v128.load64_splat", 3],
      ["v128.store", 4],
    ] as const
  ).map(([name, align], i) => [name, [0x100 + i, align]] as [string, readonly [number, number]]),
  ["v128.load32_zero", [0x100 + 92, 2]],
  ["v128.load64_zero", [0x100 + 93, 3]],
]);
/** Instructions with a lane number. */
const LANE = new Map<string, number>(
  run(
    21,
    `i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u
     i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane
     f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane`,
  ),
);
/** Loads and stores of one lane. */
const LANE_MEMORY = new Map<string, readonly [number, number]>(
  [8, 16, 32, 64].flatMap((bits, i) => [
    [`v128.load${bits}_lane`, [84 + i, i]] as [string, readonly [number, number]],
    [`v128.store${bits}_lane`, [88 + i, i]] as [string, readonly [number, number]],
  ]),
);

/** Bytes, with the encodings of the binary format. */
class Bytes {
  readonly list: number[] = [];
  byte(b: number): this {
    this.list.push(b);
    return this;
  }
  all(bytes: ArrayLike<number>): this {
    for (let i = 0; i < bytes.length; i++) this.list.push(bytes[i]);
    return this;
  }
  /** Unsigned LEB128, up to 32 bits. */
  u(n: number): this {
    let rest = n >>> 0;
    do {
      const b = rest & 0x7f;
      rest >>>= 7;
      this.list.push(rest === 0 ? b : b | 0x80);
    } while (rest !== 0);
    return this;
  }
  /** Signed LEB128 of a 32-bit number. */
  s(n: number): this {
    let rest = n;
    for (;;) {
      const b = rest & 0x7f;
      rest >>= 7;
      const done = (rest === 0 && (b & 0x40) === 0) || (rest === -1 && (b & 0x40) !== 0);
      this.list.push(done ? b : b | 0x80);
      if (done) return this;
    }
  }
  /** Signed LEB128 of a 64-bit number. */
  s64(n: bigint): this {
    let rest = n;
    for (;;) {
      const b = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = (rest === 0n && (b & 0x40) === 0) || (rest === -1n && (b & 0x40) !== 0);
      this.list.push(done ? b : b | 0x80);
      if (done) return this;
    }
  }
  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u(bytes.length).all(bytes);
  }
  sized(content: Bytes): this {
    return this.u(content.list.length).all(content.list);
  }
}

/** The bytes of every instruction without immediates. */
const ENCODED = new Map<string, readonly number[]>([
  ...[...PLAIN].map(([name, code]) => [name, [code]] as const),
  ...[...SATURATING].map(([name, code]) => [name, new Bytes().byte(0xfc).u(code).list] as const),
  ...[...SIMD].map(([name, code]) => [name, new Bytes().byte(0xfd).u(code).list] as const),
  ["memory.copy", [0xfc, 10, 0, 0]],
  ["memory.fill", [0xfc, 11, 0]],
]);

/** The body of one function. Locals are numbered as in the format: parameters first. */
export class FunctionBuilder {
  private readonly code = new Bytes();
  private readonly locals: ValType[] = [];
  private readonly paramCount: number;
  private depth = 0;

  constructor(params: readonly ValType[]) {
    this.paramCount = params.length;
  }
  /** A new local variable. */
  local(type: ValType): number {
    this.locals.push(type);
    return this.paramCount + this.locals.length - 1;
  }
  /** A new local variable with what `push` leaves on the stack. */
  keep(type: ValType, push: () => void): number {
    const local = this.local(type);
    push();
    this.set(local);
    return local;
  }
  get(local: number): this {
    this.code.byte(0x20).u(local);
    return this;
  }
  set(local: number): this {
    this.code.byte(0x21).u(local);
    return this;
  }
  tee(local: number): this {
    this.code.byte(0x22).u(local);
    return this;
  }
  /** An instruction without immediates, by the specification's name: "f32x4.add". */
  op(name: string): this {
    this.code.all(lookup(ENCODED, name));
    return this;
  }
  /** A load or a store. `align`: a power of two, natural if left out. */
  mem(name: string, offset = 0, align?: number): this {
    const [code, natural] = lookup(MEMORY, name);
    if (code >= 0x100) this.code.byte(0xfd).u(code - 0x100);
    else this.code.byte(code);
    this.code.u(align ?? natural).u(offset);
    return this;
  }
  lane(name: string, lane: number): this {
    this.code.byte(0xfd).u(lookup(LANE, name)).byte(lane);
    return this;
  }
  laneMem(name: string, lane: number, offset = 0): this {
    const [code, natural] = lookup(LANE_MEMORY, name);
    this.code.byte(0xfd).u(code).u(natural).u(offset).byte(lane);
    return this;
  }
  shuffle(lanes: readonly number[]): this {
    this.code.byte(0xfd).u(13).all(lanes);
    return this;
  }
  i32(n: number): this {
    this.code.byte(0x41).s(n | 0);
    return this;
  }
  i64(n: number | bigint): this {
    this.code.byte(0x42).s64(BigInt.asIntN(64, BigInt(n)));
    return this;
  }
  f32(x: number): this {
    this.code.byte(0x43).all(new Uint8Array(Float32Array.of(x).buffer));
    return this;
  }
  f64(x: number): this {
    this.code.byte(0x44).all(new Uint8Array(Float64Array.of(x).buffer));
    return this;
  }
  v128(bytes: ArrayLike<number>): this {
    this.code.byte(0xfd).u(12).all(bytes);
    return this;
  }
  globalGet(global: number): this {
    this.code.byte(0x23).u(global);
    return this;
  }
  call(func: number): this {
    this.code.byte(0x10).u(func);
    return this;
  }
  /** A block; `body` gets a label for `br` that leaves it. */
  block(body: (label: number) => void): this {
    return this.nested(0x02, body);
  }
  /** A loop; `body` gets a label for `br` that starts it again. */
  loop(body: (label: number) => void): this {
    return this.nested(0x03, body);
  }
  private nested(opcode: number, body: (label: number) => void): this {
    this.code.byte(opcode).byte(0x40);
    body(++this.depth);
    this.depth--;
    this.code.byte(0x0b);
    return this;
  }
  /** Takes the condition from the stack. */
  if(then: () => void, otherwise?: () => void): this {
    this.code.byte(0x04).byte(0x40);
    this.depth++;
    then();
    if (otherwise) {
      this.code.byte(0x05);
      otherwise();
    }
    this.depth--;
    this.code.byte(0x0b);
    return this;
  }
  br(label: number): this {
    this.code.byte(0x0c).u(this.depth - label);
    return this;
  }
  brIf(label: number): this {
    this.code.byte(0x0d).u(this.depth - label);
    return this;
  }
  /** @internal */
  finish(): Bytes {
    const body = new Bytes().u(this.locals.length);
    for (const type of this.locals) body.u(1).byte(VALTYPE[type]);
    return body.all(this.code.list).byte(0x0b);
  }
}
function lookup<T>(table: ReadonlyMap<string, T>, name: string): T {
  const found = table.get(name);
  if (found === undefined) throw new Error(`assembler: no instruction '${name}'`);
  return found;
}

/** The memory that a module imports as env.memory. `maximum` in pages of 64 KiB. */
export interface MemoryImport {
  readonly shared: boolean;
  readonly maximum: number;
}

/** A module under construction. All imports come before the first function. */
export class ModuleBuilder {
  private readonly memory: MemoryImport;
  private readonly types: string[] = [];
  private readonly typeBytes: Bytes[] = [];
  private readonly imports: Bytes[] = [];
  private readonly globals: Bytes[] = [];
  private readonly functions: { type: number; body: Bytes; name: string | null }[] = [];

  constructor(memory: MemoryImport) {
    this.memory = memory;
  }
  private type(params: readonly ValType[], results: readonly ValType[]): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.types.indexOf(key);
    if (known >= 0) return known;
    const bytes = new Bytes().byte(0x60);
    for (const list of [params, results]) bytes.u(list.length).all(list.map((t) => VALTYPE[t]));
    this.typeBytes.push(bytes);
    return this.types.push(key) - 1;
  }
  importFunction(module: string, name: string, params: readonly ValType[], results: readonly ValType[]): number {
    if (this.functions.length > 0) throw new Error("assembler: imports come before functions");
    this.imports.push(new Bytes().name(module).name(name).byte(0).u(this.type(params, results)));
    return this.imports.length - 1;
  }
  /** A mutable global that holds an integer; returns its index. */
  global(type: "i32" | "i64", value: bigint): number {
    const item = new Bytes().byte(VALTYPE[type]).byte(1);
    if (type === "i32") item.byte(0x41).s(Number(BigInt.asIntN(32, value)));
    else item.byte(0x42).s64(BigInt.asIntN(64, value));
    return this.globals.push(item.byte(0x0b)) - 1;
  }
  /** Returns the function's index, for `call`. */
  func(
    params: readonly ValType[],
    results: readonly ValType[],
    body: (f: FunctionBuilder) => void,
    exportAs: string | null = null,
  ): number {
    const builder = new FunctionBuilder(params);
    body(builder);
    this.functions.push({ type: this.type(params, results), body: builder.finish(), name: exportAs });
    return this.imports.length + this.functions.length - 1;
  }
  build(): Uint8Array<ArrayBuffer> {
    const { shared, maximum } = this.memory;
    const memory = new Bytes()
      .name("env")
      .name("memory")
      .byte(2)
      .byte(shared ? 3 : 1)
      .u(1)
      .u(maximum);
    const out = new Bytes().all([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, items: readonly Bytes[]): void => {
      const content = new Bytes().u(items.length);
      for (const item of items) content.all(item.list);
      out.byte(id).sized(content);
    };
    section(1, this.typeBytes);
    section(2, [...this.imports, memory]);
    section(
      3,
      this.functions.map((f) => new Bytes().u(f.type)),
    );
    // Those without a name, too, by their numbers: see Note [Wide code].
    const exported = this.functions.map((f, i) =>
      new Bytes()
        .name(f.name ?? String(i))
        .byte(0)
        .u(this.imports.length + i),
    );
    if (this.globals.length > 0) section(6, this.globals);
    section(7, exported);
    section(
      10,
      this.functions.map((f) => new Bytes().sized(f.body)),
    );
    return new Uint8Array(out.list);
  }
}
