import torch

a = [torch.ones(2), torch.full((2,), 4.)]
b = [torch.full((2,), 2.), torch.full((2,), 3.)]
def t(text):
    try: print(text, eval("torch._foreach_" + text))
    except Exception as e: print(text, type(e).__name__, str(e).split("\n")[0])
# --- ops on lists of tensors
for s in "abs acos asin atan ceil clone cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 max neg norm reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc".split(): t(s + "(a)")
for s in ("add(a,b)", "add(a,1)", "add(a,[1,2])", "add(a,b,alpha=2)", "add(a,torch.tensor(3.))", "sub(a,b,alpha=2)", "mul(a,torch.tensor(2.))", "div(a,[1,2])", "pow(a,2)", "pow(2,a)", "pow(a,b)", "pow(a,[1,2])", "addcmul(a,b,b)", "addcmul(a,b,b,value=3)", "addcmul(a,b,b,[1,2])", "addcmul(a,b,b,torch.tensor([1.,2.]))", "addcdiv(a,b,b,0.5)", "lerp(a,b,0.5)", "lerp(a,b,a)", "lerp(a,b,[0.5,1.])", "norm(a,1)", "norm(a,ord=float('inf'))", "norm(a,dtype=torch.float64)", "maximum(a,b)", "maximum(a,2)", "minimum(a,[1,2])", "clamp_min(a,2)", "clamp_max(a,b)", "mm([torch.eye(2)],[torch.eye(2)])", "powsum(a,2)"): t(s)
# --- in place, and refusals
for s in ("add_(a,1)", "mul_(a,b)", "copy_(a,b)", "zero_([torch.ones(2)])", "neg_(a)", "addcmul_(a,b,b)", "addcdiv_(a,b,b,value=2)", "lerp_(a,b,0.5)", "maximum_(a,b)", "pow_(a,2)", "sub_(a,b,alpha=3)", "clamp_min_(a,1)", "sqrt_(a)"): t(s)
print(a)
for s in ("add(a,b[:1])", "add([],[])", "abs([])", "abs(3)", "add(a,[1])"): t(s)
print(hasattr(torch, "_foreach_nothing"), hasattr(torch, "_foreach_max_"), hasattr(torch, "_foreach_zero"), torch._foreach_add.__name__)
# --- gradients
x = [torch.ones(2, requires_grad=True), torch.full((1,), 3., requires_grad=True)]
y = torch._foreach_mul(x, x)
sum(v.sum() for v in torch._foreach_addcmul(y, x, x, value=2)).backward()
print([v.grad for v in x])
