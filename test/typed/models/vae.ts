// A variational autoencoder of digits.
import { nn, rand, randn_like } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class VAE extends nn.Module {
  enc = new nn.Linear(784, 64);
  mu = new nn.Linear(64, 8);
  logvar = new nn.Linear(64, 8);
  dec1 = new nn.Linear(8, 64);
  dec2 = new nn.Linear(64, 784);
  encode(x: Tensor<["N", 784], "float32">) {
    const h = F.relu(this.enc(x));
    return [this.mu(h), this.logvar(h)] as const;
  }
  decode(z: Tensor<["N", 8], "float32">) {
    return this.dec2(F.relu(this.dec1(z))).sigmoid();
  }
  forward(x: Tensor<["N", 1, 28, 28], "float32">) {
    const [mu, logvar] = this.encode(x.flatten(1));
    const std = logvar.mul(0.5).exp();
    const z = mu.add(randn_like(std).mul(std));
    return [this.decode(z), mu, logvar] as const;
  }
}
export function run() {
  const x = rand(5, 1, 28, 28);
  const [back, mu, logvar] = new VAE()(x);
  const bce = F.binary_cross_entropy(back, x.view(-1, 784), { reduction: "sum" });
  const kld = logvar.add(1).sub(mu.pow(2)).sub(logvar.exp()).sum().mul(-0.5);
  return [bce.add(kld), back.unflatten(1, [1, 28, 28])];
}
