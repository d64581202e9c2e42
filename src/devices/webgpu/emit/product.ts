// Matrix products: tiles of both operands in workgroup memory, 4 x 4 to 8 x 8 results for each thread.
//
// Note [Tiles]: a workgroup computes a tile of results in steps of DEPTH terms of their sums. In each step half of its
// threads bring a block of 4 x 4 elements of the left operand, the others one of the right, as four vectors where four
// elements lie together; the next step's are on their way while the sums of this one are made. Tiles stand in workgroup
// memory with results' rows (of the left operand) and columns (of the right) side by side, to be read as vectors.
import { HEAD } from "./kernel.ts";
import { DEPTH, four, sumsOf, threadsOf } from "./sums.ts";
import type { Sums, Tile } from "./sums.ts";

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
function put(side: "a" | "b", lie: Lie, { put: putVector }: Sums): string {
  const isDeep = lie === (side === "a" ? "rows" : "cols");
  return four
    .map((j) => putVector(side, j, isDeep ? `vec4f(v0[${j}], v1[${j}], v2[${j}], v3[${j}])` : `v${j}`))
    .join(" ");
}

/** out = a · b + addend in float32, or the parts of the sums of which it is made. */
export function emitProduct({ tile, a, b }: ProductForm): string {
  const { size } = tile;
  const threads = threadsOf(tile);
  const wide = size / 4;
  const sums = sumsOf(tile);
  // Which block of its operand a thread brings: neighbours bring what lies side by side.
  const isDeep = (side: "a" | "b", lie: Lie): string =>
    lie === "any"
      ? `${word(side === "a" ? "a_col" : "b_row")} == 1u`
      : String(lie === (side === "a" ? "rows" : "cols"));
  return `${sums.directives}@group(0) @binding(0) var<storage, read_write> mem: array<vec4u>;
${HEAD}
${sums.memory}
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
  @builtin(local_invocation_index) lane: u32,${sums.told}
) {
  let first_col = group.x * ${size}u;
  let first_row = group.y * ${size}u;
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
    ${sums.begin}
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
        ${sums.add}
      }
      if (step >= end) { break; }
      workgroupBarrier();
      if (is_left) { ${put("a", a, sums)} }
      else { ${put("b", b, sums)} }
      workgroupBarrier();
      step++;
    }
    // The next round writes what this one still reads.
    workgroupBarrier();
    ${sums.store}
  }
}
`;
}
