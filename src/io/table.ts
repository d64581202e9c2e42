// Tables: columns by name, of numbers as tensors and of text as it is, from CSV, JSON lines, Parquet and Arrow.
import { bool, float16, float32, float64, int64 } from "../base/dtype.ts";
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { KeyError, ValueError } from "../base/errors.ts";
import { as_tensor, tensor } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { arrowMessages } from "./arrow.ts";
import { nameOf, peer, read_bytes, read_text } from "./source.ts";
import type { Source } from "./source.ts";

/** Columns by name: numbers and booleans as a tensor of one dim, anything else as it is. */
export type Table = Map<string, Tensor | unknown[]>;
export interface TableOptions {
  /** The columns to read; all unless told. */
  columns?: readonly string[] | null;
  /** Dtypes of columns; of others they follow from what is in them. */
  dtypes?: Readonly<Record<string, Dtype>> | null;
}
export interface CsvOptions extends TableOptions {
  /** Whether the first line has the names; else they are "0", "1", …. */
  header?: boolean;
  /** What stands between fields; found out unless told. */
  delimiter?: string;
}
interface Papa {
  parse(
    text: string,
    options: object,
  ): {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly { readonly row?: number; readonly message: string; readonly code: string }[];
  };
}
const NUMBER = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf(inity)?|nan)\s*$/i;
const WHOLE = /^\s*[-+]?\d+\s*$/;
const inInt64 = (x: bigint): boolean => BigInt.asIntN(64, x) === x;
/** A name that columns before have, too, gets a number, as in pandas. */
function apart(names: readonly string[]): string[] {
  const made: string[] = [];
  for (const name of names) {
    let own = name;
    for (let n = 1; made.includes(own) || (own !== name && names.includes(own)); n++) own = `${name}.${n}`;
    made.push(own);
  }
  return made;
}
const toNumber = (text: string): number => {
  const word = text.trim().toLowerCase();
  return word === "" ? NaN : /inf/.test(word) ? (word.startsWith("-") ? -Infinity : Infinity) : Number(word);
};

/**
 * A table of comma-separated values (or others: see `delimiter`), by papaparse, an optional package. A column of whole
 * numbers becomes int64 (text where they do not fit), one of numbers float32 with NaN where a field is empty, any other stays
 * text; `dtypes` says otherwise. A name that comes again is `name.1`, `name.2`.
 *
 * Raises ImportError without papaparse; ValueError that names file, line and column for a line with too few or too many
 * fields and for a field that is no number in a column of numbers; KeyError for a column that is not there.
 * @example
 * const table = await read_csv("iris.csv", { dtypes: { species: torch.int64 } });
 * const x = table.get("petal_length");
 */
