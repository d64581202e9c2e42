"""Records what PyTorch prints, computes and raises for calls with sparse tensors, into test/recorded/sparse.json.

Each line of CALLS is a program: statements and at the end an expression, apart by `;;`. What is recorded of the expression
is its text, shape, dtype, whether it requires grad and is coalesced; or the first line of what it raises, without the list
of what else PyTorch was built with. Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/sparse.py
"""

import json
import warnings
from pathlib import Path

import torch

PRELUDE = '''import copy
import io
import pickle

import torch
import torch.nn as nn
import torch.nn.functional as F


def saved(x):
    file = io.BytesIO()
    torch.save(x, file)
    file.seek(0)
    return str(torch.load(file))


def show(v):
    if isinstance(v, torch.Tensor):
        more = f" coalesced={v.is_coalesced()}" if v.is_sparse else ""
        return f"{v} {tuple(v.shape)} {v.dtype} {v.requires_grad}{more}"
    if isinstance(v, (tuple, list)):
        return "[" + ", ".join(map(show, v)) + "]"
    return repr(v)


def told(call):
    i = torch.tensor([[0, 1, 1], [2, 0, 0]])
    v = torch.tensor([3.0, 4.0, 5.0])
    u = torch.sparse_coo_tensor(i, v, (2, 3))
    c = u.coalesce()
    scope = {
        "torch": torch, "nn": nn, "F": F, "copy": copy, "pickle": pickle, "saved": saved, "i": i, "v": v,
        "u": u,  # not coalesced
        "c": c,
        "r": c.to_sparse_csr(),
        "h": torch.sparse_coo_tensor(i, torch.arange(6.0).view(3, 2), (2, 3, 2)),  # hybrid
        "k": torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0]),
        "d": torch.arange(6.0).view(2, 3),
        "e": torch.arange(6.0).view(3, 2) - 2,
    }
    *before, last = call.split(";;")
    try:
        for statement in before:
            exec(statement, scope)
        return show(eval(last, scope))
    except Exception as error:
        return type(error).__name__ + ": " + str(error).split("\\n")[0].split(" This could be because")[0]
'''

