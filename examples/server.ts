// Answers what digit a picture shows: POST /predict with {"pixels": [64 numbers from 0 to 1]}.
//   npx tsx --conditions=source examples/server.ts
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, datasets } from "tidu/data";
import { accuracy, ModelCheckpoint, ProgressBar, Trainer } from "tidu/train";
import { sized } from "./common.ts";

torch.manual_seed(0);
const model = new nn.Sequential(new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 10));
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 2e-3 }), {
  step: (m: typeof model, [x, y]: readonly torch.Tensor[]) => {
    const output = m(x!.flatten(1));
    return { loss: nn.functional.cross_entropy(output, y!), output, target: y! };
  },
  metrics: { accuracy },
});
// Trained once: the next start goes on from what is there.
await trainer.fit(new DataLoader(new datasets.Digits(), { batch_size: sized(64, 900), shuffle: true }), {
  epochs: sized(10, 1),
  callbacks: [new ProgressBar()],
  checkpoint: new ModelCheckpoint(`runs/server${sized(0, 1) === 1 ? "_small" : ""}`),
  resume: true,
});
model.eval();

function answer(text: string): { status: number; body: object } {
  let pixels: unknown;
  try {
    ({ pixels } = JSON.parse(text) as { pixels?: unknown });
  } catch {
    return { status: 400, body: { error: "the body is no JSON" } };
  }
  const good = Array.isArray(pixels) && pixels.length === 64 && pixels.every((p) => Number.isFinite(p));
  if (!good) return { status: 400, body: { error: "expected pixels, 64 numbers from 0 to 1" } };
  return torch.no_grad(() => {
    const probabilities = model(torch.tensor(pixels as number[]).unsqueeze(0))
      .softmax(1)
      .squeeze(0);
    return {
      status: 200,
      body: { digit: Number(probabilities.argmax().item()), probabilities: probabilities.tolist() },
    };
  });
}
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const isKnown = request.method === "POST" && request.url === "/predict";
    const { status, body } = isKnown
      ? answer(Buffer.concat(parts).toString())
      : { status: 404, body: { error: "POST /predict" } };
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
  });
});
await new Promise<void>((resolve) => server.listen(sized(8000, 0), resolve));
const address = `http://localhost:${(server.address() as AddressInfo).port}/predict`;
console.log(`Listening at ${address}`);

const [x, y] = new datasets.Digits().at(0);
const ask = (body: string): Promise<Response> => fetch(address, { method: "POST", body });
const told = (await (await ask(JSON.stringify({ pixels: x.flatten().tolist() }))).json()) as { digit: number };
console.log(
  `Asked for a ${String(y.item())}: it says ${told.digit}. Nonsense is answered with ${(await ask("[]")).status}.`,
);
if (sized(0, 1) === 1) await new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
