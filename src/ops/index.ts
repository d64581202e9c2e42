// Every op.
export * from "./methods/ops.ts";
export * from "./nn/convolution/conv.ts";
export * from "./nn/dropout.ts";
export { grid_sampler, grid_sampler_2d, grid_sampler_3d } from "./nn/vision/grid_sample.ts";
export * from "./nn/loss/loss.ts";
export * from "./nn/normalization/norm.ts";
export * from "./nn/vision/padding.ts";
export * from "./nn/pooling/max_pool.ts";
export * from "./nn/pooling/pool.ts";
/** @internal */
export { _upsample, _upsample_backward } from "./nn/vision/upsample.ts";
export * from "./nn/vision/shuffle.ts";
/** @internal */
export { _max_unpool } from "./nn/pooling/unpool.ts";
/** @internal */
export { _col2im, _im2col } from "./nn/convolution/windows.ts";
export * from "./creation/windows.ts";
