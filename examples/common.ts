// What the examples share: how long they run, and where their pictures go.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Tensor } from "tidu";

/** The device that `--device` names, the CPU unless told. */
export async function chosenDevice(): Promise<string> {
  const { device } = parseArgs({ options: { device: { type: "string", default: "cpu" } } }).values;
  if (device.startsWith("webgpu")) await import("tidu/webgpu");
  return device;
}
/** A number for a run, and one for a test of it, which is over at once. */
export const sized = (full: number, small: number): number => (process.env.TIDU_EXAMPLES === "small" ? small : full);

/** Keeps a picture in runs/. */
export function keep(name: string, picture: { svg(): string } | string): void {
  mkdirSync("runs", { recursive: true });
  writeFileSync(`runs/${name}.svg`, typeof picture === "string" ? picture : picture.svg());
  console.log(`Drawn: runs/${name}.svg`);
}
/** Grey images of [n, height, width], from 0 to 1, side by side. */
export function images(x: Tensor, columns = 10): string {
  const [n, height, width] = [x.size(0), x.size(1), x.size(2)];
  const pixels = x.detach().clamp(0, 1).tolist() as number[][][];
  const squares = pixels.flatMap((rows, i) =>
    rows.flatMap((row, r) =>
      row.map((v, c) => {
        const [left, top] = [(i % columns) * (width + 1) + c, Math.floor(i / columns) * (height + 1) + r];
        return `<rect x="${left}" y="${top}" width="1.02" height="1.02" fill="hsl(0 0% ${Math.round(100 * v)}%)"/>`;
      }),
    ),
  );
  const [wide, high] = [Math.min(n, columns) * (width + 1), Math.ceil(n / columns) * (height + 1)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide * 6}">${squares.join("")}</svg>`;
}
/** Points of [n, 2], coloured by their groups. */
export function scatter(points: Tensor, groups: Tensor): string {
  const xy = points.detach().tolist() as number[][];
  const of = groups.tolist() as number[];
  const [lowX, highX] = [Math.min(...xy.map(([x]) => x!)), Math.max(...xy.map(([x]) => x!))];
  const [lowY, highY] = [Math.min(...xy.map(([, y]) => y!)), Math.max(...xy.map(([, y]) => y!))];
  const dots = xy.map(([x, y], i) => {
    const [left, top] = [(400 * (x! - lowX)) / (highX - lowX), (400 * (y! - lowY)) / (highY - lowY)];
    return `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="3" fill="hsl(${36 * Number(of[i])} 70% 50%)"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 -5 410 410" width="410">${dots.join("")}</svg>`;
}
