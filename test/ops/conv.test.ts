import { afterAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { conv2d, conv_transpose2d } = torch.nn.functional;
const threads = torch.get_num_threads();
afterAll(() => torch.set_num_threads(threads));

interface Geometry {
  readonly stride: [number, number];
  readonly padding: [number, number];
  readonly dilation: [number, number];
  readonly groups: number;
}
/** Each product of an element of x [N, C, H, W] and of a weight [O, C / groups, kH, kW] that meet, with indices into y. */
function eachMeeting(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  { stride, padding, dilation, groups }: Geometry,
  meet: (x: number, w: number, y: number) => void,
): void {
  const [samples, channels, height, width] = x;
  const [rows, inner, kernelHeight, kernelWidth] = w;
  const [, , outHeight, outWidth] = y;
  const perGroup = rows / groups;
  for (let n = 0; n < samples; n++)
    for (let o = 0; o < rows; o++)
      for (let c = 0; c < inner; c++)
        for (let i = 0; i < kernelHeight; i++)
          for (let j = 0; j < kernelWidth; j++)
            for (let p = 0; p < outHeight; p++)
              for (let q = 0; q < outWidth; q++) {
                const row = p * stride[0] + i * dilation[0] - padding[0];
                const col = q * stride[1] + j * dilation[1] - padding[1];
                if (row < 0 || row >= height || col < 0 || col >= width) continue;
                const channel = Math.floor(o / perGroup) * inner + c;
                meet(
                  ((n * channels + channel) * height + row) * width + col,
                  ((o * inner + c) * kernelHeight + i) * kernelWidth + j,
                  ((n * rows + o) * outHeight + p) * outWidth + q,
                );
              }
}
/** y of x and w, and the gradients of x and w from that of y, summed term by term in float64. */
function naive(x: Tensor, w: Tensor, grad: Tensor, geometry: Geometry): number[][] {
  const [a, b, g] = [x, w, grad].map((t) => t.detach().to(torch.float64).flatten().tolist() as number[]);
  const [y, ofX, ofW] = [g, a, b].map((t) => t.map(() => 0));
  eachMeeting(x.shape, w.shape, grad.shape, geometry, (i, j, k) => {
    y[k] += a[i] * b[j];
    ofX[i] += g[k] * b[j];
    ofW[j] += g[k] * a[i];
  });
  return [y, ofX, ofW];
}
const close = (actual: Tensor, expected: readonly number[], dtype: torch.Dtype, what: string): void => {
  const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const worst = actual
    .detach()
    .to(torch.float64)
    .flatten()
    .sub(torch.tensor(expected, { dtype: torch.float64 }));
  expect(worst.abs().max().item(), what).toBeLessThan((dtype === torch.float32 ? 2e-6 : 1e-14) * scale * 4);
};

const plain: Geometry = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 };
const cases: readonly [name: string, x: number[], w: number[], geometry: Partial<Geometry>][] = [
  ["one channel", [3, 1, 12, 14], [16, 1, 3, 3], { padding: [1, 1] }],
  ["rows that fill no vector", [2, 5, 9, 14], [7, 5, 3, 3], { padding: [1, 1] }],
  ["no padding", [2, 5, 9, 14], [7, 5, 3, 2], {}],
  ["more places than a block", [1, 2, 40, 41], [8, 2, 3, 3], { padding: [1, 1] }],
  ["a long inner dim", [1, 40, 9, 9], [7, 40, 3, 3], { padding: [1, 1] }],
  ["few places, many samples", [9, 4, 5, 5], [8, 4, 3, 3], { padding: [1, 1] }],
  ["strides", [2, 3, 13, 17], [5, 3, 3, 3], { stride: [2, 3], padding: [1, 2] }],
  ["strides longer than the kernel", [2, 3, 13, 17], [5, 3, 2, 1], { stride: [3, 2] }],
  ["dilation", [2, 3, 13, 17], [5, 3, 3, 3], { dilation: [2, 3], padding: [3, 2] }],
  ["strides and dilation with a common factor", [2, 3, 13, 17], [5, 3, 2, 3], { stride: [2, 4], dilation: [4, 2] }],
  ["1x1", [3, 6, 9, 11], [8, 6, 1, 1], {}],
  ["1x1, few places", [9, 6, 3, 3], [8, 6, 1, 1], {}],
  ["1x1 with strides", [2, 6, 19, 11], [8, 6, 1, 1], { stride: [2, 2] }],
  ["groups", [2, 8, 9, 14], [12, 2, 3, 3], { groups: 4, padding: [1, 1] }],
  ["depthwise", [2, 6, 9, 14], [6, 1, 3, 3], { groups: 6, padding: [1, 1] }],
  ["depthwise, two rows a channel, strides", [2, 6, 9, 14], [12, 1, 3, 3], { groups: 6, stride: [2, 2] }],
  ["depthwise with a large kernel", [1, 3, 20, 21], [3, 1, 9, 9], { groups: 3, padding: [4, 4] }],
  ["many samples of padded images", [90, 3, 34, 34], [2, 3, 3, 3], { padding: [1, 1] }],
];

