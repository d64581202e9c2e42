// Layers that resize images or put their pixels in another order.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { layer, pythonText } from "./layer.ts";

const UPSAMPLE =
  "Upsample(int|int[]? size=None, float|float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None) -> Module";
/**
 * Input [N, C, *] resized to `size` or by `scale_factor`; modes as for `nn.functional.interpolate`. As
 * `torch.nn.Upsample`.
 * @example new nn.Upsample({ scale_factor: 2 })(torch.ones(1, 1, 2, 2)).shape // torch.Size([1, 1, 4, 4])
 */
export class Upsample extends layer(UPSAMPLE) {
  override forward(input: Tensor): Tensor {
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = this;
    return F.interpolate(input, { size, scale_factor, mode, align_corners, recompute_scale_factor });
  }
  override extra_repr(): string {
    const { size, scale_factor } = this;
    const tuple = (x: readonly number[], type: "int" | "float"): string =>
      `(${x.map((y) => pythonText(y, type)).join(", ")}${x.length === 1 ? "," : ""})`;
    const text = (x: number | readonly number[] | null, type: "int" | "float"): string =>
      typeof x === "object" && x !== null ? tuple(x, type) : pythonText(x, type);
    const by = scale_factor === null ? `size=${text(size, "int")}` : `scale_factor=${text(scale_factor, "float")}`;
    return `${by}, mode='${this.mode}'`;
  }
}

const UPSAMPLING = "Upsampling2d(int|int[]? size=None, float|float[]? scale_factor=None) -> Module";
/** {@link Upsample} of [N, C, H, W] to the nearest elements. As `torch.nn.UpsamplingNearest2d`. */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: Arguments<typeof UPSAMPLING>) {
    super(bindArguments(UPSAMPLING, args, new.target.name));
  }
}
/** {@link Upsample} of [N, C, H, W] between four elements, with aligned corners. As `torch.nn.UpsamplingBilinear2d`. */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: Arguments<typeof UPSAMPLING>) {
    super(bindArguments(UPSAMPLING, args, new.target.name));
    this.mode = "bilinear";
    this.align_corners = true;
  }
}

/** [*, C r², H, W] to [*, C, H r, W r], r = `upscale_factor`. As `torch.nn.PixelShuffle`. */
export class PixelShuffle extends layer("PixelShuffle(int upscale_factor) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.pixel_shuffle(input, this.upscale_factor);
  }
}
/** [*, C, H r, W r] to [*, C r², H, W], r = `downscale_factor`. As `torch.nn.PixelUnshuffle`. */
export class PixelUnshuffle extends layer("PixelUnshuffle(int downscale_factor) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.pixel_unshuffle(input, this.downscale_factor);
  }
}
/** Channels of [N, C, *] dealt out among `groups`. As `torch.nn.ChannelShuffle`. */
export class ChannelShuffle extends layer("ChannelShuffle(int groups) -> Module") {
  override forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups);
  }
}
