// Images and pixels as tensors of bytes, [channels, height, width].
import { uint8 } from "../base/dtype.ts";
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { get_worker_info } from "../data/worker_info.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { nameOf, peer, read_bytes } from "./source.ts";
import type { Source } from "./source.ts";
import { decodeJpeg } from "./turbojpeg.ts";

/** What an image is made to be: PyTorch's ImageReadMode. */
export type ImageReadMode = "UNCHANGED" | "GRAY" | "GRAY_ALPHA" | "RGB" | "RGB_ALPHA";
const CHANNELS = { UNCHANGED: 0, GRAY: 1, GRAY_ALPHA: 2, RGB: 3, RGB_ALPHA: 4 } as const;

interface Raw {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}
interface Metadata {
  readonly channels?: number;
  readonly hasAlpha?: boolean;
}
interface Sharp {
  metadata(): Promise<Metadata>;
  toColourspace(space: string): Sharp;
  ensureAlpha(): Sharp;
  removeAlpha(): Sharp;
  raw(options: { depth: "uchar" }): Sharp;
  toBuffer(options: { resolveWithObject: true }): Promise<Raw>;
}
interface MakeSharp {
  (bytes: Uint8Array, options: object): Sharp;
  /** How many threads decode one image. */
  concurrency(threads: number): void;
  cache(on: boolean): void;
}
/** Kept once it is found: to ask for it again takes as long as to decode a small image. */
let makeSharp: MakeSharp | null = null;
/** Four channels without transparency are those of a printer, which become RGB. */
const channelsOf = ({ channels = 3, hasAlpha = false }: Metadata): number =>
  channels === 4 && !hasAlpha ? 3 : channels;

/**
 * The pixels of an encoded image (PNG, JPEG, WebP, GIF and what else the platform knows) as uint8 of [channels, height,
 * width], as `torchvision.io.decode_image`. `mode` says how many channels: as the image has them, or "GRAY", "GRAY_ALPHA",
 * "RGB", "RGB_ALPHA". In Node by sharp, an optional package (a loader's workers take the system's libturbojpeg for JPEG as
 * "RGB", where it and the package koffi are installed: the same bytes in half the time); on pages by the browser, which gives
 * "RGB" for UNCHANGED.
 *
 * Raises ImportError without sharp in Node, RuntimeError for bytes that are no image, ValueError for another mode.
 * @example const image = await decode_image(bytes, "RGB"); // [3, height, width]
 */
export function decode_image(bytes: Uint8Array, mode: ImageReadMode = "UNCHANGED"): Promise<Tensor> {
  return decode(bytes, mode, "decode_image");
}
/**
 * The same of a file, address or Blob, as `torchvision.io.read_image`; errors name it.
 * @example const image = await read_image("photo.jpg");
 */
export async function read_image(source: Source, mode: ImageReadMode = "UNCHANGED"): Promise<Tensor> {
  return decode(await read_bytes(source), mode, nameOf(source));
}
async function decode(bytes: Uint8Array, mode: ImageReadMode, name: string): Promise<Tensor> {
  if (!Object.hasOwn(CHANNELS, mode))
    throw new ValueError(`Unknown mode ${JSON.stringify(mode)}: expected one of ${Object.keys(CHANNELS).join(", ")}`);
  if (globalThis.process?.versions?.node === undefined) return decodeOnPage(bytes, mode, name);
  // A loader's worker has nothing else to do meanwhile; elsewhere sharp decodes beside the program.
  const made = mode === "RGB" && get_worker_info() !== null ? decodeJpeg(bytes) : null;
  if (made !== null) return pixelsAs(3, made.data, made.height, made.width, 3);
  const load = (): Promise<{ default: MakeSharp }> => import("sharp") as unknown as Promise<{ default: MakeSharp }>;
  makeSharp ??= forWorkers((await peer(load, "sharp", "images in Node")).default);
  try {
    // Orientation stays as it is stored, as torchvision leaves it.
    let image = makeSharp(bytes, { failOn: "error" });
    if (mode === "RGB") {
      // Most images are just that: to ask for it costs a third of decoding.
      const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
      if (info.channels >= 3) return pixelsAs(3, data, info.height, info.width, info.channels);
      image = makeSharp(bytes, { failOn: "error" });
    }
    const wanted = CHANNELS[mode] || channelsOf(await image.metadata());
    image = image.toColourspace("srgb");
    image = wanted % 2 === 0 ? image.ensureAlpha() : image.removeAlpha();
    const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return pixelsAs(wanted, data, info.height, info.width, info.channels);
  } catch (error) {
    throw new RuntimeError(`${name}: ${(error as Error).message}`);
  }
}
/**
 * A loader's workers decode images side by side: several threads for each would wait for each other, a fifth of the time that
 * decoding takes, and an epoch later nothing is left in a cache.
 */
