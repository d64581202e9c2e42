// en; the sum of what was centred; cause: cancelled
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.tensor([1, 2, 4], { requires_grad: true });
viz.record(() => {
  const centred = x.sub(x.mean()); // <- here
  centred.sum().backward();
});
export const why = viz.explain(x.grad!);
