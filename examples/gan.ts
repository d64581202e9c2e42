// Two networks against each other: one draws digits, the other tells them from real ones.
//   npx tsx --conditions=source examples/gan.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, datasets } from "tidu/data";
import * as F from "tidu/nn/functional";
import { curves } from "tidu/viz";
import { images, keep, sized } from "./common.ts";

torch.manual_seed(0);
const digits = new DataLoader(new datasets.Digits(), { batch_size: 64, shuffle: true, drop_last: true });
const generator = new nn.Sequential(
  new nn.Linear(16, 128),
  new nn.LeakyReLU(0.2),
  new nn.Linear(128, 128),
  new nn.LeakyReLU(0.2),
  new nn.Linear(128, 64),
  new nn.Sigmoid(),
);
const critic = new nn.Sequential(
  new nn.Linear(64, 128),
  new nn.LeakyReLU(0.2),
  new nn.Dropout(0.3),
  new nn.Linear(128, 1),
);
const options = { lr: 1e-3, betas: [0.5, 0.999] as [number, number] };
const [draws, judges] = [new optim.Adam(generator.parameters(), options), new optim.Adam(critic.parameters(), options)];
const losses: Record<"generator" | "critic", number[]> = { generator: [], critic: [] };
const [real, made] = [torch.full([64, 1], 0.9), torch.zeros(64, 1)];
for (let epoch = 0; epoch < sized(60, 1); epoch++)
  for (const [i, [x]] of [...digits].entries()) {
    if (i >= sized(99, 2)) break;
    const fake = generator(torch.randn(64, 16));
    const judged = F.binary_cross_entropy_with_logits(critic(x.flatten(1)), real).add(
      F.binary_cross_entropy_with_logits(critic(fake.detach()), made),
    );
    judges.zero_grad();
    judged.backward();
    judges.step();
    const fooled = F.binary_cross_entropy_with_logits(critic(fake), torch.ones(64, 1));
    draws.zero_grad();
    fooled.backward();
    draws.step();
    losses.generator.push(fooled.item());
    losses.critic.push(judged.item());
  }
generator.eval();
keep("gan", images(torch.no_grad(() => generator(torch.randn(40, 16)).view(-1, 8, 8))));
keep("gan_losses", curves(losses));
