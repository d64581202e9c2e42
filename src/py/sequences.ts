// What Python's built-in functions do with numbers and sequences, where JavaScript has no word for it.

/**
 * The numbers of Python's `range`, as an array.
 * @example range(2, 8, 3) // [2, 5]
 */
export function range(stop: number): number[];
export function range(start: number, stop: number, step?: number): number[];
export function range(a: number, b?: number, step = 1): number[] {
  const [start, stop] = b === undefined ? [0, a] : [a, b];
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
}
/**
 * Each item with its place.
 * @example [...enumerate("ab")] // [[0, "a"], [1, "b"]]
 */
export function* enumerate<T>(items: Iterable<T>, start = 0): Generator<[number, T]> {
  for (const item of items) yield [start++, item];
}
/**
 * Items of several sequences side by side, as long as all have one.
 * @example [...zip([1, 2], "ab")] // [[1, "a"], [2, "b"]]
 */
export function* zip<T extends readonly unknown[]>(...given: { [K in keyof T]: Iterable<T[K]> }): Generator<T> {
  const iterators = given.map((items) => items[Symbol.iterator]());
  while (iterators.length > 0) {
    const row: unknown[] = [];
    for (const iterator of iterators) {
      const { value, done } = iterator.next();
      if (done === true) return;
      row.push(value);
    }
    yield row as unknown as T;
  }
}
/**
 * The sum of numbers, one after the other; booleans count as 1 and 0.
 * @example sum([1, true, 2]) // 4
 */
export function sum(items: Iterable<number | boolean>, start = 0): number {
  let total = start;
  for (const item of items) total += Number(item);
  return total;
}
/** Which of two comes first: numbers, texts, booleans, arrays of them item by item. */
function order(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const first = order(a[i], b[i]);
      if (first !== 0) return first;
    }
    return a.length - b.length;
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
/** What items are ordered by. */
export interface Order<T> {
  readonly key?: (item: T) => unknown;
  readonly reverse?: boolean;
}
/**
 * A new array in order: numbers by size, where JavaScript's `sort` takes them as texts; what is equal stays in its order.
 * @example sorted([10, 9]) // [9, 10]
 */
export function sorted<T>(items: Iterable<T>, { key = (x) => x, reverse = false }: Order<T> = {}): T[] {
  const rows = Array.from(items, (item): [unknown, T] => [key(item), item]);
  return rows.sort(([a], [b]) => (reverse ? order(b, a) : order(a, b))).map(([, item]) => item);
}
/** The first of the greatest items; `default` where there are none. */
export function max<T, D = never>(
  items: Iterable<T>,
  options: { key?: (item: T) => unknown; default?: D } = {},
): T | D {
  return extreme("max", 1, items, options);
}
/** The first of the least items; `default` where there are none. */
export function min<T, D = never>(
  items: Iterable<T>,
  options: { key?: (item: T) => unknown; default?: D } = {},
): T | D {
  return extreme("min", -1, items, options);
}
function extreme<T, D>(
  name: string,
  sign: number,
  items: Iterable<T>,
  options: { key?: (item: T) => unknown; default?: D },
): T | D {
  const { key = (x: T): unknown => x } = options;
  let best: [unknown, T] | null = null;
  for (const item of items) {
    const k = key(item);
    if (best === null || order(k, best[0]) * sign > 0) best = [k, item];
  }
  if (best !== null) return best[1];
  if ("default" in options) return options.default as D;
  throw new Error(`${name}() iterable argument is empty`);
}
/**
 * Python's `a % b`: its sign is that of `b`.
 * @example mod(-1, 3) // 2
 */
export function mod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
/**
 * Python's `round`: halves go to the even neighbour, by the exact value of the number.
 * @example round(2.5) // 2
 */
export function round(x: number, digits = 0): number {
  if (!Number.isFinite(x)) return x;
  if (digits < 0) return round(x / 10 ** -digits) * 10 ** -digits;
  const exact = Math.abs(x).toFixed(Math.min(100, digits + 60));
  const at = exact.indexOf(".") + 1 + digits;
  let rounded = Number(Math.abs(x).toFixed(digits));
  if (/^50*$/.test(exact.slice(at)) && Number(exact.slice(0, at).replace(/\.$/, "").at(-1)) % 2 === 0)
    rounded = Number(exact.slice(0, at));
  return x < 0 ? -rounded : rounded;
}
/**
 * Python's `items[start:stop:step]`; null for a bound that is left out.
 * @example slice([0, 1, 2, 3, 4], null, null, 2) // [0, 2, 4]
 */
export function slice<T>(items: readonly T[], start: number | null, stop: number | null, step = 1): T[] {
  const n = items.length;
  const within = (x: number): number => Math.min(Math.max(x < 0 ? x + n : x, step < 0 ? -1 : 0), step < 0 ? n - 1 : n);
  const first = start === null ? (step < 0 ? n - 1 : 0) : within(start);
  const end = stop === null ? (step < 0 ? -1 : n) : within(stop);
  return range(first, end, step).map((i) => items[i]);
}
/**
 * Whether two values are equal as Python has it: arrays, Maps, Sets and plain objects by what is in them.
 * @example equals([1, [2]], [1, [2]]) // true
 */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return String(a) === String(b) && typeof a !== typeof b;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => equals(x, b[i]));
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((x) => b.has(x));
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([k, x]) => b.has(k) && equals(x, b.get(k)));
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  if (Object.getPrototypeOf(a) !== Object.prototype || Object.getPrototypeOf(b) !== Object.prototype)
    // Objects of a class that says nothing of their text are equal to themselves alone.
    return a.toString !== Object.prototype.toString && String(a) === String(b);
  return Object.keys(x).length === Object.keys(y).length && Object.keys(x).every((k) => k in y && equals(x[k], y[k]));
}
/** A Map that makes what is asked for and is not there: `collections.defaultdict`. */
export class DefaultMap<K, V> extends Map<K, V> {
  private readonly make: () => V;
  constructor(make: () => V) {
    super();
    this.make = make;
  }
  /** The value of a key, made where there was none. */
  at(key: K): V {
    if (!this.has(key)) this.set(key, this.make());
    return this.get(key) as V;
  }
}
/** How often each item occurs: `collections.Counter`. */
export class Counter<K> extends Map<K, number> {
  constructor(items: Iterable<K> = []) {
    super();
    for (const item of items) this.set(item, this.at(item) + 1);
  }
  /** How often it occurs: 0 where it does not. */
  at(key: K): number {
    return this.get(key) ?? 0;
  }
  /** The commonest first. */
  most_common(n = Infinity): [K, number][] {
    return sorted(this, { key: ([, count]) => count, reverse: true }).slice(0, n);
  }
}
