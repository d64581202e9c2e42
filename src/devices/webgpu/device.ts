// The WebGPU device: one buffer, kernels as shaders, a thread of its own (Note [Device thread]).
import type { Dtype, TypedArray } from "../../base/dtype.ts";
import { complex128, float32, float64, int32, uint8 } from "../../base/dtype.ts";
import { placeNow, retell, TypeError } from "../../base/errors.ts";
import { splitting } from "../../kernel/splitting.ts";
import type { Kernel, Launch, Operand } from "../../kernel/loops.ts";
import type { Block, Place } from "../../kernel/place.ts";
import { Widths } from "../../kernel/widths.ts";
import { staying } from "../backend.ts";
import type { Backend, Judge, Matrix, MemoryStats, Product, Watch } from "../backend.ts";
import { tick } from "../memory/span.ts";
import { getDevice } from "../registry.ts";
import { failed } from "./channel.ts";
import type { Channel } from "./channel.ts";
import type { MemoryOptions } from "../memory/memory.ts";
import { Launcher } from "./launch.ts";
import { elementAt, GpuMemory } from "./memory.ts";
import { COMMAND } from "./worker.ts";
import type { Adapter } from "./worker.ts";

/** A device without numbers of 64 bits but whole ones. */
const NARROW = new Widths(float32, int32);

export class WebGpuDevice implements Backend {
  readonly kept = new Map<string, unknown>();
  readonly elements = staying;
  /** As its tensors say it. */
  readonly name: string;
  readonly holdsData = true;
  readonly widths = NARROW;
  readonly adapter: Adapter;
  private readonly channel: Channel;
  private readonly options: MemoryOptions;
  private memory: GpuMemory;
  private launcher: Launcher;
  /** Kernels, by their numbers, all of whose dtypes it has. */
  private readonly checked: boolean[] = [];
  /** Where kernels put the ends of indices, once one does, and who judges them: see Note [Late checks]. */
  private ends: Block | null = null;
  private expected: { readonly judge: Judge; readonly place: () => string | null }[] = [];
  /** What was found wrong with indices while nobody waited. */
  private found: unknown = null;
  /** Launches and products so far, and kernels that ran on the host instead. */
  launched = 0;
  onHost = 0;

