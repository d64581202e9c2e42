import copy
import torch
from torch import nn
from torch.nn.utils import prune

torch.manual_seed(0)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
# --- a pruned weight is the product of its original and a mask
m = nn.Linear(3, 2)
print(prune.l1_unstructured(m, "weight", 2) is m, prune.is_pruned(m))
print(m.weight_mask, m.weight == m.weight_orig * m.weight_mask, [n for n, _ in m.named_parameters()], list(m.state_dict()))
m(torch.ones(1, 3)).sum().backward()
print(m.weight_orig.grad, type(m.weight), m.weight.is_leaf)
m.weight_orig.data.fill_(1.)
print(m(torch.ones(1, 3)) - m.bias, m.weight)
prune.remove(m, "weight")
print(m.weight, [n for n, _ in m.named_parameters()], list(m._buffers), prune.is_pruned(m), len(m._forward_pre_hooks))
# --- amounts are counts or shares
for amount in (0, 1, 1.0, 0.5, 0.34, 5, 0.25, 0.75):
    m = nn.Linear(3, 2); prune.l1_unstructured(m, "weight", amount); print(amount, m.weight_mask.sum().item())
    m = nn.Linear(5, 2); prune.random_unstructured(m, "weight", amount); print(m.weight_mask)
    t(lambda: prune.random_structured(nn.Linear(5, 4), "weight", amount, 0).weight_mask)
    t(lambda: prune.ln_structured(nn.Linear(5, 4), "weight", amount, 2, 1).weight_mask)
