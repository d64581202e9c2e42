# Embedding: max_norm in place, padding_idx, indices out of range
# source: https://github.com/pytorch/pytorch/issues/28959 · https://github.com/pytorch/pytorch/issues/26596 · https://github.com/pytorch/pytorch/issues/26302
torch.manual_seed(0); e=nn.Embedding(4,2,padding_idx=0); e(torch.tensor([0,1,0,1])).sum().backward(); print(e.weight.grad)
e=nn.Embedding(4,2,max_norm=.5); W=torch.ones(3,2,requires_grad=True); a=e.weight@W.t(); b=e(torch.tensor([1,2]))@W.t(); t(lambda:(a[:2]+b).sum().backward()); t(lambda:e(torch.tensor([4]))); t(lambda:e(torch.tensor([1.])))
