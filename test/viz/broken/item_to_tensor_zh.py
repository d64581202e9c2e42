# zh; the loss as a number made a tensor again, so that backward() runs and nothing learns; cause: new tensor
import torch

model = torch.nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
with torch.viz.record():
    total = 0.0
    for part, want in zip(x.split(4), y.split(4)):
        total += (model(part) - want).pow(2).mean().item()
    loss = torch.tensor(total, requires_grad=True)  # <- here
    loss.backward()
why = torch.viz.explain(model)
