// en; the loss is made a number too early; cause: number
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(2, { requires_grad: true });
let found: unknown;
viz.record(() => {
  try {
    const loss: unknown = w.mul(2).sum().item(); // <- here
    (loss as torch.Tensor).backward();
  } catch (error) {
    found = error;
  }
});
export const why = viz.explain(found as Error);
