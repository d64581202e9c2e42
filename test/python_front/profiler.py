import os, tempfile, json, warnings
warnings.simplefilter("ignore")
import torch
from torch import nn
from torch.profiler import profile, record_function, schedule, ProfilerActivity, ProfilerAction, tensorboard_trace_handler

def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__)
# --- what a block runs, by name
with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as prof:
    with record_function("forward"):
        x = torch.ones(2, 3) @ torch.ones(3, 4)
    for _ in range(3):
        x.exp()
rows = {e.key: e for e in prof.key_averages()}
print(rows["aten::exp"].count, rows["forward"].count, rows["aten::mm"].count, "aten::sin" in rows)
print(all(e.cpu_time_total >= e.self_cpu_time_total >= 0 for e in rows.values()), rows["aten::exp"].cpu_time == rows["aten::exp"].cpu_time_total / 3)
byshape = [e for e in prof.key_averages(group_by_input_shape=True) if e.key == "aten::exp"]
print(byshape[0].input_shapes)
text = prof.key_averages().table(sort_by="cpu_time_total", row_limit=20)
print("aten::exp" in text, "Self CPU" in text, "# of Calls" in text, type(prof.key_averages()).__name__, text.count("aten::exp"))
print("aten::exp" in str(prof.key_averages()), "aten::exp" in prof.key_averages().table(sort_by="self_cpu_time_total", row_limit=-1))
print(len([e for e in prof.events() if e.name == "aten::exp"]), prof.key_averages().total_average().count > 4)
# --- a schedule, step by step
ready = []
def trace(p):
    ready.append((p.step_num, sorted(e.key for e in p.key_averages() if e.key.startswith("ProfilerStep"))))
with profile(schedule=schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1), on_trace_ready=trace) as prof:
    for i in range(12):
        torch.ones(2).exp()
        prof.step()
print(len(ready), prof.step_num)
print([r[0] for r in ready])
# --- what a schedule says of each step
s = schedule(wait=2, warmup=1, active=2, repeat=2, skip_first=3)
print([s(i).name for i in range(16)])
s = schedule(wait=1, warmup=0, active=1)
print([s(i).name for i in range(6)])
s = schedule(wait=2, warmup=1, active=1, skip_first=1, skip_first_wait=1)
print([s(i).name for i in range(8)])
t(lambda: schedule(wait=-1, warmup=0, active=1)(0))
t(lambda: schedule(wait=1, warmup=0, active=0)(0))
t(lambda: s(-1))
print(torch.profiler.supported_activities(), list(ProfilerAction))
# --- traces in files
folder = tempfile.mkdtemp()
with profile(on_trace_ready=tensorboard_trace_handler(folder, worker_name="w")) as prof:
    torch.ones(2).exp()
[name] = os.listdir(folder)
print(name.startswith("w."), name.endswith(".pt.trace.json"))
with profile() as prof:
    torch.ones(2).exp()
prof.export_chrome_trace(os.path.join(folder, "t.json"))
events = json.load(open(os.path.join(folder, "t.json")))["traceEvents"]
print(any(e.get("name") == "aten::exp" and e["ph"] == "X" and e["cat"] == "cpu_op" for e in events))
with profile() as prof:
    torch.ones(2).exp()
prof.export_chrome_trace(os.path.join(folder, "t.json.gz"))
import gzip
print("aten::exp" in gzip.open(os.path.join(folder, "t.json.gz"), "rt").read())
# --- the older profiler, of autograd
with torch.autograd.profiler.profile(record_shapes=True) as prof:
    y = torch.ones(3, requires_grad=True)
    with torch.autograd.profiler.record_function("loss"):
        loss = (y * 2).sum()
    loss.backward()
rows = {e.key: e for e in prof.key_averages()}
print(rows["loss"].count, rows["aten::sum"].count, any("SumBackward0" in k for k in rows), any("MulBackward0" in k for k in rows))
print("aten::mul" in prof.table(), len(prof.function_events) > 4, prof.self_cpu_time_total > 0)
with torch.autograd.profiler.profile(enabled=False) as off:
    torch.ones(1).exp()
print(off)
# --- a function named in profiles
@record_function("named")
def f(x):
    return x.exp()
print(f(torch.zeros(2)))
with profile() as prof:
    f(torch.zeros(2)); f(torch.zeros(2))
print([e.count for e in prof.key_averages() if e.key == "named"], f.__name__)
with record_function("nobody looks"):
    print(torch.ones(1))
# --- start and stop by hand
prof = profile()
prof.start(); torch.ones(2).exp(); prof.stop()
torch.ones(2).exp()
print([e.count for e in prof.key_averages() if e.key == "aten::exp"])
# --- operations are counted
with profile(with_flops=True) as prof:
    torch.ones(2, 3) @ torch.ones(3, 4)
print([e.flops for e in prof.key_averages() if e.key == "aten::mm"])
