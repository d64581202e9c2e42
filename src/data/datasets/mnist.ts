// MNIST and FashionMNIST from a folder of idx files.
import { int64, uint8 } from "../../base/dtype.ts";
import { FileNotFoundError, RuntimeError, ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { fromTyped } from "../../ops/creation/from_data.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Dataset, indexOf } from "../dataset.ts";
import { parseIdxFile } from "./idx.ts";
import type { IdxArray } from "./idx.ts";

const SIGNATURE = "MNIST(str root, bool train=True) -> Dataset";

/**
 * MNIST from a local folder, the 60,000 images to learn from or, without `train`, the 10,000 to test with, as `torchvision.datasets.MNIST` with `transforms.ToTensor()`: samples are
 * [image, label], the image [1, 28, 28] in float32 from 0 to 1, the label int64. `data` ([N, 28, 28], uint8) and
 * `targets` ([N], int64) hold all. Nothing is downloaded.
 *
 * `root` or `root/MNIST/raw` must hold `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` (`t10k-…` for
 * `train: false`), as they are or with `.gz`. Needs Node. Raises FileNotFoundError saying where it looked, ValueError
 * for damaged files or files that do not belong together.
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.
 * @example
 * const train = new datasets.MNIST("data");
 * for (const [images, labels] of new DataLoader(train, { batch_size: 64, shuffle: true })) fit(images, labels);
 */
export class MNIST extends Dataset<[image: Tensor, label: Tensor]> {
  static override readonly in_memory: boolean = true;
  readonly data: Tensor;
  readonly targets: Tensor;
  constructor(...given: Arguments<typeof SIGNATURE>) {
    super();
    const { root, train } = bindArguments(SIGNATURE, given, new.target.name);
    const prefix = train ? "train" : "t10k";
    const images = readArray(root, this.constructor.name, `${prefix}-images-idx3-ubyte`, 3);
    const labels = readArray(root, this.constructor.name, `${prefix}-labels-idx1-ubyte`, 1);
    if (images.shape[0] !== labels.shape[0])
      throw new ValueError(
        `${this.constructor.name}: ${images.shape[0]} images but ${labels.shape[0]} labels in ${root}: do the files belong together?`,
      );
    this.data = fromTyped(images.data, images.shape, uint8);
    this.targets = fromTyped(labels.data, labels.shape, int64);
  }
  get classes(): readonly string[] {
    return ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
  }
  get length(): number {
    return this.targets.length;
  }
  at(index: number): [image: Tensor, label: Tensor] {
    return [pixels(this.data.index([index]).unsqueeze(0)), this.targets.index([index])];
  }
  override batch(indices: readonly number[]): [Tensor, Tensor] | null {
    const index = this.at === MNIST.prototype.at ? indexOf(indices, this.length) : null;
    return index && [pixels(this.data.index_select(0, index).unsqueeze(1)), this.targets.index_select(0, index)];
  }
}

/**
 * Fashion-MNIST, in the format of MNIST, as `torchvision.datasets.FashionMNIST`: see `MNIST`. Looks into `root` and
 * `root/FashionMNIST/raw`.
 *
 * Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
 * algorithms", 2017.
 * @example const test = new datasets.FashionMNIST("data", { train: false });
 */
export class FashionMNIST extends MNIST {
  static override readonly in_memory: boolean = true;
  override get classes(): readonly string[] {
    // prettier-ignore
    return ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
  }
}

const pixels = (bytes: Tensor): Tensor => bytes.float().div_(255);

function readArray(root: string, dataset: string, name: string, ndim: number): IdxArray {
  // Asked for at run time, so that the library loads in a browser.
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw new RuntimeError(`${dataset}: this platform has no files to read ${root} from`);
  const places = [root, `${root}/${dataset}/raw`].flatMap((folder) => [`${folder}/${name}`, `${folder}/${name}.gz`]);
  const path = places.find((place) => fs.existsSync(place));
  if (path === undefined)
    throw new FileNotFoundError(
      `Dataset not found. ${dataset} needs ${name} or ${name}.gz in one of these places:\n  ${places.join("\n  ")}`,
    );
  const array = parseIdxFile(path, fs.readFileSync(path));
  if (array.dtype !== uint8 || array.shape.length !== ndim)
    throw new ValueError(
      `${dataset}: expected ${path} to hold bytes with ${ndim} dims, got ${array.dtype} [${array.shape.join(", ")}]`,
    );
  return array;
}
