# import of torch submodules
# source: imports found at the top of nearly every repository
import importlib
for m in ['torch.backends.cudnn','torch.linalg','torch.fft','torch.special','torch.optim.swa_utils','torch.optim.optimizer','torch.utils.data.dataloader','torch.utils.data.sampler','torch.nn.modules.utils','torch.nn.modules.loss','torch.autograd.gradcheck','torch.nn.parallel','torch.testing','torch.random','torch.profiler','torch.cuda.amp','torch.version','torch.nn.utils.clip_grad','torch.autograd.profiler','torch.types']:
    t(lambda:(importlib.import_module(m),m)[1])
