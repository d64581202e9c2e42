// Two kernels in one: what computes an input takes its place, so that it need not be stored and read again.
import { Expr, rewriting } from "./expr.ts";
import type { Launch } from "./loops.ts";
import { changed, Kernel, operand } from "./loops.ts";

/**
 * `consumer` with its input `k` computed by `producer`. Its inputs are the consumer's others, then the producer's; its params
 * the consumer's, then the producer's. With `stored` it stores those outputs of the producer, too, behind its own; `k` takes
 * the place of output `from`. Null where that cannot be: the producer folds, scatters or knows its place, or the consumer
 * looks up elements of the input elsewhere than where its loop stands.
 */
export function fuse(
  consumer: Kernel,
  k: number,
  producer: Kernel,
  from = 0,
  stored: readonly number[] = producer.outputs.flatMap((_, i) => (i === from ? [] : [i])),
): Kernel | null {
  const { outputs } = producer;
  const isMap = producer.reduce === null && outputs.every((o) => (o.mode ?? "set") === "set" && o.offset === undefined);
  const stores = consumer.reduce === null || consumer.outputs.some((o) => o.pass !== undefined);
  if (!isMap || outputs[from].dtype !== consumer.inputs[k] || (stored.length > 0 && !stores)) return null;
  if (outputs.some((o) => any(o.value, (e) => e.op === "iota"))) return null;
  const others = consumer.inputs.length - 1;
  const moved = rewriting((e, src) => {
    if (e.op === "input" || e.op === "load") return numbered(e, src, others + Number(e.value));
    return e.op === "param" ? numbered(e, src, consumer.params.length + Number(e.value)) : null;
  });
  let looksElsewhere = false;
  const inline = rewriting((e, src) => {
    if (e.op !== "input" && e.op !== "load") return null;
    const i = Number(e.value);
    if (i !== k) return numbered(e, src, i < k ? i : i - 1);
    looksElsewhere ||= e.op === "load";
    return moved(outputs[from].value);
  });
  const joined = changed(consumer, inline);
  // A reduction stores them as it first walks by.
  const pass = consumer.reduce === null ? {} : { pass: 0 };
  const kernel = new Kernel({
    inputs: [...consumer.inputs.toSpliced(k, 1), ...producer.inputs],
    params: [...consumer.params, ...producer.params],
    reduce: joined.reduce,
    outputs: [...joined.outputs, ...stored.map((i) => ({ ...outputs[i], ...pass, value: moved(outputs[i].value) }))],
  });
  return looksElsewhere ? null : kernel;
}

/**
 * The producer, a reduction, with `consumer` applied to its output `from` where that is stored: the consumer's outputs come in
 * its place, or with `kept` behind it. Inputs are the producer's, then the consumer's but for `k`; params the same. Null where
 * that cannot be: what is stored once for all of the reduced dims is all that the consumer may read then.
 */
export function finished(producer: Kernel, from: number, consumer: Kernel, k: number, kept: boolean): Kernel | null {
  const { pass, value, mode, offset, dtype } = producer.outputs[from];
  const { outputs } = consumer;
  const isMap = consumer.reduce === null && outputs.every((o) => (o.mode ?? "set") === "set" && o.offset === undefined);
  if (!isMap || producer.reduce === null || producer.reduce.scan || dtype !== consumer.inputs[k]) return null;
  if ((mode ?? "set") !== "set" || offset !== undefined || (pass === undefined && consumer.inputs.length > 1))
    return null;
  if (outputs.some((o) => any(o.value, (e) => e.op === "iota" || e.op === "load"))) return null;
  const n = producer.inputs.length;
  const moved = rewriting((e, src) => {
    if (e.op === "param") return numbered(e, src, producer.params.length + Number(e.value));
    if (e.op !== "input") return null;
    const i = Number(e.value);
    return i === k ? value : numbered(e, src, n + (i < k ? i : i - 1));
  });
  const made = outputs.map((o) => ({ dtype: o.dtype, value: moved(o.value), ...(pass !== undefined && { pass }) }));
  return new Kernel({
    inputs: [...producer.inputs, ...consumer.inputs.toSpliced(k, 1)],
    params: [...producer.params, ...consumer.params],
    reduce: producer.reduce,
    outputs: [...producer.outputs.filter((_, i) => kept || i !== from), ...made],
  });
}

/**
 * The launch of what `fuse` made of two kernels, from theirs. Null where the consumer does not read what the producer stores
 * element by element (it may repeat it along dims), or writes to what the producer reads.
 */
export function fuseLaunches(consumer: Launch, inputs: number, k: number, producer: Launch): Launch | null {
  const read = consumer.operands[k];
  const sources = producer.operands.slice(0, -1);
  const stored = producer.operands[producer.operands.length - 1];
  if (read.block !== stored.block || read.offset !== stored.offset) return null;
  const outputs = consumer.operands.slice(inputs);
  if (outputs.some((o) => sources.some((s) => s.block === o.block))) return null;
  // The producer's dim that each of the consumer's walks; -1 where it stays in place.
  const walked: number[] = [];
  for (const [d, n] of consumer.shape.entries()) {
    const step = n === 1 ? 0 : read.strides[d];
    const e =
      step === 0
        ? -1
        : producer.shape.findIndex((m, j) => m === n && stored.strides[j] === step && !walked.includes(j));
    if (step !== 0 && e < 0) return null;
    walked.push(e);
  }
  const seen = sources.map((s) =>
    operand(
      s,
      walked.map((e) => (e < 0 ? 0 : s.strides[e])),
    ),
  );
  return {
    shape: consumer.shape,
    reduced: consumer.reduced,
    operands: [...consumer.operands.slice(0, inputs).toSpliced(k, 1), ...seen, ...outputs],
    params: [...consumer.params, ...producer.params],
  };
}

const numbered = (e: Expr, src: readonly Expr[], value: number | bigint): Expr => new Expr(e.op, src, e.dtype, value);
/** Whether some part of an expression is so. */
export function any(e: Expr, test: (e: Expr) => boolean, seen = new Set<Expr>()): boolean {
  if (seen.has(e)) return false;
  seen.add(e);
  return test(e) || e.src.some((x) => any(x, test, seen));
}
