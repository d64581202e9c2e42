# legacy arguments of losses: size_average, reduce, positional
# source: https://github.com/L1aoXingyu/pytorch-beginner/issues/34 (repository of 2017 style programs) · https://alband.github.io/doc_view/generated/torch.nn.CrossEntropyLoss.html
x=torch.ones(2,3)
t(lambda:nn.MSELoss(size_average=False)(x,2*x)); t(lambda:F.binary_cross_entropy(x*.5,x,size_average=False)); t(lambda:nn.CrossEntropyLoss(reduce=False)(x,torch.tensor([0,1]))); t(lambda:nn.MSELoss(False)(x,2*x)); t(lambda:F.nll_loss(x,torch.tensor([0,1]),None,False)); t(lambda:nn.BCEWithLogitsLoss(size_average=True)(x,x)); t(lambda:F.kl_div(x,x,size_average=False))
