// en; an angle between a vector and itself; cause: derivative of acos at 1
import * as torch from "tidu";
import * as viz from "tidu/viz";

const a = torch.tensor([1, 0], { requires_grad: true });
viz.record(() => {
  const cosine = a.mul(torch.tensor([1, 0])).sum();
  const angle = cosine.acos(); // <- here
  angle.backward();
});
export const why = viz.explain(a);
