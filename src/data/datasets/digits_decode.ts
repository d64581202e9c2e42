// The digits out of their packed form, which tools/build/pack_digits.ts writes. Bits, the highest of a byte first:
// for each image 4 bits of label, then for each of its 64 pixels either 0, or 1 and 4 bits of the value less one.
// Half of the pixels are 0, so that is three bits a pixel where five would be plain.
import { packedDigits } from "./digits_data.ts";

/** Images in the dataset. */
export const digitsCount = 1797;

/**
 * The 1,797 images of the digits dataset, 8x8 pixels of 0 to 16 (64 bytes each, row by row), and their labels 0 to 9.
 * Each call unpacks anew, so the arrays are the caller's.
 *
 * Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
 * CC BY 4.0.
 * @example
 * const { images, labels } = decodeDigits();
 * const first = images.subarray(0, 64); // a zero: labels[0] === 0
 */
export function decodeDigits(): { images: Uint8Array; labels: Uint8Array } {
  return unpackDigits(packedDigits, digitsCount);
}

/** Unpacks `count` images from base64. */
export function unpackDigits(packed: string, count: number): { images: Uint8Array; labels: Uint8Array } {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  let at = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (; bits > 0; bits--, at++) value = (value << 1) | ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
    return value;
  };

  const images = new Uint8Array(count * 64);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = take(4);
    for (let p = i * 64; p < (i + 1) * 64; p++) images[p] = take(1) === 0 ? 0 : take(4) + 1;
  }
  return { images, labels };
}
