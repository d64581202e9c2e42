// Trains until one rank is killed. Arguments: which one, and after how many milliseconds, counted from its program's start.
import { Worker } from "node:worker_threads";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import * as dist from "../../../src/distributed/index.ts";

const [victim, moment] = process.argv.slice(2).map(Number);
const own = Number(process.env["OMPI_COMM_WORLD_RANK"] ?? process.env["PMI_RANK"]);
console.log(`rank ${own} is ${process.pid}`);
// From a thread of its own: the program waits in MPI, or computes.
if (own === victim)
  new Worker(
    `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${moment}); process.kill(process.pid, "SIGKILL")`,
    { eval: true },
  );
dist.init_process_group("mpi");
const model = new dist.DistributedDataParallel(
  new nn.Sequential(new nn.Linear(64, 256), new nn.ReLU(), new nn.Linear(256, 8)),
);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (;;) {
  optimizer.zero_grad();
  model(torch.randn([32, 64]))
    .square()
    .mean()
    .backward();
  optimizer.step();
}
