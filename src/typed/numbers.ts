// Whole numbers in types: sums, products and quotients, digit by digit as on paper. What is not one known whole number
// from 0 up gives `number`, which stands for one that is not known.
//
// Inside, numbers are texts with the lowest digit first, so that digits of the same weight meet.

// prettier-ignore
type Sum = [
  ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10"],
  ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"],
  ["02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"],
  ["03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13"],
  ["04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"],
  ["05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15"],
  ["06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16"],
  ["07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17"],
  ["08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18"],
  ["09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"],
];
// prettier-ignore
type Difference = [
  ["00", "19", "18", "17", "16", "15", "14", "13", "12", "11", "10"],
  ["01", "00", "19", "18", "17", "16", "15", "14", "13", "12", "11"],
  ["02", "01", "00", "19", "18", "17", "16", "15", "14", "13", "12"],
  ["03", "02", "01", "00", "19", "18", "17", "16", "15", "14", "13"],
  ["04", "03", "02", "01", "00", "19", "18", "17", "16", "15", "14"],
  ["05", "04", "03", "02", "01", "00", "19", "18", "17", "16", "15"],
  ["06", "05", "04", "03", "02", "01", "00", "19", "18", "17", "16"],
  ["07", "06", "05", "04", "03", "02", "01", "00", "19", "18", "17"],
  ["08", "07", "06", "05", "04", "03", "02", "01", "00", "19", "18"],
  ["09", "08", "07", "06", "05", "04", "03", "02", "01", "00", "19"],
];
// prettier-ignore
type Product = [
  ["00", "00", "00", "00", "00", "00", "00", "00", "00", "00"],
  ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09"],
  ["00", "02", "04", "06", "08", "10", "12", "14", "16", "18"],
  ["00", "03", "06", "09", "12", "15", "18", "21", "24", "27"],
  ["00", "04", "08", "12", "16", "20", "24", "28", "32", "36"],
  ["00", "05", "10", "15", "20", "25", "30", "35", "40", "45"],
  ["00", "06", "12", "18", "24", "30", "36", "42", "48", "54"],
  ["00", "07", "14", "21", "28", "35", "42", "49", "56", "63"],
  ["00", "08", "16", "24", "32", "40", "48", "56", "64", "72"],
  ["00", "09", "18", "27", "36", "45", "54", "63", "72", "81"],
];
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
/** A digit and what was carried to it. */
interface Next {
  "0": "1";
  "1": "2";
  "2": "3";
  "3": "4";
  "4": "5";
  "5": "6";
  "6": "7";
  "7": "8";
  "8": "9";
  "9": "10";
}
/** A digit halved, and halved with ten before it. */
interface Half {
  "0": ["0", "5", ""];
  "1": ["0", "5", "1"];
  "2": ["1", "6", ""];
  "3": ["1", "6", "1"];
  "4": ["2", "7", ""];
  "5": ["2", "7", "1"];
  "6": ["3", "8", ""];
  "7": ["3", "8", "1"];
  "8": ["4", "9", ""];
  "9": ["4", "9", "1"];
}

type Turned<T extends string, R extends string = ""> = T extends `${infer H}${infer Rest}`
  ? Turned<Rest, `${H}${R}`>
  : R;
/** Without zeros at the front. */
type Plain<T extends string> = T extends `0${infer Rest}` ? (Rest extends "" ? "0" : Plain<Rest>) : T;
type ToNumber<T extends string> = T extends `${infer N extends number}` ? N : number;
type Value<Low extends string> = ToNumber<Plain<Turned<Low>>>;
type Low<N extends number> = `${N}` extends `${string}${"-" | "." | "e"}${string}` ? never : Turned<`${N}`>;
/** Whether both are known whole numbers. */
type Known<A, B> = number extends A ? false : number extends B ? false : true;

type AddLow<
  A extends string,
  B extends string,
  Carry extends "0" | "1" = "0",
  R extends string = "",
> = A extends `${infer a extends Digit}${infer RestA}`
  ? B extends `${infer b extends Digit}${infer RestB}`
    ? Sum[a][Carry extends "1" ? Next[b] : b] extends `${infer C extends "0" | "1"}${infer D}`
      ? AddLow<RestA, RestB, C, `${R}${D}`>
      : never
    : Carry extends "0"
      ? `${R}${A}`
      : AddLow<A, "1", "0", R>
  : Carry extends "0"
    ? `${R}${B}`
    : B extends ""
      ? `${R}1`
      : AddLow<B, "1", "0", R>;
type SubtractLow<
  A extends string,
  B extends string,
  Borrow extends "0" | "1" = "0",
  R extends string = "",
