// Tables: columns by name, of numbers as tensors and of text as it is, from CSV, JSON lines, Parquet and Arrow.
import { bool, float32, float64, int64 } from "../base/dtype.ts";
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { KeyError, ValueError } from "../base/errors.ts";
import { as_tensor, tensor } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
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
const WHOLE = /^\s*[-+]?\d{1,18}\s*$/;
const toNumber = (text: string): number => {
  const word = text.trim().toLowerCase();
  return word === "" ? NaN : /inf/.test(word) ? (word.startsWith("-") ? -Infinity : Infinity) : Number(word);
};

/**
 * A table of comma-separated values (or others: see `delimiter`), by papaparse, an optional package. A column of whole
 * numbers becomes int64, one of numbers float32 with NaN where a field is empty, any other stays text; `dtypes` says
 * otherwise.
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
    options.header === false ? (rows[0]?.fields ?? []).map((_, i) => String(i)) : [...(rows.shift()?.fields ?? [])];
  for (const { fields, line } of rows)
    if (fields.length !== names.length)
      throw new ValueError(`${file}, line ${line}: expected ${names.length} fields, got ${fields.length}`);
  return table(file, names, options, (name, dtype) => {
    const c = names.indexOf(name);
    const fields = rows.map(({ fields }) => fields[c]);
    if (dtype === undefined) {
      if (fields.length > 0 && fields.every((f) => WHOLE.test(f)))
        return tensor(fields.map((f) => BigInt(f.trim().replace("+", ""))));
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
 * for null; text, lists, dates stay values.
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
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  try {
    const { schema } = await parquet.parquetMetadataAsync(buffer);
    // The root comes first, then each column, those within it behind it.
    const fields = topLevel(schema);
    const columns = options.columns ?? fields.map((f) => f.name);
    const known = columns.filter((name) => fields.some((f) => f.name === name));
    const rows = await parquet.parquetReadObjects({ file: buffer, columns: known, compressors: more.compressors });
    return table(
      file,
      fields.map((f) => f.name),
      options,
      (name, dtype) => {
        const field = fields.find((f) => f.name === name)!;
        const isPlain =
          field.num_children === undefined &&
          field.logical_type?.type !== "DATE" &&
          !/DATE|TIME|DECIMAL/.test(field.converted_type ?? "");
        const own = isPlain ? PARQUET.get(field.type ?? "") : undefined;
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
  const bad = values.findIndex((v) =>
    v === null || v === undefined ? !dtype.is_floating_point : typeof v === "object" || typeof v === "string",
  );
  if (bad >= 0)
    throw new ValueError(
      `${file}, row ${bad}, column '${name}': expected a number for ${dtype}, got ${JSON.stringify(values[bad] ?? null)}`,
    );
  return tensor(
    values.map((v) => (v ?? NaN) as number | bigint | boolean),
    { dtype },
  );
}

interface ArrowColumn {
  readonly type: { toString(): string };
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
}
const ARROW = new TextEncoder().encode("ARROW1");
/**
 * The messages of an Arrow file, which are a stream: between its mark, and a list of where they are. What a damaged list says
 * of their number the package would believe, and look for two thousand million of them.
 */
function messagesOf(file: string, bytes: Uint8Array): Uint8Array {
  if (ARROW.some((byte, i) => bytes[i] !== byte)) return bytes;
  const end = bytes.length - ARROW.length - 4;
  const list = end < 8 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getInt32(end, true);
  if (ARROW.some((byte, i) => bytes[end + 4 + i] !== byte) || list < 0 || end - list < 8)
    throw new ValueError(`${file}: an Arrow file of ${bytes.length} bytes that does not end as one: cut off?`);
  return bytes.subarray(8, end - list);
}
/**
 * A table from an Arrow file or stream (IPC, Feather version 2), by apache-arrow, an optional package. Numbers keep their
 * dtype, with NaN for null among floats; text, lists, dates stay values.
 *
 * Raises ImportError without apache-arrow, ValueError that names the file, and the column for a null among integers;
 * KeyError for a column that is not there.
 * @example const table = await read_arrow("train.arrow");
 */
export async function read_arrow(source: Source, options: TableOptions = {}): Promise<Table> {
  const arrow = await peer(() => import("apache-arrow") as unknown as Promise<Arrow>, "apache-arrow", "Arrow");
  const file = nameOf(source);
  const bytes = await read_bytes(source);
  let read;
  try {
    read = arrow.tableFromIPC(messagesOf(file, bytes));
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw new ValueError(`${file}: ${(error as Error).message}`);
  }
  const names = read.schema.fields.map(({ name }) => name);
  return table(file, names, options, (name, dtype) => {
    const column = read.getChild(name)!;
    const type = column.type.toString();
    const isNumeric = /^(Uint|Int|Float)(8|16|32|64)$/.test(type);
    if (isNumeric && column.nullCount === 0) {
      const made = as_tensor(column.toArray() as TypedArray);
      return dtype === undefined ? made : made.to(dtype);
    }
    const own =
      type === "Bool"
        ? bool
        : type.startsWith("Float")
          ? type === "Float64"
            ? float64
            : float32
          : isNumeric
            ? int64
            : undefined;
    return columnOf(file, name, [...column], dtype ?? own);
  });
}
