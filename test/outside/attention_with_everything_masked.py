# MultiheadAttention / SDPA with everything masked
# source: https://github.com/pytorch/pytorch/issues/41508 · https://github.com/pytorch/pytorch/issues/103963 · https://github.com/pytorch/pytorch/issues/103749
torch.manual_seed(0); m=nn.MultiheadAttention(4,2,batch_first=True); x=torch.arange(24.).view(2,3,4).sin(); k=torch.tensor([[False,False,True],[True,True,True]])
o,w=m(x,x,x,key_padding_mask=k); print(o.isnan().sum(),w.isnan().sum()); q=torch.arange(8.).view(1,1,2,4).sin(); S=F.scaled_dot_product_attention
t(lambda:S(q,q,q,attn_mask=torch.tensor([[True,False],[False,False]]))); t(lambda:S(q,q,q,is_causal=True,attn_mask=torch.ones(2,2).bool())); t(lambda:S(q,q[:,:,:0],q[:,:,:0]))
