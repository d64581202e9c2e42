import torch
from torch.quasirandom import SobolEngine


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)
# --- points of a sequence
for dimension in (1, 2, 5, 40):
    engine = SobolEngine(dimension)
    print(engine, engine.draw(5), engine.num_generated, engine.draw(), engine.draw(3, dtype=torch.double))
engine = SobolEngine(1111)
x = engine.draw(1000, dtype=torch.double)
print(x.shape, [(x * torch.arange(1.0, 1112.0)).sum(d).sum().item() for d in (0, 1)], x[-1, ::100], x[700, -5:])
print(engine.sobolstate[::50, ::7], engine.sobolstate.sum())
# --- scrambled
for seed in (0, 1234):
    engine = SobolEngine(3, scramble=True, seed=seed)
    print(engine, engine.draw(6), engine.shift, engine.sobolstate[:, :4])
torch.manual_seed(5)
print(SobolEngine(2, scramble=True).draw(4), torch.rand(2))
# --- on, back, and over points
engine = SobolEngine(4, scramble=True, seed=3)
whole = engine.draw(64)
engine.reset()
print(torch.equal(engine.draw(10), whole[:10]), torch.equal(engine.fast_forward(20).draw(34), whole[30:]), engine.num_generated)
engine.reset()
print(torch.equal(engine.fast_forward(17).draw(3), whole[17:20]))
engine = SobolEngine(2)
print(engine.draw_base2(2), engine.draw_base2(2))
attempt(lambda: engine.draw_base2(2))
out = torch.empty(0)
print(engine.draw(2, out=out) is out, out)
