// How the threads of a workgroup make the sums of a tile: see Note [Tiles].
//
// Note [Matrices]: hardware that multiplies small matrices, each held by a whole subgroup, makes the sums of those, from the
// same tiles of operands. Sums are float32 there, too; operands are halves only where they are numbers of halves anyway.
import type { Adapter } from "../worker.ts";
import { WORKGROUP_BYTES } from "./kernel.ts";

/** Terms of the sums that a workgroup has at a time. */
export const DEPTH = 16;
export interface Tile {
  /** Rows of the results, and as many columns, that a workgroup computes. */
  readonly size: number;
  /** Vectors of rows and of columns that a thread computes, each of four. */
  readonly rows: number;
  readonly cols: number;
  /** What the sums are made of in place of these vectors: see Note [Matrices]. */
  readonly matrix?: MatrixShape;
}
export type MatrixShape = Adapter["matrices"][number];
/** From the largest; a workgroup has size * size / (16 * rows * cols) threads, which is size * DEPTH / 8, too. */
export const TILES: readonly Tile[] = [
  { size: 128, rows: 2, cols: 2 },
  { size: 64, rows: 2, cols: 1 },
  { size: 32, rows: 1, cols: 1 },
];
export const threadsOf = ({ size }: Tile): number => (size * DEPTH) / 8;
/** The tiles of which matrices make sums: those that they divide among a workgroup's subgroups, and that have room. */
export const tilesOf = (matrix: MatrixShape): Tile[] =>
  TILES.filter((tile) => {
    const { component, m, n, k, subgroup } = matrix;
    const [across, subgroups] = [tile.size / n, threadsOf(tile) / subgroup];
    const each = ((tile.size / m) * across) / subgroups;
    const bytes = 2 * tile.size * DEPTH * (component === "f16" ? 2 : 4) + 4 * subgroups * m * n;
    const isDivided = DEPTH % k === 0 && Number.isInteger(subgroups) && Number.isInteger(each) && each > 0;
    return isDivided && (each % across === 0 || across % each === 0) && bytes <= WORKGROUP_BYTES;
  }).map((tile) => ({ ...tile, matrix }));
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const four = range(4);

