// Options of torch.tensor that it does not know, and shapes where tfjs has them.
import * as torch from "tidu";
import { show } from "./show.ts";

show(() => torch.tensor([1], { requiresGrad: true } as never));
show(() => torch.tensor([1, 2, 3, 4], [2, 2] as never));
show(() => torch.tensor([1], true as never));
show(() => torch.tensor([1], { foo: 1 } as never));
show(() => torch.ones(1, { requiresGrad: true } as never));
