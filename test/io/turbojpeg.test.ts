// JPEG by the system's libturbojpeg, beside sharp's. Where the library is not installed there is nothing to compare: see .ci/run.
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeJpeg } from "../../src/io/turbojpeg.ts";

const [width, height] = [83, 61];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, k) => 128 + 100 * Math.sin(k / 90) + ((k * k) % 27));
const image = () => sharp(pixels, { raw: { width, height, channels: 3 } });
const plain = await image().jpeg().toBuffer();
const kinds: Readonly<Record<string, Buffer>> = {
  "with colours of less detail": plain,
  "with colours of full detail": await image().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(),
  "in progressive scans": await image().jpeg({ progressive: true, quality: 40 }).toBuffer(),
  "of the lowest quality": await image().jpeg({ quality: 1 }).toBuffer(),
  "in gray": await image().grayscale().jpeg().toBuffer(),
  "that is to be turned by its viewer": await image()
    .withExif({ IFD0: { Orientation: "6" } })
    .jpeg()
    .toBuffer(),
};
const others: Readonly<Record<string, Uint8Array>> = {
  "a PNG file": await image().png().toBuffer(),
  "four inks": await image().toColourspace("cmyk").jpeg().toBuffer(),
  "colours of another profile": await image().withIccProfile("p3").jpeg().toBuffer(),
  "a file that ends early": plain.subarray(0, plain.length >> 1),
  "a header alone": plain.subarray(0, 4),
  nothing: new Uint8Array(),
  "noise in the middle": plain.map((byte, i) => (i > plain.length / 2 && i % 7 === 0 ? 255 : byte)),
};

describe.skipIf(decodeJpeg(plain) === null)("JPEG by libturbojpeg", () => {
  test.each(Object.keys(kinds))("gives sharp's bytes of an image %s", async (kind) => {
    const made = decodeJpeg(kinds[kind])!;
    const { data, info } = await sharp(kinds[kind]).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
    expect([made.width, made.height, made.data.length]).toEqual([info.width, info.height, 3 * width * height]);
    const far = made.data.filter(
      (byte, i) => byte !== data[info.channels === 3 ? i : Math.floor(i / 3) * info.channels],
    );
    expect(far.length).toBe(0);
  });
  test.each(Object.keys(others))("leaves to sharp: %s", (name) => {
    expect(decodeJpeg(others[name])).toBeNull();
    // What it was told before does no harm to what comes next.
    expect(decodeJpeg(plain)?.data.length).toBe(3 * width * height);
  });
});