for (const count of [1, 3])
  for (const dtype of [torch.float32, torch.float64])
    describe(`convolution of ${String(dtype)} with ${count} thread${count > 1 ? "s" : ""}`, () => {
      for (const [name, xs, ws, given] of cases)
        test(name, () => {
          torch.set_num_threads(count);
          torch.manual_seed(0);
          const geometry = { ...plain, ...given };
          const { stride, padding, dilation, groups } = geometry;
          const x = torch.randn(xs, { dtype, requires_grad: true });
          const w = torch.randn(ws, { dtype, requires_grad: true });
          const b = torch.randn([ws[0]], { dtype });
          const y = conv2d(x, w, null, stride, padding, dilation, groups);
          const grad = torch.randn(y.shape, { dtype });
          const [ofX, ofW] = torch.autograd.grad(y, [x, w], grad);
          const expected = naive(x, w, grad, geometry);
          close(y, expected[0], dtype, "result");
          close(ofX, expected[1], dtype, "gradient of the input");
          close(ofW, expected[2], dtype, "gradient of the weight");
          const biased = conv2d(x, w, b, stride, padding, dilation, groups);
          expect(
            biased
              .sub(y)
              .sub(b.view([1, -1, 1, 1]))
              .abs()
              .max()
              .item(),
          ).toBeLessThan(1e-4);
          // The transpose takes the result's shape to the input's.
          const more = [0, 1].map((d) => {
            const reach = (y.size(d + 2) - 1) * stride[d] - 2 * padding[d] + dilation[d] * (ws[d + 2] - 1) + 1;
            return xs[d + 2] - reach;
          });
          close(
            conv_transpose2d(grad, w, null, stride, padding, more, groups, dilation),
            expected[1],
            dtype,
            "transposed",
          );
        });
    });

test("operands may be views of any strides", () => {
  torch.manual_seed(0);
  const x = torch.randn(9, 2, 8, 3).permute(1, 3, 2, 0);
  const w = torch.randn(3, 3, 3, 4).permute(3, 0, 2, 1);
  const b = torch.randn(8).narrow(0, 0, 8).view([4, 2]).select(1, 0);
  const expected = conv2d(x.contiguous(), w.contiguous(), b.contiguous());
  expect(conv2d(x, w, b).sub(expected).abs().max().item()).toBeLessThan(1e-5);
});
test("complex numbers and integers are convolved, too", () => {
  torch.manual_seed(0);
  const parts = (...shape: number[]): Tensor[] => [torch.randn(shape), torch.randn(shape)];
  const [[a, b], [c, d]] = [parts(2, 4, 6, 7), parts(6, 2, 3, 3)];
  const of = (x: Tensor, w: Tensor): Tensor => conv2d(x, w, null, [1, 2], 1, 1, 2);
  const z = of(torch.complex(a, b), torch.complex(c, d));
  expect(
    torch
      .real(z)
      .sub(of(a, c).sub(of(b, d)))
      .abs()
      .max()
      .item(),
  ).toBeLessThan(1e-5);
  expect(
    torch
      .imag(z)
      .sub(of(a, d).add(of(b, c)))
      .abs()
      .max()
      .item(),
  ).toBeLessThan(1e-5);
  const [x, w] = [torch.randint(-9, 9, [2, 4, 6, 7]), torch.randint(-9, 9, [6, 2, 3, 3])];
  expect(torch.equal(of(x, w).float(), of(x.float(), w.float()))).toBe(true);
});
test("an empty batch gives an empty result and gradients of zero", () => {
  const x = torch.zeros(0, 2, 5, 5, { requires_grad: true });
  const w = torch.ones(3, 2, 3, 3, { requires_grad: true });
  const y = conv2d(x, w);
  expect([...y.shape]).toEqual([0, 3, 3, 3]);
  y.sum().backward();
  expect(w.grad!.abs().sum().item()).toBe(0);
});
