// Small runs of every kind, to be interrupted; whether they then end in the same bits.
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, RandomSampler, TensorDataset, WeightedRandomSampler } from "tidu/data";
import { accuracy, ConfusionMatrix, EarlyStopping, ModelCheckpoint, Trainer } from "tidu/train";
import type { Batches, Callback, FitOptions, TrainerOptions } from "tidu/train";
import { Noisy, noisy, Stream, stream } from "./noisy.ts";

type Pair = readonly Tensor[];
export interface Run {
  readonly trainer: Trainer;
  readonly train: Batches<Pair>;
  readonly options: FitOptions<Pair>;
}
export interface Case {
  readonly train: () => Batches<Pair>;
  readonly val?: () => Batches<Pair>;
  readonly options?: (optimizer: optim.SGD | optim.Adam) => TrainerOptions<nn.Module, Pair>;
  readonly epochs?: number;
}
export function begin(kind: Case, folder: string, more: Callback[] = []): Run {
  torch.manual_seed(5);
  const model = new nn.Sequential(
    new nn.Linear(4, 8),
    new nn.BatchNorm1d(8),
    new nn.ReLU(),
    new nn.Dropout(0.3),
    new nn.Linear(8, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const options = {
    loss_fn: nn.functional.cross_entropy,
    metrics: { accuracy, confusion: new ConfusionMatrix(3) },
    ema: 0.9,
    ...kind.options?.(optimizer),
  } as TrainerOptions<nn.Module, Pair>;
  const checkpoint = new ModelCheckpoint(folder, { every_n_train_steps: 1 });
  const val = kind.val?.() ?? null;
  const callbacks = [new EarlyStopping({ monitor: "loss", patience: 1, min_delta: 0.01 }), ...more];
  return {
    trainer: new Trainer(model, optimizer, options),
    train: kind.train(),
    options: { epochs: kind.epochs ?? 3, val, callbacks, checkpoint, resume: true },
  };
}
export const fit = ({ trainer, train, options }: Run) => trainer.fit(train, options);
/** Everything that a run ends in, as text. */
export function ending({ trainer }: Run): string {
  const seen: string[] = [];
  const tell = (x: unknown, path: string): void => {
    if (x instanceof torch.Tensor)
      seen.push(`${path} ${x.dtype} ${JSON.stringify(x.tolist(), (_, v) => (typeof v === "bigint" ? String(v) : v))}`);
    else if (x instanceof Map) for (const [key, y] of x) tell(y, `${path}.${String(key)}`);
    else if (typeof x === "object" && x !== null) for (const [key, y] of Object.entries(x)) tell(y, `${path}.${key}`);
    else seen.push(`${path} ${String(x)}`);
  };
  // Where workers are is nobody's concern any more when the run is over.
  tell({ ...trainer.state_dict(), train: null, val: null }, "");
  return seen.join("\n");
}
export class Crash extends Error {}
export const crashAt = (step: number): Callback => ({
  on_step_end: (trainer) => {
    if (trainer.global_step === step) throw new Crash();
  },
});
export const crashAfterEpoch = (epoch: number): Callback => ({
  on_epoch_start: (trainer) => {
    if (trainer.epoch === epoch) throw new Crash();
  },
});

const fixed = (): TensorDataset<[Tensor, Tensor]> => {
  const generator = new torch.Generator().manual_seed(1);
  return new TensorDataset(torch.randn(40, 4, { generator }), torch.randint(3, [40], { generator }));
};
export const cases: Record<string, Case> = {
  "batches shuffled, with validation": {
    train: () => new DataLoader(fixed(), { batch_size: 8, shuffle: true }),
    val: () => new DataLoader(fixed(), { batch_size: 16, shuffle: true }),
  },
  "samples that draw between the model's draws": {
    train: () => new DataLoader(new Noisy(40), { batch_size: 8, shuffle: true }),
  },
  "a generator of the program's": {
    train: () =>
      new DataLoader(new Noisy(40), { batch_size: 8, shuffle: true, generator: new torch.Generator().manual_seed(3) }),
  },
  "a sampler with replacement": {
    train: () => {
      const data = new Noisy(100);
      const generator = new torch.Generator().manual_seed(3);
      return new DataLoader(data, { batch_size: 8, sampler: new RandomSampler(data, true, 70, generator) });
    },
  },
  "a weighted sampler": {
    train: () => new DataLoader(new Noisy(4), { batch_size: 8, sampler: new WeightedRandomSampler([1, 2, 3, 4], 40) }),
  },
  "a stream": { train: () => new DataLoader(new Stream(40), { batch_size: 8 }) },
  "an array of batches": {
    train: () =>
      Array.from(
        { length: 5 },
        (_, i) => new DataLoader(fixed(), { batch_size: 8, sampler: [i, i + 1, i + 2] }),
      ).flatMap((l) => [...l]),
  },
  "accumulated, clipped, with a scheduler per step": {
    train: () => new DataLoader(new Noisy(40), { batch_size: 4, shuffle: true }),
    options: (optimizer) => ({
      gradient_accumulation_steps: 3,
      gradient_clip_val: 0.5,
      scheduler: new optim.lr_scheduler.OneCycleLR(optimizer, { max_lr: 0.05, total_steps: 40 }),
      scheduler_interval: "step",
    }),
  },
  "autocast with a scaler, and a scheduler by a plateau": {
    train: () => new DataLoader(new Noisy(40), { batch_size: 8, shuffle: true }),
    val: () => new DataLoader(new Noisy(16), { batch_size: 8 }),
    options: (optimizer) => ({
      autocast: torch.bfloat16,
      scaler: new torch.amp.GradScaler("cpu", { growth_interval: 2 }),
      scheduler: new optim.lr_scheduler.ReduceLROnPlateau(optimizer, { patience: 0 }),
    }),
  },
};
export const withWorkers: Record<string, Case> = {
  "two workers": {
    train: () => new DataLoader(noisy(40), { batch_size: 8, shuffle: true, num_workers: 2 }),
    val: () => new DataLoader(noisy(16), { batch_size: 8, num_workers: 1 }),
    epochs: 2,
  },
  "two workers that live on": {
    train: () => new DataLoader(noisy(40), { batch_size: 8, shuffle: true, num_workers: 2, persistent_workers: true }),
    val: () => new DataLoader(noisy(16), { batch_size: 8, num_workers: 1, persistent_workers: true }),
    epochs: 3,
  },
  "a stream by two workers that live on": {
    train: () => new DataLoader(stream(40), { batch_size: 8, num_workers: 2, persistent_workers: true }),
    epochs: 3,
  },
};

/** What a run ends in that crashes there, and is then begun again by a program that drew other numbers before. */
export async function goesOnFrom(kind: Case, folder: string, crash: Callback): Promise<string> {
  let crashed = false;
  await fit(begin(kind, folder, [crash])).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
    crashed = true;
  });
  if (!crashed) throw new Error("it did not crash");
  const again = begin(kind, folder);
  if (existsSync(join(folder, "last.pt"))) torch.manual_seed(99);
  await fit(again);
  return ending(again);
}
