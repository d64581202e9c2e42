// Sound: WAV files of plain samples, read and written.
import { float32 } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { nameOf, read_bytes } from "./source.ts";
import type { Source } from "./source.ts";

type Read = (view: DataView, at: number) => number;
/** By format (1 whole numbers, 3 floats) and bits. */
const SAMPLES: Readonly<Record<string, Read>> = {
  "1/8": (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  "1/16": (view, at) => view.getInt16(at, true) / 2 ** 15,
  "1/24": (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23,
  "1/32": (view, at) => view.getInt32(at, true) / 2 ** 31,
  "3/32": (view, at) => view.getFloat32(at, true),
  "3/64": (view, at) => view.getFloat64(at, true),
};
/**
 * The samples of a WAV file as float32 of [channels, frames], from -1 to 1, and their rate in Hz, as `torchaudio.load`.
 * Whole numbers of 8 to 32 bits and floats; compressed ones are refused. Raises ValueError that names the file, and the
 * byte where it is not as it should be.
 * @example const [sound, rate] = await read_wav("speech.wav");
 */
export async function read_wav(source: Source): Promise<[samples: Tensor, sample_rate: number]> {
  const bytes = await read_bytes(source);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (at: number, problem: string): ValueError => new ValueError(`${nameOf(source)}, byte ${at}: ${problem}`);
  const word = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || word(0) !== "RIFF" || word(8) !== "WAVE")
    throw fail(0, "expected RIFF … WAVE: this is no WAV file");
  let format: { kind: number; channels: number; rate: number; bits: number } | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [id, size, body] = [word(at), view.getUint32(at + 4, true), at + 8];
    if (id === "fmt ") {
      if (size < 16 || body + size > bytes.length) throw fail(at, `the format has ${size} bytes, or is cut off`);
      const tag = view.getUint16(body, true);
      // The extensible format has the kind at the begin of an identifier.
      const kind = tag === 0xfffe && size >= 26 ? view.getUint16(body + 24, true) : tag;
      const channels = view.getUint16(body + 2, true);
      format = { kind, channels, rate: view.getUint32(body + 4, true), bits: view.getUint16(body + 14, true) };
      if (channels === 0) throw fail(body + 2, "there are no channels");
      if (!(`${kind}/${format.bits}` in SAMPLES))
        throw fail(
          body,
          `format ${kind} with ${format.bits} bits is not read: only plain samples of 8 to 32 bits, and floats`,
        );
    } else if (id === "data") {
      if (format === null) throw fail(at, "samples come before their format");
      const { kind, channels, rate, bits } = format;
      const read = SAMPLES[`${kind}/${bits}`];
      const step = bits / 8;
      if (body + size > bytes.length && size !== 0xffffffff)
        throw fail(at, `expected ${size} bytes of samples, got ${bytes.length - body}: cut off?`);
      const frames = Math.floor(Math.min(size, bytes.length - body) / (step * channels));
      const out = new Float32Array(channels * frames);
      for (let f = 0, place = body; f < frames; f++)
        for (let c = 0; c < channels; c++, place += step) out[c * frames + f] = read(view, place);
      return [fromTyped(out, [channels, frames], float32), rate];
    }
    at = body + size + (size & 1);
  }
  throw fail(bytes.length, "there are no samples");
}
/**
 * A WAV file of 16 bits, of floats from -1 to 1 of [channels, frames]; what is beyond is cut off.
 * @example writeFileSync("tone.wav", encode_wav(torch.sin(t).unsqueeze(0), 16000));
 */
export function encode_wav(samples: Tensor, sample_rate: number): Uint8Array {
  const [channels, frames] = samples.sizes;
  if (samples.sizes.length !== 2 || channels === 0)
    throw new ValueError(`encode_wav: expected [channels, frames], got [${samples.sizes.join(", ")}]`);
  const from = samples.detach().float().contiguous().typed_array() as Float32Array;
  const size = 2 * channels * frames;
  const view = new DataView(new ArrayBuffer(44 + size));
  const text = (at: number, word: string): void => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sample_rate, true);
  view.setUint32(28, sample_rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, size, true);
  for (let f = 0, at = 44; f < frames; f++)
    for (let c = 0; c < channels; c++, at += 2) {
      const value = Math.round(from[c * frames + f] * 2 ** 15);
      view.setInt16(at, Math.max(-(2 ** 15), Math.min(value, 2 ** 15 - 1)), true);
    }
  return new Uint8Array(view.buffer);
}
