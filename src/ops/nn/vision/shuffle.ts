// Channels and pixels in another order.
import { RuntimeError } from "../../../base/errors.ts";
import type { Shape } from "../../../base/layout.ts";
import { contiguous_format } from "../../../base/memory_format.ts";
import { composite, compute, inFormat } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** The elements in row-major order in memory of their own, also where none changes places. */
const copied = (t: Tensor, sizes: Shape): Tensor => t.clone({ memory_format: contiguous_format }).view(sizes);

/** [*, C r², H, W] to [*, C, H r, W r]: channels become pixels. As `torch.pixel_shuffle`. */
export const pixel_shuffle = op("pixel_shuffle(Tensor input, int upscale_factor) -> Tensor");
define(pixel_shuffle, {
  kernel: inFormat(
    compute(({ input, upscale_factor: r }) => {
      const { lead, c, h, w } = imageOf("pixel_shuffle", input);
      if (r <= 0) throw new RuntimeError(`pixel_shuffle expects a positive upscale_factor, but got ${r}`);
      if (c % (r * r) !== 0)
        throw new RuntimeError(
          `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${r * r}`,
        );
      const n = lead.length;
      const parts = input.reshape([...lead, c / (r * r), r, r, h, w]);
      const order = [...lead.keys(), n, n + 3, n + 1, n + 4, n + 2];
      return copied(parts.permute(order), [...lead, c / (r * r), h * r, w * r]);
    }),
  ),
  backward: { input: ({ grad, upscale_factor }) => pixel_unshuffle(grad, upscale_factor) },
});
/** The inverse of {@link pixel_shuffle}. As `torch.pixel_unshuffle`. */
export const pixel_unshuffle = op("pixel_unshuffle(Tensor input, int downscale_factor) -> Tensor");
define(pixel_unshuffle, {
  kernel: inFormat(
    compute(({ input, downscale_factor: r }) => {
      const { lead, c, h, w } = imageOf("pixel_unshuffle", input);
      if (r <= 0) throw new RuntimeError(`pixel_unshuffle expects a positive downscale_factor, but got ${r}`);
      for (const [name, dim, size] of [
        ["height", -2, h],
        ["width", -1, w],
      ] as const)
        if (size % r !== 0)
          throw new RuntimeError(
            `pixel_unshuffle expects ${name} to be divisible by downscale_factor, but input.size(${dim})=${size} is not divisible by ${r}`,
          );
      const n = lead.length;
      const parts = input.reshape([...lead, c, h / r, r, w / r, r]);
      const order = [...lead.keys(), n, n + 2, n + 4, n + 1, n + 3];
      return copied(parts.permute(order), [...lead, c * r * r, h / r, w / r]);
    }),
  ),
  backward: { input: ({ grad, downscale_factor }) => pixel_shuffle(grad, downscale_factor) },
});
function imageOf(name: string, { sizes }: Tensor): { lead: readonly number[]; c: number; h: number; w: number } {
  if (sizes.length < 3)
    throw new RuntimeError(
      `${name} expects input to have at least 3 dimensions, but got input with ${sizes.length} dimension(s)`,
    );
  const [c, h, w] = sizes.slice(-3);
  return { lead: sizes.slice(0, -3), c, h, w };
}
/** The channels of [N, C, *] dealt out: the first of each of `groups`, then the second. As `torch.channel_shuffle`. */
export const channel_shuffle = op("channel_shuffle(Tensor input, int groups) -> Tensor");
define(channel_shuffle, {
  kernel: inFormat(
    composite(({ input, groups }) => {
      if (input.sizes.length < 3)
        throw new RuntimeError(
          `channel_shuffle expects input with > 2 dims, but got input with sizes [${input.sizes.join(", ")}]`,
        );
      const [n, c, ...rest] = input.sizes;
      if (groups <= 0)
        throw new RuntimeError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
      if (c % groups !== 0)
        throw new RuntimeError(
          `Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`,
        );
      return copied(input.reshape([n, groups, c / groups, ...rest]).transpose(1, 2), input.sizes);
    }),
  ),
  node: "ChannelShuffleBackward0",
});
/** {@link channel_shuffle}. */
export const native_channel_shuffle = op("native_channel_shuffle(Tensor input, int groups) -> Tensor");
define(native_channel_shuffle, { kernel: composite(({ input, groups }) => channel_shuffle(input, groups)) });
