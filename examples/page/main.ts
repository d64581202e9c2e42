// What runs on the page: a network learns to tell two spirals apart, and draws what it takes each place for.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, TensorDataset } from "tidu/data";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import type { Callback } from "tidu/train";

const SIDE = 32;
/** Two spirals of n points each, within [-1, 1]. */
function spirals(n: number): [torch.Tensor, torch.Tensor] {
  const arm = (sign: number): torch.Tensor => {
    const t = torch.rand(n).sqrt().mul(9);
    const xy = torch.stack([t.cos().mul(t), t.sin().mul(t)], 1).mul(sign / 10);
    return xy.add(torch.randn(n, 2).mul(0.02));
  };
  const labels = torch.cat([torch.zeros([n], { dtype: torch.int64 }), torch.ones([n], { dtype: torch.int64 })]);
  return [torch.cat([arm(1), arm(-1)]), labels];
}
/** Trains in the page, and draws after each epoch into the element #drawing. */
export async function start(page: Document, epochs: number): Promise<number> {
  torch.manual_seed(0);
  const [x, y] = spirals(200);
  const model = new nn.Sequential(
    new nn.Linear(2, 32),
    new nn.Tanh(),
    new nn.Linear(32, 32),
    new nn.Tanh(),
    new nn.Linear(32, 2),
  );
  const line = torch.linspace(-1, 1, SIDE);
  const places = torch.cartesian_prod(line, line);
  const draw = (): void => {
    const chances = torch.no_grad(() => model(places).softmax(1).select(1, 1).tolist()) as number[];
    const squares = chances.map((chance, i) => {
      const hue = Math.round(220 + 140 * chance);
      return `<rect x="${Math.floor(i / SIDE)}" y="${i % SIDE}" width="1.02" height="1.02" fill="hsl(${hue} 70% 70%)"/>`;
    });
    const dots = (x.tolist() as [number, number][]).map(([a, b], i) => {
      const [left, top] = [((a + 1) / 2) * SIDE, ((b + 1) / 2) * SIDE];
      return `<circle cx="${left.toFixed(2)}" cy="${top.toFixed(2)}" r="0.3" fill="${i < 200 ? "#1d4ed8" : "#be185d"}"/>`;
    });
    page.getElementById("drawing")!.innerHTML =
      `<svg viewBox="0 0 ${SIDE} ${SIDE}" width="480">${squares.join("")}${dots.join("")}</svg>`;
  };
  const drawing: Callback = { on_epoch_end: ({ epoch }) => void (epoch % 5 === 0 && draw()) };
  const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 0.01 }), {
    loss_fn: nn.functional.cross_entropy,
    metrics: { accuracy },
  });
  const history = await trainer.fit(new DataLoader(new TensorDataset(x, y), { batch_size: 50, shuffle: true }), {
    epochs,
    callbacks: [new ProgressBar({ element: page.getElementById("progress") }), drawing],
  });
  draw();
  return history.at(-1)!.accuracy!;
}
