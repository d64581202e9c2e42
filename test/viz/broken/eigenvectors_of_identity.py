# en; eigenvectors of equal eigenvalues; cause: equal eigenvalues
import torch

a = torch.eye(3, requires_grad=True)
with torch.viz.record():
    values, vectors = torch.linalg.eigh(a * 2)  # <- here
    vectors.abs().sum().backward()
why = torch.viz.explain(a)
