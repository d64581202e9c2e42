// Logs that TensorBoard reads: event files, which are records of a protocol buffer each.
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { KeyError, ValueError } from "../base/errors.ts";
import { messagesNow, messagesOf } from "../io/protobuf.ts";
import type { Message, Messages } from "../io/protobuf.ts";
import { files } from "../serialization/file_system.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Callback, EpochLogs, Running, StepLogs } from "./callback.ts";

const SCALAR =
  "SummaryWriter.add_scalar(str tag, object scalar_value, int? global_step=None, float? walltime=None) -> None";
const HISTOGRAM =
  "SummaryWriter.add_histogram(str tag, object values, int? global_step=None, int bins=64, float? walltime=None) -> None";
const TEXT = "SummaryWriter.add_text(str tag, str text_string, int? global_step=None, float? walltime=None) -> None";

/** tensorflow/core/util/event.proto and framework/summary.proto, what is written of them. */
const EVENTS = `
message Event {
  double wall_time = 1;
  int64 step = 2;
  string file_version = 3;
  Summary summary = 5;
  SessionLog session_log = 7;
}
message SessionLog {
  int32 status = 1;
}
message Summary {
  repeated Value value = 1;
}
message Value {
  string tag = 1;
  float simple_value = 2;
  HistogramProto histo = 5;
  TensorProto tensor = 8;
  SummaryMetadata metadata = 9;
}
message HistogramProto {
  double min = 1;
  double max = 2;
  double num = 3;
  double sum = 4;
  double sum_squares = 5;
  repeated double bucket_limit = 6 [packed];
  repeated double bucket = 7 [packed];
}
message SummaryMetadata {
  PluginData plugin_data = 1;
}
message PluginData {
  string plugin_name = 1;
}
message TensorProto {
  int32 dtype = 1;
  TensorShapeProto tensor_shape = 2;
  repeated bytes string_val = 8;
}
message TensorShapeProto {
  repeated Dim dim = 2;
}
message Dim {
  int64 size = 1;
}
`;
const [START, STRING] = [1, 7];
const WHAT = "event files of TensorBoard";
export interface SummaryWriterOptions {
  purge_step?: number | null;
  filename_suffix?: string;
}

/** CRC-32C (Castagnoli), as RFC 3720 has it. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});
/** @internal */
export function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
/** Turned and shifted, as TFRecord wants it: checksums of what has checksums in it would be no good. */
const masked = (bytes: Uint8Array): number => {
  const c = crc32c(bytes);
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
};
/** @internal A TFRecord: length, its checksum, the bytes, theirs. */
export function record(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(12 + bytes.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(framed.subarray(0, 8)), true);
  framed.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(bytes), true);
  return framed;
}

let written = 0;
/**
 * Writes what TensorBoard shows, as `torch.utils.tensorboard.SummaryWriter`: `tensorboard --logdir runs`. Made by `create`,
 * because the package for protocol buffers, @bufbuild/protobuf, is loaded only here.
 * @example
 * const writer = await SummaryWriter.create("runs/digits");
 * writer.add_scalar("train/loss", 0.5, 1);
 * writer.add_histogram("fc.weight", model.fc.weight, 1);
 * writer.close();
 */
export class SummaryWriter {
  readonly log_dir: string;
  /** The file that is written. */
  readonly path: string;
  private readonly messages: Messages;
  private file: number | null;

