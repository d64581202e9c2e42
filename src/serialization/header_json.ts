// JSON as the header of a safetensors file needs it. JSON.parse will not do: it keeps the last of two equal keys
// where the format forbids them, puts keys such as "10" first, and its objects have a prototype.
import { ValueError } from "../base/errors.ts";

export type Json = null | boolean | number | string | Json[] | Map<string, Json>;

/** A header has three levels; the rest is room for keys that readers ignore. */
const maxDepth = 16;

// What nearly all of a header is made of; a header may have a million of each.
const plainText = /"[ !#-[\]-\u{d7ff}\u{e000}-\u{10ffff}]*"/uy;
const plainNumber = /(?:0|[1-9]\d{0,14})(?=[,\]} ])/y;

/**
 * Reads a JSON object and hands its members to `each` in the order of the text, one at a time: a header may have a
 * million of them. Objects in them become Maps. Raises ValueError, also for a key given twice.
 */
export function parseHeaderJson(text: string, each: (key: string, value: Json) => void): void {
  let at = 0;

  const fail = (expected: string): ValueError => {
    const got = at < text.length ? shortened(text.slice(at, at + 12)) : "the end of the header";
    return new ValueError(`safetensors header is not valid JSON: expected ${expected} at character ${at}, got ${got}`);
  };
  const skipSpace = (): void => {
    // The space itself, tab, line feed, carriage return.
    for (let c = text.charCodeAt(at); c === 32 || c === 9 || c === 10 || c === 13; c = text.charCodeAt(++at));
  };
  const take = (char: string): boolean => {
    skipSpace();
    if (text[at] !== char) return false;
    at++;
    return true;
  };

  /** A string, number, true, false or null: finds where it ends and leaves to JSON.parse all but the plain ones. */
  function scalar(expected: string): null | boolean | number | string {
    skipSpace();
    const from = at;
    if (text[at] === '"') {
      plainText.lastIndex = at;
      if (plainText.test(text)) return text.slice(from + 1, (at = plainText.lastIndex) - 1);
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      at++;
    } else {
      plainNumber.lastIndex = at;
      if (plainNumber.test(text)) return Number(text.slice(from, (at = plainNumber.lastIndex)));
      while (at < text.length && !' \t\n\r,:"[]{}'.includes(text[at])) at++;
    }
    try {
      const value = JSON.parse(text.slice(from, at)) as null | boolean | number | string;
      if (typeof value !== "string" || isUnicode(value)) return value;
      expected = "a string without lone surrogates";
    } catch {
      // JSON.parse names a place in the slice; the error below names the place in the header.
    }
    at = from;
    throw fail(expected);
  }

  /** What follows its opening brace. */
  function members(depth: number, each: (key: string, value: Json) => void): void {
    if (take("}")) return;
    const keys = new Set<string>();
    do {
      skipSpace();
      if (text[at] !== '"') throw fail("a key in double quotes");
      const key = scalar("a key in double quotes") as string;
      if (keys.has(key)) throw new ValueError(`safetensors header has the key ${shortened(key)} twice`);
      keys.add(key);
      if (!take(":")) throw fail("':'");
      each(key, value(depth + 1));
    } while (take(","));
    if (!take("}")) throw fail("',' or '}'");
  }

  function object(depth: number): Map<string, Json> {
    const result = new Map<string, Json>();
    members(depth, (key, json) => result.set(key, json));
    return result;
  }

  function array(depth: number): Json[] {
    const result: Json[] = [];
    if (take("]")) return result;
    do result.push(value(depth + 1));
    while (take(","));
    if (!take("]")) throw fail("',' or ']'");
    return result;
  }

  function value(depth: number): Json {
    if (depth > maxDepth) throw fail(`at most ${maxDepth} levels of nesting`);
    if (take("{")) return object(depth);
    if (take("[")) return array(depth);
    return scalar("a value");
  }

  if (!take("{")) throw fail("'{'");
  members(0, each);
  skipSpace();
  if (at < text.length) throw fail("nothing but spaces");
}

/** Whether UTF-8 can hold the string: half of a surrogate pair would come back as another character. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** A piece of a header in an error: the file decides how long it is. */
export function shortened(value: string | number | boolean | null | readonly unknown[]): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
