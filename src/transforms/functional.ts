// torchvision.transforms.v2.functional
export {
  adjust_brightness,
  adjust_contrast,
  adjust_hue,
  adjust_saturation,
  adjust_sharpness,
  autocontrast,
  equalize,
  gaussian_blur,
  invert,
  normalize,
  posterize,
  rgb_to_grayscale,
  solarize,
  to_dtype,
} from "./color.ts";
export {
  affine,
  center_crop,
  crop,
  erase,
  horizontal_flip,
  pad,
  resize,
  resized_crop,
  rotate,
  vertical_flip,
} from "./geometry.ts";
