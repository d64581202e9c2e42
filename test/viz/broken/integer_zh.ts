// zh; the network's output is cast to the labels' dtype; cause: integer
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const model = new nn.Linear(2, 1);
let caught: unknown;
try {
  viz.record(() => {
    const labels = torch.tensor([[1n], [0n]]);
    const output = model(torch.ones(2, 2)).to(torch.int64); // <- here
    output.sub(labels).to(torch.float32).mean().backward();
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
