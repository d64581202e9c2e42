// A NeRF: colors and densities along rays from an encoding of places, and pixels from them.
import { arange, cat, linspace, nn, ones, rand, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

function encode(x: Tensor<["R", "S", 3], "float32">) {
  const bands = arange(0, 6).float().mul(Math.log(2)).exp();
  const angles = x.unsqueeze(-1).mul(bands).flatten(2);
  return cat([x, angles.sin(), angles.cos()], -1);
}
class Field extends nn.Module {
  first = new nn.Linear(39, 64);
  middle = new nn.Linear(64, 64);
  again = new nn.Linear(103, 64);
  density = new nn.Linear(64, 1);
  feature = new nn.Linear(64, 64);
  color = new nn.Sequential(new nn.Linear(67, 32), new nn.ReLU(), new nn.Linear(32, 3), new nn.Sigmoid());
  forward(places: Tensor<["R", "S", 3], "float32">, directions: Tensor<["R", 3], "float32">) {
    const encoded = encode(places);
    let h = F.relu(this.middle(F.relu(this.first(encoded))));
    h = F.relu(this.again(cat([h, encoded], -1)));
    const sigma = F.softplus(this.density(h)).squeeze(-1);
    const seen = directions.unsqueeze(1).expand_as(places);
    const rgb = this.color(cat([this.feature(h), seen], 2));
    return { sigma, rgb };
  }
}
export function run() {
  const field = new Field();
  const [origins, directions] = [randn(10, 3), F.normalize(randn(10, 3), { dim: -1 })];
  const depths = linspace(2, 6, 16).expand(10, 16).add(rand(10, 16).mul(0.1));
  const places = origins.unsqueeze(1).add(directions.unsqueeze(1).mul(depths.unsqueeze(2)));
  const { sigma, rgb } = field(places, directions);
  const steps = cat([depths.diff(), ones(10, 1).mul(1e3)], 1);
  const alpha = sigma.mul(steps).neg().exp().neg().add(1);
  const through = cat([ones(10, 1), alpha.neg().add(1 + 1e-10)], -1)
    .cumprod(-1)
    .narrow(1, 0, 16);
  const weights = alpha.mul(through);
  const pixels = weights.unsqueeze(-1).mul(rgb).sum(1);
  const depth = weights.mul(depths).sum(-1);
  F.mse_loss(pixels, rand(10, 3)).backward();
  const [shape, far]: [readonly [10, 3], readonly [10]] = [pixels.shape, depth.shape];
  return [shape, far];
}
