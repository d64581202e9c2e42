// What an Arrow file is looked through for before its package reads it: apache-arrow believes what stands in a file, so that one
// that is damaged has it look for thousands of millions of columns.
import { ValueError } from "../base/errors.ts";

/**
 * Note [Messages]: a file of Arrow is a stream of messages between its mark and a list of where they are. A message is a length,
 * that many bytes of tables by flatbuffers' rules, and the columns' own bytes. Of the tables it is checked that each, each text
 * and each list lies within, and that they are not more than there is room for: fields may not be used again and again either.
 * https://arrow.apache.org/docs/format/Columnar.html, https://flatbuffers.dev/internals
 */
type Field = "text" | { list: Table | number } | { table: Table } | { union: (kind: number) => Table };
/** Fields by number; those that are plain numbers need no look. */
interface Table {
  readonly fields: Readonly<Record<number, Field>>;
}
const PLAIN: Table = { fields: {} };
const KEY_VALUE: Table = { fields: { 0: "text", 1: "text" } };
const WITH_TEXT: Table = { fields: { 1: "text" } };
const WITH_LIST: Table = { fields: { 1: { list: 4 } } };
/** Timestamps have a time zone, unions the numbers of their kinds. */
const typeOf = (kind: number): Table => (kind === 10 ? WITH_TEXT : kind === 14 ? WITH_LIST : PLAIN);
const FIELD: { fields: Record<number, Field> } = {
  fields: {
    0: "text",
    3: { union: typeOf },
    4: { table: { fields: { 1: { table: PLAIN } } } },
    6: { list: KEY_VALUE },
  },
};
FIELD.fields[5] = { list: FIELD };
const SCHEMA: Table = { fields: { 1: { list: FIELD }, 2: { list: KEY_VALUE }, 3: { list: 8 } } };
const RECORDS: Table = { fields: { 1: { list: 16 }, 2: { list: 16 }, 3: { table: PLAIN }, 4: { list: 8 } } };
const DICTIONARY: Table = { fields: { 1: { table: RECORDS } } };
const HEADERS = [PLAIN, SCHEMA, DICTIONARY, RECORDS];
const MESSAGE: Table = { fields: { 2: { union: (kind) => HEADERS[kind] ?? PLAIN }, 4: { list: KEY_VALUE } } };
const DEEPEST = 64;
/** Rows for each byte of a file: a bit each, packed as far as any archive may be. */
const MOST_ROWS = 8 * 200;

const ARROW = new TextEncoder().encode("ARROW1");
/** The messages of a file or stream, all of which lie in it. Raises ValueError that says at which byte one does not. */
export function arrowMessages(file: string, bytes: Uint8Array): Uint8Array {
  let stream = bytes;
  if (ARROW.every((byte, i) => bytes[i] === byte)) {
    const end = bytes.length - ARROW.length - 4;
    const list = end < 8 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getInt32(end, true);
    if (ARROW.some((byte, i) => bytes[end + 4 + i] !== byte) || list < 0 || end - list < 8)
      throw new ValueError(`${file}: an Arrow file of ${bytes.length} bytes that does not end as one: cut off?`);
    stream = bytes.subarray(8, end - list);
  }
  const data = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = 0;
  while (at + 4 <= stream.length) {
    // Before version 0.15 there was no mark in front of the length.
    const begin = data.getInt32(at, true) === -1 ? at + 4 : at;
    const size = begin + 4 <= stream.length ? data.getInt32(begin, true) : -1;
    if (size === 0) break;
    const where = `${file}, byte ${stream.byteOffset - bytes.byteOffset + at}`;
    if (size < 8 || begin + 4 + size > stream.length)
      throw new ValueError(`${where}: a message of ${size} bytes: cut off?`);
    const message = new Tables(new DataView(stream.buffer, stream.byteOffset + begin + 4, size), where);
    at = begin + 4 + size + message.check(bytes.length);
    if (at > stream.length) throw new ValueError(`${where}: columns that end beyond the file: cut off?`);
  }
  return stream;
}
/** The tables of one message. */
class Tables {
  private readonly data: DataView;
  private readonly where: string;
  /** Each table takes four bytes or more. */
  private left: number;
  constructor(data: DataView, where: string) {
    this.data = data;
    this.where = where;
    this.left = data.byteLength / 4;
  }
  /** The length of the columns that follow. */
  check(whole: number): number {
    const root = this.inside(0, 4) + this.data.getUint32(0, true);
    this.table(root, MESSAGE, 0);
    const rows = this.rowsOf(root);
    if (rows > whole * MOST_ROWS) this.fail(`${rows} rows in a file of ${whole} bytes`);
    return this.long(root, 3);
  }
  private rowsOf(root: number): number {
    const kind = this.place(root, 1, 1);
    const header = this.place(root, 2, 4);
    if (kind === null || header === null) return 0;
    const records = { 3: header, 2: null }[this.data.getUint8(kind)];
    if (records === undefined) return 0;
    const within = records ?? this.place(this.follow(header), 1, 4);
    if (within === null) return 0;
    const table = this.follow(within);
    const nodes = this.place(table, 1, 4);
    let most = this.long(table, 0);
    // The columns' own lengths.
    if (nodes !== null) {
      const list = this.follow(nodes);
      const count = this.data.getUint32(list, true);
      for (let i = 0; i < count; i++) most = Math.max(most, this.count(list + 4 + 16 * i));
    }
    return most;
  }
  private fail(what: string): never {
    throw new ValueError(`${this.where}: no message of Arrow: ${what}`);
  }
  private inside(at: number, size: number): number {
    if (at < 0 || at + size > this.data.byteLength) this.fail(`something at ${at} of ${this.data.byteLength} bytes`);
    return at;
  }
  private follow(at: number): number {
    return at + this.data.getUint32(this.inside(at, 4), true);
  }
  /** Where the field of a number is, null where it is not. */
  private place(table: number, field: number, size: number): number | null {
    const list = table - this.data.getInt32(this.inside(table, 4), true);
    const slots = this.data.getUint16(this.inside(list, 4), true);
    const slot = 4 + 2 * field;
    if (slot + 2 > slots) return null;
    const offset = this.data.getUint16(this.inside(list + slot, 2), true);
    return offset === 0 ? null : this.inside(table + offset, size);
  }
  private count(at: number): number {
    const value = Number(this.data.getBigInt64(this.inside(at, 8), true));
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) this.fail(`a length of ${value}`);
    return value;
  }
  private long(table: number, field: number): number {
    const at = this.place(table, field, 8);
    return at === null ? 0 : this.count(at);
  }
  private table(at: number, { fields }: Table, depth: number): void {
    if (--this.left < 0 || depth > DEEPEST) this.fail("tables within tables without end");
    for (const [number, field] of Object.entries(fields)) {
      const place = this.place(at, Number(number), 4);
      if (place === null) continue;
      const target = this.follow(place);
      if (field === "text") this.list(target, 1);
      else if ("table" in field) this.table(target, field.table, depth + 1);
      else if ("union" in field) {
        const kind = this.place(at, Number(number) - 1, 1);
        this.table(target, field.union(kind === null ? 0 : this.data.getUint8(kind)), depth + 1);
      } else if (typeof field.list === "number") this.list(target, field.list);
      else {
        const count = this.list(target, 4);
        for (let i = 0; i < count; i++) this.table(this.follow(target + 4 + 4 * i), field.list, depth + 1);
      }
    }
  }
  /** How many a list has, all of which lie within. */
  private list(at: number, size: number): number {
    const count = this.data.getUint32(this.inside(at, 4), true);
    this.inside(at + 4, count * size);
    return count;
  }
}
