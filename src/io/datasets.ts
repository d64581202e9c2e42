// Datasets in local folders, as torchvision.datasets has them, and files brought there from an address.
import type * as FileSystem from "node:fs";
import { int64, uint8 } from "../base/dtype.ts";
import { FileNotFoundError, RuntimeError, ValueError } from "../base/errors.ts";
import { Dataset } from "../data/dataset.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { read_image } from "./image.ts";
import type { ImageReadMode } from "./image.ts";
import { read_bytes } from "./source.ts";

type NodeFs = typeof FileSystem;
function files(who: string): NodeFs {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw new RuntimeError(`${who}: this platform has no folders to read from`);
  return fs;
}
/** What may be done to a sample on its way. */
export interface Transforms<X, Y> {
  transform?: ((x: Tensor) => X | Promise<X>) | null;
  target_transform?: ((target: number) => Y) | null;
}
const IMAGES = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

/**
 * Images in folders that are named by their class, as `torchvision.datasets.ImageFolder`: samples are [image, number of its
 * class], the image uint8 of [3, height, width] until `transform` makes something of it. Classes and files are in the order
 * of their names. Samples are promises: read with `for await`, best by workers.
 *
 * Raises FileNotFoundError where there are no classes, or a class has no images.
 * @example
 * export const photos = worker_dataset(import.meta.url, (root: string) => new ImageFolder(root, { transform }));
 */
export class ImageFolder<X = Tensor, Y = number> extends Dataset<Promise<[X, Y]>> {
  readonly root: string;
  readonly classes: readonly string[];
  readonly class_to_idx: Readonly<Record<string, number>>;
  readonly samples: readonly (readonly [path: string, target: number])[];
  private readonly options: Transforms<X, Y> & { mode?: ImageReadMode };

  constructor(root: string, options: Transforms<X, Y> & { mode?: ImageReadMode } = {}) {
    super();
    const fs = files("ImageFolder");
    if (!fs.existsSync(root)) throw new FileNotFoundError(`[Errno 2] No such file or directory: '${root}'`);
    const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
    const entries = fs.readdirSync(root, { withFileTypes: true });
    this.root = root;
    this.classes = entries.flatMap((e) => (e.isDirectory() || e.isSymbolicLink() ? [e.name] : [])).sort(byName);
    if (this.classes.length === 0) throw new FileNotFoundError(`Couldn't find any class folder in ${root}.`);
    this.class_to_idx = Object.fromEntries(this.classes.map((name, i) => [name, i]));
    this.options = options;
    const empty: string[] = [];
    this.samples = this.classes.flatMap((name, target) => {
      const inside = fs.readdirSync(`${root}/${name}`, { recursive: true, encoding: "utf8" });
      const images = inside.filter((file) => IMAGES.some((end) => file.toLowerCase().endsWith(end))).sort(byName);
      if (images.length === 0) empty.push(name);
      return images.map((file) => [`${root}/${name}/${file}`, target] as const);
    });
    if (empty.length > 0)
      throw new FileNotFoundError(
        `Found no valid file for the classes ${empty.join(", ")}. Supported extensions are: ${IMAGES.join(", ")}`,
      );
  }
  get targets(): number[] {
    return this.samples.map(([, target]) => target);
  }
  get length(): number {
    return this.samples.length;
  }
  async at(index: number): Promise<[X, Y]> {
    const [path, target] = this.samples.at(index)!;
    const { transform, target_transform, mode = "RGB" } = this.options;
    const image = await read_image(path, mode);
    return [
      (transform ? await transform(image) : image) as X,
      (target_transform ? target_transform(target) : target) as Y,
    ];
  }
}

