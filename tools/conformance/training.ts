// Optimizers on two small problems, gradient clipping, learning-rate schedules.
import * as torch from "tidu";
import type { Tensor } from "tidu";
import { lookup } from "./call.ts";
import { difference, differenceOfElements, toleranceFor } from "./compare.ts";
import type { Case, Dataset, Encoded } from "./reader.ts";
import { Missing, Values } from "./values.ts";
import type { Elements } from "./values.ts";

interface OptimizerLike {
  readonly param_groups: Record<string, unknown>[];
  step(closure?: () => Tensor): Tensor | null;
  zero_grad(): void;
}
type OptimizerClass = new (params: unknown, options?: Record<string, unknown>) => OptimizerLike;
type Options = Readonly<Record<string, Encoded>>;
const decoded = (options: Options, values: Values): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([k, v]) => [k, values.decode(v)]));

export function replayOptim(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  const params = (c["params"] as { t: number }[]).map(({ t }) => values.tensor(t).clone().requires_grad_());
  const Optimizer = lookup(`optim.${c.op}`) as unknown as OptimizerClass;
  const options = decoded((c["options"] ?? {}) as Options, values);
  const groups = c["groups"] as ({ readonly params: readonly number[] } & Options)[] | undefined;
  const of =
    groups?.map(({ params: places, ...own }) => ({
      ...decoded(own as Options, values),
      params: places.map((i) => params[i]),
    })) ?? params;
  const optimizer = new Optimizer(of, options);
  const loss = lossOf(c, values, params);
  const losses: number[] = [];
  const calls: number[] = [];
  const seen: Tensor[][] = params.map(() => []);
  for (let i = 0; i < 10; i++) {
    calls.push(0);
    const closure = (): Tensor => {
      calls[i]++;
      optimizer.zero_grad();
      const l = loss();
      l.backward();
      return l;
    };
    if (c.op === "LBFGS") losses.push(Number(optimizer.step(closure)!.item()));
    else {
      losses.push(Number(closure().item()));
      optimizer.step();
    }
    for (const [k, p] of params.entries()) seen[k].push(p.detach().clone());
  }
  for (const [k, want] of (c.expected as readonly { t: number }[]).entries()) {
    const problem = difference(torch.stack(seen[k]), want as Encoded, values);
    if (problem !== null) return `parameter ${k}: ${problem}`;
  }
  const expectedCalls = c["closure_calls"] as readonly number[] | undefined;
  if (expectedCalls && String(calls) !== String(expectedCalls)) return `calls of the closure: ${calls.join()}`;
  const problem = difference(
    torch.tensor(data.isNarrow ? Float32Array.from(losses) : Float64Array.from(losses)),
    c["losses"] as Encoded,
    values,
  );
  return problem === null ? null : `losses: ${problem}`;
}
function lossOf(c: Case, values: Values, params: readonly Tensor[]): () => Tensor {
  if (c["problem"] === "rosenbrock")
    return () => {
      const x = params[0];
      const n = x.shape[0];
      const [head, tail] = [x.slice(0, 0, n - 1), x.slice(0, 1, n)];
      return tail.sub(head.pow(2)).pow(2).mul(100).add(head.rsub(1).pow(2)).sum();
    };
  const [x, y] = [values.decode(c["x"] as Encoded) as Tensor, values.decode(c["y"] as Encoded) as Tensor];
  const [p0, p1, p2, p3] = params;
  return () => x.matmul(p0.t()).add(p1).tanh().matmul(p2.t()).add(p3).sub(y).pow(2).mean();
}

export function replayGradUtil(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  const params = (c["grads_in"] as { t: number }[]).map(({ t }) => {
    const p = values.tensor(t).clone().requires_grad_();
    p.grad = values.tensor(t).clone();
    return p;
  });
  const result = lookup(`nn.utils.${c.op}`)(...([params, ...c.args!.map((v) => values.decode(v))] as never[]));
  for (const [i, want] of (c.expected as readonly Encoded[]).entries()) {
    const problem = difference(params[i].grad, want, values);
    if (problem !== null) return `gradient ${i}: ${problem}`;
  }
  return difference(result, (c["result"] ?? null) as Encoded, values);
}

interface SchedulerLike {
  step(metric?: number): void;
}
type SchedulerClass = new (optimizer: unknown, ...args: unknown[]) => SchedulerLike;
const scheduler = (name: string): SchedulerClass => lookup(`optim.lr_scheduler.${name}`) as unknown as SchedulerClass;

export function replaySched(c: Case, data: Dataset): string | null {
  const values = new Values(c, data.blob);
  const rates = c["base_lrs"] as number[];
  const SGD = lookup("optim.SGD") as unknown as OptimizerClass;
  const optimizer = new SGD(
    rates.map((lr) => ({ params: [torch.zeros([1], { requires_grad: true })], lr })),
    { lr: rates[0], momentum: c["base_momentum"] as number },
  );
  const options = schedulerOptions((c["options"] ?? {}) as Options, values);
  const parts = c["schedulers"] as { scheduler: string; options: Options }[] | undefined;
  const inner = parts?.map((p) => new (scheduler(p.scheduler))(optimizer, schedulerOptions(p.options, values)));
  const Scheduler = scheduler(c.op);
  const s =
    inner === undefined
      ? new Scheduler(optimizer, options)
      : c.op === "ChainedScheduler"
        ? new Scheduler(inner)
        : new Scheduler(optimizer, inner, options);
  const metrics = c["metrics"] as number[] | undefined;
  const lrs: number[] = [];
  const momenta: number[] = [];
  const note = (): void => {
    for (const g of optimizer.param_groups) {
      lrs.push(Number(g["lr"]));
      momenta.push(Number(g["momentum"]));
    }
  };
  note();
  for (let i = 0; i < 30; i++) {
    optimizer.step();
    if (metrics) s.step(metrics[i]);
    else s.step();
    note();
  }
  const compare = (got: number[], want: unknown): string | null =>
    differenceOfElements(
      Float64Array.from(got) as Elements,
      values.elements((want as { t: number }).t),
      toleranceFor(c.op, "float64"),
    );
  const problem = compare(lrs, c.expected);
  if (problem !== null) return `lr ${problem}`;
  const ofMomentum = c["momentum"] ? compare(momenta, c["momentum"]) : null;
  return ofMomentum === null ? null : `momentum ${ofMomentum}`;
}
/** Lambdas of `epoch` are recorded as text that is valid JavaScript. */
function schedulerOptions(options: Options, values: Values): Record<string, unknown> {
  const decode = (v: Encoded): unknown => {
    if (Array.isArray(v)) return v.map(decode);
    if (typeof v === "object" && v !== null && "js" in v)
      return new Function("epoch", `return ${(v as { js: string }).js};`) as unknown;
    if (typeof v === "object" && v !== null && "fn" in v) throw new Missing("a function as an option");
    return values.decode(v);
  };
  return Object.fromEntries(Object.entries(options).map(([k, v]) => [k, decode(v)]));
}
