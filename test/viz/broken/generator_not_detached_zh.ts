// zh; the fake images go into both losses, freed by the first; cause: graph carried over
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const G = new nn.Linear(2, 3);
const D = new nn.Linear(3, 1);
let caught: unknown;
try {
  viz.record(() => {
    const fake = G(torch.randn(4, 2)).tanh();
    D(fake).mean().backward();
    D(fake).neg().mean().backward(); // <- here
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
