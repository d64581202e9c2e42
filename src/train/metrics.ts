// How well a model does: functions of a batch, whose means over all samples are told, and counts that are no mean.
import { withGrad } from "../autograd/mode.ts";
import { float64, int64 } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { bincount, zeros } from "../ops/index.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Of a batch: its mean over the batch's samples. */
export type MetricFunction<O = Tensor, T = Tensor> = (output: O, target: T) => number | Tensor;
/** What is no mean of means: it is shown every batch and computed at the end. The names are torchmetrics'. */
export interface Metric<O = Tensor, T = Tensor> {
  update(output: O, target: T): void;
  compute(): number;
  reset(): void;
  state_dict(): object;
  load_state_dict(state: object): void;
}
export type AnyMetric<O = Tensor, T = Tensor> = MetricFunction<O, T> | Metric<O, T>;

const shapes = (output: Tensor, target: Tensor): string =>
  `got an output of [${output.sizes.join(", ")}] and a target of [${target.sizes.join(", ")}]`;
/** The class that an output stands for: the largest of dim 1, or what it says itself where it has the target's dims. */
function classesOf(name: string, output: Tensor, target: Tensor): Tensor {
  if (target.dtype.is_floating_point || target.dtype.is_complex)
    throw new ValueError(`${name}(): expected classes as integers, got a target of ${target.dtype}`);
  const classes = output.ndim === target.ndim + 1 && output.ndim > 1 ? output.argmax(1) : output;
  const isClasses = !classes.dtype.is_floating_point && !classes.dtype.is_complex;
  if (!isClasses || String(classes.sizes) !== String(target.sizes))
    throw new ValueError(
      `${name}(): expected scores of [N, C, ...] (or classes, as integers) for a target of [N, ...], ${shapes(output, target)}\nOf one score a sample, make classes: output.gt(0).long()`,
    );
  return classes;
}
/**
 * Which part of the samples is in the class that has the highest score: scores of [N, C, ...] against classes of [N, ...].
 * Raises ValueError for other shapes, and for a target that is no integers.
 * @example accuracy(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1], { dtype: torch.int64 })) // tensor(0.5)
 */
export function accuracy(output: Tensor, target: Tensor): Tensor {
  return classesOf("accuracy", output, target).eq(target).cpu().to(float64).mean();
}
/**
 * Which part of the samples is in one of the `k` classes that have the highest scores. Raises ValueError, when it is used,
 * for a `k` that is no positive integer or more than there are classes.
 * @example new Trainer(model, optimizer, { loss_fn, metrics: { top5: top_k_accuracy(5) } })
 */
export function top_k_accuracy(k: number): MetricFunction {
  return (output, target) => {
    classesOf("top_k_accuracy", output, target);
    if (output.ndim !== target.ndim + 1)
      throw new ValueError(`top_k_accuracy(): expected scores of [N, C, ...], ${shapes(output, target)}`);
    if (!Number.isInteger(k) || k < 1 || k > output.size(1))
      throw new ValueError(`top_k_accuracy(): expected k from 1 to ${output.size(1)}, the number of classes, got ${k}`);
    const [, best] = output.topk(k, 1);
    return best.eq(target.unsqueeze(1)).any(1).cpu().to(float64).mean();
  };
}
function differences(name: string, output: Tensor, target: Tensor): Tensor {
  // [N, 1] against [N] would be all pairs of samples.
  if (String(output.sizes) !== String(target.sizes))
    throw new ValueError(`${name}(): expected an output and a target of one shape, ${shapes(output, target)}`);
  return output.cpu().to(float64).sub(target.cpu());
}
/** The mean of the squared differences. Raises ValueError for two shapes. */
export const mean_squared_error: MetricFunction = (output, target) =>
  differences("mean_squared_error", output, target).square().mean();
/** The mean of the differences without their signs. Raises ValueError for two shapes. */
export const mean_absolute_error: MetricFunction = (output, target) =>
  differences("mean_absolute_error", output, target).abs().mean();

/**
 * How often each class (a row) was taken for each (a column), over all batches. `compute` gives the part that is right;
 * `counts` is the matrix. Raises ValueError for classes outside [0, num_classes).
 * @example
 * const confusion = new ConfusionMatrix(10);
 * const trainer = new Trainer(model, optimizer, { loss_fn, metrics: { accuracy: confusion } });
 */
