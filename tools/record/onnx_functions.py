"""Writes test/recorded/onnx/functions.jsonl.gz: functions and layers, one at a time, as files of both of PyTorch's exporters, and
what ONNX Runtime gives for them. What an exporter refuses, or writes such that ONNX Runtime refuses it, is left out.

    pip install onnx onnxruntime onnxscript; npm run record -- onnx_functions      (some 10 minutes)
"""

import base64
import contextlib
import gzip
import io
import json
import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import onnxruntime
import torch
import torch.nn.functional as F  # noqa: F401, N812
from torch import nn

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
onnxruntime.set_default_logger_severity(4)
OUT = Path(__file__).parent.parent.parent / "test" / "recorded" / "onnx" / "functions.jsonl.gz"
INPUTS = {
    "a": lambda: torch.randn(5, 4),
    "b": lambda: torch.randn(5, 4),
    "x": lambda: torch.randn(5, 2, 4),
    "y": lambda: torch.randn(5, 2, 4),
    "m": lambda: torch.randn(2, 3, 8, 8),
    "v": lambda: torch.randn(2, 3, 4, 4, 4),
    "s": lambda: torch.randn(4, 4),
    "g": lambda: torch.rand(2, 4, 4, 2) * 2 - 1,
    "p": lambda: torch.randn(5, 4) > 0,
    "i": lambda: torch.tensor([0, 2, 1]),
    "t": lambda: torch.tensor([0, 2, 1, 3, 0]),
    "n": lambda: torch.arange(-4, 4),
    "k": lambda: torch.arange(10).remainder(9).view(2, 5),
}
# Inputs by their names above, and a function of them, or a layer.
FUNCTIONS = """
a:a.sinh()
a:a.cosh()
a:(a/9).asin()
a:(a/9).acos()
a:a.atan()
a:a.asinh()
a:(a.abs()+1).acosh()
a:(a/9).atanh()
a:a.abs().log1p()
a:a.expm1()
a:a.log2()
a:a.abs().log10()
a:a.exp2()
a:F.gelu(a)
a:F.gelu(a,approximate="tanh")
a:a.isnan()
a:(a/0).isinf()
a:torch.nan_to_num(a/0)
a:F.logsigmoid(a)
a:F.tanhshrink(a)
a:F.hardshrink(a)
a:F.softshrink(a)
a:F.threshold(a,0.1,20.)
a:F.glu(a,-1)
a:a.frac()
a:a.trunc()
a:torch.fmod(a,2.)
a:torch.remainder(a,2.)
a:a.clamp_min(0)
a:a.clamp(min=-0.5,max=0.5)
ab:torch.clamp(a,b-1,b+1)
ab:torch.logaddexp(a,b)
ab:torch.atan2(a,b)
ab:torch.lerp(a,b,0.3)
ab:torch.addcmul(a,a,b)
ab:torch.addcdiv(a,a,b.abs()+1)
ab:torch.xlogy(a.abs(),b.abs())
ab:torch.hypot(a,b)
ab:torch.copysign(a,b)
ab:torch.div(a,b,rounding_mode="floor")
ab:torch.div(a,b,rounding_mode="trunc")
ab:a.abs()**b
a:2**a
a:torch.special.erfc(a)
a:torch.special.erfinv(a/9)
a:torch.lgamma(a.abs())
a:torch.signbit(a)
a:torch.logit(a.sigmoid())
ai:a[i]
ai:a[:,i]
ai:a[i,i]
a:a[...,None]
a:a[1:,::2]
a:a[-1]
a:a[:-1,-2:]
ai:a.gather(1,i[None].expand(5,3))
ai:a.scatter(1,i[None].expand(5,3),0.)
ai:a.scatter(1,i[None].expand(5,3),a*2)
ai:a.scatter_add(1,i[None].expand(5,3),a)
ai:a.scatter_reduce(1,i[None].expand(5,3),a,"amax")
ai:a.index_add(0,i,a[:3])
ai:a.index_copy(0,i,a[2:])
ai:a.index_fill(0,i,1.)
ai:torch.take_along_dim(a,i[None].expand(5,3),1)
ai:a.index_put((i,),torch.ones(3,4))
ai:a.index_put((i,),torch.ones(3,4),accumulate=True)
a:a.masked_fill(a>0,1.)
a:torch.where(a>0,a,0.)
a:torch.where(a>0)[0]
a:a.repeat(2,3)
a:a.repeat_interleave(2,0)
a:a[a>0]
a:a.nonzero()
ap:torch.masked_select(a,p)
ap:a.masked_scatter(p,a.flip(0))
a:a.sort(1)
a:a.sort(0,descending=True)
a:a.topk(2)
a:a.topk(2,largest=False)
a:a.argsort(1)
a:a.max(1)
a:a.min()
a:a.min(0)
a:a.kthvalue(2)
a:a.std()
a:a.var(1)
a:a.norm(p=1,dim=1)
a:a.norm(p=3,dim=1)
a:a.norm()
a:torch.linalg.vector_norm(a,float("inf"),dim=1)
ap:p.any(1)
ap:p.all()
a:a.logsumexp(0)
a:a.cumsum(0)
n:n.cumsum(0)
a:a.cumprod(1)
a:a.logcumsumexp(1)
a:a.prod()
a:a.prod(1)
a:a.max()
a:a.mean()
a:a.sum((0,1),keepdim=True)
a:torch.var_mean(a,1)
a:torch.count_nonzero(a)
a:a.amax((0,1))
a:torch.aminmax(a,dim=1)
xy:torch.einsum("bij,bkj->bik",x,y)
ab:torch.einsum("ij,ij->i",a,b)
xy:torch.baddbmm(torch.ones(5,2,2),x,y.transpose(1,2))
ab:torch.outer(a[0],b[0])
ab:torch.dot(a[0],b[0])
ab:torch.mv(a,b[0])
ab:torch.addmm(torch.ones(5,5),a,b.t(),beta=0.5,alpha=2)
ab:torch.kron(a[:2,:2],b[:2,:2])
ab:torch.cross(a[:,:3],b[:,:3],dim=1)
ab:torch.cdist(a,b)
ab:torch.tensordot(a,b,([1],[1]))
s:s.tril()
s:s.triu(1)
a:a.roll(1,1)
a:a.roll((1,2),(0,1))
a:a.rot90()
a:a.reshape(a.shape[0],-1)
a:torch.zeros_like(a)
a:torch.full_like(a,3)
a:a.new_zeros(2,3)
a:torch.arange(a.shape[1],dtype=a.dtype)+a
a:a.unfold(1,2,1)
a:torch.meshgrid(a[0],a[1],indexing="ij")
a:a.movedim(0,1)
a:a.diagonal()
a:a.diag_embed()
a:torch.diag(a[0])
a:torch.tensor_split(a,2)
a:a.split([2,3])
a:a.chunk(3)
a:a.flatten().unflatten(0,(5,4))
ab:torch.hstack([a,b])
ab:torch.vstack([a,b])
ab:torch.dstack([a,b])
ab:torch.stack([a,b],-1)
x:x.squeeze().unsqueeze(-1)
x:x.permute(2,0,1).contiguous()
x:x.transpose(0,-1)
x:x.expand(3,5,2,4)
x:x.broadcast_to(3,5,2,4)
a:torch.broadcast_tensors(a,a[0])
n:n//3
n:n%3
n:n&3
n:n|1
n:n^2
n:~n
n:n<<1
n:(n+8)>>1
n:-n
n:n.float()/2
n:n.bool()
n:n.clamp(1,3)
n:n.abs()
n:n.sum()
n:n.double()
n:n.half()
n:n.to(torch.int32)
n:n/2
n:torch.bucketize(n.float(),torch.tensor([-2.,0.,2.]))
n:F.one_hot(n+4,9)
n:torch.isin(n,torch.tensor([1,2]))
s:torch.linalg.det(s)
s:torch.inverse(s)
s:s.trace()
at:F.cross_entropy(a,t)
at:F.cross_entropy(a,t,reduction="none")
at:F.nll_loss(a,t)
ab:F.mse_loss(a,b)
ab:F.l1_loss(a,b)
ab:F.smooth_l1_loss(a,b)
ab:F.huber_loss(a,b)
ab:F.binary_cross_entropy_with_logits(a,b.sigmoid())
ab:F.binary_cross_entropy(a.sigmoid(),b.sigmoid())
ab:F.kl_div(a,b.exp())
ab:F.cosine_similarity(a,b)
ab:F.pairwise_distance(a,b)
a:F.normalize(a)
m:F.interpolate(m,scale_factor=2)
m:F.interpolate(m,size=(5,11))
m:F.interpolate(m,size=(5,11),mode="bilinear")
m:F.interpolate(m,scale_factor=2,mode="bilinear",align_corners=True)
m:F.interpolate(m,scale_factor=1.5,mode="bilinear",recompute_scale_factor=True)
m:F.interpolate(m,size=(12,5),mode="bicubic")
m:F.interpolate(m,size=(3,4),mode="bilinear",antialias=True)
m:F.interpolate(m,size=(12,12),mode="bicubic",align_corners=True)
x:F.interpolate(x,scale_factor=1.5,mode="linear")
x:F.interpolate(x,size=7)
v:F.interpolate(v,size=(3,5,7),mode="trilinear")
v:F.interpolate(v,scale_factor=2)
m:F.interpolate(m,size=(3,3),mode="nearest-exact")
m:F.interpolate(m,size=(3,3),mode="area")
m:F.pixel_shuffle(F.pad(m,(0,0,0,0,0,1)),2)
m:F.pixel_unshuffle(m,2)
m:F.channel_shuffle(m,3)
m:F.unfold(m,2)
m:F.fold(F.unfold(m,2),(8,8),2)
m:F.adaptive_avg_pool2d(m,(4,2))
m:F.adaptive_avg_pool2d(m,(None,1))
m:F.adaptive_max_pool2d(m,2)
m:F.max_pool2d(m,3,2,return_indices=True)
m:F.max_pool2d(m,3,2,1,ceil_mode=True)
m:F.avg_pool2d(m,3,2,1,ceil_mode=True,count_include_pad=False)
m:F.lp_pool2d(m,2,2)
m:F.local_response_norm(m,2)
m:F.pad(m,(1,2,3,4),mode="reflect")
m:F.pad(m,(1,2,3,4),mode="replicate")
m:F.pad(m,(1,2,3,4),mode="circular")
m:F.pad(m,(-1,2),value=3)
mg:F.grid_sample(m,g)
mg:F.grid_sample(m,g,mode="nearest",padding_mode="border",align_corners=True)
mg:F.grid_sample(m,g,padding_mode="reflection")
m:F.affine_grid(m[:,0,:2,:3],(2,3,4,4))
m:F.dropout(m,training=False)
m:nn.Conv2d(3,4,3,padding_mode="reflect",padding=1)
m:nn.Conv2d(3,6,3,stride=2,padding=1,groups=3,bias=False)
m:nn.ConvTranspose2d(3,4,3,2,output_padding=1,padding=1)
m:nn.ConvTranspose2d(3,6,3,2,groups=3,dilation=2)
v:nn.Conv3d(3,4,2)
v:nn.ConvTranspose3d(3,4,2,2)
v:nn.MaxPool3d(2)
v:nn.AvgPool3d(2)
x:nn.Conv1d(2,4,3,dilation=2,padding="same")
m:nn.BatchNorm2d(3)
m:nn.InstanceNorm2d(3,affine=True)
m:nn.InstanceNorm2d(3)
m:nn.GroupNorm(3,3)
m:nn.LayerNorm((8,8))
a:nn.LayerNorm(4,elementwise_affine=False)
a:nn.RMSNorm(4)
a:nn.Softmin(1)
a:nn.LogSoftmax(0)
a:nn.PReLU(4)
a:nn.Hardswish()
a:nn.Hardsigmoid()
a:nn.CELU(0.7)
a:nn.ELU(0.7)
a:nn.SELU()
a:nn.ReLU6()
a:nn.Mish()
a:nn.Softplus(2)
a:nn.Identity()
m:nn.Upsample(scale_factor=2,mode="bilinear")
m:nn.Softmax2d()
x:nn.LSTM(4,6,2,bidirectional=True)
x:nn.LSTM(4,6,batch_first=True)
x:nn.LSTM(4,6,bias=False)
x:nn.LSTM(4,6,proj_size=3)
x:nn.GRU(4,6,2,batch_first=True)
x:nn.GRU(4,6,bidirectional=True)
x:nn.RNN(4,6,nonlinearity="relu",bidirectional=True)
x:nn.RNN(4,6,2,batch_first=True)
a:nn.LSTMCell(4,6)
a:nn.GRUCell(4,6)
k:nn.Embedding(9,4)
k:nn.EmbeddingBag(9,4,mode="sum")
k:nn.EmbeddingBag(9,4,mode="max")
xxx:nn.MultiheadAttention(4,2)
xx:nn.TransformerDecoderLayer(4,2,8)
x:nn.TransformerEncoderLayer(4,2,8,norm_first=True)
x:nn.TransformerEncoder(nn.TransformerEncoderLayer(4,2,8),2)
xx:nn.Transformer(4,2,1,1,8)
x:F.scaled_dot_product_attention(x,x,x,is_causal=True)
"""


