import * as torch from "tidu";

const x = torch.arange(6).reshape(2, 3);
console.log(x.shape, x.dtype, x.stride());

const t = x.t();
console.log(t.shape, t.stride(), t.is_contiguous(), t.data_ptr() === x.data_ptr());
t[0] = torch.tensor([70n, 80n]);
console.log(x);

console.log(x.dtype, x.div(2).dtype, x.mul(0.5).dtype);
console.log(t.reshape(6));
t.view(6);
