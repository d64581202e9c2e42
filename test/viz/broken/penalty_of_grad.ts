// en; a penalty on .grad, which backward() left without a graph; cause: create_graph
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.tensor([1, 2], { requires_grad: true });
let found: unknown;
viz.record(() => {
  w.pow(3).sum().backward(); // <- here
  try {
    w.grad!.pow(2).sum().backward();
  } catch (error) {
    found = error;
  }
});
export const why = viz.explain(found as Error);
