# binary_cross_entropy: input or target outside 0..1, int target
# source: https://www.codegenes.net/blog/pytorch-bceloss-got-torchfloattensor-but-expected-torchlongtensor-other
c=torch.tensor
t(lambda:F.binary_cross_entropy(c([1.5]),c([1.]))); t(lambda:F.binary_cross_entropy(c([.5]),c([2.]))); t(lambda:F.binary_cross_entropy(c([.5]),c([-1.]))); t(lambda:F.binary_cross_entropy(c([.5]),c([1]))); t(lambda:F.binary_cross_entropy(c([0.,1.]),c([1.,0.])))
