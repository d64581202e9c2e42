// Every op.
export * from "./methods/ops.ts";
export * from "./conv.ts";
export * from "./dropout.ts";
export { grid_sampler, grid_sampler_2d, grid_sampler_3d } from "./grid_sample.ts";
export * from "./loss.ts";
export * from "./norm.ts";
export * from "./padding.ts";
export * from "./max_pool.ts";
export * from "./pool.ts";
export { _upsample, _upsample_backward } from "./resize.ts";
export * from "./shuffle.ts";
export { _max_unpool } from "./unpool.ts";
export { _col2im, _im2col } from "./windows.ts";
export * from "./window_functions.ts";