/** One of the two collections of CIFAR. */
class Cifar<X, Y> extends Dataset<[X, Y]> {
  /** [N, 3, 32, 32], uint8. */
  readonly data: Tensor;
  /** [N], int64. */
  readonly targets: Tensor;
  private readonly options: Transforms<X, Y>;
  constructor(root: string, folder: string, names: readonly string[], labels: number, options: Transforms<X, Y>) {
    super();
    const fs = files(folder);
    const places = [`${root}/${folder}`, root];
    const found = places.find((place) => names.every((name) => fs.existsSync(`${place}/${name}`)));
    if (found === undefined)
      throw new FileNotFoundError(
        `Dataset not found. The binary version is needed, ${names.join(", ")}, in one of these places:\n  ${places.join("\n  ")}`,
      );
    const size = labels + 3072;
    const parts = names.map((name) => {
      const bytes = fs.readFileSync(`${found}/${name}`);
      if (bytes.length === 0 || bytes.length % size !== 0)
        throw new ValueError(`${found}/${name}: expected a multiple of ${size} bytes, got ${bytes.length}: cut off?`);
      return bytes;
    });
    const n = parts.reduce((sum, part) => sum + part.length / size, 0);
    const pixels = new Uint8Array(n * 3072);
    const targets = new Uint8Array(n);
    let i = 0;
    for (const part of parts)
      for (let at = 0; at < part.length; at += size, i++) {
        // Of two labels the second is the finer.
        targets[i] = part[at + labels - 1];
        pixels.set(part.subarray(at + labels, at + size), i * 3072);
      }
    this.data = fromTyped(pixels, [n, 3, 32, 32], uint8);
    this.targets = fromTyped(targets, [n], int64);
    this.options = options;
  }
  get length(): number {
    return this.targets.length;
  }
  at(index: number): [X, Y] {
    const image = this.data.index([index]);
    const target = Number(this.targets.index([index]).item());
    const { transform, target_transform } = this.options;
    return [(transform ? transform(image) : image) as X, (target_transform ? target_transform(target) : target) as Y];
  }
}
/**
 * CIFAR-10 from a local folder that has its binary version (`cifar-10-batches-bin`): samples are [image, label], the image
 * uint8 of [3, 32, 32]. Nothing is downloaded: see `download`. Raises FileNotFoundError that says where it looked, ValueError
 * for a file that is cut off.
 *
 * Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
 * @example const test = new CIFAR10("data", { train: false });
 */
export class CIFAR10<X = Tensor, Y = number> extends Cifar<X, Y> {
  readonly classes: readonly string[] = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");
  constructor(root: string, options: Transforms<X, Y> & { train?: boolean } = {}) {
    const names = options.train === false ? ["test_batch.bin"] : [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
    super(root, "cifar-10-batches-bin", names, 1, options);
  }
}
/** CIFAR-100 with its 100 fine labels (`cifar-100-binary`): see `CIFAR10`. */
export class CIFAR100<X = Tensor, Y = number> extends Cifar<X, Y> {
  constructor(root: string, options: Transforms<X, Y> & { train?: boolean } = {}) {
    super(root, "cifar-100-binary", [options.train === false ? "test.bin" : "train.bin"], 2, options);
  }
}

/**
 * Brings a file from an address to a path, unless one with that SHA-256 is there; written whole or not at all. Needs Node.
 * Raises RuntimeError if what came has another checksum, and writes nothing.
 * @example await download("https://example.org/train.bin", "data/train.bin", "9f86d081884c7d65…");
 */
export async function download(url: string | URL, path: string, sha256: string | null = null): Promise<void> {
  const fs = files("download");
  const digest = async (bytes: Uint8Array): Promise<string> =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  if (fs.existsSync(path) && (sha256 === null || (await digest(fs.readFileSync(path))) === sha256.toLowerCase()))
    return;
  const bytes = await read_bytes(url);
  const got = sha256 === null ? null : await digest(bytes);
  if (got !== null && got !== sha256!.toLowerCase())
    throw new RuntimeError(
      `File not found or corrupted.\n${String(url)} gave ${bytes.length} bytes whose SHA-256 is ${got}, and not ${sha256}.`,
    );
  const folder = /^(.*)[/\\][^/\\]*$/.exec(path)?.[1];
  if (folder !== undefined) fs.mkdirSync(folder, { recursive: true });
  const beside = `${path}.${globalThis.process.pid}.tmp`;
  fs.writeFileSync(beside, bytes);
  fs.renameSync(beside, path);
}
