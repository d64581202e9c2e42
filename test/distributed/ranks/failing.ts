// What happens when a rank fails, dies, hangs, or does something else. Argument: which of these.
import * as torch from "tidu";
import * as dist from "../../../src/distributed/index.ts";

const what = process.argv[2];
dist.init_process_group("mpi", { timeout: what === "hang" || what === "elsewhere" ? 1 : 1800 });
const rank = dist.get_rank();
dist.all_reduce(torch.ones([3]));
if (what === "throws" && rank === 1) throw new Error("this rank has had enough");
if (what === "rejects" && rank === 1) await Promise.reject(new Error("nobody caught this"));
if (what === "exits" && rank === 1) process.exit(3);
if (what === "killed" && rank === 1) process.kill(process.pid, "SIGKILL");
if (what === "hang" && rank === 1) for (;;) torch.ones([3]).sum();
if (what === "elsewhere" && rank === 1) dist.recv(torch.zeros([1]), 0);
if (what === "shapes") dist.all_reduce(torch.ones([rank + 2]));
if (what === "order" && rank === 1) dist.broadcast(torch.ones([2]), 0);
for (;;) dist.all_reduce(torch.ones([3]));
