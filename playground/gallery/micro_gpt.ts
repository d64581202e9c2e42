// A microgpt: one letter after the other, a cache of keys and values, and nothing but products and sums.
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

torch.manual_seed(42);
const names = ["anna", "emma", "otto", "nora", "mona", "toma", "rena", "tara", "moor", "enno"];
const letters = [...[...new Set(names.join(""))].sort(), "."];
const [width, context] = [16, 8];

const matrix = (rows: number, columns: number): Tensor => new nn.Parameter(torch.randn(rows, columns).mul(0.2));
const [token, place] = [matrix(letters.length, width), matrix(context, width)];
const [wq, wk, wv, wo] = [0, 1, 2, 3].map(() => matrix(width, width));
const [up, down, head] = [matrix(4 * width, width), matrix(width, 4 * width), matrix(letters.length, width)];
const parameters = [token, place, wq, wk, wv, wo, up, down, head];

const norm = (x: Tensor): Tensor => x.mul(x.pow(2).mean().add(1e-5).rsqrt());
/** What comes after a letter; keys and values are those of the letters before it. */
function scores(letter: number, at: number, keys: Tensor[], values: Tensor[]): Tensor {
  const x = norm(token[letter].add(place[at]));
  const n = norm(x);
  keys.push(wk.matmul(n));
  values.push(wv.matmul(n));
  const weights = torch
    .stack(keys)
    .matmul(wq.matmul(n))
    .div(width ** 0.5)
    .softmax(0);
  const h = x.add(wo.matmul(weights.matmul(torch.stack(values))));
  return head.matmul(h.add(down.matmul(up.matmul(norm(h)).relu())));
}
const optimizer = new torch.optim.Adam(parameters, { lr: 0.02 });
for (let step = 0; step < 60; step++) {
  const word = [...`.${names[step % names.length]}.`].map((c) => letters.indexOf(c));
  const [keys, values]: Tensor[][] = [[], []];
  const losses = word.slice(1).map((after, at) => scores(word[at], at, keys, values).log_softmax(0)[after].neg());
  const loss = torch.stack(losses).mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step % 20 === 0) console.log(step, loss.item().toFixed(2));
}
for (const start of "ent") {
  let said = start;
  const [keys, values]: Tensor[][] = [[], []];
  torch.no_grad(() => {
    scores(letters.indexOf("."), 0, keys, values);
    while (said.length < context - 1 && !said.endsWith(".")) {
      const found = scores(letters.indexOf(said.at(-1)!), said.length, keys, values);
      said += letters[Number(found.argmax().item())];
    }
  });
  console.log(said);
}