  private constructor(log_dir: string, path: string, messages: Messages) {
    this.log_dir = log_dir;
    this.path = path;
    this.messages = messages;
    this.file = files("SummaryWriter").openSync(path, "wx");
  }
  /**
   * Begins a file in `log_dir`, which is made. With `purge_step`, TensorBoard leaves out what older files have of that step
   * and later ones: for a run that goes on from a checkpoint. Raises ImportError without @bufbuild/protobuf.
   */
  static async create(log_dir: string, options: SummaryWriterOptions = {}): Promise<SummaryWriter> {
    return this.begun(log_dir, options, await messagesOf(EVENTS, WHAT));
  }
  /** @internal The same at once, for Python programs. */
  static createNow(log_dir: string, options: SummaryWriterOptions): SummaryWriter {
    return this.begun(log_dir, options, messagesNow(EVENTS, WHAT));
  }
  private static begun(
    log_dir: string,
    { purge_step = null, filename_suffix = "" }: SummaryWriterOptions,
    messages: Messages,
  ): SummaryWriter {
    const { mkdirSync } = files("SummaryWriter");
    mkdirSync(log_dir, { recursive: true });
    const { hostname } = globalThis.process.getBuiltinModule("node:os");
    const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
    const name = `events.out.tfevents.${seconds}.${hostname()}.${globalThis.process.pid}.${written++}${filename_suffix}`;
    const writer = new SummaryWriter(log_dir, `${log_dir.replace(/(.)[/\\]+$/, "$1")}/${name}`, messages);
    writer.event({ fileVersion: "brain.Event:2" });
    if (purge_step !== null) writer.event({ step: BigInt(purge_step), sessionLog: { status: START } });
    return writer;
  }
  private event(what: Message, walltime: number | null = null): void {
    if (this.file === null) throw new ValueError(`SummaryWriter: ${this.path} is closed`);
    const bytes = record(this.messages.encode("Event", { wallTime: walltime ?? Date.now() / 1000, ...what }));
    const { writeSync } = files("SummaryWriter");
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }
  private value(tag: string, value: Message, step: number | null, walltime: number | null): void {
    if (typeof tag !== "string" || tag === "")
      throw new ValueError(`SummaryWriter: expected a tag, got ${JSON.stringify(tag)}`);
    this.event({ step: BigInt(step ?? 0), summary: { value: [{ tag, ...value }] } }, walltime);
  }
  /** A number of a step. */
  add_scalar(...args: Arguments<typeof SCALAR, { scalar_value: number | Tensor }>): void {
    const { tag, scalar_value, global_step, walltime } = bindArguments<
      typeof SCALAR,
      { scalar_value: number | Tensor }
    >(SCALAR, args);
    const simpleValue = typeof scalar_value === "number" ? scalar_value : Number(scalar_value.item());
    this.value(tag, { simpleValue }, global_step, walltime);
  }
  /** How values are spread: those that are finite, in `bins` equal parts of their range. */
  add_histogram(...args: Arguments<typeof HISTOGRAM, { values: Tensor | readonly number[] }>): void {
    const { tag, values, global_step, bins, walltime } = bindArguments<
      typeof HISTOGRAM,
      { values: Tensor | readonly number[] }
    >(HISTOGRAM, args);
    const all = values instanceof Tensor ? values.detach().cpu().double().flatten().typed_array() : values;
    const numbers = Float64Array.from(all as ArrayLike<number>).filter(Number.isFinite);
    if (numbers.length === 0) throw new ValueError(`add_histogram(): '${tag}' has no finite value`);
    let [min, max, sum, sumSquares] = [Infinity, -Infinity, 0, 0];
    for (const x of numbers) {
      [min, max] = [Math.min(min, x), Math.max(max, x)];
      sum += x;
      sumSquares += x * x;
    }
    const width = (max - min || 1) / bins;
    const bucket = new Array<number>(bins).fill(0);
    for (const x of numbers) bucket[Math.min(bins - 1, Math.floor((x - min) / width))]++;
    const bucketLimit = bucket.map((_, i) => min + (i + 1) * width);
    const histo = { min, max, num: numbers.length, sum, sumSquares, bucketLimit, bucket };
    this.value(tag, { histo }, global_step, walltime);
  }
  /** A text, in Markdown. */
  add_text(...args: Arguments<typeof TEXT>): void {
    const { tag, text_string, global_step, walltime } = bindArguments(TEXT, args);
    const metadata = { pluginData: { pluginName: "text" } };
    const stringVal = [new TextEncoder().encode(text_string)];
    const tensor = { dtype: STRING, tensorShape: { dim: [{ size: 1n }] }, stringVal };
    this.value(`${tag}/text_summary`, { tensor, metadata }, global_step, walltime);
  }
  /** Has what was written on the disk. */
  flush(): void {
    if (this.file !== null) files("SummaryWriter").fsyncSync(this.file);
  }
  close(): void {
    if (this.file === null) return;
    this.flush();
    files("SummaryWriter").closeSync(this.file);
    this.file = null;
  }
}

export interface TensorBoardOptions {
  /** Losses of every so many steps; 1 unless told. */
  every_n_steps?: number;
  /** Histograms of parameters at the end of every so many epochs; none unless told. */
  histogram_freq?: number;
}
/**
 * Logs a run for TensorBoard: `train/loss`, `train/lr` by step, what an epoch gave as `epoch/...`, histograms. A run that goes
 * on from a checkpoint begins a file that takes the place of what was logged after it. As Keras' TensorBoard. Needs
 * @bufbuild/protobuf.
 * @example await trainer.fit(train, { epochs: 10, callbacks: [new TensorBoard("runs/digits")] });
 */
export class TensorBoard implements Callback {
  readonly name = "TensorBoard";
  readonly log_dir: string;
  private readonly every: number;
  private readonly histogram_freq: number;
  protected open: SummaryWriter | null = null;
  constructor(log_dir: string, { every_n_steps = 1, histogram_freq = 0 }: TensorBoardOptions = {}) {
    if (!(Number.isInteger(every_n_steps) && every_n_steps > 0))
      throw new ValueError(`TensorBoard: expected every_n_steps to be a positive integer, got ${every_n_steps}`);
    this.log_dir = log_dir;
    this.every = every_n_steps;
    this.histogram_freq = histogram_freq;
  }
  /** The writer of the run under way, for what else is to be logged. Raises KeyError when there is none. */
  get writer(): SummaryWriter {
    if (this.open === null) throw new KeyError("TensorBoard: there is a writer only while fit() runs");
    return this.open;
  }
  on_fit_start(trainer: Running): void | Promise<void> {
    return SummaryWriter.create(this.log_dir, this.goingOn(trainer)).then((writer) => void (this.open = writer));
  }
  protected goingOn(trainer: Running): SummaryWriterOptions {
    return { purge_step: trainer.global_step > 0 ? trainer.global_step + 1 : null };
  }
  on_step_end(trainer: Running, { samples: _, ...logs }: StepLogs): void {
    if (trainer.global_step % this.every !== 0) return;
    for (const [name, x] of Object.entries(logs)) this.writer.add_scalar(`train/${name}`, x, trainer.global_step);
  }
  on_epoch_end(trainer: Running, { epoch, step, ...logs }: EpochLogs): void {
    for (const [name, x] of Object.entries(logs)) this.writer.add_scalar(`epoch/${name}`, x, step);
    if (this.histogram_freq > 0 && (epoch + 1) % this.histogram_freq === 0)
      for (const [name, p] of trainer.model.named_parameters()) this.writer.add_histogram(name, p, step);
    this.writer.flush();
  }
  on_fit_end(): void {
    this.open?.close();
    this.open = null;
  }
}
