// zh; actions beyond the bound; cause: clamped
import * as torch from "tidu";
import * as viz from "tidu/viz";

const action = torch.tensor([3, 5], { requires_grad: true });
viz.record(() => {
  const bounded = action.clamp(-1, 1); // <- here
  bounded.pow(2).sum().backward();
});
export const why = viz.explain(action);
