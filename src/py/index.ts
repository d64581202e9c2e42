// Python's ways with text, numbers and sequences, for programs that were Python: what `tidu translate` writes imports them.
export { format, repr, str } from "./text.ts";
export type { TypeText } from "./text.ts";
export {
  Counter,
  DefaultMap,
  enumerate,
  equals,
  max,
  min,
  mod,
  range,
  round,
  slice,
  sorted,
  sum,
  zip,
} from "./sequences.ts";
export { random } from "./random.ts";
export type { Order } from "./sequences.ts";
