// Gradients that depend on what they are the gradient of in steps alone.
import type { Tensor } from "../tensor/tensor.ts";
import type { Edge, Grads } from "./node.ts";
import { gradientEdge, Node, metaOf } from "./node.ts";

// Note [Piecewise linear]
//
// The gradient of a function made of straight pieces, or of one that is linear, is the same wherever x is within a piece.
// PyTorch counts it as a function of x all the same, whose derivative is 0: a gradient penalty through leaky_relu gives the
// layers before it zeros, not None, and backward does not fail where nothing else depends on x. An op says so by `flat`. Only
// edges of the graph are kept for it, no memory.

/** The gradient of a gradient: passed on to what made it, and zeros to what it is flat in. */
class FlatNode extends Node {
  private readonly of: string;

  constructor(gradient: Tensor, edges: readonly Edge[], of: string) {
    super();
    this.of = of;
    this.edges = [gradientEdge(gradient), ...edges];
    this.outputs = [metaOf(gradient)];
  }
  override name(): string {
    return this.of.replace(/(\d+)$/, "Backward$1");
  }
  override apply([grad]: Grads, needs: readonly boolean[]): Grads {
    return this.edges.map((edge, i) => {
      if (i === 0 || grad === null || !needs[i]) return i === 0 ? grad : null;
      const { shape, dtype } = edge!.node.outputs[edge!.nr];
      return grad.new_zeros(shape, { dtype });
    });
  }
}
/** The gradient that a node so called gave, as a function of what the edges lead to whose derivative is 0. */
export function flatIn(gradient: Tensor, edges: readonly Edge[], of: string): Tensor {
  if (edges.length === 0) return gradient;
  const made = gradient.bare();
  made.node = new FlatNode(gradient, edges, of);
  return made;
}
