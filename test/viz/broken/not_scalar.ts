// en; backward of a vector; cause: not a scalar
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(3, { requires_grad: true });
let caught: unknown;
try {
  viz.record(() => {
    const y = w.mul(2);
    y.backward(); // <- here
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
