// Matrix products: tiles of both operands in workgroup memory, 4 x 4 to 8 x 8 results for each thread.
//
// Note [Tiles]: a workgroup computes a tile of results in steps of DEPTH terms of their sums. In each step half of its
// threads bring a block of 4 x 4 elements of the left operand, the others one of the right, as four vectors where four
// elements lie together; the next step's are on their way while the sums of this one are made. Tiles stand in workgroup
// memory with results' rows (of the left operand) and columns (of the right) side by side, to be read as vectors.
import { HEAD } from "./kernel.ts";

/** Terms of the sums that a workgroup has at a time. */
export const DEPTH = 16;
export interface Tile {
  /** Rows of the results, and as many columns, that a workgroup computes. */
  readonly size: number;
  /** Vectors of rows and of columns that a thread computes, each of four. */
  readonly rows: number;
  readonly cols: number;
}
/** From the largest; a workgroup has size * size / (16 * rows * cols) threads, which is size * DEPTH / 8, too. */
export const TILES: readonly Tile[] = [
  { size: 128, rows: 2, cols: 2 },
  { size: 64, rows: 2, cols: 1 },
  { size: 32, rows: 1, cols: 1 },
];
/** How four elements of an operand lie together: in a row of it, in a column, anyhow, or where two tables say. */
export type Lie = "rows" | "cols" | "any" | "gathered";
export interface ProductForm {
  readonly tile: Tile;
  readonly a: Lie;
  readonly b: Lie;
}

/** Where what is told of a product stands in its descriptor, in words. */
export const PRODUCT_WORDS = [
  "m",
  "n",
  "k",
  "terms",
  "batch",
  /** How many workgroups share the sums of a tile, and steps of each. */
  "parts",
  "share",
  "a",
  "a_row",
  "a_col",
  "a_batch",
  "a_term",
  "b",
  "b_row",
  "b_col",
  "b_batch",
  "b_term",
  "b_rows",
  "b_cols",
  "out",
  "out_row",
  "out_batch",
  "out_part",
  /** Whether results are written by four. */
  "out_fours",
  "has_addend",
  "addend",
  "addend_row",
  "addend_col",
  "addend_batch",
] as const;
export type ProductWord = (typeof PRODUCT_WORDS)[number];
const word = (name: ProductWord): string => {
  const i = PRODUCT_WORDS.indexOf(name);
  return `d[${i >> 2}u].${"xyzw"[i & 3]}`;
};
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const four = range(4);

/** Brings block (deep, across) of an operand into v0 to v3: of four terms for four rows, or columns, of results. */
function bring(side: "a" | "b", lie: Lie): string {
  const [most, first, along, deep] =
    side === "a"
      ? [word("m"), "first_row", word("a_row"), word("a_col")]
      : [word("n"), "first_col", word("b_col"), word("b_row")];
  const base = `${word(side)} + batch * ${word(`${side}_batch`)} + term * ${word(`${side}_term`)}`;
  // For a left operand four terms lie together in a row, for a right one in a column.
  const isDeep = lie === (side === "a" ? "rows" : "cols");
  const isWide = lie === (side === "a" ? "cols" : "rows");
  const vector = (j: number): string => {
    if (isDeep)
      return `if (across + ${j}u < ${most} && deep < ${word("k")}) { v${j} = four(base + (across + ${j}u) * ${along} + deep); }`;
    const guard = `if (deep + ${j}u < ${word("k")})`;
    if (isWide) return `${guard} { if (across < ${most}) { v${j} = four(base + across + (deep + ${j}u) * ${deep}); } }`;
    const row =
      lie === "gathered"
        ? `let row = base + whole(${word("b_rows")} + deep + ${j}u);`
        : `let row = base + (deep + ${j}u) * ${deep};`;
    const element = lie === "gathered" ? "one(row + cols[i])" : `one(row + (across + i) * ${along})`;
    return `${guard} { ${row} for (var i = 0u; i < 4u; i++) { if (across + i < ${most}) { v${j}[i] = ${element}; } } }`;
  };
  return `let base = ${base};
          let across = ${first} + 4u * wide_block;
          let deep = depth + 4u * deep_block;
          ${four.map(vector).join("\n          ")}`;
}
/** Puts v0 to v3 where the sums are made from. */
function put(side: "a" | "b", lie: Lie): string {
  const isDeep = lie === (side === "a" ? "rows" : "cols");
  return four
    .map((j) => {
      const vector = isDeep ? `vec4f(v0[${j}], v1[${j}], v2[${j}], v3[${j}])` : `v${j}`;
      return `tile_${side}[4u * deep_block + ${j}u][wide_block] = ${vector};`;
    })
    .join(" ");
}

