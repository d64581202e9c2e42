# an integer tensor of no dims is an int and makes a view
x=torch.arange(4.); v=x[torch.tensor(1)]; v.mul_(100); x[torch.tensor(2)].zero_()
t(lambda: x)
t(lambda: torch.zeros(5,4,6,7)[:, torch.tensor([0,1,2]), :, torch.tensor(3)].shape)
t(lambda: torch.zeros(5,4,6,7)[torch.tensor(1), :, torch.tensor([0,1,2])].shape)
t(lambda: torch.zeros(5,4)[torch.tensor(True)].shape)
t(lambda: torch.zeros(5,4)[..., torch.tensor(3)]._is_view())
t(lambda: x[torch.tensor(7)])
