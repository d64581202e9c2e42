// Integers where floats are wanted, the state of an LSTM that is no pair, complex numbers in order.
import * as torch from "tidu";
import { show } from "./show.ts";

const { nn } = torch;
show(() => nn.functional.gelu(torch.tensor([1n])));
show(() => nn.functional.interpolate(torch.tensor([[[1n, 5n]]]), { size: 4, mode: "linear" }));
show(() => torch.hypot(torch.tensor([3n]), torch.tensor([4n])));
show(() => new nn.LSTM(2, 3)(torch.ones(1, 1, 2), torch.zeros(1, 1, 3) as never));
show(() => torch.complex(torch.ones(2), torch.ones(2)).sort());
