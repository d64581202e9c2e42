# everyday shape and dtype errors of a classifier
# source: https://github.com/miaoyukongkong/Programming-Notes and the usual lists of beginners' shape errors
m=nn.Linear(3,2); x=torch.ones(4,3); y=torch.tensor([0,1,0,1])
t(lambda:m(x.T)); t(lambda:m(x.long())); t(lambda:m(x.double())); t(lambda:x@x); t(lambda:x+y); t(lambda:torch.cat([x,y])); t(lambda:x.view(5,-1)); t(lambda:x[4]); t(lambda:x[y.float()]); t(lambda:y.mean()); t(lambda:bool(x)); t(lambda:float(x)); t(lambda:nn.Conv2d(3,2,3)(torch.ones(2,28,28,3))); t(lambda:nn.BatchNorm1d(3)(x[:1])); t(lambda:F.nll_loss(m(x),y.float())); t(lambda:F.cross_entropy(m(x),y+1))
