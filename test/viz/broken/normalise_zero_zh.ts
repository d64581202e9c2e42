// zh; a row of zeros is divided by its length; cause: division by zero
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.tensor(
  [
    [3, 4],
    [0, 0],
  ],
  { requires_grad: true },
);
let unit = x;
viz.record(() => {
  const length = x.norm(2, 1, { keepdim: true });
  unit = x.div(length); // <- here
});
export const why = viz.explain(unit);
