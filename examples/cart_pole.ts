// Balances a pole on a cart: a policy learns from how long it went well (REINFORCE).
// Source: Williams, "Simple statistical gradient-following algorithms", Machine Learning 8 (1992); the cart is Barto,
// Sutton and Anderson's (1983).
//   npx tsx --conditions=source examples/cart_pole.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { Categorical } from "tidu/distributions";
import { curves } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(0);
type State = [place: number, speed: number, angle: number, turn: number];
/** Where cart and pole are a fiftieth of a second later. */
function push([place, speed, angle, turn]: State, right: boolean): State {
  const [gravity, cart, pole, half, force, dt] = [9.8, 1, 0.1, 0.5, right ? 10 : -10, 0.02];
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const common = (force + pole * half * turn * turn * sin) / (cart + pole);
  const turning = (gravity * sin - cos * common) / (half * (4 / 3 - (pole * cos * cos) / (cart + pole)));
  const moving = common - (pole * half * turning * cos) / (cart + pole);
  return [place + dt * speed, speed + dt * moving, angle + dt * turn, turn + dt * turning];
}
const fell = ([place, , angle]: State): boolean => Math.abs(place) > 2.4 || Math.abs(angle) > 0.21;

const policy = new nn.Sequential(new nn.Linear(4, 32), new nn.Tanh(), new nn.Linear(32, 2));
const optimizer = new optim.Adam(policy.parameters(), { lr: 0.01 });
const MOST = sized(300, 10);
const lasted: number[] = [];
for (let episode = 0; episode < sized(250, 2); episode++) {
  let state = torch.rand(4).sub(0.5).mul(0.1).tolist() as number[] as State;
  const chances: Tensor[] = [];
  while (!fell(state) && chances.length < MOST) {
    const actions = new Categorical({ logits: policy(torch.tensor(state)) });
    const action = actions.sample();
    chances.push(actions.log_prob(action));
    state = push(state, Number(action.item()) === 1);
  }
  // Each step is worth what came after it, less the further away it was.
  const returns = torch.tensor(chances.map((_, i) => (1 - 0.99 ** (chances.length - i)) / 0.01));
  const worth = returns.sub(returns.mean()).div(returns.std().add(1e-6));
  const loss = torch.stack(chances).mul(worth).sum().neg();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  lasted.push(chances.length);
  if (episode % 25 === 0) console.log(`episode ${episode}: the pole stood for ${chances.length} steps`);
}
keep("cart_pole", curves(lasted, "steps that the pole stood"));