export async function read_csv(source: Source, options: CsvOptions = {}): Promise<Table> {
  const papa = await peer(
    () => import("papaparse") as unknown as Promise<Papa & { default?: Papa }>,
    "papaparse",
    "CSV",
  );
  const file = nameOf(source);
  const text = await read_text(source);
  const { data, errors } = (papa.default ?? papa).parse(text, {
    delimiter: options.delimiter ?? "",
    skipEmptyLines: false,
  });
  const starts = linesOf(data);
  const fault = errors.find(({ code }) => code !== "UndetectableDelimiter");
  if (fault !== undefined) throw new ValueError(`${file}, line ${starts[fault.row ?? 0] ?? "?"}: ${fault.message}`);
  // An empty line is one of one empty field.
  const rows = data
    .map((fields, i) => ({ fields, line: starts[i] }))
    .filter(({ fields: f }) => f.length > 1 || f[0] !== "");
  const names =
    options.header === false ? (rows[0]?.fields ?? []).map((_, i) => String(i)) : apart(rows.shift()?.fields ?? []);
  for (const { fields, line } of rows)
    if (fields.length !== names.length)
      throw new ValueError(`${file}, line ${line}: expected ${names.length} fields, got ${fields.length}`);
  return table(file, names, options, (name, dtype) => {
    const c = names.indexOf(name);
    const fields = rows.map(({ fields }) => fields[c]);
    if (dtype === undefined) {
      if (fields.length > 0 && fields.every((f) => WHOLE.test(f))) {
        const whole = fields.map((f) => BigInt(f.trim().replace("+", "")));
        return whole.every(inInt64) ? tensor(whole) : fields;
      }
      const isNumeric = fields.some((f) => f.trim() !== "") && fields.every((f) => f.trim() === "" || NUMBER.test(f));
      return isNumeric ? tensor(fields.map(toNumber), { dtype: float32 }) : fields;
    }
    const bad = fields.findIndex((f) => !NUMBER.test(f) && !(f.trim() === "" && dtype.is_floating_point));
    if (bad >= 0)
      throw new ValueError(
        `${file}, line ${rows[bad].line}, column '${name}': expected a number for ${dtype}, got ${JSON.stringify(fields[bad])}`,
      );
    return tensor(fields.map(toNumber), { dtype });
  });
}
/** The line on which each row begins: a field may have lines of its own. */
function linesOf(rows: readonly (readonly string[])[]): number[] {
  let line = 1;
  return rows.map((fields) => {
    const begin = line;
    line += 1 + fields.reduce((n, field) => n + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
    return begin;
  });
}
function table(
  file: string,
  names: readonly string[],
  { columns, dtypes }: TableOptions,
  column: (name: string, dtype: Dtype | undefined) => Tensor | unknown[],
): Table {
  for (const name of [...(columns ?? []), ...Object.keys(dtypes ?? {})])
    if (!names.includes(name))
      throw new KeyError(
        `'${name}'\n${file} has no column of that name. It has: ${names.map((n) => `'${n}'`).join(", ")}`,
      );
  return new Map((columns ?? names).map((name) => [name, column(name, dtypes?.[name])]));
}

/**
 * A value a line, as JSON; empty lines are left out. Raises ValueError that names file and line for one that is none.
 * @example const records = await read_jsonl("train.jsonl");
 */
export async function read_jsonl(source: Source): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const [i, line] of (await read_text(source)).split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      throw new ValueError(`${nameOf(source)}, line ${i + 1}: ${(error as Error).message}`);
    }
  }
  return values;
}

interface Hyparquet {
  parquetMetadataAsync(file: unknown): Promise<{ readonly schema: readonly SchemaElement[] }>;
  parquetReadObjects(options: object): Promise<Record<string, unknown>[]>;
}
interface SchemaElement {
  readonly name: string;
  readonly type?: string;
  readonly num_children?: number;
  readonly repetition_type?: string;
  readonly converted_type?: string;
  readonly logical_type?: { readonly type?: string };
}
const PARQUET = new Map<string, Dtype>([
  ["BOOLEAN", bool],
  ["INT32", int64],
  ["INT64", int64],
  ["FLOAT", float32],
  ["DOUBLE", float64],
]);
/**
 * A table from a Parquet file, by hyparquet, an optional package (files compressed otherwise than by Snappy need
 * hyparquet-compressors, which is used where it is installed). Integers become int64, floats float32 or float64 with NaN
 * for null; text, bytes (Uint8Array), lists, dates stay values.
 *
 * Raises ImportError without hyparquet, ValueError that names the file for one that cannot be read, and the column for a
 * null among integers; KeyError for a column that is not there.
 * @example const table = await read_parquet("train.parquet", { columns: ["text", "label"] });
 */
