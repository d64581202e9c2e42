// Protocol buffers, by the optional package @bufbuild/protobuf: it is written in TypeScript, passes the conformance tests of
// the format's authors, and reads descriptions of messages at run time without making code of text, which pages may forbid.
import { ValueError } from "../base/errors.ts";
import type * as protobuf from "@bufbuild/protobuf";
import type * as protobufTypes from "@bufbuild/protobuf/wkt";
import { peer, requirePeer } from "./source.ts";

/** A message: its fields by their names in camelCase; int64 are bigints. */
export type Message = Record<string, unknown>;
export interface Messages {
  encode(name: string, message: Message): Uint8Array;
  /** Raises ValueError for bytes that are no such message. */
  decode<M = Message>(name: string, bytes: Uint8Array): M;
}
const SCALARS = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
} as const;
const [MESSAGE, OPTIONAL, REPEATED] = [11, 1, 3];
const FIELD = /^(repeated )?(\w+) (\w+) = (\d+)(?: \[packed\])?;$/;

/**
 * The messages that a text in the language of .proto files describes, as far as it is needed here: a `message Name {` a line,
 * a field a line (`repeated int64 dims = 1;`), enums as int32. Raises ImportError without the package.
 */
export async function messagesOf(text: string, what: string): Promise<Messages> {
  const [library, wkt] = await Promise.all([
    peer(() => import("@bufbuild/protobuf"), "@bufbuild/protobuf", what),
    peer(() => import("@bufbuild/protobuf/wkt"), "@bufbuild/protobuf", what),
  ]);
  return messagesBy(library, wkt, text, what);
}
/** The same without awaiting, in Node: for Python programs, which do not. */
export function messagesNow(text: string, what: string): Messages {
  const require = requirePeer("@bufbuild/protobuf", what);
  return messagesBy(
    require("@bufbuild/protobuf") as typeof protobuf,
    require("@bufbuild/protobuf/wkt") as typeof protobufTypes,
    text,
    what,
  );
}
function messagesBy(
  library: typeof protobuf,
  wkt: Pick<typeof protobufTypes, "FileDescriptorProtoSchema">,
  text: string,
  what: string,
): Messages {
  const file = { name: "tidu.proto", package: "tidu", syntax: "proto2", messageType: described(text) };
  const registry = library.createFileRegistry(library.create(wkt.FileDescriptorProtoSchema, file), () => undefined);
  const named = (name: string) => registry.getMessage(`tidu.${name}`)!;
  return {
    encode: (name, message) => library.toBinary(named(name), library.create(named(name), message as never)),
    decode<M>(name: string, bytes: Uint8Array): M {
      try {
        return library.fromBinary(named(name), bytes) as unknown as M;
      } catch (error) {
        throw new ValueError(`${what}: the file is damaged, or none: ${(error as Error).message}`);
      }
    },
  };
}
function described(text: string) {
  const messages: { name: string; field: object[] }[] = [];
  for (const line of text.split("\n").map((part) => part.trim())) {
    const begun = /^message (\w+) \{$/.exec(line);
    if (begun !== null) messages.push({ name: begun[1], field: [] });
    const found = FIELD.exec(line);
    if (found === null) continue;
    const [, repeated, type, name, number] = found;
    const scalar = (SCALARS as Record<string, number | undefined>)[type];
    messages.at(-1)!.field.push({
      name,
      number: Number(number),
      label: repeated === undefined ? OPTIONAL : REPEATED,
      type: scalar ?? MESSAGE,
      ...(scalar === undefined && { typeName: `.tidu.${type}` }),
      ...(line.endsWith("[packed];") && { options: { packed: true } }),
    });
  }
  return messages;
}
