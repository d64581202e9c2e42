// The digits as text: a header line `label,p0,…,p63`, then a line per image.
import { ValueError } from "../../base/errors.ts";

const columns = ["label", ...Array.from({ length: 64 }, (_, i) => `p${i}`)];

/**
 * Reads the digits from CSV: `images` holds 64 pixels of 0 to 16 an image, row by row; `labels` a digit of 0 to 9.
 *
 * The header line is required, since other copies of the data have the label last. Raises ValueError naming the line
 * (counted from 1, the header) for a wrong number of columns or a value that is not a whole number in its range.
 * @example
 * const { images, labels } = parseDigitsCsv(readFileSync("digits.csv", "utf8"));
 */
export function parseDigitsCsv(text: string): { images: Uint8Array; labels: Uint8Array } {
  const [header, ...rows] = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (header !== columns.join(","))
    throw new ValueError(`digits CSV, line 1: expected the header label,p0,p1,…,p63, got ${shortened(header)}`);

  const images = new Uint8Array(rows.length * 64);
  const labels = new Uint8Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const fail = (expected: string, got: string): ValueError =>
      new ValueError(`digits CSV, line ${i + 2}: expected ${expected}, got ${got}`);
    const fields = row.split(",");
    if (fields.length !== columns.length)
      throw fail(`${columns.length} columns`, `${fields.length}: ${shortened(row)}`);
    for (const [c, field] of fields.entries()) {
      const largest = c === 0 ? 9 : 16;
      if (!/^\d{1,2}$/.test(field) || Number(field) > largest)
        throw fail(`a whole number from 0 to ${largest} in column ${columns[c]}`, shortened(field));
      if (c === 0) labels[i] = Number(field);
      else images[i * 64 + c - 1] = Number(field);
    }
  }
  return { images, labels };
}

const shortened = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
