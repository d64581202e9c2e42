// Learns how things move from how they moved: the right side of a differential equation is a network.
// Source: Chen et al., "Neural ordinary differential equations", NeurIPS 2018.
//   npx tsx --conditions=source examples/neural_ode.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { curves } from "tidu/viz";
import { keep, scatter, sized } from "./common.ts";

torch.manual_seed(0);
/** The states at so many times, `dt` apart: Runge and Kutta's fourth order. */
function solve(f: (x: Tensor) => Tensor, start: Tensor, steps: number, dt: number): Tensor {
  const states = [start];
  for (let i = 1; i < steps; i++) {
    const x = states.at(-1)!;
    const k1 = f(x);
    const k2 = f(x.add(k1, { alpha: dt / 2 }));
    const k3 = f(x.add(k2, { alpha: dt / 2 }));
    const k4 = f(x.add(k3, { alpha: dt }));
    states.push(x.add(k1.add(k2.add(k3).mul(2)).add(k4), { alpha: dt / 6 }));
  }
  return torch.stack(states);
}
const spiral = torch.tensor([
  [-0.1, 2],
  [-2, -0.1],
]);
const [length, dt] = [sized(100, 10), 0.05];
const truth = solve((x) => x.pow(3).mm(spiral), torch.tensor([[2, 0]]), length, dt);

const net = new nn.Sequential(new nn.Linear(2, 50), new nn.Tanh(), new nn.Linear(50, 2));
const f = (x: Tensor): Tensor => net(x.pow(3));
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
const losses: number[] = [];
for (let step = 0; step < sized(300, 2); step++) {
  // From many points of the way a little further each.
  const at = torch.randint(length - 9, [20]);
  const wanted = torch.stack(Array.from({ length: 9 }, (_, i) => truth.index([at.add(i)]).squeeze(1)));
  const loss = solve(f, wanted.select(0, 0), 9, dt).sub(wanted).abs().mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
const found = torch.no_grad(() => solve(f, torch.tensor([[2, 0]]), length, dt));
const both = torch.cat([truth, found]).squeeze(1);
keep(
  "neural_ode",
  scatter(
    both,
    torch
      .arange(2 * length)
      .div(length, { rounding_mode: "floor" })
      .mul(5),
  ),
);
keep("neural_ode_loss", curves(losses));