class Function(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, *x):
        return self.f(*x)


def number(v):
    if v != v or abs(v) == float("inf"):
        return str(v).replace("inf", "Infinity").replace("nan", "NaN")
    return int(v) if v == int(v) and abs(v) < 2**53 else float(f"{v:.7g}")


def told(array):
    values = [number(v) for v in array.astype("f8").flatten().tolist()]
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": values}


def exported(model, inputs, dynamo):
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = Path(folder) / "model.onnx"
        options = {"external_data": False} if dynamo else {}
        torch.onnx.export(model, inputs, path, dynamo=dynamo, verbose=False, **options)
        made = onnx.load(path)
    graph = made.graph
    for part in [made, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    return made.SerializeToString()


def main():
    lines = []
    for line in FUNCTIONS.strip().splitlines():
        names, text = line.split(":", 1)
        torch.manual_seed(2)
        made = eval(text if text.startswith("nn.") else f"lambda {','.join(names)}: {text}")
        model = (made if isinstance(made, nn.Module) else Function(made)).eval()
        torch.manual_seed(1)
        inputs = tuple(INPUTS[name]() for name in names)
        files = {}
        for way, dynamo in {"dynamo": True, "script": False}.items():
            with contextlib.suppress(Exception):
                data = exported(model, inputs, dynamo)
                session = onnxruntime.InferenceSession(data)
                outputs = session.run(None, {i.name: x.numpy() for i, x in zip(session.get_inputs(), inputs)})
                files[way] = {"file": base64.b64encode(data).decode(), "outputs": [told(y) for y in outputs]}
        if files:
            case = {"name": text, "inputs": [told(x.numpy()) for x in inputs], "files": files}
            lines.append(json.dumps(case, separators=(",", ":")))
    OUT.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))


main()
