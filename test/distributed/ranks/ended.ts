// Ends as soon as it has begun: the exit of a process whose library has threads and handlers of its own.
import * as torch from "tidu";
import * as dist from "../../../src/distributed/index.ts";

dist.init_process_group("mpi");
dist.all_reduce(torch.ones([1]));
process.stdout.write(`${dist.get_rank()} of ${dist.get_world_size()}\n`);
