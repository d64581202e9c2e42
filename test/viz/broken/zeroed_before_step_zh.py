# zh; zero_grad() between backward() and step(): nothing moves; cause: zero_grad
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with torch.viz.record():
    for _ in range(3):
        loss = model(torch.ones(4, 2)).pow(2).mean()
        loss.backward()
        optimizer.zero_grad()  # <- here
        optimizer.step()
why = torch.viz.explain(model)
