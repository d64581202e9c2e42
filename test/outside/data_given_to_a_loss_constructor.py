# nn.CrossEntropyLoss(pred, target): data given to the constructor
# source: https://openillumi.com/?p=10155
p=torch.zeros(2,3); y=torch.tensor([0,1])
t(lambda:nn.CrossEntropyLoss(p,y)); t(lambda:nn.MSELoss(p,p)); t(lambda:nn.CrossEntropyLoss()(p,y))
