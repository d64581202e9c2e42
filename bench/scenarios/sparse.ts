import * as torch from "tidu";
import { nn, sparse } from "tidu";
import type { Tensor } from "tidu";
import type { Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const [NODES, EDGES, WIDTH] = [20_000, 100_000, 64];
const edges = (): Tensor => torch.randint(NODES, [2, EDGES]);
const graph = (): Tensor => torch.sparse_coo_tensor(edges(), torch.rand(EDGES), [NODES, NODES]).coalesce();

/** A graph of 100,000 edges: what a graph network does with it. */
export const sparseGraphs: Scenario = {
  title: `a graph of ${NODES} nodes and ${EDGES} edges, stored sparsely, ${WIDTH} features a node`,
  unit: "ms",
  measure: "seconds",
  cases: [
    {
      name: "sparse, coalesce",
      show: milliseconds,
      prepare: () => {
        const [indices, values] = [edges(), torch.rand(EDGES)];
        return () => torch.sparse_coo_tensor(indices, values, [NODES, NODES]).coalesce();
      },
    },
    {
      name: "sparse, times dense",
      show: milliseconds,
      prepare: () => {
        const [a, x] = [graph(), torch.randn(NODES, WIDTH)];
        return () => sparse.mm(a, x);
      },
    },
    {
      name: "sparse by rows, times dense",
      show: milliseconds,
      prepare: () => {
        const [a, x] = [graph().to_sparse_csr(), torch.randn(NODES, WIDTH)];
        return () => sparse.mm(a, x);
      },
    },
    {
      name: "sparse, two layers, forward and backward",
      show: milliseconds,
      prepare: () => {
        const [a, x] = [graph(), torch.randn(NODES, WIDTH)];
        const [first, second] = [new nn.Linear(WIDTH, WIDTH), new nn.Linear(WIDTH, 8)];
        return () => {
          const hidden = sparse.mm(a, first(x)).relu();
          sparse.mm(a, second(hidden)).sum().backward();
        };
      },
    },
  ],
};
