// A run that others interrupt: `node interrupted.mjs FOLDER MODE`. Prints what it ended in.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, TensorDataset } from "tidu/data";
import { JsonLines, ModelCheckpoint, Trainer } from "tidu/train";
import type { Callback } from "tidu/train";

const [folder, mode] = process.argv.slice(2);
torch.manual_seed(0);
const model = new nn.Sequential(new nn.Linear(4, 64), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(64, 3));
const data = new TensorDataset(torch.randn(60, 4), torch.randint(3, [60]));
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 0.01 }), {
  loss_fn: nn.functional.cross_entropy,
  ema: 0.9,
});
const signal = (): void => void process.kill(process.pid, "SIGINT");
const interrupting: Callback = {
  on_fit_start: () => console.log("begun"),
  on_step_end: ({ global_step }) => {
    if (mode === "once" && global_step === 7) signal();
    // Both come while the next batch is waited for; after one alone the run would be saved when that is done.
    if (mode === "twice" && global_step === 3) for (const after of [50, 100]) setTimeout(signal, after);
  },
};
class Slow extends TensorDataset<[torch.Tensor, torch.Tensor]> {
  override at(i: number): [torch.Tensor, torch.Tensor] {
    if (mode === "twice" && trainer.global_step === 3)
      return new Promise((resolve) => setTimeout(() => resolve(super.at(i)), 3000)) as never;
    return super.at(i);
  }
}
const history = await trainer.fit(new DataLoader(new Slow(...data.tensors), { batch_size: 10, shuffle: true }), {
  epochs: 4,
  val: new DataLoader(data, { batch_size: 30 }),
  callbacks: [interrupting, new JsonLines(`${folder}/log.jsonl`)],
  checkpoint: new ModelCheckpoint(folder, { every_n_train_steps: mode === "often" ? 1 : null }),
  resume: true,
});
const parameters = [...model.parameters(), ...trainer.ema!.parameters()].map((p) => p.tolist());
console.log(JSON.stringify([trainer.global_step, history, parameters]));
