// Takes over the layers of a network from a .pt file of PyTorch, and teaches a new last layer something else.
//   npx tsx --conditions=source examples/transfer.ts
import { mkdirSync } from "node:fs";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, datasets, random_split } from "tidu/data";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import { confusion_matrix } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(0);
class Net extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(1, 16, 3),
    new nn.ReLU(),
    new nn.Conv2d(16, 32, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
  );
  head: nn.Linear;
  constructor(classes: number) {
    super();
    this.head = new nn.Linear(128, classes);
  }
  override forward(x: Tensor): Tensor {
    return this.head(this.features(x));
  }
}
const [train, test] = random_split(new datasets.Digits(), [0.8, 0.2]);
const batches = new DataLoader(train, { batch_size: sized(64, 512), shuffle: true });
const held = new DataLoader(test, { batch_size: 512 });

// Whoever has a file of PyTorch's, torch.save(model.state_dict(), "net.pt"), leaves this out.
const other = new Net(10);
await new Trainer(other, new optim.Adam(other.parameters(), { lr: 2e-3 }), {
  loss_fn: nn.functional.cross_entropy,
}).fit(batches, { epochs: sized(5, 1) });
mkdirSync("runs", { recursive: true });
torch.save(other.state_dict(), "runs/net.pt");

const model = new Net(2); // even or odd
const state = torch.load("runs/net.pt");
const features = new Map([...state].filter(([name]) => name.startsWith("features.")));
console.log(String(model.load_state_dict(features, { strict: false })));
model.features.requires_grad_(false);
const trainer = new Trainer(model, new optim.Adam(model.head.parameters(), { lr: 5e-3 }), {
  step: (m: Net, [x, y]: readonly Tensor[]) => {
    const [output, target] = [m(x!), y!.remainder(2)];
    return { loss: nn.functional.cross_entropy(output, target), output, target };
  },
  metrics: { accuracy },
});
await trainer.fit(batches, { epochs: sized(5, 1), val: held, callbacks: [new ProgressBar()] });
model.eval();
const [x, y] = [...held][0]!;
keep(
  "transfer",
  confusion_matrix(
    y.remainder(2),
    torch.no_grad(() => model(x).argmax(1)),
    ["even", "odd"],
  ),
);
