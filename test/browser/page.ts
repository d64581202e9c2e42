// What the page of browser.test.ts runs: a short training, seeded, and the text of what came out.
import * as torch from "tidu";
import { nn, optim } from "tidu";

torch.manual_seed(0);
const x = torch.randn(64, 3);
const y = x.mul(x).sum(1, true);
const model = new nn.Sequential(new nn.Linear(3, 16), new nn.Tanh(), new nn.Linear(16, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
const losses: number[] = [];
for (let step = 0; step < 50; step++) {
  const loss = nn.functional.mse_loss(model(x), y);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
/** Read by the test, in the page and in Node alike. */
export const result = {
  losses,
  text: String(torch.arange(4).reshape(2, 2)),
  shared: globalThis.crossOriginIsolated === true,
};
(globalThis as { result?: typeof result }).result = result;
