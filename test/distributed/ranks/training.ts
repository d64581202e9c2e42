// After some steps on parts of the batch, parameters are those of one process on the whole of it. Argument: the steps.
import * as torch from "tidu";
import { nn, type Tensor } from "tidu";
import * as dist from "../../../src/distributed/index.ts";
import * as F from "tidu/nn/functional";
import { Adam, SGD } from "tidu/optim";

const steps = Number(process.argv[2]);
dist.init_process_group("mpi");
const [rank, world] = [dist.get_rank(), dist.get_world_size()];
torch.set_default_dtype(torch.float64);
const BATCH = 12;

class Block extends nn.Module {
  norm = new nn.LayerNorm(16);
  attention = new nn.MultiheadAttention(16, 2, { batch_first: true });
  wide = new nn.Linear(16, 32);
  narrow = new nn.Linear(32, 16);
  forward(x: Tensor): Tensor {
    const y = this.norm(x);
    x = x.add(this.attention(y, y, y)[0]);
    return x.add(this.narrow(F.gelu(this.wide(x))));
  }
}
class Gpt extends nn.Module {
  tokens = new nn.Embedding(11, 16);
  places = new nn.Embedding(6, 16);
  block = new Block();
  head = new nn.Linear(16, 11);
  forward(x: Tensor): Tensor {
    return this.head(this.block(this.tokens(x).add(this.places(torch.arange(6)))));
  }
}
interface Case {
  make(): nn.Module;
  input(): Tensor;
  classes: number;
}
const CASES: Readonly<Record<string, Case>> = {
  MLP: {
    make: () => new nn.Sequential(new nn.Linear(8, 32), new nn.ReLU(), new nn.Linear(32, 5)),
    input: () => torch.randn([BATCH, 8]),
    classes: 5,
  },
  CNN: {
    make: () =>
      new nn.Sequential(
        new nn.Conv2d(1, 4, 3),
        new nn.BatchNorm2d(4),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
        new nn.Linear(36, 5),
      ),
    input: () => torch.randn([BATCH, 1, 8, 8]),
    classes: 5,
  },
  GPT: { make: () => new Gpt(), input: () => torch.randint(0, 11, [BATCH, 6]), classes: 11 },
};
type Call = (x: Tensor) => Tensor;
const share = (t: Tensor): Tensor => t.narrow(0, (rank * BATCH) / world, BATCH / world);
function loss(model: nn.Module, x: Tensor, y: Tensor, classes: number): Tensor {
  return F.cross_entropy((model as unknown as Call)(x).reshape([-1, classes]), y.reshape([-1]));
}
function distance(a: nn.Module, b: nn.Module): number {
  const others = [...b.parameters()];
  return Math.max(
    ...[...a.parameters()].map((p, i) => p.detach().sub(others[i].detach()).abs().max().item() as number),
  );
}
function expectClose(what: string, d: number, limit = 1e-6): void {
  if (!(d < limit)) throw new Error(`rank ${rank} of ${world}: ${what}: parameters differ by ${d}`);
}

