# Values, a graph, gradients: one neuron.
import torch

# Two inputs, two weights, a bias, as micrograd's README has them.
x1 = torch.tensor(2.0, requires_grad=True)
x2 = torch.tensor(0.0, requires_grad=True)
w1 = torch.tensor(-3.0, requires_grad=True)
w2 = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(6.8813735870195432, requires_grad=True)

n = x1 * w1 + x2 * w2 + b
o = n.tanh()
print("o =", f"{o.item():.4f}")

o.backward()
print("dw1 =", f"{w1.grad.item():.4f}")
print("dw2 =", f"{w2.grad.item():.4f}")
print("dx1 =", f"{x1.grad.item():.4f}")
print("dx2 =", f"{x2.grad.item():.4f}")
