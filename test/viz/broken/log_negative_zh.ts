// zh; log of what the network gives; cause: log of a negative number
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.tensor([-0.5, 2], { requires_grad: true });
let loss = x;
viz.record(() => {
  const output = x.mul(2);
  loss = output.log().mean(); // <- here
  loss.backward();
});
export const why = viz.explain(x);
