# The device "meta": shapes and dtypes without elements; and the default device.
import torch, torch.nn as nn

m = torch.ones(2, 3, device="meta")
c = torch.ones(2, 3)


def show(*programs):
    for program in programs:
        try:
            print(program, "->", repr(eval(program)))
        except Exception as error:
            print(program, "->", type(error).__name__, str(error).split("\n")[0])


# --- tensors on meta
show(
    'c+m',
    'm+c',
    'm+torch.tensor(1.)',
    'torch.cat([c,m])',
    'm.copy_(c)',
    'c.copy_(m)',
    'm.cpu()',
    'm.item()',
    'm.sum().item()',
    'm.tolist()',
    "m.to('cpu')",
    "c.to('meta')",
    'bool(m.sum())',
    "m[torch.tensor([0,1],device='meta')]",
    'm.device',
    'm.is_meta',
    'm.type()',
    'c.device',
    'c.to(m)',
    'm.sum()',
    'm @ m.t()',
    "torch.tensor([1,2],device='meta')",
    "torch.arange(3,device=torch.device('meta'))",
    "torch.randn(2,device='meta')",
    "torch.zeros_like(c,device='meta')",
    'torch.zeros_like(m)',
    "torch.full((2,),1,device='meta')",
    'm.new_zeros(2)',
    'm.new_tensor([1.])',
    "torch.as_tensor([1.],device='meta')",
    "torch.as_tensor(c,device='meta')",
)

# --- layers on meta
show(
    "nn.Linear(2,3,device='meta').weight",
    "nn.Linear(2,3,device='meta').to_empty(device='cpu').weight.device",
    "nn.Linear(2,3,device='meta').to('cpu')",
    "nn.Linear(2,3,device='meta')(c[:,:2])",
    "nn.Linear(3,4).to('meta')(m)",
    "nn.TransformerEncoderLayer(8,2,16,device='meta')(torch.ones(1,3,8,device='meta')).shape",
    "nn.Conv2d(1,2,3,device='meta')(torch.ones(1,1,8,8,device='meta')).shape",
)

# --- gradients on meta
w = torch.ones(2, 3, device="meta", requires_grad=True)
(w * 2).sum().backward()
print(w.grad)

# --- the default device, in a block and from now on
with torch.device("meta"):
    print(torch.zeros(2), nn.Linear(1, 1).weight.device, torch.tensor([1]).device, torch.get_default_device())
    print(torch.zeros(1, device="cpu"), torch.ones_like(c).device, torch.arange(2), torch.randn(2))
print(torch.zeros(1).device)
torch.set_default_device("meta")
print(torch.ones(2), torch.get_default_device())
torch.set_default_device(None)
print(torch.ones(2), torch.get_default_device())

# --- a state cannot be copied into a layer on meta
layer = nn.Linear(2, 3, bias=False, device="meta")
state = nn.Linear(2, 3, bias=False).state_dict()
print(layer.load_state_dict(state), layer.weight.device)
print(layer.load_state_dict(state, assign=True), layer.weight.device)
