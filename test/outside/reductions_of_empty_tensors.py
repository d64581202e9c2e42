# reductions of empty tensors
# source: https://github.com/pytorch/pytorch/issues/28380 · https://github.com/pytorch/pytorch/issues/42429 · https://github.com/pytorch/pytorch/issues/130085 · https://github.com/pytorch/pytorch/issues/71629
e=torch.empty(0); z=torch.empty(2,0)
for f in [lambda:e.max(),lambda:e.max(0),lambda:z.max(0),lambda:z.max(1),lambda:e.sum(),lambda:e.mean(),lambda:e.median(),lambda:z.median(-1),lambda:e.amax(-1),lambda:z.mode(-1),lambda:e.argmax(),lambda:e.norm(-1),lambda:e.std(),lambda:z.var(1),lambda:e.kthvalue(1)]: t(f)
