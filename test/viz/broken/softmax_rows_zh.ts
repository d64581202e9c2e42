// zh; a matrix filled row by row while its rows are in use; cause: changed in place
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.rand(3, 3, { requires_grad: true });
let caught: unknown;
try {
  viz.record(() => {
    const y = x.exp();
    y.index([0]).div_(y.sum()); // <- here
    y.sum().backward();
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
