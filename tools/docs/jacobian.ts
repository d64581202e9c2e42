// The picture of the lesson on backward(gradient): rows of weights times the Jacobian, with the numbers that the library computes.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as torch from "tidu";
import type { Tensor } from "tidu";

export const PICTURE = "docs/lessons/pictures/jacobian.svg";
const f = (x: Tensor): Tensor => torch.stack([x[0].mul(x[1]), x[1].mul(x[2])]);
const X = [1, 2, 3];
const WEIGHTS = [
  [1, 0],
  [0, 1],
  [1, 10],
];
const [ROWS, COLUMNS] = [
  ["x₀x₁", "x₁x₂"],
  ["∂x₀", "∂x₁", "∂x₂"],
];
const [CELL, GAP, TOP, BLOCK] = [46, 3, 40, 150];
/** Where the weights, the Jacobian and the gradient begin. */
const [LEFT, MIDDLE, RIGHT] = [16, 190, 400];
const STYLE = `text{font:15px system-ui,sans-serif;text-anchor:middle;fill:#1e2024}.soft{fill:#62666d;font-size:12px}.end{text-anchor:end}
.paper{fill:#fbfaf7}.cell{stroke:#d5d1c7}`;

export function jacobianPicture(): string {
  const jacobian = torch.func.jacrev(f)(torch.tensor(X)).tolist() as number[][];
  const parts: string[] = [];
  const text = (x: number, y: number, what: string | number, kind = ""): void =>
    void parts.push(`<text x="${x}" y="${y}"${kind === "" ? "" : ` class="${kind}"`}>${what}</text>`);
  const cell = (x: number, y: number, what: number, strength: number, colour: string): void => {
    parts.push(`<rect class="cell" x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="5" fill="#fff"/>`);
    if (strength > 0)
      parts.push(
        `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="5" fill="${colour}" fill-opacity="${strength}"/>`,
      );
    text(x + CELL / 2, y + CELL / 2 + 5, what);
  };
  const at = (start: number, i: number): number => start + i * (CELL + GAP);
  text(at(LEFT, 1) - GAP / 2, 22, "gradient", "soft");
  text(at(MIDDLE, 1) + CELL / 2, 22, "Jacobian", "soft");
  text(at(RIGHT, 1) + CELL / 2, 22, "x.grad", "soft");
  for (const [k, weights] of WEIGHTS.entries()) {
    const x = torch.tensor(X, { requires_grad: true });
    f(x).backward(torch.tensor(weights));
    const gradient = x.grad!.tolist() as number[];
    const top = TOP + k * BLOCK + 16;
    const middle = top + CELL / 2 + GAP / 2;
    const most = Math.max(...weights);
    for (const [i, weight] of weights.entries()) {
      cell(at(LEFT, i), middle, weight, weight === 0 ? 0 : 0.15 + (0.35 * weight) / most, "#a8481a");
      text(MIDDLE - 8, at(top, i) + CELL / 2 + 5, ROWS[i], "soft end");
      // A row counts as much as its weight says.
      for (const [j, entry] of jacobian[i].entries())
        cell(at(MIDDLE, j), at(top, i), entry, weight === 0 ? 0 : 0.15 + (0.35 * weight) / most, "#24558f");
    }
    for (const [j, name] of COLUMNS.entries()) {
      text(at(MIDDLE, j) + CELL / 2, top - 5, name, "soft");
      cell(at(RIGHT, j), middle, gradient[j], 0.3, "#a8481a");
    }
    text(LEFT + 2 * (CELL + GAP) + 14, middle + CELL / 2 + 5, "×");
    text(RIGHT - 24, middle + CELL / 2 + 5, "=");
  }
  const [width, height] = [RIGHT + 3 * (CELL + GAP) + 16, TOP + WEIGHTS.length * BLOCK - 10];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><style>${STYLE}</style><rect class="paper" width="${width}" height="${height}" rx="10"/>\n${parts.join("\n")}\n</svg>\n`;
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(PICTURE, jacobianPicture());
