# DataLoader: ragged lists, IterableDataset with shuffle, worker options
# source: DataLoader questions (collate)
from torch.utils.data import *
t(lambda:default_collate([[1,2],[3]])); t(lambda:default_collate([torch.ones(1),torch.ones(2)]))
class It(IterableDataset):
    def __iter__(s): yield from range(3)
t(lambda:DataLoader(It(),2,shuffle=True)); t(lambda:list(DataLoader(It(),2))); t(lambda:DataLoader([1,2],2,prefetch_factor=2)); t(lambda:DataLoader([1,2],2,shuffle=True,sampler=[0]))
