// The trainer's loop against the same loop by hand, and what it says of wrong things.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, TensorDataset } from "tidu/data";
import * as F from "tidu/nn/functional";
import {
  accuracy,
  ConfusionMatrix,
  EarlyStopping,
  F1Score,
  GradientFlow,
  JsonLines,
  mean_absolute_error,
  mean_squared_error,
  ModelCheckpoint,
  Precision,
  ProgressBar,
  Recall,
  SummaryWriter,
  TensorBoard,
  top_k_accuracy,
  Trainer,
} from "tidu/train";
import type { EpochLogs } from "tidu/train";
import { writeEvents } from "./events.ts";

const root = mkdtempSync(join(tmpdir(), "trainer-"));
afterAll(() => rmSync(root, { recursive: true }));

const net = (): nn.Sequential =>
  new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(8, 3));
function points(n = 30): TensorDataset<[Tensor, Tensor]> {
  const generator = new torch.Generator().manual_seed(1);
  return new TensorDataset(torch.randn(n, 4, { generator }), torch.randint(3, [n], { generator }));
}
const values = (model: nn.Module): unknown => [...model.parameters()].map((p) => p.tolist());

describe("the loop", () => {
  test("does what the one by hand does with an optimizer that asks for the loss again and again", async () => {
    const smooth = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3));
    const options = { lr: 0.5, max_iter: 5, line_search_fn: "strong_wolfe" } as const;
    torch.manual_seed(2);
    const model = smooth();
    let evaluations = 0;
    const trainer = new Trainer(model, new optim.LBFGS(model.parameters(), options), {
      loss_fn: (output: Tensor, target: Tensor) => (evaluations++, F.cross_entropy(output, target)),
      metrics: { accuracy },
      gradient_accumulation_steps: 2,
      gradient_clip_val: 1,
    });
    const train = new DataLoader(points(), { batch_size: 10 });
    const history = await trainer.fit(train, { epochs: 3 });

    torch.manual_seed(2);
    const byHand = smooth();
    const optimizer = new optim.LBFGS(byHand.parameters(), options);
    const batches = [...new DataLoader(points(), { batch_size: 10 })];
    let calls = 0;
    const first: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++)
      for (const group of [batches.slice(0, 2), batches.slice(2)]) {
        let isFirst = true;
        optimizer.step(() => {
          optimizer.zero_grad();
          let cost = 0;
          for (const [x, y] of group) {
            const loss = F.cross_entropy(byHand(x), y).div(group.length);
            loss.backward();
            cost += loss.item();
            if (isFirst) first.push(loss.item() * group.length);
          }
          nn.utils.clip_grad_norm_(byHand.parameters(), 1);
          calls += group.length;
          isFirst = false;
          return cost;
        });
      }
    expect(values(model)).toEqual(values(byHand));
    expect([trainer.global_step, evaluations]).toEqual([6, calls]);
    // What is logged is the loss of each batch once, before its step.
    expect(calls).toBeGreaterThan(9);
    for (const [epoch, logs] of history.entries())
      expect(logs.loss).toBeCloseTo(first.slice(3 * epoch, 3 * epoch + 3).reduce((a, b) => a + b) / 3, 5);
  });
  test("does what the one by hand does: accumulated, clipped, with a scheduler and an average", async () => {
    torch.manual_seed(2);
    const model = net();
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
    const scheduler = new optim.lr_scheduler.StepLR(optimizer, 1, 0.5);
    const trainer = new Trainer(model, optimizer, {
      loss_fn: F.cross_entropy,
      metrics: { accuracy },
      scheduler,
      gradient_accumulation_steps: 2,
      gradient_clip_val: 0.5,
      ema: 0.9,
    });
    const train = new DataLoader(points(), { batch_size: 6, shuffle: true });
    const history = await trainer.fit(train, { epochs: 2 });

    torch.manual_seed(2);
    const byHand = net();
    const adam = new optim.AdamW(byHand.parameters(), { lr: 0.01 });
    const steps = new optim.lr_scheduler.StepLR(adam, 1, 0.5);
    const average = new optim.swa_utils.AveragedModel(byHand, { avg_fn: optim.swa_utils.get_ema_avg_fn(0.9) });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      let sum = 0;
      for (const [i, [x, y]] of [...new DataLoader(points(), { batch_size: 6, shuffle: true })].entries()) {
        const loss = F.cross_entropy(byHand(x), y);
        sum += loss.item() * 6;
        loss.div(i === 4 ? 1 : 2).backward();
        if (i % 2 === 0 && i < 4) continue;
        nn.utils.clip_grad_norm_(byHand.parameters(), 0.5);
        adam.step();
        adam.zero_grad();
        average.update_parameters(byHand);
      }
      losses.push(sum / 30);
      steps.step();
    }
    expect(values(model)).toEqual(values(byHand));
    expect(values(trainer.ema!)).toEqual(values(average));
    expect(history.map(({ loss }) => loss)).toEqual(losses);
    expect(history.map(({ lr, step, epoch }) => [lr, step, epoch])).toEqual([
      [0.01, 3, 0],
      [0.005, 6, 1],
    ]);
  });
  test("validates in eval mode, without gradients and draws, and leaves each module the mode that it had", async () => {
    torch.manual_seed(0);
    const model = net();
    const trainer = new Trainer(model, new optim.SGD(model.parameters(), { lr: 0.1 }), {
      loss_fn: F.cross_entropy,
      metrics: { accuracy },
    });
    const modes: boolean[][] = [];
    const history = await trainer.fit(new DataLoader(points(), { batch_size: 10 }), {
      epochs: 1,
      val: new DataLoader(points(), { batch_size: 7 }),
      callbacks: [
        {
          on_epoch_start: ({ model: m }) => void [...m.modules()].at(-2)!.eval(),
          on_epoch_end: ({ model: m }) => void modes.push([...m.modules()].map(({ training }) => training)),
        },
      ],
    });
    expect(modes).toEqual([[true, true, true, false, true]]);
    model.eval();
    const [x, y] = points().tensors;
    // Weighted by the size of batches of 7, 7, 7, 7 and 2.
    expect(history[0].val_loss).toBeCloseTo(F.cross_entropy(model(x), y).item(), 6);
    expect(history[0].val_accuracy).toBeCloseTo(accuracy(model(x), y).item(), 12);
    expect((await trainer.evaluate(new DataLoader(points(), { batch_size: 30 }))).loss).toBeCloseTo(
      history[0].val_loss,
      6,
    );
  });
  test("takes a step of the program's, autocast and a scaler", async () => {
    torch.manual_seed(0);
    const model = new nn.Linear(4, 1);
    const dtypes = new Set<string>();
    const trainer = new Trainer(model, new optim.SGD(model.parameters(), { lr: 0.1 }), {
      step: (m: nn.Linear, x: Tensor) => {
        const y = m(x);
        dtypes.add(y.dtype.name);
        return {
          loss: y.float().square().mean(),
          output: y.float(),
          target: torch.zeros_like(y.float()),
          size: x.size(0),
        };
      },
      metrics: { mae: mean_absolute_error, mse: mean_squared_error },
      autocast: torch.bfloat16,
      scaler: new torch.amp.GradScaler("cpu"),
    });
    const [first, second] = await trainer.fit([torch.ones(3, 4), torch.ones(1, 4)], { epochs: 2 });
    expect([...dtypes]).toEqual(["bfloat16"]);
    expect(first.mse).toBeCloseTo(first.loss, 6);
    expect(second.loss).toBeLessThan(first.loss);
  });
  test("stops when nothing becomes better, and a plateau lowers the rate", async () => {
    const model = net();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
    const trainer = new Trainer(model, optimizer, {
      loss_fn: (output) => output.mul(0).sum().add(1),
      scheduler: new optim.lr_scheduler.ReduceLROnPlateau(optimizer, { patience: 1 }),
    });
    const stop = new EarlyStopping({ monitor: "loss", patience: 2 });
    expect((await trainer.fit([points().tensors], { epochs: 10, callbacks: [stop] })).length).toBe(4);
    await expect(
      new Trainer(model, optimizer, { loss_fn: F.cross_entropy }).fit([points().tensors], {
        epochs: 2,
        callbacks: [new EarlyStopping()],
      }),
    ).rejects.toThrow("EarlyStopping: no 'val_loss' was logged\nThere are: epoch, step, lr, loss");
  });
  test("names the op that first made a number that is none, or the parameter that has one", async () => {
    const model = new nn.Linear(4, 3);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const logs = new Trainer(model, optimizer, { loss_fn: (output) => output.abs().neg().log().mean() });
    await expect(logs.fit([[torch.ones(2, 4), torch.ones(2)]], { epochs: 1 })).rejects.toThrow(
      /The loss is NaN \(epoch 1, batch 1, after 0 steps\)\nThe first op whose result is not finite: log, of \[2, 3\] from -/,
    );
    torch.no_grad(() => model.bias!.fill_(NaN));
    await expect(
      new Trainer(model, optimizer, { loss_fn: F.mse_loss }).fit([[torch.ones(2, 4), torch.ones(2, 3)]], { epochs: 1 }),
    ).rejects.toThrow("The parameter 'bias' is not finite: a step before made it so.");
  });
});

