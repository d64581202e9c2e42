"""Runs PyTorch's optimizers on the cases of test/recorded/optim.json and on those named here, and writes the file anew.

    python tools/record/optim.py
"""
import json
import pathlib

import torch

MORE = [
    ("ASGD", "mlp", {}),
    ("ASGD", "mlp", {"lr": 0.1, "lambd": 0.01, "alpha": 0.6, "t0": 3, "weight_decay": 0.1}),
    ("ASGD", "rosenbrock", {"lr": 0.0005, "t0": 0, "maximize": True}),
    ("Rprop", "mlp", {}),
    ("Rprop", "mlp", {"lr": 0.05, "etas": [0.3, 1.5], "step_sizes": [0.02, 0.1]}),
    ("Rprop", "rosenbrock", {"lr": 0.02, "maximize": True}),
    ("Adafactor", "mlp", {}),
    ("Adafactor", "mlp", {"lr": 0.1, "beta2_decay": -0.5, "eps": [0.001, 0.1], "d": 1.5, "weight_decay": 0.1}),
    ("Adafactor", "rosenbrock", {"lr": 0.5, "maximize": True}),
    ("LBFGS", "mlp", {}),
    ("LBFGS", "rosenbrock", {}),
    ("LBFGS", "mlp", {"lr": 0.3, "max_iter": 4, "history_size": 2}),
    ("LBFGS", "rosenbrock", {"lr": 0.2, "max_iter": 3, "max_eval": 2, "tolerance_grad": 1e-10}),
    ("LBFGS", "mlp", {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 3}),
    ("LBFGS", "rosenbrock", {"line_search_fn": "strong_wolfe", "max_iter": 3}),
    ("LBFGS", "rosenbrock", {"line_search_fn": "strong_wolfe", "lr": 30, "max_iter": 2}),
    ("LBFGS", "mlp", {"line_search_fn": "strong_wolfe", "lr": 0.02, "max_iter": 2}),
]
path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "optim.json"
problems = json.loads(path.read_text())["problems"]


def double(values):
    return torch.tensor(values, dtype=torch.float64)


def loss_of(problem, params):
    if problem == "rosenbrock":
        now, after = params[0][:-1], params[0][1:]
        return (100 * (after - now**2) ** 2 + (1 - now) ** 2).sum()
    x, y = double(problems["mlp"]["x"]), double(problems["mlp"]["y"])
    w1, b1, w2, b2 = params
    return ((torch.tanh(x @ w1.T + b1) @ w2.T + b2 - y) ** 2).mean()


def record(name, problem, options, groups=None):
    params = [double(p).requires_grad_() for p in problems[problem]["params"]]
    given = [{**g, "params": [params[i] for i in g["params"]]} for g in groups] if groups else params
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    optimizer = getattr(torch.optim, name)(given, **tuples)
    calls = 0

    def closure():
        nonlocal calls
        calls += 1
        optimizer.zero_grad()
        loss = loss_of(problem, params)
        loss.backward()
        return loss

    losses, closures = [], []
    for _ in range(10):
        calls = 0
        losses.append(optimizer.step(closure).item())
        closures.append(calls)
    state = optimizer.state_dict()["state"]
    plain = lambda v: v.tolist() if isinstance(v, torch.Tensor) else v
    kept = ("func_evals", "n_iter") if name == "LBFGS" else None
    states = [{k: plain(v) for k, v in state[i].items() if not kept or k in kept} if i in state else None for i in range(len(params))]
    return {
        "optimizer": name,
        "problem": problem,
        "options": options,
        **({"groups": groups} if groups else {}),
        "losses": losses,
        "last": [p.tolist() for p in params],
        "state": [s and {k: v for k, v in s.items() if v is not None} for s in states],
        **({"calls": closures} if name == "LBFGS" else {}),
    }


known = [(c["optimizer"], c["problem"], c["options"], c.get("groups")) for c in json.loads(path.read_text())["cases"]]
cases = [c for c in known if c[:3] not in MORE] + [(*c, None) for c in MORE]
text = lambda x: json.dumps(x, separators=(",", ":"))
lines = ",\n".join(text(record(*c)) for c in cases)
head = f'"torch":{text(torch.__version__)},"problems":{text(problems)}'
path.write_text(f'{{{head},"cases":[\n{lines}\n]}}\n')
