// An autoencoder: circles in sixteen numbers through a waist of two.
import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(3);
const angle = torch.rand(128).mul(6.2832);
const circle = torch.stack([angle.cos(), angle.sin()], 1);
const x = circle.matmul(torch.randn(2, 16)).add(torch.randn(128, 16).mul(0.01));

const encoder = new nn.Sequential(new nn.Linear(16, 12), new nn.Tanh(), new nn.Linear(12, 2));
const decoder = new nn.Sequential(new nn.Linear(2, 12), new nn.Tanh(), new nn.Linear(12, 16));
const optimizer = new torch.optim.Adam([...encoder.parameters(), ...decoder.parameters()], { lr: 0.02 });
for (let step = 0; step < 81; step++) {
  const loss = decoder(encoder(x)).sub(x).pow(2).mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step % 40 === 0) console.log(step, loss.item().toFixed(3));
}
console.log("waist:", encoder(x).shape[1], "numbers");