export async function read_parquet(source: Source, options: TableOptions = {}): Promise<Table> {
  const parquet = await peer(() => import("hyparquet") as unknown as Promise<Hyparquet>, "hyparquet", "Parquet");
  const more = (await import("hyparquet-compressors").catch(() => ({}))) as { compressors?: object };
  const file = nameOf(source);
  const bytes = await read_bytes(source);
  const { buffer } = new Uint8Array(bytes);
  try {
    const { schema } = await parquet.parquetMetadataAsync(buffer);
    // The root comes first, then each column, those within it behind it.
    const fields = topLevel(schema);
    const columns = options.columns ?? fields.map((f) => f.name);
    const known = columns.filter((name) => fields.some((f) => f.name === name));
    const slice = (begin: number, end?: number): Promise<ArrayBuffer> =>
      heard(Promise.resolve(buffer.slice(begin, end)));
    const reading = {
      file: { byteLength: buffer.byteLength, slice },
      columns: known,
      compressors: more.compressors,
      utf8: false,
    };
    const rows = await parquet.parquetReadObjects(reading);
    return table(
      file,
      fields.map((f) => f.name),
      options,
      (name, dtype) => {
        const field = fields.find((f) => f.name === name)!;
        const logical = field.logical_type?.type ?? "";
        const isPlain =
          field.num_children === undefined &&
          field.repetition_type !== "REPEATED" &&
          !/DATE|TIME|DECIMAL|NULL/.test(`${logical} ${field.converted_type ?? ""}`);
        const own = logical === "FLOAT16" ? float16 : isPlain ? PARQUET.get(field.type ?? "") : undefined;
        return columnOf(
          file,
          name,
          rows.map((row) => row[name]),
          dtype ?? own,
        );
      },
    );
  } catch (error) {
    if (error instanceof ValueError || error instanceof KeyError) throw error;
    throw new ValueError(`${file}: ${(error as Error).message}`);
  }
}
/**
 * A promise that is listened to, and so is all that is made of it by `then`: hyparquet goes away from the columns that it has
 * begun with when another is none, and an error that nobody hears ends a program of Node.
 */
function heard<T>(promise: Promise<T>): Promise<T> {
  const then = Promise.prototype.then.bind(promise) as typeof promise.then;
  void then(undefined, () => {});
  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise, and remains one
  promise.then = ((...given) => heard(then(...given))) as typeof promise.then;
  return promise;
}
function topLevel(schema: readonly SchemaElement[]): SchemaElement[] {
  const fields: SchemaElement[] = [];
  const skip = (at: number): number => {
    let next = at + 1;
    for (let n = schema[at].num_children ?? 0; n > 0; n--) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) fields.push(schema[at]);
  return fields;
}
function columnOf(
  file: string,
  name: string,
  values: readonly unknown[],
  dtype: Dtype | undefined,
): Tensor | unknown[] {
  if (dtype === undefined) return [...values];
  const bad = values.findIndex((v) => {
    if (v === null || v === undefined) return !dtype.is_floating_point;
    if (typeof v === "bigint") return !dtype.is_floating_point && !inInt64(v);
    return typeof v === "object" || typeof v === "string";
  });
  if (bad >= 0) {
    const got = values[bad] ?? null;
    const isWide = typeof got === "bigint";
    const text = isWide ? String(got) : JSON.stringify(got);
    const help = got === null || isWide ? `\nFloats take it: dtypes: { "${name}": torch.float64 }` : "";
    throw new ValueError(`${file}, row ${bad}, column '${name}': expected a number for ${dtype}, got ${text}${help}`);
  }
  return tensor(
    values.map((v) => (v ?? NaN) as number | bigint | boolean),
    { dtype },
  );
}

