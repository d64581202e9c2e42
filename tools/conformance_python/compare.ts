// When what a program prints counts as what PyTorch prints.

/** A line that may be an error's text, which may have been printed without its class. */
const isError = (line: string): boolean =>
  /^(?:\w+\.)*\w*(?:Error|Exception|Warning): /.test(line) || (line.length > 60 && !line.includes("tensor("));
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/**
 * What differs, or null. Equal means to the letter, but that lines of ours may follow an error's own; `close` lets
 * numbers differ by 1e-4, `error` says that the text is an error's.
 */
export function differenceOfText(expected: string, got: string, close: boolean, error = false): string | null {
  const [wanted, lines] = [normalized(expected), normalized(got)];
  const same = close ? isClose : (a: string, b: string): boolean => a === b;
  let at = 0;
  let mayFollow = error;
  for (const [i, line] of wanted.entries()) {
    while (mayFollow && i > 0 && at < lines.length && !same(line, lines[at])) at++;
    if (at >= lines.length || !same(line, lines[at]))
      return `line ${i + 1}: expected ${JSON.stringify(line)}\n      ${" ".repeat(String(i + 1).length)}got      ${JSON.stringify(lines[at] ?? "nothing")}`;
    at++;
    mayFollow = error || isError(line) || (mayFollow && /^\s/.test(line));
  }
  return at < lines.length && !mayFollow ? `printed more: ${JSON.stringify(lines[at])}` : null;
}
/** Addresses, places in PyTorch's C++ and in our folders, and frames of either and of what runs cases are nobody's specification. */
function normalized(text: string): string[] {
  return text
    .replace(/\b0x[0-9a-f]{4,}\b/g, "0xADDR")
    .replace(/ ?\(Triggered internally at [^)]*\)/g, "")
    .replace(/\/[^"\s]*\/torch\//g, "<torch>/")
    .replace(/^ +File "(?:<torch>|<exec>)[^\n]*\n(?: {4}[^\n]*\n)?/gm, "")
    .replace(/\n$/, "")
    .split("\n");
}
/** The same text but for numbers that differ by no more than `tolerance`, relative to the greater of them and 1. */
export function isClose(a: string, b: string, tolerance = 1e-4): boolean {
  const [xs, ys] = [a.match(NUMBER) ?? [], b.match(NUMBER) ?? []];
  if (
    xs.length !== ys.length ||
    a.replace(NUMBER, "#").replace(/ +/g, " ") !== b.replace(NUMBER, "#").replace(/ +/g, " ")
  )
    return false;
  return xs.every((x, i) => {
    const [p, q] = [Number(x), Number(ys[i])];
    // The largest number of float64, rounded to five digits, is one beyond it.
    return x === ys[i] || Math.abs(p - q) <= tolerance * Math.max(1, Math.abs(p), Math.abs(q));
  });
}
