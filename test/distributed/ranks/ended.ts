// Ends as soon as it has begun: the exit of a process whose library has threads and handlers of its own.
import * as torch from "tidu";
import * as dist from "tidu/distributed";

dist.init_process_group("mpi");
dist.all_reduce(torch.ones([1]));
