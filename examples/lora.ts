// Fine-tunes a model from a safetensors file by adding to each weight a product of two thin matrices: all else stays.
// Source: Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022.
//   npx tsx --conditions=source examples/lora.ts
import { mkdirSync } from "node:fs";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, datasets, random_split } from "tidu/data";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import { curves } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(0);
const make = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(64, 128),
    new nn.ReLU(),
    new nn.Linear(128, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  );
const [train, test] = random_split(new datasets.Digits(), [0.8, 0.2]);
const options = { loss_fn: nn.functional.cross_entropy, metrics: { accuracy } };
const loaders = { epochs: sized(8, 1), val: new DataLoader(test, { batch_size: 512 }), callbacks: [new ProgressBar()] };
const batches = new DataLoader(train, { batch_size: sized(64, 512), shuffle: true });

// The model that is there: it knows digits as they are.
const base = make();
await new Trainer(base, new optim.Adam(base.parameters(), { lr: 2e-3 }), options).fit(batches, loaders);
mkdirSync("runs", { recursive: true });
torch.save(base.state_dict(), "runs/base.safetensors");

class LoRA extends nn.Module {
  base: nn.Linear;
  down: nn.Parameter;
  up: nn.Parameter;
  constructor(linear: nn.Linear, rank: number) {
    super();
    this.base = linear.requires_grad_(false);
    this.down = new nn.Parameter(torch.randn(rank, linear.in_features).div(rank));
    this.up = new nn.Parameter(torch.zeros(linear.out_features, rank)); // zero: at first nothing is changed
  }
  override forward(x: Tensor): Tensor {
    return this.base(x).add(x.matmul(this.down.t()).matmul(this.up.t()));
  }
}
const tuned = make();
tuned.load_state_dict(torch.load("runs/base.safetensors"));
for (const [name, layer] of tuned.named_children())
  if (layer instanceof nn.Linear) tuned.set_submodule(name, new LoRA(layer, 4));
// What it is to learn: digits upside down.
const turned = {
  step: (m: typeof tuned, [x, y]: readonly Tensor[]) => {
    const output = m(x!.flip([2, 3]));
    return { loss: nn.functional.cross_entropy(output, y!), output, target: y! };
  },
  metrics: { accuracy },
};
const learns = [...tuned.parameters()].filter((p) => p.requires_grad);
console.log(
  `${learns.reduce((n, p) => n + p.numel(), 0)} of ${[...tuned.parameters()].reduce((n, p) => n + p.numel(), 0)} numbers learn`,
);
const history = await new Trainer(tuned, new optim.Adam(learns, { lr: 5e-3 }), turned).fit(batches, loaders);
const adapters = new Map([...tuned.state_dict()].filter(([name]) => /\.(down|up)$/.test(name)));
torch.save(adapters, "runs/adapters.safetensors");
keep(
  "lora",
  curves({ train: history.map((h) => h.accuracy), test: history.map((h) => h.val_accuracy) }, "accuracy upside down"),
);
