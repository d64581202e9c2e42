// zh; pixels are counted by rounding down, in the middle of the network; cause: step function
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.tensor([0.7, 1.4], { requires_grad: true });
viz.record(() => {
  const cells = w.mul(4).floor(); // <- here
  cells
    .sub(torch.tensor([3, 3]))
    .pow(2)
    .sum()
    .backward();
});
export const why = viz.explain(w);
