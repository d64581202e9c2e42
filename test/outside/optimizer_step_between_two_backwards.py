# optimizer.step() between two backwards through the same weights: which op does the help name?
# source: https://whosebug.com/question/5232549 (GAN, retain_graph) · https://twelvescompany.co.uk/post/error-message-like-runtime-error-one-of-the-variables
torch.manual_seed(0)
m=nn.Sequential(nn.Linear(2,2),nn.Linear(2,1)); o=torch.optim.SGD(m.parameters(),lr=.1)
y=m(torch.ones(1,2)); a=y.sum(); b=(y*y).sum(); a.backward(retain_graph=True); o.step()
try: b.backward()
except RuntimeError as e:
    print(str(e).split(chr(10))[0]); print('uniform' in str(e))