/** out = a · b + addend in float32, or the parts of the sums of which it is made. */
export function emitProduct({ tile: { size, rows, cols }, a, b }: ProductForm): string {
  const threads = (size * DEPTH) / 8;
  const wide = size / 4;
  const across = wide / cols;
  const sums = range(rows * 4).flatMap((r) => range(cols).map((c) => [r, c] as const));
  // Which block of its operand a thread brings: neighbours bring what lies side by side.
  const isDeep = (side: "a" | "b", lie: Lie): string =>
    lie === "any"
      ? `${word(side === "a" ? "a_col" : "b_row")} == 1u`
      : String(lie === (side === "a" ? "rows" : "cols"));
  const store = ([r, c]: readonly [number, number]): string =>
    `store(first_row + ${(r >> 2) * (wide / rows) * 4 + (r & 3)}u + 4u * y, first_col + ${c * across * 4}u + 4u * x, batch, part, sum_${r}_${c});`;
  return `@group(0) @binding(0) var<storage, read_write> mem: array<vec4u>;
${HEAD}
var<workgroup> tile_a: array<array<vec4f, ${wide}>, ${DEPTH}>;
var<workgroup> tile_b: array<array<vec4f, ${wide}>, ${DEPTH}>;
fn whole(i: u32) -> u32 { return mem[i >> 2u][i & 3u]; }
fn one(i: u32) -> f32 { return bitcast<f32>(mem[i >> 2u][i & 3u]); }
fn four(i: u32) -> vec4f { return bitcast<vec4f>(mem[i >> 2u]); }
// Four results side by side.
fn store(row: u32, col: u32, batch: u32, part: u32, sums: vec4f) {
  if (row >= ${word("m")} || col >= ${word("n")}) { return; }
  var made = sums;
  let most = min(4u, ${word("n")} - col);
  if (${word("has_addend")} == 1u && part == 0u) {
    let at = ${word("addend")} + batch * ${word("addend_batch")} + row * ${word("addend_row")} + col * ${word("addend_col")};
    for (var i = 0u; i < 4u; i++) { if (i < most) { made[i] += one(at + i * ${word("addend_col")}); } }
  }
  let at = ${word("out")} + batch * ${word("out_batch")} + part * ${word("out_part")} + row * ${word("out_row")} + col;
  if (${word("out_fours")} == 1u) {
    mem[at >> 2u] = bitcast<vec4u>(made);
  } else {
    for (var i = 0u; i < 4u; i++) { if (i < most) { mem[(at + i) >> 2u][(at + i) & 3u] = bitcast<u32>(made[i]); } }
  }
}

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_col = group.x * ${size}u;
  let first_row = group.y * ${size}u;
  let x = lane % ${across}u;
  let y = lane / ${across}u;
  let is_left = lane < ${threads / 2}u;
  let number = lane % ${threads / 2}u;
  let is_deep = select(${isDeep("b", b)}, ${isDeep("a", a)}, is_left);
  let deep_block = select(number / ${wide}u, number % ${DEPTH / 4}u, is_deep);
  let wide_block = select(number % ${wide}u, number / ${DEPTH / 4}u, is_deep);
  let depths = (${word("k")} + ${DEPTH - 1}u) / ${DEPTH}u;
  for (var z = group.z; z < ${word("batch")} * ${word("parts")}; z += groups.z) {
    let batch = z % ${word("batch")};
    let part = z / ${word("batch")};
    let end = min((part + 1u) * ${word("share")}, ${word("terms")} * depths);
    ${
      b === "gathered"
        ? `var cols: vec4u;
    if (!is_left) {
      let col = first_col + 4u * wide_block;
      ${four.map((i) => `if (col + ${i}u < ${word("n")}) { cols[${i}] = whole(${word("b_cols")} + col + ${i}u); }`).join("\n      ")}
    }`
        : ""
    }
    ${sums.map(([r, c]) => `var sum_${r}_${c}: vec4f;`).join(" ")}
    var step = part * ${word("share")};
    var v0: vec4f; var v1: vec4f; var v2: vec4f; var v3: vec4f;
    loop {
      if (step < end) {
        let term = step / depths;
        let depth = (step % depths) * ${DEPTH}u;
        v0 = vec4f(); v1 = vec4f(); v2 = vec4f(); v3 = vec4f();
        if (is_left) {
          ${bring("a", a)}
        } else {
          ${bring("b", b)}
        }
      }
      if (step > part * ${word("share")}) {
        for (var i = 0u; i < ${DEPTH}u; i++) {
          ${range(rows)
            .map((r) => `let left_${r} = tile_a[i][y + ${(r * wide) / rows}u];`)
            .join(" ")}
          ${range(cols)
            .map((c) => `let right_${c} = tile_b[i][x + ${c * across}u];`)
            .join(" ")}
          ${sums.map(([r, c]) => `sum_${r}_${c} = fma(vec4f(left_${r >> 2}[${r & 3}]), right_${c}, sum_${r}_${c});`).join("\n          ")}
        }
      }
      if (step >= end) { break; }
      workgroupBarrier();
      if (is_left) { ${put("a", a)} }
      else { ${put("b", b)} }
      workgroupBarrier();
      step++;
    }
    // The next round writes what this one still reads.
    workgroupBarrier();
    ${sums.map(store).join("\n    ")}
  }
}
`;
}
