# states written into one tensor, each of which is computed from the one before; cause: changed in place
import torch

w = torch.tensor(0.5, requires_grad=True)
states = torch.zeros(4)
states[0] = 1.0
with torch.viz.record():
    for t in range(1, 4):
        states[t] = torch.tanh(w * states[t - 1])  # <- here
    try:
        states.sum().backward()
    except RuntimeError as error:
        caught = error
why = torch.viz.explain(caught)
