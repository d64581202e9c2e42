// zh; classes are counted from one; cause: out of range
import * as torch from "tidu";
import { nn } from "tidu";
import * as viz from "tidu/viz";

const net = new nn.Linear(4, 3);
export const why = (() => {
  const run = viz.record();
  try {
    const scores = net(torch.randn(3, 4));
    nn.functional.cross_entropy(scores, torch.tensor([1n, 2n, 3n])).backward(); // <- here
    return null;
  } catch (error) {
    return viz.explain(error as Error);
  } finally {
    run.stop();
  }
})();
