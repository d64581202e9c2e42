// en; a leaf that is cast is none any more; cause: non-leaf
import * as torch from "tidu";
import * as viz from "tidu/viz";

export const why = (() => {
  const run = viz.record();
  const w = torch.rand(3, { requires_grad: true }).to(torch.float64); // <- here
  w.pow(2).sum().backward();
  void w.grad;
  run.stop();
  return viz.explain(w);
})();