type Wrap = (model: nn.Module) => { model: nn.Module; optimizer: { step(): unknown; zero_grad(): void } };
const sgd = (model: nn.Module) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
const adam = (model: nn.Module) => new Adam(model.parameters(), { lr: 0.01 });
const WAYS: Readonly<Record<string, [reference: typeof sgd | typeof adam, Wrap]>> = {
  DDP: [sgd, (m) => ({ model: new dist.DistributedDataParallel(m), optimizer: sgd(m) })],
  "DDP in tiny buckets": [
    sgd,
    (m) => ({ model: new dist.DistributedDataParallel(m, { bucket_cap_mb: 0.001 }), optimizer: sgd(m) }),
  ],
  "DDP with gradients in buckets": [
    adam,
    (m) => ({ model: new dist.DistributedDataParallel(m, { gradient_as_bucket_view: true }), optimizer: adam(m) }),
  ],
  "DDP of a static graph": [
    sgd,
    (m) => ({ model: new dist.DistributedDataParallel(m, { static_graph: true }), optimizer: sgd(m) }),
  ],
  "DDP that looks for the unused": [
    sgd,
    (m) => ({ model: new dist.DistributedDataParallel(m, { find_unused_parameters: true }), optimizer: sgd(m) }),
  ],
  "DDP and ZeroRedundancyOptimizer": [
    adam,
    (m) => ({
      model: new dist.DistributedDataParallel(m),
      optimizer: new dist.ZeroRedundancyOptimizer(m.parameters(), Adam, { lr: 0.01 }),
    }),
  ],
};
for (const [name, { make, input, classes }] of Object.entries(CASES))
  for (const [way, [reference, wrap]] of Object.entries(WAYS)) {
    if (name !== "MLP" && way !== "DDP") continue;
    torch.manual_seed(1);
    const alone = make();
    torch.manual_seed(1 + rank); // the first process's parameters count
    let mine = make();
    if (name === "CNN") mine = dist.SyncBatchNorm.convert_sync_batchnorm(mine);
    const { model, optimizer } = wrap(mine);
    const other = reference(alone);
    torch.manual_seed(2);
    for (let i = 0; i < steps; i++) {
      const x = input();
      const y = torch.randint(0, classes, name === "GPT" ? [BATCH, 6] : [BATCH]);
      other.zero_grad();
      loss(alone, x, y, classes).backward();
      other.step();
      optimizer.zero_grad();
      loss(model, share(x), share(y), classes).backward();
      optimizer.step();
    }
    expectClose(`${name}, ${way}`, distance(mine, alone));
    const buffers = [...mine.buffers()];
    [...alone.buffers()].forEach((b, i) =>
      expectClose(`${name}, buffers`, b.sub(buffers[i]).abs().max().item() as number),
    );
  }

