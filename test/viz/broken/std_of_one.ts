// en; the standard deviation over a batch of one; cause: std of one element
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.ones(1, 3, { requires_grad: true });
let normalized = x;
viz.record(() => {
  const spread = x.std(0); // <- here
  normalized = x.sub(x.mean(0)).div(spread.add(1e-5));
});
export const why = viz.explain(normalized);
