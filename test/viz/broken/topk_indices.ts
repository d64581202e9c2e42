// the places of the best are compared, not the scores; cause: not differentiable
import * as torch from "tidu";
import * as viz from "tidu/viz";

const scores = torch.tensor([0.1, 0.9, 0.4], { requires_grad: true });
let caught: unknown;
viz.record(() => {
  const [, places] = scores.topk(2); // <- here
  try {
    places
      .float()
      .sub(torch.tensor([0, 1]))
      .pow(2)
      .mean()
      .backward();
  } catch (error) {
    caught = error;
  }
});
export const why = viz.explain(caught as Error);
