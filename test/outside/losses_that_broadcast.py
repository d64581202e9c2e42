# losses that broadcast (N,1) with (N); integer targets
# source: https://openillumi.com/en/en-pytorch-float-long-cast-error-fix
p=torch.arange(3.)[:,None].requires_grad_(); y=torch.arange(3.)
t(lambda:F.mse_loss(p,y).item()); t(lambda:F.smooth_l1_loss(p,y).item()); t(lambda:F.binary_cross_entropy_with_logits(p,y)); t(lambda:F.mse_loss(p[:,0],torch.arange(3)).item()); t(lambda:F.mse_loss(torch.arange(3),torch.arange(3)))
