import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
a[2] = torch.tensor(1);