describe("metrics", () => {
  const target = torch.tensor([0, 1, 2, 2], { dtype: torch.int64 });
  const scores = torch.tensor([
    [3, 1, 0],
    [2, 1, 0],
    [0, 1, 2],
    [0, 2, 1],
  ]);
  test("are right on a small table", () => {
    expect(accuracy(scores, target).item()).toBe(0.5);
    expect(accuracy(scores.argmax(1), target).item()).toBe(0.5);
    expect(Number((top_k_accuracy(2)(scores, target) as Tensor).item())).toBe(1);
    const computed = [ConfusionMatrix, Precision, Recall, F1Score].map((Class) => {
      const metric = new Class(4);
      metric.update(scores.narrow(0, 0, 3), target.narrow(0, 0, 3));
      metric.update(scores.narrow(0, 3, 1), target.narrow(0, 3, 1));
      return metric.compute();
    });
    // By class: said 2, 1, 1 (right 1, 0, 1), there 1, 1, 2; the fourth class is never met.
    expect(computed).toEqual([0.5, (1 / 2 + 0 + 1) / 3, (1 + 0 + 1 / 2) / 3, (2 / 3 + 0 + 2 / 3) / 3]);
  });
  test("say what is wrong with shapes, dtypes and classes", () => {
    expect(() => accuracy(scores, target.float())).toThrow(
      "accuracy(): expected classes as integers, got a target of torch.float32",
    );
    expect(() => accuracy(scores.select(1, 0), target)).toThrow("got an output of [4] and a target of [4]");
    expect(() => mean_squared_error(torch.ones(4, 1), torch.ones(4))).toThrow(
      "got an output of [4, 1] and a target of [4]",
    );
    expect(() => top_k_accuracy(4)(scores, target)).toThrow("expected k from 1 to 3");
    const matrix = new ConfusionMatrix(2);
    expect(() => matrix.update(scores, target)).toThrow(
      "ConfusionMatrix: expected classes from 0 to 1, the target has some from 0 to 2",
    );
    expect(matrix.counts.sum().item()).toBe(0);
  });
});

