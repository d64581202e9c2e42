# Variable(x, requires_grad=True) of old tutorials
# source: https://github.com/AnshMittal1811/Pytorch · https://github.com/ponchodelosrios98/PyTorch_Wizard · https://github.com/protossw512/Pytorch-Tensorflow-Tutorial
from torch.autograd import Variable
a=Variable(torch.ones(2),requires_grad=True); t(lambda:a.requires_grad); t(lambda:(a*a).sum().backward()); print(a.grad)
t(lambda:Variable(torch.ones(2),True).requires_grad); t(lambda:Variable(torch.ones(2),volatile=True)); t(lambda:Variable(torch.LongTensor([1,2]))); t(lambda:Variable([1,2]))
