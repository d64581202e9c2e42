# A generator that never learns: its samples were detached.
import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Linear(2, 2)
critic = nn.Linear(2, 1)
fake = generator(torch.randn(4, 2))

# Right for the critic's step, which must leave the generator alone.
critic(fake.detach()).mean().backward()
print("critic:", critic.weight.grad)

# Wrong for the generator's own step: nothing comes through. Way out: critic(fake).
(-critic(fake.detach()).mean()).backward()
print("generator:", generator.weight.grad)
