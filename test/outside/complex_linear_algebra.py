# the functions of linear algebra take complex matrices
A=torch.tensor([[2+1j,1j],[0.5,1-1j]])
for f in (torch.linalg.inv,torch.linalg.det,torch.linalg.slogdet,torch.linalg.pinv,torch.linalg.matrix_exp,torch.linalg.svdvals,lambda a: torch.linalg.solve(a,a).abs().round(decimals=4),lambda a: torch.linalg.norm(a,"nuc"),lambda a: torch.linalg.norm(a,2),lambda a: torch.logaddexp(a,a),lambda a: a.logcumsumexp(0)): t(lambda: f(A))
