// en; the side of where() that is not taken overflows; cause: overflow
import * as torch from "tidu";
import * as viz from "tidu/viz";

const a = torch.tensor([100, -1], { requires_grad: true });
viz.record(() => {
  const small = a.exp(); // <- here
  const y = torch.where(a.le(0), small, a.add(1));
  y.sum().backward();
});
export const why = viz.explain(a);
