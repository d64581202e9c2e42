// Packs the digits into src/data/datasets/digits_data.ts; digits_decode.ts tells the packed form.
//
//   npx tsx tools/build/pack_digits.ts digits.csv
import { readFileSync, writeFileSync } from "node:fs";
import { parseDigitsCsv } from "../../src/data/datasets/digits_csv.ts";
import { digitsCount, unpackDigits } from "../../src/data/datasets/digits_decode.ts";
import { ValueError } from "../../src/base/errors.ts";

const out = new URL("../../src/data/datasets/digits_data.ts", import.meta.url);

function packDigits(images: Uint8Array, labels: Uint8Array): string {
  const bits: number[] = [];
  const put = (value: number, width: number): void => {
    for (let bit = width - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  for (const [i, label] of labels.entries()) {
    put(label, 4);
    for (const pixel of images.subarray(i * 64, (i + 1) * 64)) {
      if (pixel === 0) put(0, 1);
      else put(16 + pixel - 1, 5);
    }
  }
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) bytes[i >> 3] |= bit << (7 - (i & 7));
  return bytes.toString("base64");
}

const path = process.argv[2];
if (path === undefined) throw new ValueError("expected the path of digits.csv, got no argument");
const { images, labels } = parseDigitsCsv(readFileSync(path, "utf8"));
if (labels.length !== digitsCount)
  throw new ValueError(`${path}: expected ${digitsCount} images, got ${labels.length}`);
const packed = packDigits(images, labels);
const back = unpackDigits(packed, digitsCount);
if (Buffer.compare(back.images, images) !== 0 || Buffer.compare(back.labels, labels) !== 0)
  throw new ValueError("expected the packed digits to unpack to those of the CSV, got others");

writeFileSync(
  out,
  `// Written by tools/build/pack_digits.ts; digits_decode.ts unpacks it. Not for editing.
//
// E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998, under
// CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). These are the 1,797 images of its test set, repacked.
export const packedDigits =
  "${packed}";
`,
);
console.log(`${labels.length} images in ${packed.length} characters`);
