// A neural ODE: the slope of a spiral is learnt through twenty steps of Runge and Kutta.
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

torch.manual_seed(2);
const field = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 2));
const spiral = torch.tensor([
  [-0.1, 2],
  [-2, -0.1],
]);
function path(slope: (p: Tensor) => Tensor, start: Tensor, steps = 20, h = 0.1): Tensor {
  const points = [start];
  for (let i = 0; i < steps; i++) {
    const p = points.at(-1)!;
    const k1 = slope(p);
    const k2 = slope(p.add(k1.mul(h / 2)));
    points.push(p.add(k2.mul(h)));
  }
  return torch.stack(points);
}
const start = torch.tensor([
  [2, 0],
  [0, 1],
  [-1, -1],
]);
const wanted = torch.no_grad(() => path((p) => p.matmul(spiral.t()), start));
const optimizer = new torch.optim.Adam(field.parameters(), { lr: 0.02 });
for (let step = 0; step < 61; step++) {
  const loss = path(field, start).sub(wanted).abs().mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step % 20 === 0) console.log(step, loss.item().toFixed(2));
}
