// Transforms against what torchvision gave.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as transforms from "../../src/transforms/index.ts";

interface Shown {
  readonly dtype: string;
  readonly size: number[];
  readonly values: number[];
}
interface Case {
  readonly name: string;
  readonly image: string;
  readonly args: unknown[];
  readonly options: Record<string, unknown>;
}
const recorded = JSON.parse(
  gunzipSync(readFileSync(new URL("../recorded/transforms.json.gz", import.meta.url))).toString(),
) as {
  images: Record<string, Shown>;
  functions: (Case & { out: Shown })[];
  transforms: (Case & { outs: Shown[]; next: number })[];
  containers: Shown[];
};
const dtypeOf = (name: string): torch.Dtype =>
  (torch as unknown as Record<string, torch.Dtype>)[name.replace("torch.", "")];
const images = Object.fromEntries(
  Object.entries(recorded.images).map(([name, { dtype, size, values }]) => [
    name,
    torch.tensor(values).to(dtypeOf(dtype)).view(size),
  ]),
);
/** Where floats are computed in another order and then rounded to bytes, a byte may differ by one. */
const BYTES = /"antialias":false|blur|Blur|rotate|Rotat|affine|Affine|adjust|Jitter|Grayscale|grayscale|RandAugment/;
function compare(out: Tensor, { dtype, size, values }: Shown, name: string): void {
  expect([String(out.dtype), ...out.sizes]).toEqual([dtype, ...size]);
  const got = out.flatten().tolist() as number[];
  const allowed = out.dtype.is_floating_point ? 3e-6 : BYTES.test(name) ? 1 : 0;
  let [apart, off] = [0, 0];
  for (const [i, value] of values.entries()) {
    apart = Math.max(apart, Math.abs(got[i] - value));
    if (got[i] !== value) off++;
  }
  expect(apart).toBeLessThanOrEqual(allowed);
  if (!out.dtype.is_floating_point) expect(off / Math.max(values.length, 1)).toBeLessThan(0.1);
}
const given = (args: readonly unknown[]): unknown[] =>
  args.map((a) => (typeof a === "string" && a !== "random" ? dtypeOf(a) : a === "random" ? null : a));
const title = ({ name, image, args, options }: Case): string =>
  `${name}${JSON.stringify([...args, options])} of ${image}`;

describe("functions give what torchvision's give", () => {
  for (const c of recorded.functions)
    test(title(c), () => {
      const f = (transforms.functional as unknown as Record<string, (...args: unknown[]) => Tensor>)[c.name];
      const image = images[c.image];
      const before = image.clone();
      compare(f(image, ...given(c.args), c.options), c.out, title(c));
      expect(image.equal(before)).toBe(true);
    });
});
describe("transforms draw and give what torchvision's do", () => {
  for (const c of recorded.transforms)
    test(title(c), () => {
      const Made = (transforms as unknown as Record<string, new (...args: unknown[]) => (x: Tensor) => Tensor>)[c.name];
      const transform = new Made(...given(c.args), c.options);
      torch.manual_seed(3);
      for (const out of c.outs) compare(transform(images[c.image].clone()), out, title(c));
      expect(torch.rand(1).item()).toBeCloseTo(c.next, 6);
    });
  test("one after the other, at random, in any order", () => {
    torch.manual_seed(5);
    const [flip, blur] = [new transforms.RandomHorizontalFlip(0.5), new transforms.GaussianBlur(3)];
    const all = new transforms.Compose([
      new transforms.RandomApply([flip, blur], 0.6),
      new transforms.RandomChoice([flip, blur], [0.3, 0.7]),
      new transforms.RandomOrder([flip, blur]),
    ]);
    for (const out of recorded.containers) compare(all(images["floats"]), out, "Compose");
  });
});
describe("a transform", () => {
  const { functional: F } = transforms;
  const image = torch.zeros(3, 4, 5, { dtype: torch.uint8 });
  test("says what it refuses, in torchvision's words", () => {
    expect(() => new transforms.RandomCrop(9)(image)).toThrow(
      "Required crop size (9, 9) is larger than input image size (4, 5).",
    );
    expect(() => F.normalize(image, 0.5, 0.5)).toThrow("Input tensor should be a float tensor. Got torch.uint8.");
    expect(() => F.normalize(image.float(), 0.5, 0)).toThrow("std evaluated to zero, leading to division by zero.");
    expect(() => F.adjust_hue(image, 0.7)).toThrow("hue_factor (0.7) is not in [-0.5, 0.5].");
    expect(() => F.adjust_brightness(torch.ones(2, 4, 4), 1)).toThrow(
      "permitted channel values are 1 or 3, but found 2",
    );
    expect(() => F.resize(image, 5, { max_size: 4 })).toThrow("max_size = 4 must be strictly greater");
    expect(() => F.pad(image, [1, 2, 3])).toThrow("Padding must be an int or a 1, 2, or 4 element tuple");
    expect(() => F.gaussian_blur(image, 4)).toThrow("kernel_size should have odd and positive integers. Got [4, 4]");
    expect(() => new transforms.ColorJitter({ brightness: -1 })).toThrow(
      "If brightness is a single number, it must be non negative.",
    );
    expect(() => new transforms.Compose([])).toThrow("Pass at least one transform");
    expect(() => new transforms.Resize(4)([1] as never)).toThrow("Resize() expects an image as a Tensor");
    expect(() => F.rotate(image, 3, { interpolation: "bicubic" })).toThrow(
      "'bicubic' is unsupported with Tensor input",
    );
  });
  test("is a module: it has a text, and may stand in a Sequential", () => {
    const resize = new transforms.Resize(2);
    expect(String(resize)).toContain("Resize(size=2");
    expect(new torch.nn.Sequential(resize, new transforms.ToDtype(torch.float32, true))(image).size()).toEqual([
      3, 2, 2,
    ]);
  });
});
