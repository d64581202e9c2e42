import { float32, int64, uint8 } from "../../base/dtype.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { fromTyped } from "../../ops/creation/from_data.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { TensorDataset } from "../dataset.ts";
import { decodeDigits, digitsCount } from "./digits_decode.ts";

const SIGNATURE = "Digits(dtype? dtype=None) -> Dataset";
/**
 * 1,797 handwritten digits of 8x8 pixels, which come with the library. `images` is [1797, 1, 8, 8] from 0 (paper) to 1
 * (ink): the recorded values 0 to 16, divided by 16, in `dtype`, by default float32. `labels` is [1797], int64, 0 to 9.
 * Samples are [image, label].
 *
 * Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
 * CC BY 4.0; its test set.
 * @example
 * const digits = new datasets.Digits();
 * const [train, test] = random_split(digits, [0.8, 0.2]);
 * for (const [images, labels] of new DataLoader(train, { batch_size: 64, shuffle: true })) fit(images, labels);
 */
export class Digits extends TensorDataset<[images: Tensor, labels: Tensor]> {
  static override readonly in_memory: boolean = true;
  readonly classes: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
  constructor(...given: Arguments<typeof SIGNATURE>) {
    const { dtype } = bindArguments(SIGNATURE, given);
    const { images, labels } = decodeDigits();
    const pixels = fromTyped(images, [digitsCount, 1, 8, 8], uint8);
    super(pixels.to(dtype ?? float32).div(16), fromTyped(labels, [digitsCount], int64));
  }
  get images(): Tensor {
    return this.tensors[0];
  }
  get labels(): Tensor {
    return this.tensors[1];
  }
}
