# grid_sample: gradient on the border; dtypes that differ
# source: https://github.com/pytorch/pytorch/issues/23925
im=torch.arange(25.).view(1,1,5,5).requires_grad_(); g=F.affine_grid(torch.tensor([[[1.,0,0],[0,1,0]]]),(1,1,5,5),align_corners=True).requires_grad_()
for pm in ['border','reflection','zeros']: g.grad=None; F.grid_sample(im,g,padding_mode=pm,align_corners=True).sum().backward(); print(g.grad[0,:,:,0])
t(lambda:F.grid_sample(im,torch.zeros(1,1,1,2).double(),align_corners=False))
