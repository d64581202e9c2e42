// Resizing, resampling, shuffling and unpooling: what does not depend on recorded numbers, and PyTorch's sentences.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as F from "../../src/nn/functional/index.ts";
import type { Tensor } from "../../src/index.ts";

const image = (...shape: number[]): Tensor =>
  torch
    .arange(
      shape.reduce((a, b) => a * b),
      { dtype: torch.float64 },
    )
    .mul(0.37)
    .sin()
    .view(shape);
const close = (a: Tensor, b: Tensor): void => expect(a.sub(b).abs().max().item()).toBeLessThan(1e-12);

describe("interpolate", () => {
  const smooth = ["bilinear", "bicubic", "nearest", "nearest-exact"];
  test.each(smooth)("%s keeps an image of its own size, and constants at any size", (mode) => {
    const x = image(2, 3, 5, 4);
    close(F.interpolate(x, { size: [5, 4], mode }), x);
    const flat = torch.full([1, 1, 5, 4], 0.7, { dtype: torch.float64 });
    for (const size of [[3, 9], [1, 1], [7, 2]]) close(F.interpolate(flat, { size, mode }), flat.mean().expand([1, 1, ...size])); // prettier-ignore
  });
  test("keeps straight lines straight, but at the ends, and keeps the corners if they are aligned", () => {
    const line = torch.arange(6, { dtype: torch.float64 }).view(1, 1, 6);
    const aligned = F.interpolate(line, { size: 11, mode: "linear", align_corners: true });
    close(aligned, torch.linspace(0, 5, 11, { dtype: torch.float64 }).view(1, 1, 11));
    const edges = F.interpolate(line, { scale_factor: 2, mode: "linear" });
    expect(edges.flatten().tolist()).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4.25, 4.75, 5]);
  });
  test("area is the mean, antialiasing of a large image too, nearly", () => {
    const x = image(1, 2, 8, 8);
    close(F.interpolate(x, { size: [2, 2], mode: "area" }), F.avg_pool2d(x, 4));
    const made = F.interpolate(x, { size: [1, 1], mode: "bilinear", antialias: true });
    expect(
      made
        .sub(x.mean([2, 3], true))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(0.1);
  });
  test("resizes bytes to the nearest, and rounds between them", () => {
    const x = torch.tensor([0n, 100n, 255n]).to(torch.uint8).view(1, 1, 3);
    expect(F.interpolate(x, { size: 6 }).flatten().tolist()).toEqual([0, 0, 100, 100, 255, 255]);
    const row = F.interpolate(x.unsqueeze(2), { size: [1, 6], mode: "bilinear" });
    expect(row.flatten().tolist()).toEqual([0, 25, 75, 139, 216, 255]);
    expect(() => F.interpolate(x, { size: 6, mode: "linear" })).toThrow(
      "\"compute_indices_weights_linear\" not implemented for 'Byte'",
    );
  });
  test.each([
    [{}, "either size or scale_factor should be defined"],
    [{ size: 2, scale_factor: 2 }, "only one of size or scale_factor should be defined"],
    [{ size: 2, mode: "linear" }, "Got 4D input, but linear mode needs 3D input"],
    [{ size: 2, align_corners: true }, "align_corners option can only be set with the interpolating modes"],
    [{ size: [2, 2, 2] }, "Input and output must have the same number of spatial dimensions, but got input with"],
    [{ size: 2, antialias: true }, "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes"],
    [{ size: 2, recompute_scale_factor: true }, "recompute_scale_factor is not meaningful with an explicit size."],
    [{ size: 0 }, "Input and output sizes should be greater than 0, but got input (H: 4, W: 4) output (H: 0, W: 0)"],
    [
      { size: 2, mode: "foo" },
      "Input Error: Only 3D, 4D and 5D input Tensors supported (got 4D) for the modes: nearest",
    ],
  ])("refuses %j in PyTorch's words", (options, sentence) => {
    expect(() => F.interpolate(image(1, 1, 4, 4), options)).toThrow(sentence);
  });
});

