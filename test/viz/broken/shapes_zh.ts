// zh; the first layer expects other features; cause: shapes
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const first = new nn.Linear(4, 8);
const second = new nn.Linear(4, 2);
let caught: unknown;
try {
  viz.record(() => {
    const h = first(torch.ones(1, 4));
    second(h).sum().backward(); // <- here
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