export class ConfusionMatrix implements Metric {
  readonly num_classes: number;
  counts: Tensor;
  constructor(num_classes: number) {
    if (!Number.isInteger(num_classes) || num_classes < 1)
      throw new ValueError(`ConfusionMatrix: expected a positive number of classes, got ${String(num_classes)}`);
    this.num_classes = num_classes;
    this.counts = zeros([num_classes, num_classes], { dtype: int64 });
  }
  update(output: Tensor, target: Tensor): void {
    const n = this.num_classes;
    withGrad(false, () => {
      const found = classesOf(this.constructor.name, output, target);
      for (const [name, classes] of Object.entries({ target, output: found }))
        if (classes.numel() > 0 && (Number(classes.min().item()) < 0 || Number(classes.max().item()) >= n))
          throw new ValueError(
            `${this.constructor.name}: expected classes from 0 to ${n - 1}, the ${name} has some from ${classes.min().item()} to ${classes.max().item()}`,
          );
      const pairs = target.to(int64).mul(n).add(found.to(int64)).flatten();
      this.counts = this.counts.add(bincount(pairs, { minlength: n * n }).reshape(n, n));
    });
  }
  /** Of each class: how often it was right, how often it was said, how often it was there. */
  protected sums(): { right: number; said: number; there: number }[] {
    const rows = (this.counts.tolist() as (number | bigint)[][]).map((row) => row.map(Number));
    return rows.map((row, c) => ({
      right: row[c],
      said: rows.reduce((sum, other) => sum + other[c], 0),
      there: row.reduce((sum, n) => sum + n, 0),
    }));
  }
  compute(): number {
    const sums = this.sums();
    const all = sums.reduce((sum, { there }) => sum + there, 0);
    return sums.reduce((sum, { right }) => sum + right, 0) / all;
  }
  reset(): void {
    this.counts = zeros([this.num_classes, this.num_classes], { dtype: int64 });
  }
  state_dict(): object {
    return { counts: this.counts };
  }
  load_state_dict(state: object): void {
    const { counts } = state as { counts?: unknown };
    if (!(counts instanceof Tensor) || String(counts.sizes) !== String(this.counts.sizes))
      throw new ValueError(`${this.constructor.name}: the state has no counts of ${this.num_classes} classes`);
    this.counts = counts.clone();
  }
}
/** The mean over classes of a score of each; a class without any sample, said or there, does not count. */
abstract class OfClasses extends ConfusionMatrix {
  protected abstract scoreOf(sums: { right: number; said: number; there: number }): number;
  override compute(): number {
    const scores = this.sums().flatMap((sums) => (sums.said + sums.there === 0 ? [] : [this.scoreOf(sums)]));
    return scores.reduce((sum, x) => sum + x, 0) / scores.length;
  }
}
/** Of what is said to be of a class, the part that is; the mean over classes. */
export class Precision extends OfClasses {
  protected scoreOf({ right, said }: { right: number; said: number }): number {
    return said === 0 ? 0 : right / said;
  }
}
/** Of what is of a class, the part that is found; the mean over classes. */
export class Recall extends OfClasses {
  protected scoreOf({ right, there }: { right: number; there: number }): number {
    return there === 0 ? 0 : right / there;
  }
}
/** The harmonic mean of precision and recall of a class; the mean over classes. */
export class F1Score extends OfClasses {
  protected scoreOf({ right, said, there }: { right: number; said: number; there: number }): number {
    return (2 * right) / (said + there);
  }
}

/** Means so far of what is told, each weighted by how many samples it is of; and metrics that are no means. */
export class Means {
  private sums: Record<string, number> = {};
  private counts: Record<string, number> = {};
  private readonly metrics: Readonly<Record<string, AnyMetric<never, never>>>;
  constructor(metrics: Readonly<Record<string, AnyMetric<never, never>>>) {
    this.metrics = metrics;
  }
  add(name: string, mean: number, count: number): void {
    this.sums[name] = (this.sums[name] ?? 0) + mean * count;
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
  /** Shows a batch of so many samples to all metrics. */
  measure(output: unknown, target: unknown, count: number): void {
    for (const [name, metric] of Object.entries(this.metrics))
      if (typeof metric !== "function") metric.update(output as never, target as never);
      else {
        const mean = withGrad(false, () => metric(output as never, target as never));
        this.add(name, typeof mean === "number" ? mean : Number(mean.item()), count);
      }
  }
  reset(): void {
    this.sums = {};
    this.counts = {};
    for (const metric of Object.values(this.metrics)) if (typeof metric !== "function") metric.reset();
  }
  compute(): Record<string, number> {
    const means = Object.entries(this.sums).map(([name, sum]) => [name, sum / this.counts[name]] as const);
    const others = Object.entries(this.metrics).flatMap(([name, metric]) =>
      typeof metric === "function" ? [] : [[name, metric.compute()] as const],
    );
    return Object.fromEntries([...means, ...others]);
  }
  state_dict(): object {
    const others = Object.entries(this.metrics).flatMap(([name, metric]) =>
      typeof metric === "function" ? [] : [[name, metric.state_dict()] as const],
    );
    return { sums: { ...this.sums }, counts: { ...this.counts }, metrics: Object.fromEntries(others) };
  }
  load_state_dict(state: object): void {
    const { sums, counts, metrics } = state as { sums: object; counts: object; metrics: Record<string, object> };
    this.sums = { ...sums } as Record<string, number>;
    this.counts = { ...counts } as Record<string, number>;
    for (const [name, metric] of Object.entries(this.metrics))
      if (typeof metric !== "function") metric.load_state_dict(metrics[name]);
  }
}
