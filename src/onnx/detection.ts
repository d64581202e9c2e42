// ONNX's operators of models that find things in images: which boxes stay, and what is in them.
import { float64, int64 } from "../base/dtype.ts";
import { tensor } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Running } from "./running.ts";

const doubles = (x: Tensor): Float64Array => x.to(float64).contiguous().typed_array() as Float64Array;
/** A box by its corners: y1, x1, y2, x2, the smaller first. */
type Box = readonly [number, number, number, number];
function boxesOf(r: Running): Box[] {
  const given = doubles(r.x(0));
  const isCentred = r.int("center_point_box", 0) === 1;
  return Array.from({ length: given.length / 4 }, (_, k) => {
    const [a, b, c, d] = given.subarray(4 * k, 4 * k + 4);
    if (isCentred) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
    return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  });
}
const area = ([top, left, bottom, right]: Box): number => (bottom - top) * (right - left);
function overlap(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  return (height * width) / (area(a) + area(b) - height * width);
}
/** [batch, class, box] of those that no better box of their class overlaps too much, class by class. */
export function nonMaxSuppression(r: Running): Tensor {
  const [batches, classes, many] = r.x(1).sizes;
  const [boxes, scores] = [boxesOf(r), doubles(r.x(1))];
  const limit = (i: number, otherwise: number): number => Number(r.maybe(i)?.item() ?? otherwise);
  const [most, threshold, least] = [limit(2, 0), limit(3, 0), limit(4, -Infinity)];
  const kept: [number, number, number][] = [];
  for (let n = 0; n < batches; n++)
    for (let c = 0; c < classes; c++) {
      const own = scores.subarray((n * classes + c) * many, (n * classes + c + 1) * many);
      const order = [...own.keys()].filter((k) => own[k] > least).sort((a, b) => own[b] - own[a]);
      const chosen: number[] = [];
      for (const k of order) {
        if (chosen.length >= most) break;
        if (chosen.every((j) => overlap(boxes[n * many + k], boxes[n * many + j]) <= threshold)) chosen.push(k);
      }
      kept.push(...chosen.map((k): [number, number, number] => [n, c, k]));
    }
  return tensor(BigInt64Array.from(kept.flat(), BigInt), { dtype: int64 }).view([kept.length, 3]);
}
/** Regions of an image, each cut into as many bins as asked for: the mean, or the largest, of samples between pixels. */
export function roiAlign(r: Running): Tensor {
  const [x, rois, batches] = [r.x(0), doubles(r.x(1)), doubles(r.x(2))];
  const [, channels, height, width] = x.sizes;
  const [rows, columns] = [r.int("output_height", 1), r.int("output_width", 1)];
  const [scale, ratio] = [r.float("spatial_scale", 1), r.int("sampling_ratio", 0)];
  const isMax = r.text("mode", "avg") === "max";
  const isHalf = r.opset >= 16 && r.text("coordinate_transformation_mode", "half_pixel") === "half_pixel";
  const shift = isHalf ? 0.5 : 0;
  const from = doubles(x);
  const out = new Float64Array(batches.length * channels * rows * columns);
  for (const [n, batch] of batches.entries()) {
    const [left, top, right, bottom] = rois.subarray(4 * n, 4 * n + 4).map((v) => v * scale - shift);
    // Without half pixels a region has a pixel at least.
    const tall = Math.max(bottom - top, isHalf ? -Infinity : 1) / rows;
    const wide = Math.max(right - left, isHalf ? -Infinity : 1) / columns;
    const down = ratio > 0 ? ratio : Math.ceil(tall);
    const across = ratio > 0 ? ratio : Math.ceil(wide);
    for (let c = 0; c < channels; c++) {
      const plane = from.subarray((batch * channels + c) * height * width);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          let [sum, largest] = [0, -Infinity];
          for (let a = 0; a < down; a++)
            for (let b = 0; b < across; b++) {
              const parts = between(
                plane,
                height,
                width,
                top + i * tall + ((a + 0.5) * tall) / down,
                left + j * wide + ((b + 0.5) * wide) / across,
              );
              sum += parts[0] + parts[1] + parts[2] + parts[3];
              largest = Math.max(largest, ...parts);
            }
          const samples = Math.max(down * across, 1);
          out[((n * channels + c) * rows + i) * columns + j] = isMax
            ? largest === -Infinity
              ? 0
              : largest
            : sum / samples;
        }
    }
  }
  return tensor(out, { dtype: float64 }).to(x.dtype).view([batches.length, channels, rows, columns]);
}
/** What the four pixels around a place give to it; 0 outside. */
function between(
  plane: Float64Array,
  height: number,
  width: number,
  y: number,
  x: number,
): [number, number, number, number] {
  if (y < -1 || y > height || x < -1 || x > width) return [0, 0, 0, 0];
  const low = (v: number, size: number): [number, number, number] => {
    const at = Math.max(v, 0);
    const first = Math.min(Math.floor(at), size - 1);
    return first === size - 1 ? [first, first, 0] : [first, first + 1, at - first];
  };
  const [y0, y1, dy] = low(y, height);
  const [x0, x1, dx] = low(x, width);
  const at = (i: number, j: number): number => plane[i * width + j];
  return [
    (1 - dy) * (1 - dx) * at(y0, x0),
    (1 - dy) * dx * at(y0, x1),
    dy * (1 - dx) * at(y1, x0),
    dy * dx * at(y1, x1),
  ];
}
