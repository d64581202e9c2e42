# wrong hidden states for LSTM, GRU, cells
# source: neighbours of 47
x=torch.ones(3,1,2); h=torch.zeros(1,1,3)
t(lambda:nn.LSTM(2,3)(x,h)); t(lambda:nn.LSTM(2,3)(x,(h,))); t(lambda:nn.GRU(2,3)(x,(h,))); t(lambda:nn.LSTM(2,3)(x,(h,torch.zeros(1,2,3)))); t(lambda:nn.LSTMCell(2,3)(x[0],h[0])); t(lambda:nn.GRU(2,3)(x,torch.zeros(2,1,3)))