/** What becomes of a kind of column that may have nulls. */
const ARROW = new Map<string, Dtype>([
  ["Bool", bool],
  ["Float16", float16],
  ["Float32", float32],
  ["Float64", float64],
  ...["Int8", "Int16", "Int32", "Int64", "Uint8", "Uint16", "Uint32", "Uint64"].map((type) => [type, int64] as const),
]);
interface ArrowColumn {
  readonly type: { toString(): string; readonly scale?: number };
  readonly nullCount: number;
  readonly length: number;
  toArray(): unknown;
  [Symbol.iterator](): Iterator<unknown>;
}
interface Arrow {
  tableFromIPC(bytes: Uint8Array): {
    readonly schema: { readonly fields: readonly { readonly name: string }[] };
    getChild(name: string): ArrowColumn | null;
  };
  readonly compressionRegistry: {
    get(kind: number): object | null;
    set(kind: number, codec: { decode(bytes: Uint8Array): Uint8Array }): void;
  };
}
/** By the number of a compression: what decodes it here, and what to do where nothing does. */
const ZSTD = 1;
/** Columns that hold the same number throughout are packed far; what says it is larger than this is a bomb. */
const mostOf = (packed: number): number => 2 ** 24 + 1000 * packed;
async function addZstd({ compressionRegistry }: Arrow): Promise<void> {
  if (compressionRegistry.get(ZSTD) !== null) return;
  const more = (await import("hyparquet-compressors").catch(() => null)) as Compressors | null;
  if (more === null) return;
  compressionRegistry.set(ZSTD, {
    decode(bytes) {
      // In front of what is packed stands how long it is.
      const size = Number(new DataView(bytes.buffer, bytes.byteOffset - 8).getBigInt64(0, true));
      if (size < 0 || size > mostOf(bytes.length)) throw new Error(`${bytes.length} bytes that unpack to ${size}`);
      return more.decompressZstd(bytes, new Uint8Array(size));
    },
  });
}
interface Compressors {
  decompressZstd(bytes: Uint8Array, to: Uint8Array): Uint8Array;
}
/**
 * A table from an Arrow file or stream (IPC, Feather version 2), by apache-arrow, an optional package. Numbers keep their
 * dtype, with NaN for null among floats; text, lists, dates stay values. Compressed files need a codec: Zstandard's is that of
 * hyparquet-compressors, where it is installed; for LZ4 a program registers one (`compressionRegistry` of apache-arrow).
 *
 * Raises ImportError without apache-arrow, ValueError that names the file, and the column for a null among integers;
 * KeyError for a column that is not there.
 * @example const table = await read_arrow("train.arrow");
 */
export async function read_arrow(source: Source, options: TableOptions = {}): Promise<Table> {
  const arrow = await peer(() => import("apache-arrow") as unknown as Promise<Arrow>, "apache-arrow", "Arrow");
  const file = nameOf(source);
  const bytes = await read_bytes(source);
  await addZstd(arrow);
  try {
    return arrowTable(file, arrow.tableFromIPC(arrowMessages(file, bytes)), options);
  } catch (error) {
    if (error instanceof ValueError || error instanceof KeyError) throw error;
    const { message } = error as Error;
    const help = /codec not found/.test(message)
      ? '\nZstandard needs the package hyparquet-compressors; LZ4 a codec that the program registers:\n  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode }), both from apache-arrow\nIn Python: pyarrow.feather.write_feather(table, path, compression="uncompressed")'
      : "";
    throw new ValueError(`${file}: ${message}${help}`);
  }
}
function arrowTable(file: string, read: ReturnType<Arrow["tableFromIPC"]>, options: TableOptions): Table {
  const names = read.schema.fields.map(({ name }) => name);
  return table(file, names, options, (name, dtype) => {
    const column = read.getChild(name)!;
    const type = column.type.toString();
    const own = ARROW.get(type);
    // Half floats come as bits there, and the largest numbers of Uint64 do not fit.
    if (own !== undefined && column.nullCount === 0 && !/^(Bool|Float16|Uint64)$/.test(type)) {
      const made = as_tensor(column.toArray() as TypedArray);
      return dtype === undefined ? made : made.to(dtype);
    }
    const scale = 10 ** (column.type.scale ?? 0);
    const given = [...column].map((v) => {
      if (v === null) return v;
      if (type.startsWith("Decimal")) return Number(String(v)) / scale;
      return /^(Date|Timestamp)/.test(type) ? new Date(Number(v)) : v;
    });
    return columnOf(file, name, given, dtype ?? own);
  });
}
