import torch, torch.nn as nn, torch.nn.functional as F

x = torch.arange(6.0).view(2, 3)
i = torch.tensor([[0, 1, 0]])
n = torch.tensor(2)
y = torch.tensor([0, 1])


def show(*programs):
    for program in programs:
        torch.manual_seed(0)
        try:
            print(program, "->", eval(program))
        except Exception as error:
            print(program, "->", type(error).__name__, str(error).split("\n")[0])


# --- random numbers and arguments by name
show(
    'torch.randint(9, size=(3,))',
    'torch.randint(low=0, high=9, size=(3,))',
    'torch.randint(high=5,size=(2,))',
    'torch.randint(0, 10, size=(2,))',
    'torch.randint_like(x, high=2).shape',
    'torch.randint_like(x, low=1, high=3).shape',
    'torch.normal(0.,1.,size=(2,))',
    'torch.normal(mean=torch.zeros(2), std=1.0)',
    'torch.normal(mean=0., std=1., size=(2,))',
    'torch.normal(torch.zeros(2), torch.ones(2))',
    'x.clone().bernoulli_(p=0.5)',
    'x.clone().scatter_(1, i, value=2.)',
    'x.scatter(1, i, value=2.)',
    'torch.scatter(x, dim=1, index=i, src=x)',
    'torch.max(x, axis=1)',
    'torch.max(input=x, dim=1)',
    'torch.max(x, dim=1, keepdim=True)',
    'torch.min(x, axis=0)',
    'x.max(axis=1)',
    'x.argmax(axis=1)',
    'x.sum(axis=1)',
    'x.mean(axis=1, keepdims=True)',
    'x.std(axis=1)',
    'x.var(axis=0)',
    'x.prod(axis=1)',
    'x.all(axis=1)',
    'x.cumsum(axis=1)',
    'x.sort(axis=1)',
    'x.flip(dims=(0,))',
)
# --- views of other dtypes and splitting by name
show(
    'torch.softmax(input=x, dim=1)',
    'x.view(torch.int32)',
    'x.view(torch.int16).shape',
    'x.view(dtype=torch.int32)',
    'x.type(torch.LongTensor)',
    'torch.split(x, split_size_or_sections=2)',
    'torch.split(tensor=x, split_size_or_sections=[1,1])',
    'x.split(split_size=1)',
    'x.split(1, dim=1)',
    'torch.tensor_split(x, indices=(1,))',
    'torch.tensor_split(x, sections=2)',
    'torch.chunk(x, chunks=2, dim=1)',
    'torch.bernoulli(torch.full((2,),.5), p=.5)',
    'torch.dropout(x, 0.5, train=False)',
    'torch.repeat_interleave(torch.tensor([1,2]))',
    'torch.repeat_interleave(x, 2, dim=0).shape',
    'torch.repeat_interleave(x, repeats=torch.tensor([1,2]), dim=0).shape',
    'x.repeat_interleave(2)',
    'torch.linalg.vector_norm(x=x)',
    'torch.linalg.norm(x, ord=2)',
    'torch.linalg.solve(A=torch.eye(2), B=torch.ones(2))',
    'torch.zeros(2, n)',
    'torch.zeros(n)',
    'torch.zeros((n, 3)).shape',
    'torch.ones(size=(n,))',
    'torch.zeros(2, x.max().long()).shape',
    'x.view(n, -1).shape',
    'x.view((n, -1)).shape',
)
# --- tensors of no dims as sizes and numbers
show(
    'x.reshape(n, 3).shape',
    'x.repeat(n, 1).shape',
    'x.repeat(1, n).shape',
    'x.expand(n, 3).shape',
    'x.topk(n).values',
    'F.one_hot(y, n)',
    'F.one_hot(y, num_classes=n)',
    'x.softmax(n - 1)',
    'x.sum(n - 1)',
    'torch.randperm(n)',
    'x.split(n)',
    'x.chunk(n)',
    'x.add(x, alpha=n)',
    'torch.add(x, x, alpha=torch.tensor(2.))',
    'x.narrow(0, torch.tensor(0), 1)',
    'x.select(0, torch.tensor(1))',
    'x.roll(n)',
    'x.transpose(torch.tensor(0), torch.tensor(1)).shape',
    'x.permute(torch.tensor(1), 0).shape',
    'x.unsqueeze(n).shape',
    'torch.eye(n)',
    'torch.full((n,), 1.)',
    'torch.full((2,), torch.tensor(3.))',
    'torch.linspace(torch.tensor(0.), 1, steps=n)',
    'torch.arange(n)',
    'torch.arange(0, n, dtype=torch.float32)',
    'torch.empty(n).shape',
    'torch.rand(n).shape',
    'torch.randn(n, 2).shape',
)
# --- sizes of factories, and more
show(
    'torch.randint(n, (2,)).shape',
    'torch.randint(0, n, (n,)).shape',
    'x.new_zeros(n).shape',
    'x.new_full((n,), 2.)',
    'nn.Linear(n, 3).weight.shape',
    'torch.clamp(x, min=n)',
    'torch.clamp(x, torch.tensor(1.), torch.tensor(2.))',
    'torch.pow(2, x)',
    'torch.div(x, 2, rounding_mode="floor")',
    'torch.cat(tensors=[x, x], dim=0).shape',
    'torch.cat([x, x], axis=1).shape',
    'torch.stack(tensors=(x, x)).shape',
    'torch.where(condition=x > 1, input=x, other=x)',
    'torch.where(x > 1, 1.0, 0.0)',
    'torch.where(x > 1, x, 0)',
    'torch.gather(input=x, dim=1, index=i)',
    'torch.index_select(input=x, dim=0, index=y).shape',
    'torch.masked_select(input=x, mask=x > 2)',
    'torch.squeeze(input=x, dim=0).shape',
    'torch.transpose(input=x, dim0=0, dim1=1).shape',
    'torch.matmul(input=x, other=x.T)',
    'torch.mm(input=x, mat2=x.T)',
    'torch.norm(input=x, p=2)',
    'torch.norm(x, p=2, dim=1)',
    'torch.flatten(input=x, start_dim=0)',
    'torch.unbind(input=x)',
    'torch.abs(input=x)',
    'x.unflatten(1, (3, 1)).shape',
)
# --- arguments by PyTorch's names
show(
    'x.unflatten(dim=1, sizes=(3, 1)).shape',
    'F.interpolate(x[None,None], size=(n, 3)).shape',
    'F.pad(x, (n, 0)).shape',
    'F.dropout(x, p=torch.tensor(0.), training=True)',
    'F.max_pool1d(x[None], n).shape',
    'x[n-1]',
    'x[:n]',
    'range(n)',
    '[1,2,3][n]',
    'int(n), float(n), bool(n), complex(n)',
    '"ab" * n',
    'round(torch.tensor(2.567), 1)',
    'torch.tensor([n, 1])',
    'torch.tensor(n)',
    'divmod(torch.tensor(7.), 2)',
    'torch.Size([n, 2])',
    'torch.ones(2).tile(n)',
    'torch.tile(x, dims=(1, 2)).shape',
    'torch.triu(x, diagonal=n)',
    'torch.multinomial(torch.ones(3), n).shape',
    'torch.cumsum(x, dim=n-1)',
    'torch.isclose(x, x, rtol=n)',
    'torch.allclose(x, x)',
    'torch.nn.functional.cross_entropy(input=x, target=y).shape',
    'torch.unsqueeze(x, -1).shape',
    'torch.swapaxes(x, axis0=0, axis1=1).shape',
    'torch.movedim(x, source=0, destination=1).shape',
    'torch.diff(x, axis=1)',
)
# --- more of them
show(
    'torch.count_nonzero(x, dim=n-1)',
    'torch.logsumexp(x, dim=(0,1))',
    'torch.std_mean(x, axis=0)',
    'torch.nn.functional.softmax(x, dim=n-1).shape',
    'torch.bincount(y, minlength=n)',
    'torch.bucketize(x, boundaries=torch.tensor([1.,2.]))',
    'torch.histc(x, bins=n)',
    'torch.unique(x, sorted=True, return_inverse=False).shape',
    'torch.unsafe_chunk(x, 2)',
    'torch.ones(2).bernoulli(0.5)',
    'torch.ones(2).foo_bar',
    'torch.nn.Linear(2,2).foo',
    'torch.ones(2, out=None, dtype=None, layout=torch.strided, device=None, requires_grad=False)',
    'torch.ones(2, pin_memory=False)',
    'x.sum(dtype=torch.float64)',
    'x.to(torch.float64).sum(axis=-1)',
    'torch.full((2,), 1, dtype=None)',
    'torch.empty_like(x, device="cpu", dtype=torch.int8).dtype',
    'torch.arange(start=0, end=4, step=2)',
    'torch.arange(end=3)',
    'torch.arange(1, end=3)',
    'torch.linspace(start=0, end=1, steps=3)',
    'torch.tensor_split(x, 2, dim=1)',
    'x.index_add(0, y, x, alpha=2)',
    'x.masked_fill(mask=x > 2, value=0)',
    'x.masked_fill(x > 2, n)',
    'torch.nn.init.xavier_uniform_(tensor=torch.zeros(2,2)).shape',
)
# --- losses take a weight for each element
a = torch.tensor([[1.0, 2.0], [3.0, -1.0]], requires_grad=True)
b = torch.tensor([[0.5, 2.5], [0.0, 0.0]], requires_grad=True)
w = torch.tensor([[1.0, 0.5], [2.0, 0.0]], requires_grad=True)
for loss in (F.mse_loss, F.l1_loss, F.huber_loss):
    for reduction in ("none", "sum", "mean"):
        out = loss(a, b, weight=w, reduction=reduction)
        print(loss.__name__, reduction, out, [g.tolist() for g in torch.autograd.grad(out.sum(), [a, b, w])])
    show(f'F.{loss.__name__}(x, x, weight=torch.ones(2))', f'F.{loss.__name__}(x, x, weight=torch.ones(2, 3), reduction="no")', f'F.{loss.__name__}(x, x, reduction="no")')
print(F.mse_loss(a, b).grad_fn, F.huber_loss(a, b, "sum", 2.0).grad_fn, F.l1_loss(a, b).grad_fn)
# --- bernoulli takes one probability
show('torch.bernoulli(x, 0.3)', 'torch.bernoulli(x, p=0.5)', 'x.bernoulli(0.9)', 'torch.bernoulli(torch.arange(4), 0.5)', 'torch.bernoulli(torch.full((2, 3), 0.3))', 'torch.bernoulli(x, 2.0)')
# --- normalize writes into out
out = torch.empty(0)
print(F.normalize(x, out=out) is out, out)
# --- Hardtanh takes its former names
print(nn.Hardtanh(min_value=-2.0), nn.Hardtanh(-1.0, 2.0, True), nn.Hardtanh(max_value=3.0)(torch.tensor([5.0])))
show('nn.Hardtanh(2.0, 1.0)', 'nn.Hardtanh(0.0, 0.0)')
