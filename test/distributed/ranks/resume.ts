// Trains a model in shards on from where a checkpoint stopped, and writes one. Arguments: the folder, the first step and the one after
// the last. Steps and batches are the same however many ranks do them.
import * as torch from "tidu";
import { nn, type Tensor } from "tidu";
import * as dist from "../../../src/distributed/index.ts";
import { Adam } from "tidu/optim";

const [folder, from, to] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
dist.init_process_group("mpi");
torch.set_default_dtype(torch.float64);
const [rank, world] = [dist.get_rank(), dist.get_world_size()];
torch.manual_seed(from === 0 ? 1 : 99); // what is read does not come from here
const model = new nn.Sequential(new nn.Linear(5, 7), new nn.Tanh(), new nn.Linear(7, 3));
for (const layer of model) if (layer instanceof nn.Linear) dist.fully_shard(layer);
dist.fully_shard(model);
const optimizer = new Adam(model.parameters(), { lr: from === 0 ? 0.01 : 0.5 });
if (from > 0) {
  const [model_state_dict, optim_state_dict] = dist.checkpoint.get_state_dict(model, optimizer);
  const state = { model: model_state_dict, optim: optim_state_dict, step: 0 };
  dist.checkpoint.load(state, { checkpoint_id: folder });
  dist.checkpoint.set_state_dict(model, optimizer, { model_state_dict, optim_state_dict: state.optim });
  if (state.step !== from) throw new Error(`the checkpoint is of step ${state.step}`);
}
for (let step = from; step < to; step++) {
  torch.manual_seed(100 + step);
  const x = torch.randn([12, 5]).narrow(0, (rank * 12) / world, 12 / world);
  optimizer.zero_grad();
  (model(x) as Tensor).square().mean().backward();
  optimizer.step();
}
const [state, optim] = dist.checkpoint.get_state_dict(model, optimizer);
dist.checkpoint.save({ model: state, optim, step: to }, { checkpoint_id: folder });
const whole = [...dist.get_model_state_dict(model, { full_state_dict: true }).values()];
if (rank === 0) console.log(JSON.stringify(whole.flatMap((t) => [...(t.typed_array() as Float64Array)])));
