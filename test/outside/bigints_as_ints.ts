// A bigint is an int wherever one is wanted.
import * as torch from "tidu";
import { show } from "./show.ts";

const x = torch.tensor([1, 2]);
show(() => torch.ones(2n as never).shape);
show(() => x.sum(0n as never));
show(() => x.reshape(2n as never, 1n as never).shape);
show(() => torch.arange(3n));
show(() => torch.nn.functional.one_hot(torch.tensor([0n, 1n]), 3n as never).shape);
show(() => x.topk(1n as never).values);
show(() => x.at(0n as never));