describe("wrong things are refused", () => {
  const model = new nn.Linear(2, 2);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const options = { loss_fn: F.cross_entropy };
  test.each<[string, () => unknown, string]>([
    ["no module", () => new Trainer(3 as never, optimizer, options), "Trainer: expected a Module as model, got int"],
    ["no optimizer", () => new Trainer(model, {} as never, options), "Trainer: expected an Optimizer, got Object"],
    ["no loss", () => new Trainer(model, optimizer, {}), "expected either loss_fn or step"],
    [
      "half a step",
      () => new Trainer(model, optimizer, { ...options, gradient_accumulation_steps: 0.5 }),
      "positive integer, got 0.5",
    ],
    [
      "a taken name",
      () => new Trainer(model, optimizer, { ...options, metrics: { loss: accuracy } }),
      "the name 'loss' of a metric is taken",
    ],
    ["a mode", () => new EarlyStopping({ mode: "low" as never }), `expected mode to be 'min' or 'max', got "low"`],
    ["no folder", () => new ModelCheckpoint(""), "expected the path of a folder"],
    ["every zero steps", () => new JsonLines("x", { every_n_steps: 0 }), "positive integer, got 0"],
  ])("%s", (_, make, text) => expect(make).toThrow(text));
  test.each<[string, unknown, object, string]>([
    ["an iterator", [][Symbol.iterator](), { epochs: 1 }, "got an iterator, which is read once"],
    [
      "a tensor",
      torch.ones(2),
      { epochs: 1 },
      "train: expected batches (a DataLoader, an array of batches), got Tensor",
    ],
    ["no batches", [], { epochs: 1 }, "there is no batch to train on"],
    ["no epochs", [], {}, "expected epochs to be an integer of 0 or more, got undefined"],
    ["resume from nothing", [], { epochs: 1, resume: true }, "resume needs a checkpoint to go on from"],
    ["a batch of one", [[torch.ones(1, 2)]], { epochs: 1 }, "batches of [input, target], got 1 items"],
  ])("%s", async (_, train, more, text) => {
    await expect(new Trainer(model, optimizer, options).fit(train as never, more as never)).rejects.toThrow(text);
  });
  test("a checkpoint of another run, and a file that is none; the model stays as it was", async () => {
    const folder = join(root, "other");
    const checkpoint = new ModelCheckpoint(folder);
    const batch = [torch.ones(2, 2), torch.zeros([2], { dtype: torch.int64 })];
    await new Trainer(model, optimizer, { ...options, ema: 0.9 }).fit([batch], { epochs: 1, checkpoint });
    const before = values(model);
    const other = new Trainer(model, optimizer, options);
    await expect(other.fit([batch], { epochs: 2, checkpoint, resume: true })).rejects.toThrow(
      "the state is of a run with ema, this trainer has none",
    );
    writeFileSync(join(folder, "last.pt"), "nothing");
    await expect(other.fit([batch], { epochs: 2, checkpoint, resume: true })).rejects.toThrow("last.pt");
    expect(values(model)).toEqual(before);
  });
});

