// torch.einsum: sums of products, written with letters for dims.
import { nodeNamed } from "../../autograd/op_node.ts";
import { promote_types } from "../../base/dtype.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { RuntimeError } from "../../base/errors.ts";
import { numel } from "../../base/layout.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** A tensor with a letter for each dim, all different. The dims of "..." are named "0", "1", … from the right. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: readonly string[];
}
/**
 * Sum of products by Einstein's convention: equal letters meet, letters missing right of the arrow are summed over.
 * Operands spread or as a list. Raises RuntimeError for an equation that does not fit them. As `torch.einsum`.
 * @example torch.einsum("ij,jk->ik", a, b) // a.matmul(b)
 */
export function einsum(equation: string, ...operands: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor;
export function einsum(...given: unknown[]): Tensor {
  const { equation, operands } = bindArguments("einsum(str equation, Tensor* operands) -> Tensor", given);
  if (operands.length === 0) throw new RuntimeError("einsum(): must provide at least one operand");
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (terms.length > operands.length)
    throw new RuntimeError("einsum(): fewer operands were provided than specified in the equation");
  if (terms.length < operands.length)
    throw new RuntimeError("einsum(): more operands were provided than specified in the equation");
  const labelled = operands.map((t, i) => withoutRepeats(t, dimLabels(terms[i], t.ndim, i)));
  const outer = labelled.map((x) => x.labels.filter(isEllipsis)).reduce((a, b) => (b.length > a.length ? b : a));
  const result = right === undefined ? implicitOutput(left, outer) : outputLabels(right, outer);
  for (const [i, l] of result.entries()) {
    if (result.indexOf(l) !== i)
      throw new RuntimeError(`einsum(): output subscript ${l} appears more than once in the output`);
    if (!labelled.some((x) => x.labels.includes(l)))
      throw new RuntimeError(`einsum(): output subscript ${l} does not appear in the equation for any input operand`);
  }
  let product = labelled[0];
  for (let i = 1; i < labelled.length; i++) {
    const later = new Set([...result, ...labelled.slice(i + 1).flatMap((x) => x.labels)]);
    product = contract(product, labelled[i], later);
  }
  const { tensor, labels } = summed(product, (l) => result.includes(l));
  if (labelled.length === 1 && tensor !== labelled[0].tensor && result.every((l, d) => labels[d] === l)) return tensor;
  const permuted = tensor.permute(result.map((l) => labels.indexOf(l)));
  return labelled.length === 1 ? permuted : nodeNamed(permuted, "ViewBackward0");
}
const isEllipsis = (l: string): boolean => /^\d/.test(l);
/** The letters of one operand. */
function dimLabels(term: string, ndim: number, place: number): string[] {
  const at = term.indexOf("...");
  const letters = term.replace("...", "");
  const wrong = /[^A-Za-z]/.exec(letters);
  if (wrong)
    throw new RuntimeError(
      wrong[0] === "."
        ? `einsum(): found '.' for operand ${place} that is not part of any ellipsis`
        : `einsum(): invalid subscript given at index ${term.indexOf(wrong[0])} in the equation string, subscripts must be in [a-zA-Z]`,
    );
  const hidden = ndim - letters.length;
  if (hidden < 0 || (at < 0 && hidden > 0))
    throw new RuntimeError(
      `einsum(): the number of subscripts in the equation (${letters.length}) ${
        at < 0 ? "does not match" : "is more than"
      } the number of dimensions (${ndim}) for operand ${place}${at < 0 ? " and no ellipsis was given" : ""}`,
    );
  return at < 0 ? [...letters] : [...letters.slice(0, at), ...ellipsisLabels(hidden), ...letters.slice(at)];
}
const ellipsisLabels = (n: number): string[] => Array.from({ length: n }, (_, i) => String(n - 1 - i));
/** Without an arrow: the letters that occur once, in alphabetical order, behind the dims of "...". */
function implicitOutput(left: string, outer: readonly string[]): string[] {
  const letters = [...left.replaceAll(/[^A-Za-z]/g, "")];
  return [...outer, ...letters.filter((l) => letters.indexOf(l) === letters.lastIndexOf(l)).sort()];
}
const outputLabels = (right: string, outer: readonly string[]): string[] => {
  const [before, after] = right.split("...");
  return after === undefined ? [...before] : [...before, ...outer, ...after];
};
/** A letter that occurs twice in one operand means the diagonal of these dims. */
function withoutRepeats(tensor: Tensor, labels: readonly string[]): Labelled {
  const second = labels.findIndex((l, i) => labels.indexOf(l) < i);
  if (second < 0) return { tensor, labels };
  const first = labels.indexOf(labels[second]);
  const [a, b] = [tensor.sizes[first], tensor.sizes[second]];
  if (a !== b)
    throw new RuntimeError(
      `einsum(): subscript ${labels[second]} is repeated for operand 0 but the sizes don't match, ${b} != ${a}`,
    );
  const rest = labels.filter((_, i) => i !== first && i !== second);
  return withoutRepeats(tensor.diagonal(0, first, second), [...rest, labels[second]]);
}
function summed({ tensor, labels }: Labelled, keep: (label: string) => boolean): Labelled {
  const dims = labels.flatMap((l, d) => (keep(l) ? [] : [d]));
  return dims.length === 0 ? { tensor, labels } : { tensor: tensor.sum(dims), labels: labels.filter(keep) };
}
/** The product of two operands, summed over what nobody needs `later`: one batched product of matrices. */
function contract(x: Labelled, y: Labelled, later: ReadonlySet<string>): Labelled {
  const a = summed(x, (l) => later.has(l) || y.labels.includes(l));
  const b = summed(y, (l) => later.has(l) || x.labels.includes(l));
  const shared = a.labels.filter((l) => b.labels.includes(l));
  const batch = shared.filter((l) => later.has(l));
  const inner = shared.filter((l) => !later.has(l));
  const own = a.labels.filter((l) => !shared.includes(l));
  const other = b.labels.filter((l) => !shared.includes(l));
  const sizeOf = (l: string): number => {
    const [m, n] = [a.tensor.sizes[a.labels.indexOf(l)] ?? 1, b.tensor.sizes[b.labels.indexOf(l)] ?? 1];
    if (m !== n && m !== 1 && n !== 1)
      throw new RuntimeError(
        `einsum(): subscript ${l} has size ${n} for operand 1 which does not broadcast with previously seen size ${m}`,
      );
    return m === 1 ? n : m;
  };
  const arranged = ({ tensor, labels }: Labelled, ...groups: readonly (readonly string[])[]): Tensor => {
    const order = groups.flat();
    return tensor
      .permute(order.map((l) => labels.indexOf(l)))
      .expand(order.map(sizeOf))
      .reshape(groups.map((g) => numel(g.map(sizeOf))));
  };
  // Sums of small integers are int64; floats of two dtypes are refused by bmm.
  const dtype = promote_types(a.tensor.dtype, b.tensor.dtype);
  const operand = (t: Tensor): Tensor => (dtype.is_differentiable || t.dtype === dtype ? t : t.to(dtype));
  const product = operand(arranged(a, batch, own, inner)).bmm(operand(arranged(b, batch, inner, other)));
  const labels = [...batch, ...own, ...other];
  return { tensor: product.reshape(labels.map(sizeOf)), labels };
}