# --- slices by chance and by norm
m = nn.Conv2d(2, 3, 2)
prune.random_structured(m, "weight", 1, 0); print(m.weight_mask)
m = nn.Conv2d(2, 3, 2)
prune.ln_structured(m, "weight", 0.5, 1, -1); print(m.weight_mask)
m = nn.Linear(4, 3)
prune.ln_structured(m, "weight", 1, float("inf"), dim=0); print(m.weight_mask)
m = nn.Linear(4, 3)
prune.ln_structured(m, "weight", 2, n=2, dim=1, importance_scores=torch.arange(12.).view(3, 4)); print(m.weight_mask)
# --- methods that follow each other
m = nn.Linear(4, 3)
prune.l1_unstructured(m, "weight", 3); print(m.weight_mask)
prune.random_unstructured(m, "weight", 0.5); print(m.weight_mask)
prune.ln_structured(m, "weight", 1, 2, 0); print(m.weight_mask)
prune.random_structured(m, "weight", 1, 1); print(m.weight_mask)
prune.custom_from_mask(m, "weight", torch.tensor([[0, 1, 1, 1]] * 3)); print(m.weight_mask)
hook = next(iter(m._forward_pre_hooks.values()))
print(len(m._forward_pre_hooks), type(hook).__name__, len(hook), [type(x).__name__ for x in hook], type(hook[0]).__name__)
prune.remove(m, "weight"); print(m.weight)
# --- nothing pruned, and a mask of one's own
m = nn.Linear(2, 2)
prune.identity(m, "bias"); print(m.bias_mask, list(m.state_dict()))
prune.custom_from_mask(m, "weight", torch.tensor([[1, 0], [0, 1]])); print(m.weight_mask, m.weight_mask.dtype)
t(lambda: prune.custom_from_mask(nn.Linear(2, 2), "weight", torch.ones(3)))
# --- parameters of several modules at once
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
both = [(net[0], "weight"), (net[2], "weight"), (net[0], "bias")]
prune.global_unstructured(both, prune.L1Unstructured, amount=0.4)
print([getattr(m, n + "_mask") for m, n in both])
prune.global_unstructured(both, prune.RandomUnstructured, amount=3)
print([getattr(m, n + "_mask") for m, n in both], list(net.state_dict()))
prune.global_unstructured(both, prune.L1Unstructured, amount=1, importance_scores={both[2]: torch.arange(4.) - 9})
print(net[0].bias_mask)
t(lambda: prune.global_unstructured(both, prune.RandomStructured, amount=1))
t(lambda: prune.global_unstructured(3, prune.L1Unstructured, amount=1))
t(lambda: prune.global_unstructured(both, prune.L1Unstructured, importance_scores=[], amount=1))
# --- a method of a program's own
class EveryOther(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"
    def compute_mask(self, t, default_mask):
        mask = default_mask.clone(); mask.view(-1)[::2] = 0
        return mask
m = nn.Linear(3, 2)
EveryOther.apply(m, "bias"); print(m.bias_mask)
EveryOther.apply(m, "weight"); EveryOther.apply(m, "weight"); print(m.weight_mask)
print(prune.L1Unstructured(amount=2).prune(torch.tensor([3., -1., 2., .5])), prune.L1Unstructured(1).prune(torch.ones(3), default_mask=torch.tensor([0., 1., 1.])))
class Odd(EveryOther):
    PRUNING_TYPE = "odd"
m = nn.Linear(2, 1); EveryOther.apply(m, "weight"); t(lambda: Odd.apply(m, "weight"))
class Sliced(EveryOther):
    PRUNING_TYPE = "structured"
m = nn.Linear(2, 1); EveryOther.apply(m, "weight"); t(lambda: Sliced.apply(m, "weight"))
# --- refusals
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", -1))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", 1.5))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", 2.0))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", 9))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", "much"))
t(lambda: prune.random_structured(nn.Linear(2, 2), "bias", 1, 0))
t(lambda: prune.ln_structured(nn.Linear(2, 2), "weight", 1, 2, 5))
t(lambda: prune.remove(nn.Linear(2, 2), "weight"))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "wight", 1))
m = nn.Linear(2, 2); t(lambda: prune.l1_unstructured(m, "weight", 9)); print(list(m.state_dict()))
t(lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", 1, torch.ones(3)))
t(lambda: prune.PruningContainer("x"))
t(lambda: prune.L1Unstructured(1).prune(torch.ones(3), importance_scores=torch.ones(2)))
# --- a state loads, and copies are pruned as well
m = prune.l1_unstructured(nn.Linear(3, 2), "weight", 2)
n = prune.identity(nn.Linear(3, 2), "weight")
n.load_state_dict(m.state_dict()); n(torch.ones(1, 3)); print(torch.equal(m.weight, n.weight))
m.zero_grad(); m.eval()
# --- fusion of a convolution and a norm
conv, bn = nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3)
x = torch.randn(4, 2, 5, 5)
bn(conv(x)); conv.eval(); bn.eval()
with torch.no_grad(): bn.weight.uniform_(); bn.bias.uniform_()
f = nn.utils.fuse_conv_bn_eval(conv, bn)
print(torch.allclose(f(x), bn(conv(x)), atol=1e-6), f, f.weight, f.bias, type(f.weight).__name__, f.weight.requires_grad)
conv = nn.ConvTranspose1d(2, 3, 2, bias=False).eval(); bn = nn.BatchNorm1d(3, affine=False).eval()
f = nn.utils.fusion.fuse_conv_bn_eval(conv, bn, transpose=True)
print(f.weight.shape, f.bias)
lin, bn = nn.Linear(2, 3).eval(), nn.BatchNorm1d(3).eval()
with torch.no_grad(): bn.running_mean.fill_(2.); bn.weight.fill_(3.)
f = nn.utils.fuse_linear_bn_eval(lin, bn); print(f.weight, f.bias)
t(lambda: nn.utils.fuse_conv_bn_eval(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1)))
t(lambda: nn.utils.fuse_linear_bn_eval(nn.Linear(1, 2).eval(), nn.BatchNorm1d(3).eval()))
t(lambda: nn.utils.fuse_linear_bn_eval(nn.Linear(1, 2).eval(), nn.BatchNorm1d(2, track_running_stats=False).eval()))
# --- a module without first values
m = nn.utils.skip_init(nn.Linear, 3, 2, bias=False)
print(m, m.weight.shape, m.weight.device, m.weight.requires_grad)
m = nn.utils.skip_init(nn.Conv2d, 3, 2, kernel_size=2, dtype=torch.float64); print(m.weight.dtype, m.bias.shape)
a = torch.rand(1); torch.manual_seed(0); torch.rand(1)
t(lambda: nn.utils.skip_init(nn.ReLU))
class Own(nn.Module): pass
t(lambda: nn.utils.skip_init(Own))
t(lambda: nn.utils.skip_init(dict))
m = nn.utils.convert_conv2d_weight_memory_format(nn.Sequential(nn.Conv2d(2, 3, 2)), torch.channels_last)
print(m[0].weight.stride())
