import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
const b = a.exp();
b.detach().zero_();
b.sum().backward();
