// Deep Q-learning: values of the actions in a state, and what they should have been.
import { int64, nn, no_grad, randint, randn, rand, where } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Dueling extends nn.Module {
  body = new nn.Sequential(new nn.Linear(8, 64), new nn.ReLU(), new nn.Linear(64, 64), new nn.ReLU());
  value = new nn.Linear(64, 1);
  advantage = new nn.Linear(64, 4);
  forward(state: Tensor<["N", 8], "float32">) {
    const h = this.body(state);
    const a = this.advantage(h);
    return this.value(h).add(a.sub(a.mean(1, true)));
  }
}
export function run() {
  const online = new Dueling();
  const target = new Dueling();
  const states = randn(16, 8);
  const next = randn(16, 8);
  const actions = randint(0, 4, [16], { dtype: int64 });
  const rewards = rand(16);
  const done = rand(16).gt(0.9);
  const q = online(states).gather(1, actions.unsqueeze(1)).squeeze(1);
  const wanted = no_grad(() => {
    const best = online(next).argmax(1, true);
    const future = target(next).gather(1, best).squeeze(1);
    return rewards.add(where(done, 0, future.mul(0.99)));
  });
  const loss = F.smooth_l1_loss(q, wanted);
  return [loss, q];
}
