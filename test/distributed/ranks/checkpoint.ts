// Writes a checkpoint of a model in shards and of its optimizer, or reads one. Arguments: write or read, the folder.
import * as torch from "tidu";
import { nn, type Tensor } from "tidu";
import * as dist from "../../../src/distributed/index.ts";
import { Adam } from "tidu/optim";

const [what, folder] = process.argv.slice(2);
dist.init_process_group("mpi");
torch.manual_seed(what === "write" ? 1 : 2);
const model = new nn.Sequential(new nn.Linear(5, 7), new nn.BatchNorm1d(7), new nn.Linear(7, 3));
dist.fully_shard(model);
const optimizer = new Adam(model.parameters(), { lr: 0.01 });
model(torch.randn([4, 5]))
  .square()
  .sum()
  .backward();
optimizer.step();
const [state, optim] = dist.checkpoint.get_state_dict(model, optimizer);
const whole: Record<string, unknown> & { epoch: number } = { model: state, optim, epoch: what === "write" ? 7 : 0 };
if (what === "write") dist.checkpoint.save(whole, { checkpoint_id: folder });
else dist.checkpoint.load(whole, { checkpoint_id: folder });
let sum = whole.epoch;
for (const t of dist.get_model_state_dict(model, { full_state_dict: true }).values())
  sum += t
    .to(torch.float64)
    .mul(torch.arange(t.numel()).view([...t.shape]))
    .sum()
    .item() as number;
// Pieces of what the optimizer remembers add up to the whole.
const remembered = torch.zeros([1], { dtype: torch.float64 });
for (const kept of Object.values(optim.state)) remembered.add_((kept["exp_avg"] as Tensor).sum().to(torch.float64));
dist.all_reduce(remembered);
if (dist.get_rank() === 0) console.log(`sum ${(sum + (remembered.item() as number)).toFixed(4)}`);
