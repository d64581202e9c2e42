// Trains a small network on handwritten digits in several processes, each with its share of every batch.
//   mpirun -n 2 npx tsx examples/ddp.ts
// (Debian: apt install openmpi-bin; and npm install koffi.) Without mpirun it is one process.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, datasets, DistributedSampler } from "tidu/data";
import * as dist from "tidu/distributed";
import * as F from "tidu/nn/functional";

dist.init_process_group("mpi");
const [rank, size] = [dist.get_rank(), dist.get_world_size()];
torch.manual_seed(rank); // DistributedDataParallel gives all of them the first one's parameters

const digits = new datasets.Digits();
const sampler = new DistributedSampler(digits);
const loader = new DataLoader(digits, { batch_size: 64 / size, sampler, drop_last: true });
const net = new nn.Sequential(
  new nn.Flatten(),
  new nn.Linear(64, 128),
  new nn.ReLU(),
  new nn.Linear(128, 64),
  new nn.ReLU(),
  new nn.Linear(64, 10),
);
const model = new dist.DistributedDataParallel(net);
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });

for (let epoch = 1; epoch <= 10; epoch++) {
  sampler.set_epoch(epoch);
  const seen = torch.zeros([3]); // sum of losses, right answers, digits
  for (const [x, y] of loader) {
    const scores = model(x!);
    const loss = F.cross_entropy(scores, y!);
    optimizer.zero_grad();
    loss.backward(); // gradients come averaged over all processes
    optimizer.step();
    const n = y!.numel();
    const right = scores.argmax(1).eq(y!).sum().item() as number;
    seen.add_(torch.tensor([(loss.item() as number) * n, right, n]));
  }
  dist.all_reduce(seen);
  const [loss, right, n] = seen.tolist() as number[];
  if (rank === 0)
    console.log(
      `epoch ${epoch}: loss ${(loss / n).toFixed(4)}, ${((100 * right) / n).toFixed(1)} % right, ${n} digits`,
    );
}
dist.destroy_process_group();
