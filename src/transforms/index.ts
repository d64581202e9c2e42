// torchvision.transforms.v2
import "../ops/methods/index.ts";

export * as functional from "./functional.ts";
export {
  CenterCrop,
  ColorJitter,
  Compose,
  GaussianBlur,
  Grayscale,
  Normalize,
  Pad,
  RandAugment,
  RandomAffine,
  RandomApply,
  RandomChoice,
  RandomCrop,
  RandomErasing,
  RandomGrayscale,
  RandomHorizontalFlip,
  RandomOrder,
  RandomResizedCrop,
  RandomRotation,
  RandomVerticalFlip,
  Resize,
  ToDtype,
  ToImage,
  Transform,
} from "./transforms.ts";