CALLS = r"""
u
u.coalesce()
u.requires_grad_()
u.requires_grad_(False)
torch.sparse_coo_tensor(i,v)
torch.sparse_coo_tensor(torch.tensor([[0,1,1],[2,0,0]]),v).coalesce()
torch.sparse_coo_tensor((2,3))
torch.sparse_coo_tensor(size=(2,3))
torch.sparse_coo_tensor(i,torch.ones(3,2),(2,3,2))
u.stride()
u.storage_offset()
u.data_ptr()
u.is_contiguous()
u.indices()
u.coalesce().indices()
u._indices(), u._values(), u._nnz()
u.sparse_dim(), u.dense_dim(), u.is_sparse, u.layout, u.is_sparse_csr
u.tolist()
u.item()
u.numpy()
u[0]
u[0:1]
u[:,0]
u[0,2]
u.to_dense()
u.to_sparse_csr()
u.to_sparse_csc()
u.to_sparse_csr().values()
u.to_sparse_csr().crow_indices()
u.to_sparse().crow_indices()
torch.ones(2).values()
torch.ones(2).indices()
torch.ones(2).coalesce()
torch.ones(2).is_coalesced()
torch.ones(2)._nnz()
torch.ones(2)._indices()
u.to_sparse_csr()._nnz()
torch.ones(2).crow_indices()
u.view(6)
u.reshape(6)
u+1
u*2
u*u
u+u
u+torch.ones(2,3)
torch.ones(2,3)+u
u*torch.ones(2,3)
torch.ones(2,3)*u
u/2
u/u
u-u
u-1
u**2
u.exp()
u.sin()
u.cos()
u.relu()
torch.relu(u)
u.sigmoid()
u.sum()
u.sum(0)
u.sum(1)
torch.sparse.sum(u)
torch.sparse.sum(u,0)
torch.sparse.sum(u,1)
torch.sparse.sum(u,(0,1))
u.mean()
u.max()
u@torch.ones(3,2)
torch.ones(2,2)@u
u@u.t()
u.t()
u.transpose(0,1)
u.permute(1,0)
u.mv(torch.ones(3))
u@torch.ones(3)
torch.conv1d(u,u)
torch.softmax(u,1)
torch.sparse.softmax(u,1)
torch.sparse.softmax(u,0)
u == u
u.eq(u)
torch.equal(u,u)
torch.allclose(u,u)
u.clone()
u.detach()
u.double()
u.to(torch.int64)
u.neg()
u.abs()
u.nonzero()
u.any()
u.unsqueeze(0)
u.squeeze()
u.flatten()
u.index_select(1,torch.tensor([2,0]))
u.narrow(1,0,2)
u.narrow_copy(1,0,2)
u.select(0,1)
torch.cat([u,u])
torch.stack([u,u])
u.fill_(1)
torch.zeros(2,3,layout=torch.sparse_coo)
torch.zeros(2,3,layout=torch.sparse_csr)
torch.empty(2,3,layout=torch.sparse_coo)
torch.ones(2,3,layout=torch.sparse_coo)
torch.zeros_like(torch.eye(2).to_sparse())
torch.ones_like(torch.eye(2).to_sparse())
torch.empty_like(torch.eye(2).to_sparse())
torch.rand_like(torch.eye(2).to_sparse())
torch.eye(3).to_sparse()
torch.eye(3).to_sparse(1)
torch.eye(3).to_sparse_csr()
k
torch.sparse_csc_tensor([0,1,2],[0,1],[1.,2.],(3,2))
torch.sparse_csr_tensor([0,1,2],[0,1],[1.,2.],dtype=torch.float64)
torch.sparse_compressed_tensor([0,1,2],[0,1],[1.,2.],layout=torch.sparse_csr)
torch.sparse_coo_tensor([[0,1],[1,0]],[1,2])
torch.sparse_coo_tensor([[0,1],[1,0]],[1,2.]).dtype
len(torch.eye(3).to_sparse())
torch.eye(3).to_sparse().nbytes
[r for r in torch.eye(2).to_sparse()]
bool(torch.eye(2).to_sparse())
torch.eye(2).to_sparse().norm()
torch.eye(2).to_sparse().numel()
torch.eye(2).to_sparse().is_contiguous()
torch.eye(2).to_sparse().storage()
torch.eye(2).to_sparse().untyped_storage()
torch.eye(2).to_sparse().share_memory_()
torch.eye(2).to_sparse().to("meta")
torch.addmm(torch.ones(2,2),u,torch.ones(3,2))
torch.sparse.addmm(torch.ones(2,2),u,torch.ones(3,2))
torch.matmul(u,torch.ones(3,2))
torch.where(u>0,u,u)
u.masked_fill(u.to_dense()>0,1)
u.type()
torch.typename(u)
u.dim(), u.ndim, u.size(), u.size(0)
torch.sparse_coo_tensor([[5]],[1.],(2,))
torch.sparse_coo_tensor([[-1]],[1.],(2,))
torch.sparse_coo_tensor([[-1]],[1.])
torch.sparse_coo_tensor([[5],[1]],[1.],(2,))
torch.sparse_coo_tensor([[0,1]],[1.],(2,))
torch.sparse_coo_tensor([0,1],[1.],(2,))
torch.sparse_coo_tensor([[0.5,1]],[1.,2],(2,))
torch.sparse_coo_tensor([[0,1]],[[1.,2],[3,4]],(2,))
torch.sparse_coo_tensor([[0,1]],[[1.,2],[3,4]],(2,3))
torch.sparse_coo_tensor([[0,1]],1.,(2,))
torch.sparse_coo_tensor([[0,1]],[1.,2],(2,),check_invariants=True)
torch.sparse_coo_tensor([[5]],[1.],(2,),check_invariants=True)
torch.sparse_coo_tensor([[0,1]],[1.,2],(2,),is_coalesced=True)
torch.sparse_coo_tensor([[1,0]],[1.,2],(2,),is_coalesced=True)
torch.sparse_coo_tensor([[1,0]],[1.,2],(2,),is_coalesced=True,check_invariants=True)
torch.sparse_coo_tensor([[1,0]],[1.,2],(-2,))
torch.sparse_coo_tensor(torch.tensor([[1,0]],dtype=torch.int32),torch.tensor([1.,2]),(2,))._indices().dtype
torch.sparse_coo_tensor([[1,0]],[1,2],requires_grad=True)
torch.sparse_coo_tensor()
torch.sparse_coo_tensor([[1,0]])
torch.sparse_coo_tensor([[1,0]],[1.,2],dtype=torch.float64)
torch.sparse_coo_tensor(torch.empty(1,0),[])
torch.sparse_coo_tensor(torch.empty(1,0,dtype=torch.int64),[])
torch.sparse_csr_tensor([0,1,2],[0,5],[1.,2.],(2,2))
torch.sparse_csr_tensor([0,1,2],[0,5],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1,2],[0,1],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1,3],[0,1],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([1,1,2],[0,1],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,2,1],[0,1],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,2,2],[1,0],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1],[0,1],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1,2],[0],[1.,2.],(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1,2],[0],[1.,2.],(2,2))
torch.sparse_csr_tensor([0.,1,2],[0,1],[1.,2.],(2,2))
torch.sparse_csr_tensor(torch.tensor([0,1,2],dtype=torch.int32),torch.tensor([0,1],dtype=torch.int64),torch.tensor([1.,2.]),(2,2))
torch.sparse_csr_tensor(torch.tensor([0,1,2],dtype=torch.int32),torch.tensor([0,1],dtype=torch.int64),torch.tensor([1.,2.]),(2,2),check_invariants=True)
torch.sparse_csr_tensor([0,1,2],[0,1],[1.,2.],(2,),check_invariants=True)
torch.sparse_csr_tensor([0,1,2],[0,1],[1.,2.],(2,))
torch.sparse.check_sparse_tensor_invariants.is_enabled()
k.stride()
k.is_contiguous()
k.storage_offset()
k.type(), k.is_sparse, k.is_sparse_csr, k.layout
k.sparse_dim(), k.dense_dim()
k.t()
k.t().layout
k.data_ptr()
k.tolist()
k.item()
k[0]
k[0,0]
k[:,0]
k[0:1]
k.indices()
k._indices()
k.coalesce()
k.is_coalesced()
k+k
k*2
k*k
k@k
k@torch.ones(2,2)
torch.ones(2,2)@k
k@torch.ones(2)
k.to_dense()
k.to_sparse()
k.to_sparse_coo()
k.to_sparse_csc()
k.to_sparse(layout=torch.sparse_csc)
k.double()
k.clone()
k.sum()
k.sum(0)
k.sum(0,keepdim=True)
torch.sparse.sum(k)
torch.sparse.sum(k,1)
k.transpose(0,1)
k.unsqueeze(0)
k.relu()
k.sqrt()
k.neg()
k-k
k/2
k**2
torch.cat([k,k])
torch.sparse.mm(k,torch.ones(2,2))
torch.addmm(torch.ones(2,2),k,torch.ones(2,2),beta=2,alpha=3)
torch.sparse.sampled_addmm(k,torch.ones(2,2),torch.ones(2,2))
torch.sparse.sampled_addmm(k,torch.ones(2,2),torch.ones(2,2),beta=2,alpha=3)
torch.sparse.softmax(k,1)
torch.sparse.spdiags(torch.tensor([[1.,2],[3,4]]),torch.tensor([0,1]),(2,2))
torch.sparse.spdiags(torch.tensor([[1.,2],[3,4]]),torch.tensor([0,1]),(2,2),layout=torch.sparse_csr)
x=torch.tensor([[0,1.],[2,0]]).to_sparse();;x
x=torch.tensor([[0,1.],[2,0]]).to_sparse();;x.sparse_resize_((3,3),2,0)
torch.ones(2,3).sparse_mask(torch.eye(2,3).to_sparse())
torch.ones(2,3).sparse_mask(torch.eye(2,3).to_sparse_csr())
torch.smm(torch.eye(2).to_sparse(),torch.ones(2,2))
torch.spmm(torch.eye(2).to_sparse(),torch.ones(2,2))
torch.sparse.mm(torch.eye(2).to_sparse(),torch.ones(2,2),"sum")
torch.sparse.mm(torch.eye(2).to_sparse_csr(),torch.ones(2,2),"max")
torch.hspmm(torch.eye(2).to_sparse(),torch.ones(2,2))
torch.sspaddmm(torch.eye(2).to_sparse(),torch.eye(2).to_sparse(),torch.ones(2,2))
torch.bmm(torch.ones(2,2,2).to_sparse(),torch.ones(2,2,2))
torch.is_nonzero(torch.ones(1).to_sparse())
torch.ones(1).to_sparse().item()
torch.ones(2).to_sparse_csr()
torch.ones(2).to_sparse(3)
torch.ones(2).to_sparse(layout=torch.strided)
torch.eye(2).to_sparse().to_sparse()
torch.eye(2).to_sparse().to_sparse(1)
torch.eye(2).to_dense()
torch.eye(2).to_sparse().to_dense(dtype=torch.float64)
torch.tensor(3.).to_sparse()
torch.sparse_coo_tensor(torch.zeros(0,2,dtype=torch.int64),torch.tensor([1.,2.]),())
torch.sparse_coo_tensor(torch.zeros(0,2,dtype=torch.int64),torch.tensor([1.,2.]),()).coalesce()
torch.eye(2).to_sparse().permute(0,1).is_coalesced()
torch.eye(2).to_sparse().t().is_coalesced()
torch.eye(2).to_sparse().copy_(torch.ones(2,2))
torch.ones(2,2).copy_(torch.eye(2).to_sparse())
torch.eye(2).to_sparse().copy_(torch.eye(2).to_sparse()*2)
torch.eye(2).to_sparse().add_(torch.eye(2).to_sparse())
torch.eye(2).to_sparse().mul_(2)
torch.eye(2).to_sparse().div_(2)
torch.eye(2).to_sparse().neg_()
torch.eye(2).to_sparse().add_(1)
torch.eye(2).add_(torch.eye(2).to_sparse())
torch.eye(2).mul_(torch.eye(2).to_sparse())
torch.eye(2).to_sparse().t_()
torch.eye(2).to_sparse().transpose_(0,1)
torch.eye(2).to_sparse()._coalesced_(False)
torch.eye(2).to_sparse()._dimI(), torch.eye(2).to_sparse()._dimV()
torch.eye(2).to_sparse().sub(torch.eye(2))
torch.eye(2).sub(torch.eye(2).to_sparse())
torch.eye(2)*torch.eye(2).to_sparse_csr()
torch.eye(2)+torch.eye(2).to_sparse_csr()
torch.eye(2).to_sparse_csr()+torch.eye(2)
torch.eye(2).to_sparse()+torch.eye(2).to_sparse_csr()
torch.eye(2).to_sparse()@torch.eye(2).to_sparse_csr()
torch.eye(2).to_sparse().new_zeros(2)
torch.eye(2).to_sparse().new_tensor([1.])
torch.eye(2).to_sparse().new_empty(2,2).layout
torch.eye(2).to_sparse().requires_grad_().to_dense()
torch.eye(2).to_sparse().requires_grad_()*2
torch.dot(torch.ones(2).to_sparse(),torch.ones(2))
torch.eye(2).to_sparse().max(0)
torch.eye(2).to_sparse().T.shape
torch.eye(2).to_sparse().H
torch.sparse.spdiags(torch.tensor([[1.,2],[3,4]]),torch.tensor([0,1]),(2,2)).is_coalesced()
torch.smm(torch.eye(2).to_sparse(),torch.ones(2,2)).is_coalesced()
torch.hspmm(torch.eye(2).to_sparse(),torch.ones(2,2)).is_coalesced()
torch.eye(2).to_sparse().copy_(torch.eye(2).to_sparse()*2).is_coalesced()
torch.eye(2).to_sparse().add_(torch.eye(2).to_sparse()).is_coalesced()
torch.eye(2).to_sparse().add(torch.eye(2).to_sparse()).is_coalesced()
torch.eye(2).to_sparse().mul_(2).is_coalesced()
torch.eye(2).to_sparse().t_().is_coalesced()
torch.eye(2).to_sparse().transpose_(0,1).is_coalesced()
torch.eye(2).to_sparse()._coalesced_(False).is_coalesced()
torch.eye(2).to_sparse().div_(2).is_coalesced()
torch.eye(2).to_sparse().neg_().is_coalesced()
torch.eye(2).to_sparse().H.is_coalesced()
torch.eye(2).to_sparse().clone().is_coalesced()
x=torch.eye(2).to_sparse();;x.sparse_resize_((3,3),2,0).is_coalesced()
torch.eye(2).to_sparse().to_sparse_csr().to_sparse().is_coalesced()
torch.eye(2).to_sparse().to_sparse_csc().to_sparse().is_coalesced()
(c-u).is_coalesced(),(c+u).is_coalesced()
c-u
c+u*2
u+c
u*c
c*u
h.coalesce()
h.sum(2)
h.sum(0)
h.sum((0,2))
h.sum((0,1))
h*h
h.to_dense()
h.transpose(0,1)
h.transpose(1,2)
h.transpose(2,2)
h.permute(1,0,2)
h.permute(0,2,1)
h.select(2,0)
h.select(0,1)
h.index_select(2,torch.tensor([1,0]))
h.index_select(0,torch.tensor([1,1,0]))
h.index_select(0,torch.tensor([5]))
h.unsqueeze(0)
h.unsqueeze(3)
h.unsqueeze(2)
h.unsqueeze(1)
torch.cat([h,h],2)
torch.cat([h,h],1)
torch.cat([c,d])
torch.cat([c,h])
torch.cat([c,c.t()])
torch.stack([h,h],3)
h.narrow_copy(2,0,1)
torch.sparse.softmax(h,0)
torch.sparse.softmax(h,1)
torch.sparse.softmax(h,2)
torch.sparse.log_softmax(h,1)
torch.sparse.softmax(u.to(torch.float64),0)
torch.sparse.softmax(u,1,dtype=torch.float64)
torch.sparse.sum(h,2)
torch.sparse.sum(h,(0,1,2))
torch.sparse.sum(h,(1,2))
torch.sparse.sum(h,[0],dtype=torch.float64)
torch.sparse.sum(u,-1)
torch.sparse.sum(u,2)
torch.sparse.sum(d)
u.sum(0,keepdim=True)
u.sum((0,1),keepdim=True)
u.sum(dtype=torch.float64)
u.to(torch.int64).sum()
u.bool()
u.bool().to_dense()
u.int()*2
u.int()*2.5
u.int()+u
u.half()
u.to(torch.complex64)
u.to(torch.complex64).coalesce()
u.to(torch.complex64)@e.to(torch.complex64)
u.double()@e
u.double()@e.double()
u.int()@e.int()
u.bool()@e.bool()
u@d
u@torch.ones(2)
d@u
torch.mm(u,u.t())
torch.mm(u,u)
torch.sparse.mm(u,e)
torch.sparse.mm(d,u.t())
torch.sparse.mm(d,e)
torch.sparse.mm(u,u.t())
torch.sparse.mm(r,r.t())
torch.sparse.mm(r,e)
torch.sparse.mm(r,e,"sum")
torch.sparse.mm(r,e,"mean")
torch.sparse.mm(r,e,"amax")
torch.sparse.mm(r,e,"amin")
torch.sparse.addmm(torch.ones(2,2),u,e,beta=2,alpha=3)
torch.sparse.addmm(torch.ones(2,2),u,e,beta=0)
torch.sparse.addmm(torch.ones(2,2),d,e)
torch.addmm(torch.ones(2),u,e)
torch.addmm(u@u.t(),u,u.t())
torch.addmm(torch.ones(2,2),u,u.t())
torch.mv(u,torch.ones(3))
torch.mv(u,torch.ones(2))
torch.mv(r,torch.ones(3))
torch.bmm(torch.stack([u,u]),torch.stack([e,e*2]))
torch.bmm(torch.stack([e,e*2]),torch.stack([u,u]))
torch.matmul(torch.stack([u,u]),torch.stack([e,e]))
u.matmul(e)
r.matmul(e)
r@r.t()
r.to_sparse_csc()@e
d@r.t()
d@r.to_sparse_csc().t()
r.sum()
r.sum(1,keepdim=True)
r.to_sparse_coo()
r.to_sparse_csc()
r.to_sparse_csr()
r.t()
r.transpose(0,1)
r.sin()
r.abs()
r*2
r*r
r*d
d*r
r+r
r+d
d+r
r+2
r.select(0,1)
r.select(1,2)
r[0]
r[1,0]
r.to(torch.float64)
r.values(), r.crow_indices(), r.col_indices()
r.to_dense()
r.ccol_indices()
r.row_indices()
r.is_sparse, r.is_sparse_csr, r.layout, c.layout
r.neg()
torch.zeros_like(r)
torch.ones_like(r)
torch.empty_like(r).layout
r.clone()
r.detach()
r.numel(), r.shape, r.dim()
torch.sparse.sampled_addmm(r,torch.ones(2,3),torch.ones(3,3))
torch.sparse.sampled_addmm(r,torch.ones(2,4),torch.ones(4,3),beta=0.5)
torch.sparse.sampled_addmm(c,torch.ones(2,4),torch.ones(4,3))
torch.sparse.sampled_addmm(d,torch.ones(2,4),torch.ones(4,3))
u.sqrt()
(-u).abs()
u.pow(2)
u.pow(0)
u.pow(torch.tensor(2.))
u.pow(u)
u/torch.tensor(2.)
u/d
u.div(2,rounding_mode="floor")
2/u
2-u
u*torch.tensor(3.)
u*torch.ones(3)
u*torch.ones(2,1)
u*torch.ones(4)
d-u
d.add(u,alpha=2)
d.add(h)
u.add(u,alpha=2)
u.add(c,alpha=2)
u.sub(c,alpha=2)
u.add(u.t())
u.isnan()
u.signbit()
u.nan_to_num()
u.relu_()
u.sin_()
u.mul_(d)
u.add_(c)
u.sub_(c)
u.add_(d)
d.add_(u)
d.add_(u,alpha=2)
d.sub_(u)
d.mul_(u)
d.copy_(u)
u.copy_(c)
u.zero_()
u.clone().resize_(3,3)
u.requires_grad_().is_leaf
torch.is_tensor(u), torch.numel(u)
u.norm()
torch.norm(u)
torch.norm(u,1)
u.norm(dim=0)
torch.linalg.norm(u.to_dense())
u.argmax()
u.prod()
u.log()
u.clamp(0,1)
u.where(u.to_dense()>0,u)
u.expand(2,2,3)
u.repeat(2,1)
u.flip(0)
u.sort()
u.topk(1)
u.cumsum(0)
u.gather(0,i)
u.scatter(0,i,v)
u.diag()
u.tril()
u.triu()
u.masked_select(d>0)
u.unique()
u.chunk(2)
u.split(1)
u.unbind(0)
u.dot(v)
torch.outer(c[0],v)
u.std()
u.var()
F.linear(u,torch.ones(4,3))
F.linear(u,torch.ones(4,3),torch.ones(4))
F.relu(u)
F.softmax(u,1)
F.gelu(u)
F.conv1d(u,u)
d.sparse_mask(u)
d.sparse_mask(r)
c.sparse_mask(u)
d.sparse_mask(h)
d.sparse_mask(d)
d.to_sparse(1)
d.to_sparse(0)
d.to_sparse(-1)
d.to_sparse_csr()
d.to_sparse_csc()
d.to_sparse(layout=torch.sparse_csr)
torch.zeros(2,3).to_sparse()
torch.zeros(2,0).to_sparse()
torch.arange(24.).view(2,3,4).to_sparse(2)
torch.tensor([[True,False]]).to_sparse()
torch.zeros(2,3,layout=torch.sparse_coo,dtype=torch.float64,requires_grad=True)
torch.zeros(2,3,4,layout=torch.sparse_csr)
torch.rand(2,layout=torch.sparse_coo)
torch.eye(2,layout=torch.sparse_coo)
torch.full((2,),1.,layout=torch.sparse_coo)
torch.empty(2,layout=torch.sparse_coo)
torch.arange(3,layout=torch.sparse_coo)
torch.zeros_like(d,layout=torch.sparse_coo)
torch.zeros_like(u,layout=torch.strided)
torch.tensor([1.],device="cpu").to_sparse().device
u.new_zeros(2,2)
u.element_size(), u.is_floating_point(), u.is_complex(), u.dtype
u.storage_offset(), u.stride(), u.stride(0)
u.get_device(), u.is_cuda, u.is_quantized
u.cpu()
u.to("cpu")
u.to(torch.float64).dtype
u.type(torch.float64)
u.float() is u
u.contiguous()
c.contiguous()
str(u)==repr(u)
f"{c}"
torch.eye(2000).to_sparse()
torch.sparse_coo_tensor(torch.arange(1200).view(1,-1),torch.arange(1200.),(1200,))
torch.sparse_coo_tensor(torch.zeros(2,0,dtype=torch.int64),torch.zeros(0),(2,2)).to_dense()
# --- gradients
c.requires_grad_()
c.requires_grad_();;c.mul(2)
w=v.requires_grad_();;torch.sparse_coo_tensor(i,w,(2,3))
w=v.requires_grad_();;y=torch.sparse_coo_tensor(i,w,(2,3));;y.to_dense().pow(2).sum().backward();;w.grad
u.requires_grad_();;u.to_dense().pow(2).sum().backward();;u.grad.coalesce()
u.requires_grad_();;torch.sparse.mm(u,e).pow(2).sum().backward();;u.grad.coalesce()
u.requires_grad_();;torch.sparse.mm(u,e).pow(2).sum().backward();;torch.sparse.mm(u,e).pow(2).sum().backward();;u.grad.coalesce()
u.requires_grad_();;torch.sparse.sum(u).backward();;u.grad.coalesce()
u.requires_grad_();;torch.sparse.sum(u,0).to_dense().sum().backward();;u.grad.coalesce()
u.requires_grad_();;(u*2).to_dense().sum().backward();;u.grad.coalesce()
u.requires_grad_();;u.coalesce().values().pow(2).sum().backward();;u.grad.coalesce()
c.requires_grad_();;(c*c).to_dense().sum().backward();;c.grad.coalesce()
c.requires_grad_();;(c+c).to_dense().sum().backward();;c.grad.coalesce()
c.requires_grad_();;(c-c.detach()).to_dense().sum().backward();;c.grad.coalesce()
c.requires_grad_();;(c/2).to_dense().pow(2).sum().backward();;c.grad.coalesce()
c.requires_grad_();;c.neg().to_dense().pow(2).sum().backward();;c.grad.coalesce()
c.requires_grad_();;d.requires_grad_();;(d*c).to_dense().sum().backward();;c.grad.coalesce()
c.requires_grad_();;e.requires_grad_();;torch.sparse.mm(c,e).pow(2).sum().backward();;[c.grad.coalesce(),e.grad]
c.requires_grad_();;e.requires_grad_();;a=torch.ones(2,2,requires_grad=True);;torch.sparse.addmm(a,c,e,beta=2,alpha=3).pow(2).sum().backward();;[a.grad,c.grad.coalesce(),e.grad]
e.requires_grad_();;(c@e).pow(2).sum().backward();;e.grad
d.requires_grad_();;(d.t()@u).pow(2).sum().backward();;d.grad
d.requires_grad_();;(d+c).pow(2).sum().backward();;d.grad
e.requires_grad_();;torch.mv(c,e[:,0]).pow(2).sum().backward();;e.grad
e.requires_grad_();;torch.bmm(torch.stack([c,c*2]),torch.stack([e,e])).pow(2).sum().backward();;e.grad
r.requires_grad_();;e.requires_grad_();;torch.sparse.mm(r,e).sum().backward();;[r.grad,e.grad]
d.requires_grad_();;d.to_sparse().coalesce().values().pow(2).sum().backward();;d.grad
d.requires_grad_();;d.to_sparse_csr().values().pow(2).sum().backward();;d.grad
d.requires_grad_();;d.sparse_mask(c).to_dense().pow(2).sum().backward();;d.grad
c.requires_grad_();;c.to_sparse_csr().values().pow(2).sum().backward();;c.grad.coalesce()
c.requires_grad_();;torch.sparse.softmax(c,0).to_dense().pow(2).sum().backward();;c.grad.coalesce()
h.requires_grad_();;torch.sparse.softmax(h,1).to_dense().pow(2).sum().backward();;h.grad.coalesce()
c.requires_grad_();;c.t().to_dense().pow(2).sum().backward();;c.grad.coalesce()
c.requires_grad_();;torch.autograd.grad(c.to_dense().pow(3).sum(),c)[0]
c.requires_grad_();;c.add_(c)
c.requires_grad_();;c.detach().mul_(2);;c
c.requires_grad_();;g=[];;_=c.register_hook(lambda x: g.append(x));;c.to_dense().sum().backward();;g
[x.grad_fn for x in [c.requires_grad_().to_dense()]] and c.to_dense()
c.requires_grad_();;c.coalesce()
u.requires_grad_();;u.coalesce()
c.requires_grad_();;c.to_sparse_csr()
d.requires_grad_();;d.to_sparse()
d.requires_grad_();;d.to_sparse(1)
d.requires_grad_();;d.to_sparse_csr()
d.requires_grad_();;d.sparse_mask(c)
c.requires_grad_();;c.values()
c.requires_grad_();;c._values()
r.requires_grad_();;r.values()
c.requires_grad_();;[c.t(),c.transpose(0,1),c.unsqueeze(0),c.permute(1,0)]
c.requires_grad_();;[c.index_select(0,torch.tensor([0])),c.select(0,1),c.narrow_copy(1,0,2)]
c.requires_grad_();;[torch.cat([c,c]),torch.stack([c,c]),c.neg(),c.clone(),c.double()]
c.requires_grad_();;[c.sum(),c.sum(0),torch.sparse.sum(c),torch.sparse.sum(c,0)]
c.requires_grad_();;[c/2,c**2,c.abs(),c.sqrt(),c.relu(),c.norm(),c.sin()]
c.requires_grad_();;[c@e,torch.sparse.mm(c,e),torch.addmm(torch.ones(2,2),c,e),torch.sparse.addmm(torch.ones(2,2),c,e),c.mv(torch.ones(3))]
c.requires_grad_();;[torch.sparse.softmax(c,1),torch.sparse.log_softmax(c,1)]
c.requires_grad_();;[d+c,d*c,c*d,c+c,c*c,c-c]
h.requires_grad_();;h.to_dense().sum().backward();;h.grad.coalesce()
h.requires_grad_();;h.sum(2).to_dense().pow(2).sum().backward();;h.grad.coalesce()
h.requires_grad_();;torch.sparse.sum(h,[0]).to_dense().pow(2).sum().backward();;h.grad.coalesce()
# --- tables, optimizers
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True,padding_idx=1).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True,scale_grad_by_freq=True).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;(F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).sum()+w.sum()).backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([1]),w,sparse=True).sum().backward();;w.pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;w.pow(2).sum().backward();;F.embedding(torch.tensor([1]),w,sparse=True).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding_bag(torch.tensor([1,2,1,0]),w,torch.tensor([0,2]),sparse=True,mode="sum").pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding_bag(torch.tensor([1,2,1,0]),w,torch.tensor([0,2]),sparse=True,mode="mean").pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding_bag(torch.tensor([1,2,1,0]),w,torch.tensor([0,2]),sparse=True,mode="mean",padding_idx=1).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding_bag(torch.tensor([1,2,1,0]),w,torch.tensor([0,2]),sparse=True,mode="sum",per_sample_weights=torch.tensor([1.,2,3,4])).pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding_bag(torch.tensor([1,2,1,0]),w,torch.tensor([0,2]),sparse=True,mode="max").pow(2).sum().backward();;w.grad
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.Adam([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.AdamW([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.RMSprop([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.Adadelta([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.Adamax([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.NAdam([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.RAdam([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.ASGD([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.Rprop([w]).step()
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1,momentum=.9);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1,weight_decay=.1);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1,momentum=.9,nesterov=True);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1,maximize=True);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SGD([w],lr=.1,momentum=.9,dampening=.3);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.Adagrad([w],lr=.1);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.Adagrad([w],lr=.1,lr_decay=.1,initial_accumulator_value=.5,maximize=True);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.Adagrad([w],lr=.1,weight_decay=.1);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SparseAdam([w],lr=.1);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;o=torch.optim.SparseAdam([w],lr=.1,betas=(.5,.7),eps=.1,maximize=True);;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[3,3]]),w,sparse=True).pow(2).sum().backward();;o.step();;o.zero_grad();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;o.step();;[w,str(o.state_dict()["state"])]
w=torch.arange(8.).view(4,2).requires_grad_();;w.grad=torch.ones(4,2);;torch.optim.SparseAdam([w],lr=.1).step()
w=torch.arange(8.).view(4,2).requires_grad_();;torch.optim.SparseAdam([w],lr=-1)
w=torch.arange(8.).view(4,2).requires_grad_();;torch.optim.SparseAdam([w],lr=0)
w=torch.arange(8.).view(4,2).requires_grad_();;torch.optim.SparseAdam([w],betas=(1,.9))
w=torch.arange(8.).view(4,2).requires_grad_();;torch.optim.SparseAdam([w],eps=0)
torch.optim.SparseAdam([c.requires_grad_()])
torch.optim.SparseAdam([])
w=torch.arange(8.).view(4,2).requires_grad_();;torch.optim.SparseAdam([{"params":[w],"lr":.1}])
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.nn.utils.clip_grad_norm_([w],1.)
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;w.grad.zero_()
w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.optim.SGD([w]).zero_grad(set_to_none=False);;w.grad
nn.Embedding(4,2,sparse=True)
m=nn.Embedding(4,2,sparse=True);;m(torch.tensor([0,1])).sum().backward();;m.weight.grad
nn.EmbeddingBag(4,2,sparse=True)
nn.EmbeddingBag(4,2,sparse=True,mode="max")(torch.tensor([[0,1]]))
m=nn.EmbeddingBag(4,2,sparse=True);;m(torch.tensor([[0,1]])).sum().backward();;m.weight.grad
w=torch.arange(8.).view(4,2).requires_grad_();;torch.autograd.grad(F.embedding(torch.tensor([1,1]),w,sparse=True).sum(),w)[0]
# --- pickles
[pickle.loads(pickle.dumps(x)) for x in [u,c,h,r,r.t()]]
[copy.deepcopy(x) for x in [u,c,h]]
saved({"a": c.requires_grad_(), "b": [r, h], "c": u})
"""

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    scope = {}
    exec(PRELUDE, scope)
    calls = [line for line in CALLS.strip().split("\n") if line and not line.startswith("# ")]
    cases = [json.dumps({"call": call, "told": scope["told"](call)}, ensure_ascii=False) for call in calls]
    text = json.dumps({"prelude": PRELUDE})[:-1] + ', "cases": [\n' + ",\n".join(cases) + "\n]}\n"
    (Path(__file__).parent.parent.parent / "test" / "recorded" / "sparse.json").write_text(text)
    print(f"{len(cases)} calls")