  constructor(channel: Channel, { name = "webgpu", ...options }: MemoryOptions & { readonly name?: string } = {}) {
    this.channel = channel;
    this.name = name;
    this.options = options;
    this.adapter = channel.started();
    channel.onFailure = (message) => this.startAnew(message);
    [this.memory, this.launcher] = this.begin();
  }
  private begin(): [GpuMemory, Launcher] {
    const { channel, options } = this;
    const most = Math.floor(this.adapter.most / 64) * 64;
    const memory = new GpuMemory(
      {
        most,
        grow: (nbytes) => channel.ask(COMMAND.grow, nbytes).length === 0,
        download: (from, nbytes) => channel.download(from, nbytes),
        upload: (to, bytes) => channel.upload(to, bytes),
      },
      { ...options, moves: channel.shares },
    );
    return [memory, new Launcher(channel, this.adapter, (nbytes) => memory.allocate(nbytes))];
  }
  /**
   * Note [Lost devices]: a driver may take a device away at any time, and what was in it. Tensors that were there say so when
   * they are used; the CPU's are as they were, and the device is started anew for others. Gives the error to raise.
   */
  private startAnew(message: string): Error {
    this.memory.lost = `this tensor was on a WebGPU device that failed (${message}).\nLoad it again, as from the last checkpoint.`;
    [this.memory, this.launcher] = this.begin();
    this.kept.clear();
    this.expected = [];
    this.ends = null;
    const gone = `\nIts tensors are gone; those of the CPU are as they were.`;
    try {
      this.channel.restart();
    } catch (error) {
      return failed(message, `${gone} It did not start anew: ${String(error)}`);
    }
    return failed(
      message,
      `${gone} It has been started anew: load them again, as from the last checkpoint, or make others.`,
    );
  }
  allocate(nbytes: number): Block {
    return this.memory.allocate(nbytes);
  }
  launch(kernel: Kernel, launch: Launch): void {
    tick();
    if (this.checked[kernel.id] !== true) {
      for (const d of [...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)]) assertHas(d);
      this.checked[kernel.id] = true;
    }
    this.launched++;
    const chosen = this.widths.of(kernel);
    const [own, ownLaunch] = chosen.isComplex ? splitting.split(chosen, launch) : [chosen, launch];
    if (!this.launcher.launch(own, ownLaunch)) this.launchOnHost(kernel, launch);
  }
  /**
   * Note [Kernels on the host]: what cannot be said in WGSL, such as functions that compute in float64 inside, runs on the
   * CPU, on copies of its operands' blocks.
   */
  private launchOnHost(kernel: Kernel, launch: Launch): void {
    this.onHost++;
    const cpu = getDevice("cpu");
    const copies = new Map<Block, Block>();
    const { length } = kernel.inputs;
    const copied = ({ block, offset, strides }: Operand): Operand => {
      let copy = copies.get(block);
      if (copy === undefined) {
        copies.set(block, (copy = cpu.allocate(block.nbytes)));
        cpu.upload(byte, { block: copy, offset: 0 }, this.download(byte, { block, offset: 0 }, block.nbytes));
      }
      return { block: copy, offset, strides };
    };
    cpu.launch(kernel, { ...launch, operands: launch.operands.map(copied) });
    for (const block of new Set(launch.operands.slice(length).map((o) => o.block)))
      this.upload(
        byte,
        { block, offset: 0 },
        cpu.download(byte, { block: copies.get(block)!, offset: 0 }, block.nbytes),
      );
    for (const copy of copies.values()) copy.free();
  }
  matmul(dtype: Dtype, product: Product): void {
    tick();
    assertHas(dtype);
    this.launched++;
    this.launcher.matmul(product);
  }
  pack(_dtype: Dtype, b: Matrix): Matrix {
    return b;
  }
  expect(judge: Judge): Place {
    if (this.expected.length === EXPECTED) this.judgeAll();
    this.expected.push({ judge, place: placeNow() });
    return { block: this.endsBlock(), offset: 2 * (this.expected.length - 1) };
  }
  watch(): Watch | null {
    const { channel, launcher } = this;
    if (!channel.shares || !this.adapter.features.includes("timestamp-query")) return null;
    const before = launcher.sent;
    channel.watch(true);
    return {
      count: () => launcher.sent - before,
      waits: () => channel.waits,
      end: () => {
        channel.watch(false);
        return channel.times();
      },
    };
  }
  private judgeAll(): void {
    if (this.channel.shares) return this.judge();
    // Nobody can wait: others go elsewhere, and what is found is told where something is awaited.
    const { expected } = this;
    const coming = this.channel.downloadAsync(this.endsAt(), expected.length * 16);
    const block = this.ends;
    this.expected = [];
    this.ends = null;
    coming
      .then((bytes) => {
        block?.free();
        this.judge(bytes, expected);
      })
      .catch((error: unknown) => (this.found ??= error));
  }
  /** The byte where they are. */
  private endsAt(): number {
    return this.ends === null ? 0 : elementAt({ block: this.ends, offset: 0 }, 1);
  }
  private endsBlock(): Block {
    return (this.ends ??= this.memory.allocate(EXPECTED * 16));
  }
  /** Has all that is expected judged, from `bytes` if they were read. Raises the first error. */
  private judge(bytes: Uint8Array | null = null, expected = this.expected): void {
    if (expected.length === 0) return;
    if (expected === this.expected) this.expected = [];
    if (bytes === null) tick();
    const read = bytes ?? this.channel.download(this.endsAt(), expected.length * 16);
    const ends = new BigInt64Array(read.buffer, read.byteOffset, expected.length * 2);
    for (const [i, { judge, place }] of expected.entries())
      try {
        judge(Number(ends[2 * i]), Number(ends[2 * i + 1]));
      } catch (error) {
        const at = place();
        const where = at === null ? "" : `, in the call at ${at}`;
        if (error instanceof Error)
          retell(error, `${error.message}\nThe device found it${where}, and the program hears of it where it waits.`);
        throw error;
      }
  }
  download(dtype: Dtype, place: Place, length: number): TypedArray {
    tick();
    const [from, skipped, nbytes] = bytesOf(dtype, place, length);
    const expected = this.expected.length * 16;
    const first = this.endsAt();
    const bytes = this.channel.download(from, skipped + nbytes, first, expected);
    this.judge(bytes.subarray(0, expected));
    return elements(dtype, bytes.subarray(expected), skipped, nbytes);
  }
  async downloadAsync(dtype: Dtype, place: Place, length: number): Promise<TypedArray> {
    tick();
    const [from, skipped, nbytes] = bytesOf(dtype, place, length);
    const { expected } = this;
    this.expected = [];
    const first = this.endsAt();
    const bytes = await this.channel.downloadAsync(from, skipped + nbytes, first, expected.length * 16);
    if (this.found !== null) {
      const { found } = this;
      this.found = null;
      throw found;
    }
    this.judge(bytes.subarray(0, expected.length * 16), expected);
    return elements(dtype, bytes.subarray(expected.length * 16), skipped, nbytes);
  }
  upload(dtype: Dtype, place: Place, values: TypedArray): void {
    tick();
    assertHas(dtype);
    const { buffer, byteOffset, byteLength } = values;
    if (byteLength === 0) return;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const from = elementAt({ block: place.block, offset: place.offset * dtype.itemsize }, 1);
    const skipped = from & 3;
    const isWhole =
      skipped === 0 && (byteLength % 4 === 0 || (place.offset === 0 && byteLength === place.block.nbytes));
    if (isWhole) return this.channel.upload(from, bytes);
    // Words are written whole: with what is around.
    const around = this.channel.download(from - skipped, Math.ceil((skipped + byteLength) / 4) * 4);
    around.set(bytes, skipped);
    this.channel.upload(from - skipped, around);
  }
  /** How often the program waited for an answer of the device. */
  get waits(): number {
    return this.channel.waits;
  }
  memoryStats(): MemoryStats {
    return this.memory.stats();
  }
  settle(): void {
    this.memory.settle();
  }
  synchronize(): void {
    this.channel.ask(COMMAND.finish);
    this.judge();
  }
  /** Has the device be lost, as its driver might. For tests. */
  lose(): void {
    this.channel.open(COMMAND.lose, 0);
    this.channel.send(true);
  }
  /** Why kernels had to run on the host. */
  refused(): ReadonlyMap<Kernel, string> {
    return this.launcher.refused;
  }
}
/** Checks that may be open. */
const EXPECTED = 256;
/** Whatever lies there. */
const byte = uint8;

/** Raises PyTorch's error, as it says it of MPS, for what has 64 bits in floats. */
function assertHas(dtype: Dtype): void {
  if (dtype === float64 || dtype === complex128)
    throw new TypeError(
      `Cannot convert a WebGPU Tensor to ${dtype.name} dtype as the WebGPU framework doesn't support ${dtype.name}. Please use ${dtype === float64 ? "float32" : "complex64"} instead.`,
    );
}
/** The byte of the buffer from which to read for so many elements, a multiple of 4; how many to skip; how many there are. */
function bytesOf({ itemsize }: Dtype, { block, offset }: Place, length: number): [number, number, number] {
  const first = elementAt({ block, offset: offset * itemsize }, 1);
  return [first - (first & 3), first & 3, length * itemsize];
}
function elements(dtype: Dtype, bytes: Uint8Array, skipped: number, nbytes: number): TypedArray {
  const isAligned = ((bytes.byteOffset + skipped) & 7) === 0;
  const own = isAligned ? bytes.subarray(skipped) : bytes.slice(skipped);
  return new dtype.array(own.buffer, own.byteOffset, nbytes / dtype.array.BYTES_PER_ELEMENT);
}
