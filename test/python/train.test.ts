// tidu.train in Python: the same numbers as in TypeScript, and runs that are interrupted go on to the same end.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, optim } from "../../src/index.ts";
import { DataLoader, TensorDataset } from "../../src/data/index.ts";
import { loadPython } from "../../src/python/index.ts";
import { accuracy, EarlyStopping, F1Score, GradientFlow, JsonLines, Trainer } from "../../src/train/index.ts";

const root = mkdtempSync(join(tmpdir(), "tidu-train-"));
afterAll(() => rmSync(root, { recursive: true }));
let printed = "";
const python = await loadPython({ stdout: (text) => void (printed += text), stderr: (text) => void (printed += text) });
async function printedBy(program: string): Promise<string> {
  printed = "";
  await python.run(`FOLDER = ${JSON.stringify(root)}\n${program}`);
  return printed;
}

const HEAD = `
import glob, io, os, torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, WeightedRandomSampler
from tidu.train import *
`;
const BOTH = `${HEAD}
torch.manual_seed(0)
x, y = torch.randn(60, 4), torch.randint(3, (60,))
model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
flow, stopping = GradientFlow(2), EarlyStopping(monitor="loss", patience=0, min_delta=1.0)
trainer = Trainer(
    model, optimizer, loss_fn=F.cross_entropy, metrics={"accuracy": accuracy, "f1": F1Score(3)}, ema=0.9,
    scheduler=torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10), gradient_accumulation_steps=2, gradient_clip_val=0.5,
)
data = TensorDataset(x, y)
trainer.fit(
    DataLoader(data, batch_size=8, shuffle=True), epochs=3, val=DataLoader(data, batch_size=30),
    callbacks=[flow, stopping, JsonLines(FOLDER + "/python.jsonl"), TensorBoard(FOLDER + "/board")],
)
print(flow)
print(trainer.epoch, trainer.global_step, trainer.should_stop, stopping.wait)
print([p.tolist() for p in [*model.parameters(), *trainer.ema.parameters()]])
`;
test("trains as in TypeScript, to the last bit, and logs the same", async () => {
  const [told, parameters] = (await printedBy(BOTH)).trimEnd().split("\n").slice(-2);
  torch.manual_seed(0);
  const data = new TensorDataset(torch.randn(60, 4), torch.randint(3, [60]));
  const model = new nn.Sequential(
    new nn.Linear(4, 16),
    new nn.BatchNorm1d(16),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(16, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const trainer = new Trainer(model, optimizer, {
    loss_fn: nn.functional.cross_entropy,
    metrics: { accuracy, f1: new F1Score(3) },
    ema: 0.9,
    scheduler: new optim.lr_scheduler.CosineAnnealingLR(optimizer, { T_max: 10 }),
    gradient_accumulation_steps: 2,
    gradient_clip_val: 0.5,
  });
  const flow = new GradientFlow({ every_n_steps: 2 });
  const stopping = new EarlyStopping({ monitor: "loss", patience: 0, min_delta: 1 });
  await trainer.fit(new DataLoader(data, { batch_size: 8, shuffle: true }), {
    epochs: 3,
    val: new DataLoader(data, { batch_size: 30 }),
    callbacks: [flow, stopping, new JsonLines(join(root, "typescript.jsonl"))],
  });
  const ours = [...model.parameters(), ...trainer.ema!.parameters()].map((p) => p.tolist());
  expect(JSON.parse(parameters)).toEqual(ours);
  expect(told).toBe(`${trainer.epoch} ${trainer.global_step} True ${stopping.wait}`);
  expect(printed.startsWith(String(flow))).toBe(true);
  expect(readFileSync(join(root, "python.jsonl"), "utf8")).toBe(readFileSync(join(root, "typescript.jsonl"), "utf8"));
  expect(readdirSync(join(root, "board")).length).toBe(1);
});

const RESUMED = `${HEAD}
class Crash(Exception): pass
class Noisy(Dataset):
    def __len__(self): return 30
    def __getitem__(self, i): return torch.randn(4) + i / 10, i % 3
class Stream(IterableDataset):
    def __iter__(self):
        for i in range(30): yield torch.randn(4) + i / 10, i % 3
class CrashAt:
    def __init__(self, step): self.step = step
    def on_step_end(self, trainer, logs):
        if trainer.global_step == self.step: raise Crash()
class Counting:
    def __init__(self): self.seen = 0
    def on_step_end(self, trainer, logs): self.seen += logs["samples"]
    def state_dict(self): return {"seen": self.seen, 3: (1, 2.0)}
    def load_state_dict(self, state):
        assert state[3] == (1, 2.0) and type(state["seen"]) is int
        self.seen = state["seen"]
class Largest:
    def reset(self): self.x = float("-inf")
    def update(self, output, target): self.x = max(self.x, output.max().item())
    def compute(self): return self.x
    def state_dict(self): return {"x": self.x}
    def load_state_dict(self, state): self.x = state["x"]
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
        self.register_buffer("calls", torch.zeros(()), persistent=False)
    def forward(self, x):
        self.calls += 1
        return self.layers(x)
def run(kind, folder, *more):
    torch.manual_seed(5)
    model = Net()
    optimizer = kind.get("optimizer", lambda p: torch.optim.Adam(p, lr=0.01))(model.parameters())
    counting = Counting()
    trainer = Trainer(model, optimizer, **{
        "loss_fn": F.cross_entropy, "ema": 0.9, "metrics": {"accuracy": accuracy, "c": ConfusionMatrix(3), "largest": Largest()},
        **kind.get("options", lambda _: {})(optimizer)})
    train, val = kind["train"](), kind.get("val", lambda: None)()
    if os.path.exists(folder + "/last.pt"): torch.manual_seed(99)
    trainer.fit(train, epochs=3, val=val, callbacks=[counting, *more], resume=True,
                checkpoint=ModelCheckpoint(folder, every_n_train_steps=1))
    state = {**trainer.state_dict(), "train": None, "val": None, "workers": None, "seen": counting.seen, "calls": model.calls}
    shown = lambda x: {k: shown(v) for k, v in x.items()} if isinstance(x, dict) else x.tolist() if torch.is_tensor(x) else \
        [shown(v) for v in x] if isinstance(x, (list, tuple)) else x
    return shown(state)
def loader(data=None, **options): return DataLoader(data or Noisy(), batch_size=8, **options)
steps = {"scheduler_interval": "step", "gradient_accumulation_steps": 3, "gradient_clip_val": 0.5}
CASES = {
    "shuffled, with validation": {"train": lambda: loader(shuffle=True), "val": lambda: loader(shuffle=True)},
    "a generator": {"train": lambda: loader(shuffle=True, generator=torch.Generator().manual_seed(3))},
    "a weighted sampler": {"train": lambda: loader(sampler=WeightedRandomSampler([1.0, 2.0, 3.0], 30))},
    "a stream": {"train": lambda: loader(Stream())},
    "workers": {"train": lambda: loader(shuffle=True, num_workers=2), "val": lambda: loader(num_workers=1)},
    "workers that live on": {
        "train": lambda: loader(shuffle=True, num_workers=2, persistent_workers=True),
        "val": lambda: loader(num_workers=1, persistent_workers=True)},
    "accumulated, with a scheduler by step": {"train": lambda: DataLoader(Noisy(), batch_size=3, shuffle=True), "options": lambda o: {
        "scheduler": torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.05, total_steps=40), **steps}},
    "autocast, scaler, plateau": {"train": lambda: loader(shuffle=True), "val": loader, "options": lambda o: {
        "autocast": torch.bfloat16, "scaler": torch.amp.GradScaler("cpu", growth_interval=2),
        "scheduler": torch.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0)}},
    "LBFGS": {"train": loader, "optimizer": lambda p: torch.optim.LBFGS(p, lr=0.1, max_iter=3)},
}
kind = CASES[NAME]
whole = run(kind, f"{FOLDER}/{NAME} whole")
assert whole["global_step"] >= 12
for at in STEPS:
    folder = f"{FOLDER}/{NAME} {at}"
    try:
        run(kind, folder, CrashAt(at))
        print("it did not crash")
    except Crash:
        pass
    found = run(kind, folder)
    for key in whole:
        if repr(found[key]) != repr(whole[key]): print(at, key, found[key], whole[key])
print("done")
`;
describe("a run that crashes goes on to the same end, bit for bit:", () => {
  const names = [...RESUMED.slice(RESUMED.indexOf("CASES = {")).matchAll(/^ {4}"([^"]+)": \{/gm)].map(
    ([, name]) => name,
  );
  test("of every kind", () => expect(names.length).toBe(9));
  test.each(names)("%s", async (name) => {
    expect(await printedBy(`NAME = ${JSON.stringify(name)}\nSTEPS = (2, 6)\n${RESUMED}`)).toBe("done\n");
  });
});

const REFUSED = `${HEAD}
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def fit(*args, trainer={"loss_fn": F.mse_loss}, **options): Trainer(model, optimizer, **trainer).fit(*args, **{"epochs": 1, **options})
batch = (torch.ones(2, 4), torch.ones(2, 3))
for attempt in (
    lambda: Trainer(3, optimizer, loss_fn=F.mse_loss),
    lambda: Trainer(model, optimizer),
    lambda: fit(torch.ones(2)),
    lambda: fit(iter([batch])),
    lambda: fit([]),
    lambda: fit([batch], resume=True),
    lambda: fit([batch], epochs=1.5),
    lambda: fit([(1, 2, 3)]),
    lambda: fit([batch], trainer={"step": lambda model, batch: batch[0]}),
    lambda: fit([(batch[0].log().neg() / 0, batch[1])]),
    lambda: fit([batch], callbacks=[EarlyStopping(monitor="nothing")]),
    lambda: EarlyStopping(mode="low"),
    lambda: EarlyStopping().nothing,
):
    try:
        print("not refused", attempt())
    except Exception as error:
        print(type(error).__name__ + ": " + str(error).split("\\n")[0])
`;
test("what makes no sense is refused in the words of the TypeScript one", async () => {
  expect((await printedBy(REFUSED)).trimEnd().split("\n")).toEqual([
    "TypeError: Trainer: expected a Module as model, got int",
    "ValueError: Trainer: expected either loss_fn or step",
    "TypeError: train: expected batches (a DataLoader, a list of batches), got Tensor",
    "TypeError: train: expected batches that can be read in every epoch, got an iterator, which is read once",
    "ValueError: fit(): there is no batch to train on",
    "ValueError: fit(): resume needs a checkpoint to go on from",
    "ValueError: fit(): expected epochs to be an integer of 0 or more, got 1.5",
    "ValueError: Trainer: loss_fn is for batches of [input, target], got 3 items",
    "ValueError: Trainer: expected a loss of one element, got [2, 4]",
    "RuntimeError: The loss is NaN (epoch 1, batch 1, after 0 steps)",
    `KeyError: "EarlyStopping: no 'nothing' was logged\\nThere are: epoch, step, lr, loss"`,
    "ValueError: EarlyStopping: expected mode to be 'min' or 'max', got \"low\"",
    "AttributeError: 'EarlyStopping' object has no attribute 'nothing'",
  ]);
});

const INTERRUPTED = `
import torch
from torch import nn
from tidu.train import *
torch.manual_seed(0)
model = nn.Linear(4, 3)
trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), loss_fn=nn.functional.mse_loss)
class Saying:
    def on_step_end(self, trainer, logs): print(trainer.global_step, flush=True)
trainer.fit([(torch.randn(2, 4), torch.randn(2, 3)) for _ in range(20)], epochs=100_000, callbacks=[Saying()],
            checkpoint=ModelCheckpoint(FOLDER + "/stopped"), resume=True)
`;
test("Ctrl-C saves after the step that is under way and exits with 130", async () => {
  const program = join(root, "interrupted.py");
  writeFileSync(program, `FOLDER = ${JSON.stringify(root)}\n${INTERRUPTED}`);
  const args = ["--import", "tsx", "--conditions=source", resolve("cli/index.ts"), "run", "--mount", root, program];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part) => {
    if (stdout === "") child.kill("SIGINT");
    stdout += String(part);
  });
  child.stderr.on("data", (part) => (stderr += String(part)));
  const code = await new Promise((done) => child.once("close", (status, signal) => done(signal ?? status)));
  expect(code, stderr).toBe(130);
  const steps = Number(stdout.trimEnd().split("\n").at(-1));
  const path = join(root, "stopped", "last.pt");
  expect(stderr).toContain(`after ${steps} steps: ${path}`);
  expect(torch.load<{ global_step: number }>(path).global_step).toBe(steps);
  expect(readdirSync(join(root, "stopped")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
