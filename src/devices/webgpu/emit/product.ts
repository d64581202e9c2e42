// Matrix products: tiles of both operands in workgroup memory, 4 x 4 results for each thread.
import { HEAD } from "./kernel.ts";

/** Rows and columns of the results that a workgroup computes, and how many terms of their sums it has at a time. */
export const TILE = 32;
const DEPTH = 16;
const THREADS = 64;

/** Where what is told of a product stands in its descriptor, in words. */
export const PRODUCT_WORDS = [
  "m",
  "n",
  "k",
  "terms",
  "batch",
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
/** out = a · b + addend in float32; `gathered`: element [i, j] of b stands where two tables say. */
export function emitProduct(gathered: boolean, hasAddend: boolean): string {
  const at = gathered
    ? `mem[${word("b_rows")} + row] + mem[${word("b_cols")} + col]`
    : `row * ${word("b_row")} + col * ${word("b_col")}`;
  const addend = `bitcast<f32>(mem[${word("addend")} + batch * ${word("addend_batch")} + row * ${word("addend_row")} + col * ${word("addend_col")}])`;
  return `@group(0) @binding(0) var<storage, read_write> mem: array<u32>;
${HEAD}
var<workgroup> tile_a: array<array<f32, ${TILE}>, ${DEPTH}>;
var<workgroup> tile_b: array<array<f32, ${TILE}>, ${DEPTH}>;

@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_col = group.x * ${TILE}u;
  let first_row = group.y * ${TILE}u;
  let x = (lane & 7u) * 4u;
  let y = (lane >> 3u) * 4u;
  for (var batch = group.z; batch < ${word("batch")}; batch += groups.z) {
    var sums: array<vec4f, 4>;
    for (var term = 0u; term < ${word("terms")}; term++) {
      let a = ${word("a")} + batch * ${word("a_batch")} + term * ${word("a_term")};
      let b = ${word("b")} + batch * ${word("b_batch")} + term * ${word("b_term")};
      for (var first = 0u; first < ${word("k")}; first += ${DEPTH}u) {
        for (var e = lane; e < ${TILE * DEPTH}u; e += ${THREADS}u) {
          {
            // Neighbours in memory are read by neighbouring threads, whichever way a lies.
            let across = ${word("a_col")} == 1u;
            let inner = select(e / ${TILE}u, e % ${DEPTH}u, across);
            let outer = select(e % ${TILE}u, e / ${DEPTH}u, across);
            let row = first_row + outer;
            let col = first + inner;
            var value = 0.0f;
            if (row < ${word("m")} && col < ${word("k")}) {
              value = bitcast<f32>(mem[a + row * ${word("a_row")} + col * ${word("a_col")}]);
            }
            tile_a[inner][outer] = value;
          }
          {
            let inner = e / ${TILE}u;
            let outer = e % ${TILE}u;
            let row = first + inner;
            let col = first_col + outer;
            var value = 0.0f;
            if (row < ${word("k")} && col < ${word("n")}) {
              value = bitcast<f32>(mem[b + ${at}]);
            }
            tile_b[inner][outer] = value;
          }
        }
        workgroupBarrier();
        for (var i = 0u; i < ${DEPTH}u; i++) {
          let right = vec4f(tile_b[i][x], tile_b[i][x + 1u], tile_b[i][x + 2u], tile_b[i][x + 3u]);
          for (var j = 0u; j < 4u; j++) {
            sums[j] = fma(vec4f(tile_a[i][y + j]), right, sums[j]);
          }
        }
        workgroupBarrier();
      }
    }
    for (var j = 0u; j < 4u; j++) {
      for (var i = 0u; i < 4u; i++) {
        let row = first_row + y + j;
        let col = first_col + x + i;
        if (row < ${word("m")} && col < ${word("n")}) {
          let sum = sums[j][i]${hasAddend ? ` + ${addend}` : ""};
          mem[${word("out")} + batch * ${word("out_batch")} + row * ${word("out_row")} + col] = bitcast<u32>(sum);
        }
      }
    }
  }
}
`;
}
