// en; a leaf is updated without no_grad; cause: leaf changed in place
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(2, { requires_grad: true });
let caught: unknown;
try {
  viz.record(() => {
    w.pow(2).sum().backward();
    w.sub_(w.grad!.mul(0.1)); // <- here
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
