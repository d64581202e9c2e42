// Safetensors files that stay where they are: tensors are read one at a time, or some rows of one, from a file, from
// several of one model, or from a URL by ranges.
import { KeyError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensorOf } from "./checkpoint.ts";
import { entryAt, headerLength, readHeader } from "./safetensors.ts";
import type { Place } from "./safetensors.ts";
import { assertPath, readFile } from "./file_system.ts";
import { openSource } from "./source.ts";
import type { FileSource } from "./source.ts";

interface Header {
  readonly places: ReadonlyMap<string, Place>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begins. */
  readonly begin: number;
}
const FIRST = 8;
function headerOf(bytes: Uint8Array, fileLength: number): Header {
  return { ...readHeader(bytes.subarray(FIRST), fileLength - bytes.length), begin: bytes.length };
}
function placeIn(header: Header, name: string): Place {
  const place = header.places.get(name);
  if (place === undefined) throw new KeyError(`'${name}'`);
  return place;
}
/** Rows `start` to `stop` of a tensor: what its shape is then and which bytes it has. */
function rows(name: string, place: Place, start: number, stop: number): Place {
  const [n, ...rest] = place.shape;
  if (n === undefined) throw new ValueError(`safetensors: ${JSON.stringify(name)} has no dims to take rows of`);
  const wrap = (i: number): number => Math.min(n, Math.max(0, i < 0 ? i + n : i));
  const [from, to] = [wrap(start), Math.max(wrap(start), wrap(stop))];
  const row = n === 0 ? 0 : (place.end - place.begin) / n;
  return {
    dtype: place.dtype,
    shape: [to - from, ...rest],
    begin: place.begin + from * row,
    end: place.begin + to * row,
  };
}

/** A file, open: `close` it, or say `using`. */
class SafeFile {
  readonly header: Header;
  private readonly source: FileSource;
  constructor(path: string) {
    this.source = openSource("safe_open", path);
    try {
      const size = this.source.length;
      const length = headerLength(this.source.bytes(0, Math.min(size, 64)), size);
      this.header = headerOf(this.source.bytes(0, FIRST + length), size);
    } catch (error) {
      this.close();
      if (error instanceof ValueError) error.message += `\nin ${path}`;
      throw error;
    }
  }
  tensor(name: string, place: Place): Tensor {
    const { begin } = this.header;
    return tensorOf(entryAt(name, place, this.source.bytes(begin + place.begin, begin + place.end)));
  }
  close(): void {
    this.source.close();
  }
}

/** The tensors of a file, or of the files of one model, each read when it is asked for. */
export class SafeOpen {
  private readonly shards: readonly SafeFile[];
  private readonly of = new Map<string, SafeFile>();
  /** @internal Made by `safe_open`. */
  constructor(shards: readonly SafeFile[], of: ReadonlyMap<string, SafeFile>) {
    this.shards = shards;
    this.of = new Map(of);
  }
  /** The names of its tensors, in their order. */
  keys(): string[] {
    return [...this.of.keys()];
  }
  /** What is written beside them. */
  metadata(): Record<string, string> {
    return Object.assign({}, ...this.shards.map((s) => s.header.metadata)) as Record<string, string>;
  }
  /** A tensor. Raises KeyError if there is none of that name, ValueError if its dtype is not there. */
  get_tensor(name: string): Tensor {
    const [file, place] = this.find(name);
    return file.tensor(name, place);
  }
  /** Of a tensor: its shape and dtype, and some of its rows, without reading the others. */
  get_slice(name: string): SafeSlice {
    const [file, place] = this.find(name);
    return new SafeSlice(name, place, (part) => file.tensor(name, part));
  }
  private find(name: string): [SafeFile, Place] {
    const file = this.of.get(name);
    if (file === undefined) throw new KeyError(`'${name}'`);
    return [file, placeIn(file.header, name)];
  }
  /** Lets go of the files. */
  close(): void {
    for (const shard of this.shards) shard.close();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}
/** A tensor of a file that is not read yet. */
export class SafeSlice<T = Tensor> {
  private readonly name: string;
  private readonly place: Place;
  private readonly read: (place: Place) => T;
  /** @internal Made by `get_slice`. */
  constructor(name: string, place: Place, read: (place: Place) => T) {
    this.name = name;
    this.place = place;
    this.read = read;
  }
  get_shape(): number[] {
    return [...this.place.shape];
  }
  /** As the file has it: `F32`. */
  get_dtype(): string {
    return this.place.dtype;
  }
  /** Rows `start` to `stop`, counted from the end if below 0, as `get_slice(name)[start:stop]` in Python. */
  rows(start = 0, stop = Infinity): T {
    return this.read(rows(this.name, this.place, start, stop));
  }
}

/**
 * Opens a safetensors file, or by its `model.safetensors.index.json` all files of a model, without reading them: a file
 * larger than memory can be read one tensor at a time. As `safetensors.safe_open`. Needs Node; `safe_open_url` is for all.
 *
 * Raises FileNotFoundError, and ValueError for what is no such file.
 * @example
 * using file = torch.serialization.safe_open("model.safetensors");
 * for (const name of file.keys()) console.log(name, file.get_slice(name).get_shape());
 * const first = file.get_slice("embedding.weight").rows(0, 10);
 */
export function safe_open(path: string): SafeOpen {
  assertPath("safe_open", path);
  if (!path.endsWith(".json")) {
    const file = new SafeFile(path);
    return new SafeOpen([file], new Map([...file.header.places.keys()].map((name) => [name, file])));
  }
  const text = new TextDecoder().decode(readFile("safe_open", path));
  const folder = path.replace(/[^/\\]*$/, "");
  const shards = new Map<string, SafeFile>();
  const of = new Map<string, SafeFile>();
  try {
    for (const [name, shard] of weightMap(text, path)) {
      let file = shards.get(shard);
      if (file === undefined) shards.set(shard, (file = new SafeFile(folder + shard)));
      if (!file.header.places.has(name))
        throw new ValueError(`safetensors: ${path} says that ${JSON.stringify(name)} is in ${shard}, which has it not`);
      of.set(name, file);
    }
  } catch (error) {
    for (const file of shards.values()) file.close();
    throw error;
  }
  return new SafeOpen([...shards.values()], of);
}
/** Which file beside the index has a tensor, by its name. */
function weightMap(text: string, path: string): [string, string][] {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw new ValueError(`safetensors: ${path} is not valid JSON: ${(error as Error).message}`);
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null)
    throw new ValueError(
      `safetensors: expected ${path} to have a weight_map, as the index of a model in several files has`,
    );
  const entries = Object.entries(map) as [string, unknown][];
  for (const [name, shard] of entries)
    // A name of a file beside it, and nowhere else.
    if (typeof shard !== "string" || !/^[^/\\]+$/.test(shard) || shard === "..")
      throw new ValueError(`safetensors: ${path} names no file for ${JSON.stringify(name)}: ${JSON.stringify(shard)}`);
  return entries as [string, string][];
}

