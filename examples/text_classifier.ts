// Tells friendly sentences from unfriendly ones: a tokenizer of words, embeddings, their mean over a sentence.
//   npx tsx --conditions=source examples/text_classifier.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, random_split } from "tidu/data";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import { curves } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(0);
const one = <T>(of: readonly T[]): T => of[Number(torch.randint(of.length, [1]).item())]!;
const subjects = ["the film", "this book", "our dinner", "the concert", "her speech"];
const words = [
  ["dull", "terrible", "too long", "a waste of time", "boring"],
  ["wonderful", "a joy", "great fun", "moving", "excellent"],
] as const;
const sentences = Array.from({ length: sized(600, 60) }, (_, i) => {
  const label = i % 2;
  const negated = Number(torch.rand(1).item()) < 0.3;
  return { text: `${one(subjects)} was ${negated ? "not " : ""}${one(words[negated ? 1 - label : label]!)}`, label };
});

/** Words by their numbers; 0 fills up, 1 is a word that was never seen. */
class Tokenizer {
  readonly ids = new Map<string, number>();
  constructor(texts: readonly string[]) {
    for (const word of texts.flatMap((text) => text.split(" ")))
      if (!this.ids.has(word)) this.ids.set(word, this.ids.size + 2);
  }
  encode(text: string, length: number): Tensor {
    const ids = text.split(" ").map((word) => this.ids.get(word) ?? 1);
    return torch.tensor(
      Array.from({ length }, (_, i) => ids[i] ?? 0),
      { dtype: torch.int64 },
    );
  }
}
const tokenizer = new Tokenizer(sentences.map(({ text }) => text));
const samples = sentences.map(({ text, label }): [Tensor, bigint] => [tokenizer.encode(text, 9), BigInt(label)]);

class Classifier extends nn.Module {
  // Of pairs of words, so that "not dull" is another thing than "dull".
  embedding = new nn.Embedding(tokenizer.ids.size + 2, 16, { padding_idx: 0 });
  pairs = new nn.Conv1d(16, 32, 2);
  head = new nn.Linear(32, 2);
  override forward(ids: Tensor): Tensor {
    return this.head(this.pairs(this.embedding(ids).transpose(1, 2)).relu().amax(-1));
  }
}
const model = new Classifier();
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 5e-3 }), {
  loss_fn: nn.functional.cross_entropy,
  metrics: { accuracy },
});
const [train, test] = random_split(samples, [0.8, 0.2]);
const history = await trainer.fit(new DataLoader(train, { batch_size: 32, shuffle: true }), {
  epochs: sized(10, 1),
  val: new DataLoader(test, { batch_size: 64 }),
  callbacks: [new ProgressBar()],
});
model.eval();
for (const text of ["the film was not boring", "the concert was a joy", "this book was not great fun"]) {
  const chance = torch.no_grad(() => model(tokenizer.encode(text, 9).unsqueeze(0)).softmax(1).select(1, 1).item());
  console.log(`${text}: ${(100 * Number(chance)).toFixed(0)} % friendly`);
}
keep(
  "text_classifier",
  curves({ train: history.map(({ loss }) => loss), test: history.map(({ val_loss }) => val_loss) }),
);
