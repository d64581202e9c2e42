# zh; two learnt numbers are put into one tensor by torch.tensor; cause: new tensor
import torch

a = torch.ones((), requires_grad=True)
b = torch.zeros((), requires_grad=True)
with torch.viz.record():
    theta = torch.tensor([a, b], requires_grad=True)  # <- here
    loss = (theta * torch.tensor([1.0, 2.0])).sum()
    loss.backward()
why = torch.viz.explain(a)
