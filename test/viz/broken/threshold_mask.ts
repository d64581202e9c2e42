// en; a comparison in the middle; cause: not differentiable
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.tensor([0.2, 0.9], { requires_grad: true });
let caught: unknown;
try {
  viz.record(() => {
    const chosen = w.mul(2).gt(0.5); // <- here
    chosen.to(torch.float32).sum().backward();
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
