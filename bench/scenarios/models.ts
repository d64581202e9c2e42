// The models whose training steps are measured; bench/peers/ has the same.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";

const { cross_entropy } = nn.functional;

/** What one step of training does, given how the loss is computed. */
function trainingStep(optimizer: optim.AnyOptimizer, loss: () => Tensor): () => Tensor {
  return () => {
    const value = loss();
    optimizer.zero_grad();
    value.backward();
    optimizer.step();
    return value;
  };
}

function mlp(make: (model: nn.Module) => optim.AnyOptimizer): () => Tensor {
  const model = new nn.Sequential(
    new nn.Linear(784, 256),
    new nn.ReLU(),
    new nn.Linear(256, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  );
  const [x, y] = [torch.randn(64, 784), torch.randint(0, 10, [64])];
  return trainingStep(make(model), () => cross_entropy(model(x), y));
}

function cnn(): () => Tensor {
  const model = new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 10),
  );
  const [x, y] = [torch.randn(32, 1, 28, 28), torch.randint(0, 10, [32])];
  return trainingStep(new optim.Adam(model.parameters()), () => cross_entropy(model(x), y));
}

const [VOCABULARY, WIDTH, HEADS, LAYERS, CONTEXT, BATCH] = [65, 128, 4, 4, 64, 16];
class Block extends nn.Module {
  norm1 = new nn.LayerNorm([WIDTH]);
  qkv = new nn.Linear(WIDTH, 3 * WIDTH);
  out = new nn.Linear(WIDTH, WIDTH);
  norm2 = new nn.LayerNorm([WIDTH]);
  up = new nn.Linear(WIDTH, 4 * WIDTH);
  down = new nn.Linear(4 * WIDTH, WIDTH);
  forward(x: Tensor, mask: Tensor): Tensor {
    const heads = WIDTH / HEADS;
    const [q, k, v] = this.qkv(this.norm1(x))
      .view([BATCH, CONTEXT, 3, HEADS, heads])
      .permute([2, 0, 3, 1, 4])
      .unbind(0);
    const scores = q
      .matmul(k.transpose(-2, -1))
      .mul(1 / Math.sqrt(heads))
      .add(mask);
    const attended = scores.softmax(-1).matmul(v).transpose(1, 2).reshape([BATCH, CONTEXT, WIDTH]);
    x = x.add(this.out(attended));
    return x.add(this.down(nn.functional.gelu(this.up(this.norm2(x)))));
  }
}
class GPT extends nn.Module {
  token = new nn.Embedding(VOCABULARY, WIDTH);
  place = new nn.Embedding(CONTEXT, WIDTH);
  blocks = new nn.ModuleList(Array.from({ length: LAYERS }, () => new Block()));
  norm = new nn.LayerNorm([WIDTH]);
  head = new nn.Linear(WIDTH, VOCABULARY, { bias: false });
  mask = torch.full([CONTEXT, CONTEXT], -Infinity).triu(1);
  forward(tokens: Tensor): Tensor {
    let x = this.token(tokens).add(this.place(torch.arange(CONTEXT)));
    for (const block of this.blocks) x = (block as Block)(x, this.mask);
    return this.head(this.norm(x));
  }
}
function gpt(): () => Tensor {
  const model = new GPT();
  const tokens = torch.randint(0, VOCABULARY, [BATCH, CONTEXT]);
  const next = torch.randint(0, VOCABULARY, [BATCH * CONTEXT]);
  return trainingStep(new optim.AdamW(model.parameters()), () =>
    cross_entropy(model(tokens).view([-1, VOCABULARY]), next),
  );
}

const SEQUENCE = { batch: 32, length: 32, features: 64, hidden: 128, classes: 10 };
class Lstm extends nn.Module {
  lstm = new nn.LSTM(SEQUENCE.features, SEQUENCE.hidden, { batch_first: true });
  head = new nn.Linear(SEQUENCE.hidden, SEQUENCE.classes);
  forward(x: Tensor): Tensor {
    return this.head(this.lstm(x)[0].select(1, -1));
  }
}
function lstm(): () => Tensor {
  const { batch, length, features, classes } = SEQUENCE;
  const model = new Lstm();
  const [x, y] = [torch.randn(batch, length, features), torch.randint(0, classes, [batch])];
  return trainingStep(new optim.Adam(model.parameters()), () => cross_entropy(model(x), y));
}

/** By name: sets a model up and gives one step of its training. */
export const trainingSteps: Readonly<Record<string, () => () => Tensor>> = {
  "MLP, SGD": () => mlp((model) => new optim.SGD(model.parameters(), { lr: 0.01 })),
  "MLP, Adam": () => mlp((model) => new optim.Adam(model.parameters())),
  "CNN, Adam": cnn,
  "GPT, AdamW": gpt,
  "LSTM, Adam": lstm,
};
