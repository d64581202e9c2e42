# second backward: hidden state carried on, GAN sharing fake
# source: https://learn.biosrag.com/ai/rnn-training-4.html · https://whosebug.com/question/5232549
l=nn.Linear(2,2); s=torch.zeros(1,2)
def step():
    global s
    s=torch.tanh(l(s)); s.sum().backward(); return 'ok'
t(step); t(step)
g=nn.Linear(2,2); d=nn.Linear(2,1); fake=g(torch.ones(1,2)); d(fake).sum().backward(); t(lambda:d(fake).sum().backward()); t(lambda:d(g(torch.ones(1,2)).detach()).sum().backward())
