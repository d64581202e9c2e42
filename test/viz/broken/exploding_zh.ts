// zh; a recurrence without normalization; cause: exploding
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(4, 4, { requires_grad: true });
const x = torch.ones(1, 4, { requires_grad: true });
viz.record(() => {
  let h = x;
  for (let i = 0; i < 12; i++) h = h.matmul(w); // <- here
  h.sum().backward();
});
export const why = viz.explain(x);
