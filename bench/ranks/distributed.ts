// A rank of bench/distributed.ts. The first one prints what was measured, as JSON.
import * as torch from "tidu";
import { nn, type Tensor } from "tidu";
import * as dist from "../../src/distributed/index.ts";
import * as F from "tidu/nn/functional";
import { SGD } from "tidu/optim";

dist.init_process_group("mpi");
const [rank, size] = [dist.get_rank(), dist.get_world_size()];
torch.set_num_threads(1);
const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1];
/**
 * Median seconds of a call of each, all ranks beginning together; turn by turn, for a machine that slows down does so for all of
 * them, and after as many calls as V8 wants to have seen before it compiles what they run.
 */
function times<const Bodies extends readonly (() => void)[]>(
  calls: number,
  ...bodies: Bodies
): { [K in keyof Bodies]: number } {
  const taken: number[][] = bodies.map(() => []);
  for (let i = -Math.ceil(calls / 3); i < calls; i++)
    for (const [k, body] of bodies.entries()) {
      dist.barrier();
      const start = performance.now();
      body();
      if (i >= 0) taken[k].push((performance.now() - start) / 1000);
    }
  return taken.map(median) as { [K in keyof Bodies]: number };
}
/** What the first rank does with the machine to itself: the others sleep until it says that it is done. */
function alone(body: () => void): void {
  const token = torch.zeros([1]);
  if (rank === 0) {
    body();
    for (let other = 1; other < size; other++) dist.send(token, other);
    return;
  }
  const told = dist.irecv(token, 0)!;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!told.is_completed()) Atomics.wait(cell, 0, 0, 1);
}
const messages: [number, number][] = [];
for (const n of size === 1 ? [] : [1, 64, 1024, 16384, 262144, 4194304]) {
  const x = torch.ones([n]);
  messages.push([4 * n, ...times(n > 1e6 ? 7 : n > 1e5 ? 21 : 101, () => void dist.all_reduce(x))]);
}

class Block extends nn.Module {
  norm = new nn.LayerNorm(128);
  attention = new nn.MultiheadAttention(128, 4, { batch_first: true });
  wide = new nn.Linear(128, 512);
  narrow = new nn.Linear(512, 128);
  forward(x: Tensor): Tensor {
    const y = this.norm(x);
    x = x.add(this.attention(y, y, y, { need_weights: false })[0]);
    return x.add(this.narrow(F.gelu(this.wide(x))));
  }
}
const MODELS: Readonly<Record<string, [make: () => nn.Module, input: (n: number) => Tensor]>> = {
  MLP: [
    () =>
      new nn.Sequential(
        new nn.Linear(784, 512),
        new nn.ReLU(),
        new nn.Linear(512, 512),
        new nn.ReLU(),
        new nn.Linear(512, 10),
      ),
    (n) => torch.randn([n, 784]),
  ],
  CNN: [
    () =>
      new nn.Sequential(
        new nn.Conv2d(3, 16, 3, { padding: 1 }),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Conv2d(16, 32, 3, { padding: 1 }),
        new nn.ReLU(),
        new nn.Flatten(),
        new nn.Linear(32 * 16 * 16, 10),
      ),
    (n) => torch.randn([n, 3, 32, 32]),
  ],
  GPT: [
    () => new nn.Sequential(new Block(), new Block(), new nn.Flatten(), new nn.Linear(128 * 32, 10)),
    (n) => torch.randn([n, 32, 128]),
  ],
};
const steps: object[] = [];
for (const [name, [make, input]] of Object.entries(MODELS))
  for (const [batch, rounds] of [
    [48, 31],
    [192, 9],
  ]) {
    const stepOf = (net: nn.Module, model: nn.Module, n: number) => {
      const [x, y] = [input(n), torch.randint(0, 10, [n])];
      const optimizer = new SGD(net.parameters(), { lr: 0.01 });
      return (): void => {
        optimizer.zero_grad();
        F.cross_entropy((model as unknown as (x: Tensor) => Tensor)(x), y).backward();
        optimizer.step();
      };
    };
    const net = make();
    const model = new dist.DistributedDataParallel(net);
    const step = stepOf(net, model, batch / size);
    const bytes = 4 * [...net.parameters()].reduce((n, p) => n + p.numel(), 0);
    const of = { name, batch, bytes, layers: [...net.children()].length };
    if (size === 1) {
      const [seconds] = times(rounds, step);
      steps.push({ ...of, whole: seconds, seconds, silent: seconds, communication: 0, sharded: seconds });
      continue;
    }
    const whole = stepOf(net, net, batch);
    const grads = torch.zeros([bytes / 4]);
    const pieces = make();
    for (const layer of pieces.children()) dist.fully_shard(layer);
    const [seconds, silent, communication, sharded, wholeBatch] = times(
      rounds,
      step,
      () => model.no_sync(step),
      () => void dist.all_reduce(grads),
      stepOf(pieces, pieces, batch / size),
      () => alone(whole),
    );
    steps.push({ ...of, whole: wholeBatch, seconds, silent, communication, sharded });
  }
if (rank === 0) console.log(JSON.stringify({ messages, steps }));
