# pack_padded_sequence: order of lengths, zero length; LSTM with padding
# source: https://github.com/pytorch/pytorch/issues/36448
P=nn.utils.rnn; x=torch.arange(12.).view(3,2,2)
t(lambda:P.pack_padded_sequence(x,torch.tensor([1,3]))); t(lambda:P.pack_padded_sequence(x,torch.tensor([3,0]))); t(lambda:P.pad_packed_sequence(P.pack_padded_sequence(x,torch.tensor([1,3]),enforce_sorted=False))[1])
