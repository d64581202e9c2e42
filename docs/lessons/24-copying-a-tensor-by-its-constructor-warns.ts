import * as torch from "tidu";

const x = torch.tensor([1n, 2n, 3n]);
const y = torch.tensor(x).float();
const z = torch.as_tensor(x);
console.log(y, z.data_ptr() === x.data_ptr(), torch.as_tensor(x).float());

const s = torch.tensor([1, 2], { requires_grad: true });
const w = torch.tensor(s);
console.log(w.requires_grad, s.clone().detach());
