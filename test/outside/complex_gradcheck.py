# complex gradients by gradcheck (neighbours of 33); source: https://github.com/pytorch/pytorch/issues/95570
import torch
z=torch.tensor([1.2+.7j,-.4+.3j,.6-1.1j],dtype=torch.cdouble,requires_grad=True)
for n,f in {'acosh':torch.acosh,'sinc':torch.sinc,'2**z':lambda v:2**v,'tanh':torch.tanh,'powz':lambda v:v**v,'norm':torch.linalg.vector_norm}.items():
    try: print(n,torch.autograd.gradcheck(f,(z,)))
    except Exception as e: print(n,type(e).__name__)