describe("grid_sample", () => {
  test("at the grid of the identity gives the image back, in every mode and padding", () => {
    const x = image(2, 3, 4, 5);
    const theta = torch.tensor([[1, 0, 0], [0, 1, 0]], { dtype: torch.float64 }).expand([2, 2, 3]); // prettier-ignore
    for (const align_corners of [true, false]) {
      const grid = F.affine_grid(theta, [2, 3, 4, 5], { align_corners });
      for (const mode of ["bilinear", "nearest", "bicubic"])
        for (const padding_mode of ["zeros", "border", "reflection"])
          close(F.grid_sample(x, grid, { mode, padding_mode, align_corners }), x);
    }
  });
  test("outside gives zeros, the border, or the reflection", () => {
    const x = torch.tensor([1, 2, 3], { dtype: torch.float64 }).view(1, 1, 1, 3);
    const at = torch.tensor([2, 0], { dtype: torch.float64 }).view(1, 1, 1, 2);
    const read = (padding_mode: string): number => F.grid_sample(x, at, { padding_mode, align_corners: true }).item();
    expect([read("zeros"), read("border"), read("reflection")]).toEqual([0, 3, 2]);
  });
  test("refuses grids and modes that do not fit", () => {
    const x = image(1, 1, 4, 4);
    expect(() => F.grid_sample(x, torch.zeros(1, 2, 2, 3, { dtype: x.dtype }), { align_corners: true })).toThrow(
      "grid_sampler(): expected grid to have size 2 in last dimension, but got grid with sizes [1, 2, 2, 3]",
    );
    expect(() => F.grid_sample(x, torch.zeros(1, 2, 2, 2), { mode: "x" })).toThrow(
      "expected mode to be 'bilinear', 'nearest'",
    );
    expect(() => F.affine_grid(torch.ones(1, 2, 3), [1, 1, 2])).toThrow("affine_grid only supports 4D and 5D sizes");
  });
});

describe("windows and pools", () => {
  test("fold adds up what unfold took apart: each element as often as windows see it", () => {
    const x = image(2, 3, 5, 6);
    const options = { padding: 1, stride: 2, dilation: 1 };
    const count = F.fold(F.unfold(x.new_ones(x.shape), 3, options), [5, 6], 3, options);
    close(F.fold(F.unfold(x, 3, options), [5, 6], 3, options), x.mul(count));
  });
  test("max_unpool puts maxima back where a pool found them", () => {
    const x = image(1, 2, 4, 6);
    const [values, indices] = F.max_pool2d(x, 2, { return_indices: true });
    const back = F.max_unpool2d(values, indices, 2);
    close(F.max_pool2d(back.abs(), 2), values.abs());
    expect(back.ne(0).sum().item()).toBe(values.numel());
    expect(() => F.max_unpool2d(values, indices, 2, { output_size: [9, 9] })).toThrow(
      'invalid output_size "(9, 9)" (dim 0 must be between 2 and 6)',
    );
    expect(() => F.max_unpool2d(values, indices.add(100), 2)).toThrow(
      "Found an invalid max index: 106 (output volumes are of size 4x6)",
    );
  });
  test("fractional pools take a maximum from windows that cover the image", () => {
    const x = image(1, 2, 7, 9);
    const [values, indices] = F.fractional_max_pool2d(x, 3, { output_size: [3, 4], return_indices: true });
    expect([...values.shape]).toEqual([1, 2, 3, 4]);
    close(x.flatten(2).gather(2, indices.flatten(2)).view(values.shape), values);
    expect([...F.fractional_max_pool2d(x, 2, { output_ratio: 0.5 }).shape]).toEqual([1, 2, 3, 4]);
  });
  test("pixel_unshuffle undoes pixel_shuffle, and channel_shuffle by the other number undoes itself", () => {
    const x = image(2, 12, 2, 3);
    close(F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2), x);
    close(F.channel_shuffle(F.channel_shuffle(x, 3), 4), x);
    expect(() => F.pixel_shuffle(image(1, 1, 4, 4), 2)).toThrow(
      "pixel_shuffle expects its input's 'channel' dimension",
    );
  });
});

test("shuffled channels are no view, also where none changes its place", () => {
  for (const groups of [1, 2, 4]) {
    const x = torch.arange(24).reshape([1, 4, 3, 2]);
    const y = F.channel_shuffle(x, groups);
    y.fill_(-1);
    expect(Number(x.sum().item())).toBe(276);
  }
});

test("images of halves are resized by weights of float32, whatever lines of halves were resized before", () => {
  const x = torch.linspace(-3, 5.7, 101).square().half();
  F.interpolate(x.view(1, 1, 101), { size: [63], mode: "linear" });
  const image = x.view(1, 1, 1, 101);
  const options = { size: [1, 63], mode: "bilinear" } as const;
  expect(F.interpolate(image, options).tolist()).toEqual(F.interpolate(image.float(), options).half().tolist());
});
