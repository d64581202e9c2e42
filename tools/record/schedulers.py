"""Records the learning rates that PyTorch's schedulers set: test/recorded/schedulers.json.

    python tools/record/schedulers.py
"""
import json
import pathlib
import warnings

import torch

lr_scheduler = torch.optim.lr_scheduler
warnings.simplefilter("ignore")


def decode(value):
    """Functions of an epoch are text that Python and JavaScript read alike."""
    if isinstance(value, dict):
        return eval(f"lambda epoch: {value['f']}")
    return [decode(v) for v in value] if isinstance(value, list) else value


def make(name, optimizer, options):
    parts = options.get("schedulers")
    options = {k: decode(v) for k, v in options.items() if k != "schedulers"}
    if parts is not None:
        parts = [make(n, optimizer, o) for n, o in parts]
        if name == "ChainedScheduler":
            return lr_scheduler.ChainedScheduler(parts)
        return lr_scheduler.SequentialLR(optimizer, parts, **options)
    where = torch.optim.swa_utils if name == "SWALR" else lr_scheduler
    return getattr(where, name)(optimizer, **options)


WALK = [None] * 12
SEEK = [None, 5, 2, None, None, 0, 7, None]
METRICS = [1, 0.9, 0.95, 0.9, 0.8999, 0.91, 0.92, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]
LINEAR, STEP = ["LinearLR", {"start_factor": 0.1, "total_iters": 3}], ["StepLR", {"step_size": 2, "gamma": 0.5}]
F = {"f": "1 / (1 + epoch)"}
SIMPLE = [
    ["LambdaLR", {"lr_lambda": F}],
    ["LambdaLR", {"lr_lambda": [F, {"f": "0.9 ** epoch"}]}],
    ["MultiplicativeLR", {"lr_lambda": {"f": "0.9 + 0.01 * epoch"}}],
    STEP,
    ["MultiStepLR", {"milestones": [4, 2, 4, 9], "gamma": 0.5}],
    ["MultiStepLR", {"milestones": [0, 3]}],
    ["ConstantLR", {}],
    ["ConstantLR", {"factor": 0.5, "total_iters": 7}],
    ["LinearLR", {}],
    ["LinearLR", {"start_factor": 0.8, "end_factor": 0.2, "total_iters": 6}],
    ["ExponentialLR", {"gamma": 0.9}],
    ["PolynomialLR", {"total_iters": 8, "power": 1.5}],
    ["CosineAnnealingLR", {"T_max": 4, "eta_min": 0.01}],
    ["CosineAnnealingWarmRestarts", {"T_0": 3}],
    ["CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2, "eta_min": 0.005}],
    ["CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "step_size_down": 3}],
    ["CyclicLR", {"base_lr": [0.01, 0.02], "max_lr": 0.1, "step_size_up": 2, "mode": "triangular2"}],
    ["CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "mode": "exp_range", "gamma": 0.9}],
    ["CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "scale_fn": F, "scale_mode": "iterations"}],
    ["OneCycleLR", {"max_lr": 0.5, "total_steps": 12}],
    ["OneCycleLR", {"max_lr": [0.5, 1], "epochs": 4, "steps_per_epoch": 3, "three_phase": True, "pct_start": 0.4}],
    ["OneCycleLR", {"max_lr": 0.5, "total_steps": 13, "anneal_strategy": "linear", "base_momentum": 0.5}],
    ["SWALR", {"swa_lr": [0.01, 0.02], "anneal_epochs": 5}],
    ["SWALR", {"swa_lr": 0.01, "anneal_epochs": 4, "anneal_strategy": "linear"}],
    ["SWALR", {"swa_lr": 0.01, "anneal_epochs": 0}],
]
CASES = [dict(scheduler=s, options=o, steps=WALK) for s, o in SIMPLE]
CASES += [dict(scheduler=s, options=o, steps=SEEK) for s, o in SIMPLE]
CASES += [dict(scheduler=s, options={**o, "last_epoch": 3}, steps=WALK[:6], resumed=True) for s, o in SIMPLE if s != "OneCycleLR"]
CASES += [
    dict(scheduler="CyclicLR", options={"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2}, steps=WALK, optimizer="Adam"),
    dict(scheduler="OneCycleLR", options={"max_lr": 0.1, "total_steps": 12}, steps=WALK, optimizer="Adam"),
    dict(scheduler="CosineAnnealingWarmRestarts", options={"T_0": 2, "T_mult": 3}, steps=[0.5, 1.25, 2, 7.5, 8, 25.5, None]),
    dict(scheduler="ChainedScheduler", options={"schedulers": [LINEAR, STEP]}, steps=WALK),
    dict(scheduler="SequentialLR", options={"schedulers": [LINEAR, STEP], "milestones": [4]}, steps=WALK),
    dict(
        scheduler="SequentialLR",
        options={
            "schedulers": [
                ["ChainedScheduler", {"schedulers": [LINEAR, STEP]}],
                ["CosineAnnealingLR", {"T_max": 3}],
                ["CosineAnnealingWarmRestarts", {"T_0": 2}],
                ["PolynomialLR", {"total_iters": 4}],
            ],
            "milestones": [3, 6, 9],
        },
        steps=WALK,
    ),
]
for options in [
    {"patience": 0, "factor": 0.5},
    {"patience": 1, "cooldown": 2, "mode": "max"},
    {"patience": 1, "threshold": 0.05, "threshold_mode": "abs", "min_lr": [0.01, 0.02]},
    {"patience": 2, "threshold": 0.05, "threshold_mode": "abs", "mode": "max", "eps": 0.005},
]:
    CASES.append(dict(scheduler="ReduceLROnPlateau", options=options, steps=METRICS))


def record(case):
    params = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": lr} for lr in (0.1, 0.05)]
    sgd = case.get("optimizer") != "Adam"
    optimizer = torch.optim.SGD(params, momentum=0.9) if sgd else torch.optim.Adam(params)
    if case.get("resumed"):
        for group, lr in zip(optimizer.param_groups, (0.3, 0.2)):
            group["initial_lr"] = lr
    scheduler = make(case["scheduler"], optimizer, case["options"])
    lrs, momenta = [], []

    def note():
        lrs.append([g["lr"] for g in optimizer.param_groups])
        momenta.append([g["momentum"] if sgd else g["betas"][0] for g in optimizer.param_groups])

    note()
    for step in case["steps"]:
        optimizer.step()
        scheduler.step() if step is None else scheduler.step(step)
        note()
    moved = {"momentum": momenta} if momenta[1:] != momenta[:-1] else {}
    return {**case, "lr": lrs, **moved, "state": scheduler.state_dict()}


path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "schedulers.json"
lines = ",\n".join(json.dumps(record(case), default=lambda x: None) for case in CASES)
path.write_text(f"[\n{lines}\n]\n".replace("-Infinity", '"-inf"').replace("Infinity", '"inf"'))
