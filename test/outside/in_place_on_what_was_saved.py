# in-place on what exp/tanh/pow saved; += on a saved result; legal in-place
# source: https://twelvescompany.co.uk/post/error-message-like-runtime-error-one-of-the-variables
x=torch.ones(2,requires_grad=True); h=x.exp(); h*=2; t(lambda:h.sum().backward())
h=x*2; k=h**2; h+=1; t(lambda:k.sum().backward())
h=x*2; h+=1; (h*h).sum().backward(); print(x.grad)
h=x.tanh(); h.data.mul_(2); h.sum().backward(); print(x.grad)
h=x.tanh(); h.detach().mul_(2); t(lambda:h.sum().backward())