/** The tensors of a file elsewhere, each fetched when it is asked for. */
export class SafeOpenUrl {
  private readonly header: Header;
  private readonly range: Range;
  /** @internal Made by `safe_open_url`. */
  constructor(header: Header, range: Range) {
    this.header = header;
    this.range = range;
  }
  /** The names of its tensors, in their order. */
  keys(): string[] {
    return [...this.header.places.keys()];
  }
  /** What is written beside them. */
  metadata(): Record<string, string> {
    return { ...this.header.metadata };
  }
  /** A tensor. Raises KeyError if there is none of that name, ValueError if its dtype is not there. */
  async get_tensor(name: string): Promise<Tensor> {
    return this.fetched(name, placeIn(this.header, name));
  }
  /** Of a tensor: its shape and dtype, and some of its rows, without fetching the others. */
  get_slice(name: string): SafeSlice<Promise<Tensor>> {
    return new SafeSlice(name, placeIn(this.header, name), (part) => this.fetched(name, part));
  }
  private async fetched(name: string, place: Place): Promise<Tensor> {
    const { begin } = this.header;
    const { bytes } = await this.range(begin + place.begin, begin + place.end);
    return tensorOf(entryAt(name, place, bytes));
  }
}
/** Some bytes of a file elsewhere, and how long it is. */
type Range = (begin: number, end: number) => Promise<{ bytes: Uint8Array; length: number }>;

/**
 * Opens a safetensors file elsewhere: its header is fetched, and later each tensor that is asked for, by ranges of HTTP.
 * `init` goes to `fetch` (headers, a signal). Raises RuntimeError if the server does not answer or gives no ranges, and
 * ValueError for what is no such file.
 * @example
 * const file = await torch.serialization.safe_open_url("https://example.org/model.safetensors");
 * const weight = await file.get_tensor("embedding.weight");
 */
export async function safe_open_url(url: string | URL, init: RequestInit = {}): Promise<SafeOpenUrl> {
  if (typeof url !== "string" && !(url instanceof URL)) throw new TypeError("safe_open_url(): expected a URL");
  const range: Range = async (begin, end) => {
    if (begin === end) return { bytes: new Uint8Array(0), length: end };
    const headers = new Headers(init.headers);
    headers.set("Range", `bytes=${begin}-${end - 1}`);
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers });
    } catch (error) {
      throw new RuntimeError(`safe_open_url: ${String(url)}: ${String(error)}`, { cause: error });
    }
    if (response.status !== 206) {
      await response.body?.cancel();
      const why = response.ok ? "the server gives no ranges: fetch it whole and decode it" : response.statusText;
      throw new RuntimeError(`safe_open_url: ${String(url)}: ${response.status} ${why}`);
    }
    const length = Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1] ?? NaN);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== Math.min(end, Number.isNaN(length) ? end : length) - begin)
      throw new RuntimeError(`safe_open_url: ${String(url)}: asked for ${end - begin} bytes, got ${bytes.length}`);
    return { bytes, length };
  };
  const start = await range(0, GUESS);
  if (Number.isNaN(start.length))
    throw new RuntimeError(
      `safe_open_url: ${String(url)}: the server does not tell how long the file is (Content-Range)\nA server of another origin must expose that header.`,
    );
  const end = FIRST + headerLength(start.bytes, start.length);
  const rest = end > start.bytes.length ? (await range(start.bytes.length, end)).bytes : new Uint8Array(0);
  const bytes = new Uint8Array(end);
  bytes.set(start.bytes.subarray(0, end));
  bytes.set(rest, end - rest.length);
  return new SafeOpenUrl(headerOf(bytes, start.length), range);
}
/** Most headers are shorter: one request for both the length and the header. */
const GUESS = 2 ** 16;