// Accumulated over two passes, the first without synchronisation.
{
  torch.manual_seed(1);
  const [alone, mine] = [CASES.MLP.make(), CASES.MLP.make()];
  mine.load_state_dict(alone.state_dict());
  const ddp = new dist.DistributedDataParallel(mine);
  torch.manual_seed(3);
  const [x, y] = [torch.randn([BATCH, 8]), torch.randint(0, 5, [BATCH])];
  for (let i = 0; i < 2; i++) loss(alone, x, y, 5).backward();
  ddp.no_sync(() => loss(ddp, share(x), share(y), 5).backward());
  loss(ddp, share(x), share(y), 5).backward();
  const grads = [...alone.parameters()].map((p) => p.grad!);
  [...mine.parameters()].forEach((p, i) => expectClose("no_sync", p.grad!.sub(grads[i]).abs().max().item() as number));
}
// Parameters that one rank alone uses, and that none uses.
{
  class Parts extends nn.Module {
    all = new nn.Linear(2, 2);
    odd = new nn.Linear(2, 2);
    none = new nn.Linear(2, 2);
    forward(x: Tensor): Tensor {
      return rank === world - 1 ? this.odd(this.all(x)) : this.all(x);
    }
  }
  const parts = new Parts();
  const ddp = new dist.DistributedDataParallel(parts, { find_unused_parameters: true });
  for (let i = 0; i < 2; i++) {
    ddp.zero_grad();
    ddp(torch.ones([1, 2]))
      .sum()
      .backward();
    const grad = parts.odd.bias!.grad;
    if (grad === null || Math.abs((grad.sum().item() as number) - 2 / world) > 1e-12)
      throw new Error(`rank ${rank}: a gradient of one rank's: ${String(grad)}`);
    if (parts.none.weight.grad !== null) throw new Error("a gradient of what nobody used");
  }
}
// Unequal numbers of batches: rank r has r + 1. Means are over all ranks, or over those that still have some.
for (const divide_by_initial_world_size of [true, false]) {
  torch.manual_seed(1);
  const [model, alone] = [new nn.Linear(3, 1), new nn.Linear(3, 1)];
  alone.load_state_dict(model.state_dict());
  const ddp = new dist.DistributedDataParallel(model);
  const [optimizer, reference] = [sgd(model), sgd(alone)];
  const batch = (i: number, r: number): Tensor => torch.full([2, 3], 0.1 * (i + r));
  const joined = ddp.join({ divide_by_initial_world_size });
  for (let i = 0; i <= rank; i++) {
    optimizer.zero_grad();
    ddp(batch(i, rank)).square().sum().backward();
    optimizer.step();
  }
  joined[Symbol.dispose]();
  for (let i = 0; i < world; i++) {
    reference.zero_grad();
    const divisor = divide_by_initial_world_size ? world : world - i;
    for (let r = i; r < world; r++) alone(batch(i, r)).square().sum().div(divisor).backward();
    reference.step();
  }
  expectClose(`join, ${divide_by_initial_world_size}`, distance(model, alone));
}
// Gradients as halves on their way.
{
  const model: nn.Linear = new nn.Linear(3, 1).to(torch.float32);
  const ddp = new dist.DistributedDataParallel(model);
  ddp.register_comm_hook(null, dist.fp16_compress_hook);
  ddp(torch.full([1, 3], rank + 1, { dtype: torch.float32 }))
    .sum()
    .backward();
  const wanted = (world + 1) / 2;
  if (model.weight.grad!.sub(wanted).abs().max().item() > 1e-2) throw new Error(`halves: ${String(model.weight.grad)}`);
}
// A model in shards, larger than any process holds at once between its uses.
{
  torch.manual_seed(1);
  const alone = CASES.MLP.make();
  const mine = CASES.MLP.make();
  mine.load_state_dict(alone.state_dict());
  for (const layer of mine.children()) if (layer instanceof nn.Linear) dist.fully_shard(layer);
  dist.fully_shard(mine);
  const held = [...mine.parameters()].reduce((n, p) => n + p.numel(), 0);
  const whole = [...alone.parameters()].reduce((n, p) => n + p.numel(), 0);
  if (held > whole / world + 8 * 4) throw new Error(`rank ${rank} holds ${held} of ${whole}`);
  const [a, b] = [adam(alone), adam(mine)];
  torch.manual_seed(2);
  for (let i = 0; i < steps; i++) {
    const [x, y] = [torch.randn([BATCH, 8]), torch.randint(0, 5, [BATCH])];
    a.zero_grad();
    loss(alone, x, y, 5).backward();
    a.step();
    b.zero_grad();
    loss(mine, share(x), share(y), 5).backward();
    b.step();
  }
  const full = dist.get_model_state_dict(mine, { full_state_dict: true });
  for (const [key, t] of alone.state_dict())
    expectClose(`fully_shard, ${key}`, t.sub(full.get(key)!).abs().max().item() as number);
}
// The same as two copies of a model in shards, whose gradients are clipped by the norm of all of them.
if (world % 2 === 0) {
  const mesh = dist.init_device_mesh("cpu", [2, world / 2], { mesh_dim_names: ["replicate", "shard"] });
  torch.manual_seed(1);
  const [alone, mine] = [CASES.MLP.make(), CASES.MLP.make()];
  mine.load_state_dict(alone.state_dict());
  for (const layer of mine.children()) dist.fully_shard(layer, { mesh });
  const [a, b] = [adam(alone), adam(mine)];
  torch.manual_seed(2);
  for (const norm_type of [2, 1, 3, 0, Infinity, -Infinity, 2]) {
    const [x, y] = [torch.randn([BATCH, 8]), torch.randint(0, 5, [BATCH])];
    a.zero_grad();
    loss(alone, x, y, 5).backward();
    b.zero_grad();
    loss(mine, share(x), share(y), 5).backward();
    const [wanted, got] = [alone, mine].map((m) =>
      torch.nn.utils.clip_grad_norm_(m.parameters(), 0.5, { norm_type }).item(),
    );
    if (!(Math.abs((got as number) - (wanted as number)) < 1e-9))
      throw new Error(`rank ${rank} of ${world}: norm ${norm_type} of gradients in shards: ${got}, expected ${wanted}`);
    a.step();
    b.step();
  }
  for (const [key, t] of dist.get_model_state_dict(mine, { full_state_dict: true }))
    expectClose(`copies of shards, ${key}`, t.sub(alone.state_dict().get(key)!).abs().max().item() as number);
}
console.log(`rank ${rank} of ${world}: trained`);
