# indices out of range are errors: gather, index_select, take, one_hot, scatter
# source: https://github.com/tensorflow/tfjs/issues/777 · https://github.com/tensorflow/tfjs/issues/443
x=torch.tensor([1.,2.]); i=torch.tensor([5])
for f in [lambda:x.gather(0,i),lambda:x.index_select(0,i),lambda:F.one_hot(i,3),lambda:x.scatter(0,i,1.),lambda:x[i],lambda:x.gather(0,torch.tensor([-1])),lambda:x.take(i)]: t(f)