> = A extends `${infer a extends Digit}${infer RestA}`
  ? B extends `${infer b extends Digit}${infer RestB}`
    ? Difference[a][Borrow extends "1" ? Next[b] : b] extends `${infer C extends "0" | "1"}${infer D}`
      ? SubtractLow<RestA, RestB, C, `${R}${D}`>
      : never
    : Borrow extends "0"
      ? `${R}${A}`
      : SubtractLow<A, "1", "0", R>
  : R;
type TimesDigit<
  A extends string,
  By extends Digit,
  Carry extends Digit = "0",
  R extends string = "",
> = A extends `${infer a extends Digit}${infer Rest}`
  ? Product[a][By] extends `${infer T extends Digit}${infer U extends Digit}`
    ? Sum[U][Carry] extends `${infer C}${infer D}`
      ? TimesDigit<Rest, By, C extends "1" ? (Next[T] extends infer N extends Digit ? N : never) : T, `${R}${D}`>
      : never
    : never
  : Carry extends "0"
    ? R
    : `${R}${Carry}`;
type TimesLow<
  A extends string,
  B extends string,
  Shift extends string = "",
  R extends string = "",
> = B extends `${infer b extends Digit}${infer Rest}`
  ? TimesLow<A, Rest, `${Shift}0`, b extends "0" ? R : AddLow<R, `${Shift}${TimesDigit<A, b>}`>>
  : R extends ""
    ? "0"
    : R;
type CompareLow<
  A extends string,
  B extends string,
  R extends "<" | "=" | ">" = "=",
> = A extends `${infer a}${infer RestA}`
  ? B extends `${infer b}${infer RestB}`
    ? CompareLow<RestA, RestB, a extends b ? R : "0123456789" extends `${string}${a}${string}${b}${string}` ? "<" : ">">
    : ">"
  : B extends ""
    ? R
    : "<";
type HalfOf<
  High extends string,
  Ten extends 0 | 1 = 0,
  R extends string = "",
> = High extends `${infer d extends Digit}${infer Rest}`
  ? HalfOf<Rest, Half[d][2] extends "1" ? 1 : 0, `${R}${Half[d][Ten]}`>
  : [R, Ten];
/** Long division: the quotient, highest digit first, and what remains. */
type DivideHigh<
  High extends string,
  By extends string,
  Rest extends string = "",
  R extends string = "",
> = High extends `${infer d}${infer More}`
  ? HowOften<Rest extends "0" | "" ? d : `${d}${Rest}`, By> extends [infer Q extends string, infer Left extends string]
    ? DivideHigh<More, By, Left, `${R}${Q}`>
    : never
  : [R, Rest];
type HowOften<A extends string, By extends string, N extends Digit = "0"> =
  CompareLow<A, By> extends "<"
    ? [N, A]
    : HowOften<Shorter<SubtractLow<A, By>>, By, Next[N] extends infer M extends Digit ? M : never>;
/** Without zeros at the end. */
type Shorter<T extends string> = T extends `${infer Rest}0` ? (Rest extends "" ? "0" : Shorter<Rest>) : T;

/** A + B. */
export type Add<A extends number, B extends number> = A extends 0
  ? B
  : B extends 0
    ? A
    : Known<A, B> extends true
      ? Value<AddLow<Low<A>, Low<B>>>
      : number;
/** A - B, below zero too. */
export type Subtract<A extends number, B extends number> = B extends 0
  ? A
  : Known<A, B> extends true
    ? CompareLow<Low<A>, Low<B>> extends "<"
      ? ToNumber<`-${Plain<Turned<SubtractLow<Low<B>, Low<A>>>>}`>
      : Value<SubtractLow<Low<A>, Low<B>>>
    : number;
/** A · B. */
export type Multiply<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : Known<A, B> extends true
      ? Value<TimesLow<Low<A>, Low<B>>>
      : number;
/** A / B rounded down, and what remains. */
export type DivideWithRest<A extends number, B extends number> =
  Known<A, B> extends true
    ? B extends 0
      ? [number, number]
      : B extends 1
        ? [A, 0]
        : `${A}${B}` extends `${string}${"-" | "." | "e"}${string}`
          ? [number, number]
          : B extends 2
            ? HalfOf<`${A}`> extends [infer Q extends string, infer R]
              ? [ToNumber<Plain<Q>>, R]
              : never
            : DivideHigh<`${A}`, Low<B>> extends [infer Q extends string, infer R extends string]
              ? [ToNumber<Plain<Q>>, Value<R>]
              : never
    : [number, number];
/** A / B rounded down. */
export type Divide<A extends number, B extends number> = DivideWithRest<A, B>[0];
/** Whether A < B, for known whole numbers; `boolean` if that cannot be said. */
export type Less<A extends number, B extends number> =
  Known<A, B> extends true
    ? `${A}` extends `-${string}`
      ? `${B}` extends `-${string}`
        ? boolean
        : true
      : `${B}` extends `-${string}`
        ? false
        : CompareLow<Low<A>, Low<B>> extends "<"
          ? true
          : false
    : boolean;
