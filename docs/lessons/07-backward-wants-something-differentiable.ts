import * as torch from "tidu";

torch.tensor([1, 2]).sum().backward();
