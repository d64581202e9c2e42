// JavaScript's word for what is missing, where a tensor is wanted.
import * as torch from "tidu";
import { show } from "./show.ts";

const x = torch.tensor([1, 2]);
const missing = undefined as never;
show(() => x.mul(missing));
show(() => torch.matmul(x, missing));
show(() => new torch.nn.Linear(2, 1)(missing));
show(() => torch.nn.functional.mse_loss(x, missing));
show(() => torch.zeros(missing));
show(() => x.index(missing));
