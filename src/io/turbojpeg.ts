// JPEG by the system's libturbojpeg, called through koffi: half of the time that sharp takes, on the calling thread.
import { findKoffi, pin } from "../devices/cpu/native.ts";
import type { Native } from "../devices/cpu/native.ts";

/** By the names that systems' packages install. */
const NAMES: Readonly<Record<string, string>> = {
  linux: "libturbojpeg.so.0",
  darwin: "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
  win32: "turbojpeg.dll",
};
/** Of its header turbojpeg.h. */
const [RGB, ACCURATE_DCT, CMYK] = [0, 4096, 3];
/** Pixels that sharp takes at most. */
const MOST = 0x3fff ** 2;

interface Decoder {
  readonly begin: Native;
  readonly end: Native;
  readonly header: Native;
  readonly decompress: Native;
}
let found: Decoder | null | undefined;
function decoder(): Decoder | null {
  if (found !== undefined) return found;
  found = null;
  const koffi = findKoffi();
  const name = NAMES[globalThis.process?.platform ?? ""];
  if (typeof koffi === "string" || name === undefined) return null;
  try {
    pin(koffi.koffi, name, process.platform);
    const library = koffi.koffi.load(name);
    found = {
      begin: library.func("void *tjInitDecompress()"),
      end: library.func("int tjDestroy(void *)"),
      header: library.func(
        "int tjDecompressHeader3(void *, const uint8_t *, unsigned long, _Out_ int *, _Out_ int *, _Out_ int *, _Out_ int *)",
      ),
      decompress: library.func(
        "int tjDecompress2(void *, const uint8_t *, unsigned long, uint8_t *, int, int, int, int, int)",
      ),
    };
  } catch {}
  return found;
}

/** Colours of such images mean something else, which sharp converts. */
const hasProfile = ({ buffer, byteOffset, length }: Uint8Array): boolean =>
  Buffer.from(buffer, byteOffset, length).includes("ICC_PROFILE", 0, "latin1");
/**
 * The pixels of a JPEG file as interleaved bytes of red, green and blue: what sharp makes of it, bit for bit. Null where there
 * is no such library, for what is no JPEG, and for what it warns of or has not to do with, of which sharp knows more.
 */
export function decodeJpeg(
  bytes: Uint8Array,
): { readonly data: Uint8Array; readonly width: number; readonly height: number } | null {
  const turbo = decoder();
  if (turbo === null || bytes[0] !== 0xff || bytes[1] !== 0xd8 || hasProfile(bytes)) return null;
  // One for each image: after what it could not read it reads nothing else.
  const handle = turbo.begin();
  try {
    const [w, h, subsampling, colours] = [[0], [0], [0], [0]];
    if (turbo.header(handle, bytes, bytes.length, w, h, subsampling, colours) !== 0) return null;
    const [[width], [height]] = [w, h];
    if (colours[0] >= CMYK || width * height > MOST) return null;
    const data = new Uint8Array(width * height * 3);
    const code = turbo.decompress(handle, bytes, bytes.length, data, width, 0, height, RGB, ACCURATE_DCT);
    return code === 0 ? { data, width, height } : null;
  } finally {
    turbo.end(handle);
  }
}