describe("what is left behind", () => {
  async function run(callbacks: object[], epochs = 2, folder: string | null = null): Promise<EpochLogs[]> {
    torch.manual_seed(0);
    const model = net();
    const trainer = new Trainer(model, new optim.SGD(model.parameters(), { lr: 0.1 }), { loss_fn: F.cross_entropy });
    const checkpoint = folder === null ? null : new ModelCheckpoint(folder);
    const loader = new DataLoader(points(), { batch_size: 10 });
    return trainer.fit(loader, { epochs, callbacks, checkpoint, resume: folder !== null });
  }
  test("a bar: one line in a terminal, a line an epoch in a file, an element on a page", async () => {
    const texts: Record<string, string> = { terminal: "", file: "" };
    const nodes: { max?: number; value?: number; textContent?: string }[] = [];
    const element = {
      ownerDocument: { createElement: () => ({}) },
      replaceChildren: (...given: unknown[]) => void nodes.splice(0, nodes.length, ...(given as object[])),
    };
    await run([
      new ProgressBar({ write: (text) => (texts.terminal += text), isTTY: true }),
      new ProgressBar({ write: (text) => (texts.file += text) }),
      new ProgressBar({ element }),
    ]);
    expect(texts.file).toMatch(
      /^epoch 1\/2 {2}3\/3 {2}[\d.]+ ste?p?s?\/s {2}0:\d\d left {2}lr 0.1, loss 1\.\d+\nepoch 2\/2 .* in \d:\d\d .*\n$/,
    );
    expect(texts.terminal.split("\n").length).toBe(3);
    expect(texts.terminal).toContain("\r\u001b[2Kepoch 2/2  ━━━━━━━━━━━━━━━━━━━━━━━━  3/3");
    expect(nodes[0]).toEqual({ max: 1, value: 1 });
    expect(nodes[1].textContent).toContain("epoch 2/2 · 3/3");
  });
  test("JSON lines, of which a run that goes on takes out what it does again", async () => {
    const path = join(root, "deep", "log.jsonl");
    const folder = join(root, "json");
    const read = (): { event: string; step: number }[] =>
      readFileSync(path, "utf8")
        .trimEnd()
        .split("\n")
        .map((text) => JSON.parse(text) as { event: string; step: number });
    await run([new JsonLines(path)], 1, folder);
    expect(read().map(({ event, step }) => [event, step])).toEqual([
      ["step", 1],
      ["step", 2],
      ["step", 3],
      ["epoch", 3],
    ]);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"event":"step","step":4}\n{"event":"st`);
    await run([new JsonLines(path)], 2, folder);
    expect(read().map(({ step }) => step)).toEqual([1, 2, 3, 3, 4, 5, 6, 6]);
    const whole = join(root, "whole.jsonl");
    await run([new JsonLines(whole)], 2);
    expect(readFileSync(path, "utf8")).toBe(readFileSync(whole, "utf8"));
  });
  test("a report of gradients, with units that are never on", async () => {
    torch.manual_seed(0);
    class Dead extends nn.Module {
      first = new nn.Linear(4, 6);
      second = new nn.Linear(6, 3);
      unused = new nn.Linear(1, 1);
      override forward(x: Tensor): Tensor {
        return this.second(F.relu(this.first(x)).relu());
      }
    }
    const model = new Dead();
    torch.no_grad(() => model.first.bias!.copy_(torch.tensor([-99, 0, 0, -99, 0, 0])));
    const flow = new GradientFlow({ every_n_steps: 2 });
    const trainer = new Trainer(model, new optim.SGD(model.parameters(), { lr: 0.01 }), { loss_fn: F.cross_entropy });
    await trainer.fit(new DataLoader(points(40), { batch_size: 10 }), { epochs: 1, callbacks: [flow] });
    expect(flow.flows.map(({ step }) => step)).toEqual([2, 4]);
    expect(flow.flows[1].norms["second.bias"]).toBeGreaterThan(0);
    expect(flow.flows[1].norms["unused.weight"]).toBe(null);
    expect(flow.dead).toEqual({ "model.relu": { dead: 2, units: 6 }, "model.relu.2": { dead: 2, units: 6 } });
    expect(String(flow)).toContain("unused.weight        none        none        none  no gradient\n");
  });
  test("event files, to the byte what TensorBoard's reader was shown", async () => {
    const { bytes, records } = JSON.parse(readFileSync("test/recorded/event_files.json", "utf8")) as {
      bytes: string;
      records: unknown[];
    };
    const path = await writeEvents(join(root, "events"));
    expect(readFileSync(path).toString("base64")).toBe(bytes);
    expect(records.length).toBe(6);
    const writer = await SummaryWriter.create(join(root, "events"));
    writer.close();
    expect(() => writer.add_scalar("x", 1)).toThrow("is closed");
    expect(() => writer.add_histogram("x", [NaN])).toThrow("'x' has no finite value");
    await run([new TensorBoard(join(root, "board"), { histogram_freq: 1 })]);
    expect(readdirSync(join(root, "board")).length).toBe(1);
  });
});
