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
/** Median seconds of a call, all ranks beginning together. */
function time(calls: number, body: () => void): number {
  body();
  const taken: number[] = [];
  for (let i = 0; i < calls; i++) {
    dist.barrier();
    const start = performance.now();
    body();
    taken.push((performance.now() - start) / 1000);
  }
  return median(taken);
}
const messages: [number, number][] = [];
for (const n of size === 1 ? [] : [1, 64, 1024, 16384, 262144, 4194304]) {
  const x = torch.ones([n]);
  messages.push([4 * n, time(n > 1e6 ? 7 : n > 1e5 ? 21 : 101, () => void dist.all_reduce(x))]);
}

class Block extends nn.Module {
  norm = new nn.LayerNorm(128);
  attention = new nn.MultiheadAttention(128, 4, { batch_first: true });
  wide = new nn.Linear(128, 512);
  narrow = new nn.Linear(512, 128);
  forward(x: Tensor): Tensor {
    const y = this.norm(x);
    x = x.add(this.attention(y, y, y)[0]);
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
const BATCH = 48;
const steps = [];
for (const [name, [make, input]] of Object.entries(MODELS)) {
  const [x, y] = [input(BATCH / size), torch.randint(0, 10, [BATCH / size])];
  const stepOf = (net: nn.Module, model: nn.Module) => {
    const optimizer = new SGD(net.parameters(), { lr: 0.01 });
    return (): void => {
      optimizer.zero_grad();
      F.cross_entropy((model as unknown as (x: Tensor) => Tensor)(x), y).backward();
      optimizer.step();
    };
  };
  const net = make();
  const model = new dist.DistributedDataParallel(net);
  const step = stepOf(net, model);
  const calls = 11;
  const seconds = time(calls, step);
  const alone = time(calls, () => model.no_sync(step));
  const bytes = 4 * [...net.parameters()].reduce((n, p) => n + p.numel(), 0);
  const grads = torch.zeros([bytes / 4]);
  const communication = size === 1 ? 0 : time(calls, () => void dist.all_reduce(grads));
  const pieces = make();
  for (const layer of pieces.children()) dist.fully_shard(layer);
  const sharded = size === 1 ? seconds : time(calls, stepOf(pieces, pieces));
  steps.push({ name, bytes, layers: [...net.children()].length, seconds, alone, communication, sharded });
}
if (rank === 0) console.log(JSON.stringify({ messages, steps }));
