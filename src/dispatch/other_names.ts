// Names that PyTorch takes for an argument beside the signature's.

/** NumPy's names, and those of the single function. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  self: ["input", "x", "a", "x1"],
  input: ["x", "a", "x1"],
  other: ["x2"],
  dim: ["axis"],
  keepdim: ["keepdims"],
  // As PyTorch's documentation calls it.
  A: ["input"],
};
const ALSO_OF: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  split: { self: ["tensor"], split_size: ["split_size_or_sections"] },
  unsafe_split: { self: ["tensor"], split_size: ["split_size_or_sections"] },
  tensor_split: { indices_or_sections: ["indices", "sections", "tensor_indices_or_sections"] },
  hsplit: { indices: ["sections"] },
  vsplit: { indices: ["sections"] },
  dsplit: { indices: ["sections"] },
  scatter: { src: ["value"] },
  scatter_: { src: ["value"] },
  dropout: { training: ["train"] },
  one_hot: { input: ["tensor"] },
  isin: { elements: ["element"], test_elements: ["test_element"] },
  linalg_tensorsolve: { B: ["other"] },
  linalg_vector_norm: { x: ["input"] },
  cholesky_solve: { L: ["input2"] },
  ormqr: { tau: ["input2"], other: ["input3"] },
};
/** Other names of the argument `name` of `op`, whose arguments are `all`. */
export function otherNames(op: string, name: string, all: string): readonly string[] {
  const others = [...(ALSO[name] ?? []), ...(ALSO_OF[op]?.[name] ?? [])];
  if (others.length === 0) return others;
  const words = all.split(/\W+/);
  return others.filter((other) => !words.includes(other));
}