/** How a workgroup makes the sums of a tile. */
export interface Sums {
  readonly directives: string;
  /** The tiles of both operands, and what else is in workgroup memory. */
  readonly memory: string;
  /** What else `main` is told. */
  readonly told: string;
  /** Puts the elements of a block's term `j`, a vector, into an operand's tile. */
  readonly put: (side: "a" | "b", j: number, vector: string) => string;
  readonly begin: string;
  /** Adds what the tiles of operands come to. */
  readonly add: string;
  readonly store: string;
}
function inVectors({ size, rows, cols }: Tile): Sums {
  const wide = size / 4;
  const across = wide / cols;
  const sums = range(rows * 4).flatMap((r) => range(cols).map((c) => [r, c] as const));
  const store = ([r, c]: readonly [number, number]): string =>
    `store(first_row + ${(r >> 2) * (wide / rows) * 4 + (r & 3)}u + 4u * y, first_col + ${c * across * 4}u + 4u * x, batch, part, sum_${r}_${c});`;
  return {
    directives: "",
    memory: `var<workgroup> tile_a: array<array<vec4f, ${wide}>, ${DEPTH}>;
var<workgroup> tile_b: array<array<vec4f, ${wide}>, ${DEPTH}>;`,
    told: "",
    put: (side, j, vector) => `tile_${side}[4u * deep_block + ${j}u][wide_block] = ${vector};`,
    begin: `let x = lane % ${across}u;
    let y = lane / ${across}u;
    ${sums.map(([r, c]) => `var sum_${r}_${c}: vec4f;`).join(" ")}`,
    add: `for (var i = 0u; i < ${DEPTH}u; i++) {
          ${range(rows)
            .map((r) => `let left_${r} = tile_a[i][y + ${(r * wide) / rows}u];`)
            .join(" ")}
          ${range(cols)
            .map((c) => `let right_${c} = tile_b[i][x + ${c * across}u];`)
            .join(" ")}
          ${sums.map(([r, c]) => `sum_${r}_${c} = fma(vec4f(left_${r >> 2}[${r & 3}]), right_${c}, sum_${r}_${c});`).join("\n          ")}
        }`,
    store: sums.map(store).join("\n    "),
  };
}
/** See Note [Matrices]. Those of a subgroup follow each other row by row: some in a row, or some rows. */
function inMatrices(tile: Tile, { component, m, n, k, subgroup }: MatrixShape): Sums {
  const { size } = tile;
  const across = size / n;
  const subgroups = threadsOf(tile) / subgroup;
  const each = ((size / m) * across) / subgroups;
  const [rows, cols] = [range(Math.max(1, each / across)), range(Math.min(each, across))];
  const sums = rows.flatMap((r) => cols.map((c) => [r, c] as const));
  const store = ([r, c]: readonly [number, number]): string =>
    `subgroupMatrixStore<row_major>(&made, own, sum_${r}_${c}, ${n}u);
    workgroupBarrier();
    for (var i = lane % ${subgroup}u * 4u; i < ${m * n}u; i += ${4 * subgroup}u) {
      let at = own + i;
      let row = first_row + (y + ${r}u) * ${m}u + i / ${n}u;
      let col = first_col + (x + ${c}u) * ${n}u + i % ${n}u;
      store(row, col, batch, part, vec4f(made[at], made[at + 1u], made[at + 2u], made[at + 3u]));
    }
    workgroupBarrier();`;
  const load = (side: "left" | "right", shape: string, lie: string, from: string): string =>
    `subgroupMatrixLoad<subgroup_matrix_${side}<${component}, ${shape}>, ${lie}>(&tile_${side === "left" ? "a" : "b"}, ${from}, ${size}u)`;
  return {
    directives: `enable chromium_experimental_subgroup_matrix;\nenable subgroups;\n${component === "f16" ? "enable f16;\n" : ""}`,
    memory: `var<workgroup> tile_a: array<${component}, ${size * DEPTH}>;
var<workgroup> tile_b: array<${component}, ${size * DEPTH}>;
var<workgroup> made: array<f32, ${subgroups * m * n}>;`,
    told: "\n  @builtin(subgroup_id) subgroup: u32,",
    put: (side, j, vector) =>
      `{ let v = ${vector}; let at = (4u * deep_block + ${j}u) * ${size}u + 4u * wide_block; ${four
        .map((i) => `tile_${side}[at + ${i}u] = ${component}(v[${i}]);`)
        .join(" ")} }`,
    begin: `let x = subgroup * ${each}u % ${across}u;
    let y = subgroup * ${each}u / ${across}u;
    let own = subgroup * ${m * n}u;
    ${sums.map(([r, c]) => `var sum_${r}_${c}: subgroup_matrix_result<f32, ${n}, ${m}>;`).join(" ")}`,
    add: `for (var i = 0u; i < ${DEPTH}u; i += ${k}u) {
          ${rows.map((r) => `let left_${r} = ${load("left", `${k}, ${m}`, "col_major", `i * ${size}u + (y + ${r}u) * ${m}u`)};`).join("\n          ")}
          ${cols.map((c) => `let right_${c} = ${load("right", `${n}, ${k}`, "row_major", `i * ${size}u + (x + ${c}u) * ${n}u`)};`).join("\n          ")}
          ${sums.map(([r, c]) => `sum_${r}_${c} = subgroupMatrixMultiplyAccumulate(left_${r}, right_${c}, sum_${r}_${c});`).join("\n          ")}
        }`,
    store: sums.map(store).join("\n    "),
  };
}

export const sumsOf = (tile: Tile): Sums =>
  tile.matrix === undefined ? inVectors(tile) : inMatrices(tile, tile.matrix);