function forWorkers(sharp: MakeSharp): MakeSharp {
  if (get_worker_info() !== null) {
    sharp.concurrency(1);
    sharp.cache(false);
  }
  return sharp;
}
/** Interleaved pixels, three or four bytes each, as so many planes: colours are only seen so, as torchvision leaves them in memory. */
function pixelsAs(wanted: number, data: Bytes, height: number, width: number, channels: number): Tensor {
  const n = height * width;
  if (wanted >= 3) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, n * channels);
    return fromTyped(bytes, [height, width, channels], uint8).permute([2, 0, 1]).narrow(0, 0, wanted);
  }
  const out = new Uint8Array(wanted * n);
  for (let i = 0; i < n; i++) {
    const at = channels * i;
    out[i] = Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
    if (wanted === 2) out[n + i] = data[at + 3];
  }
  return fromTyped(out, [wanted, height, width], uint8);
}
type Bytes = Uint8Array | Uint8ClampedArray;
async function decodeOnPage(bytes: Uint8Array, mode: ImageReadMode, name: string): Promise<Tensor> {
  let bitmap: ImageBitmap;
  try {
    const options = { colorSpaceConversion: "none", premultiplyAlpha: "none", imageOrientation: "none" } as const;
    bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), options as ImageBitmapOptions);
  } catch (error) {
    throw new RuntimeError(`${name}: ${(error as Error).message}`);
  }
  return from_pixels(bitmap, mode === "UNCHANGED" ? "RGB" : mode);
}

/** What has pixels on a page: a canvas, a bitmap, a video frame, an image or video element, ImageData. */
export type Pixels = CanvasImageSource | ImageData | { data: Uint8ClampedArray; width: number; height: number };
/**
 * The pixels of a canvas, ImageBitmap, VideoFrame, image or video element, or of ImageData, as uint8 of [channels, height,
 * width]. Gray is what PyTorch's decoder makes of RGB: 0.299 R + 0.587 G + 0.114 B.
 * @example const frame = from_pixels(canvas, "RGB");
 */
export function from_pixels(source: Pixels, mode: ImageReadMode = "RGB"): Tensor {
  const { data, width, height } = pixelsOf(source);
  const wanted = CHANNELS[mode] === 0 ? 4 : CHANNELS[mode];
  return pixelsAs(wanted, data, height, width, 4);
}
function pixelsOf(source: Pixels): { data: Uint8ClampedArray; width: number; height: number } {
  if ("data" in source && "width" in source) return source as ImageData;
  const sized = source as {
    displayWidth?: number;
    displayHeight?: number;
    naturalWidth?: number;
    naturalHeight?: number;
    videoWidth?: number;
    videoHeight?: number;
    width: number;
    height: number;
  };
  const width = sized.displayWidth ?? sized.naturalWidth ?? sized.videoWidth ?? sized.width;
  const height = sized.displayHeight ?? sized.naturalHeight ?? sized.videoHeight ?? sized.height;
  if (typeof OffscreenCanvas === "undefined")
    throw new TypeError("from_pixels: outside of a page only ImageData has pixels");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(source as CanvasImageSource, 0, 0);
  return context.getImageData(0, 0, width, height);
}
/**
 * ImageData, to be put on a canvas, of uint8 (or floats from 0 to 1) of [channels, height, width], channels 1 to 4 as in
 * `decode_image`. Outside of pages an object with the same fields. Raises ValueError for other shapes.
 * @example context.putImageData(to_image_data(image), 0, 0);
 */
export function to_image_data(image: Tensor): ImageData {
  const [channels, height, width] = image.sizes;
  if (image.sizes.length !== 3 || channels < 1 || channels > 4)
    throw new ValueError(
      `to_image_data: expected [channels, height, width] with 1 to 4 channels, got [${image.sizes.join(", ")}]`,
    );
  const bytes = (
    image.dtype.is_floating_point ? image.detach().float().mul(255).round().clamp(0, 255) : image.detach()
  ).to(uint8);
  const from = bytes.contiguous().typed_array() as Uint8Array;
  const n = height * width;
  const data = new Uint8ClampedArray(4 * n);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = from[(channels < 3 ? 0 : c) * n + i];
    data[4 * i + 3] = channels % 2 === 0 ? from[(channels - 1) * n + i] : 255;
  }
  return typeof ImageData === "undefined"
    ? ({ data, width, height, colorSpace: "srgb" } as unknown as ImageData)
    : new ImageData(data, width, height);
}
