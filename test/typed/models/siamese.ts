// A Siamese network: two images through the same layers, near if they are alike.
import { nn, randn, stack } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Embed extends nn.Module {
  conv1 = new nn.Conv2d(1, 8, 5);
  conv2 = new nn.Conv2d(8, 16, 5);
  fc = new nn.Linear(256, 20);
  forward(x: Tensor<["N", 1, 28, 28], "float32">) {
    const a = F.max_pool2d(F.relu(this.conv1(x)), 2);
    const b = F.max_pool2d(F.relu(this.conv2(a)), 2);
    return F.normalize(this.fc(b.flatten(1)));
  }
}
export function run() {
  const embed = new Embed();
  const [a, b, c] = [embed(randn(4, 1, 28, 28)), embed(randn(4, 1, 28, 28)), embed(randn(4, 1, 28, 28))];
  const near = F.pairwise_distance(a, b);
  const far = F.pairwise_distance(a, c);
  const loss = near.sub(far).add(1).clamp({ min: 0 }).mean();
  const alike = F.cosine_similarity(a, b);
  const all = stack([a, b, c], 1);
  const gram = all.matmul(all.transpose(1, 2));
  return [loss, alike, gram];
}
