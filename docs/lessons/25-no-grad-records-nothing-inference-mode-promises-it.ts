import * as torch from "tidu";

const w = torch.ones(2, { requires_grad: true });
const y = torch.no_grad(() => w.mul(2));
console.log(y.requires_grad, y.is_inference());
torch.no_grad(() => w.sub_(0.1));
console.log(w);

const z = torch.inference_mode(() => torch.ones(2).mul(2));
console.log(z.requires_grad, z.is_inference());
console.log(w.add(z));
w.mul(z);
