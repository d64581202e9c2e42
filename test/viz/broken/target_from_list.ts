// en; outputs are collected as numbers and made a tensor again; cause: new tensor
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(2, { requires_grad: true });
viz.record(() => {
  const outputs: number[] = [];
  for (const x of [1, 2, 3]) outputs.push(w.mul(x).sum().item());
  const joined = torch.tensor(outputs, { requires_grad: true }); // <- here
  joined.mean().backward();
});
export const why = viz.explain(w);
