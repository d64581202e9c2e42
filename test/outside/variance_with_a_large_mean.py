# variance and layer_norm with a large mean (float32)
# source: https://github.com/pytorch/pytorch/issues/51102 · https://github.com/pytorch/pytorch/issues/40302 · https://github.com/tracel-ai/burn/issues/5607
b=torch.arange(1000.)%7
for off in [1e5,1e6,5e6]: print(round((b+off).var().item(),2),[round(v,2) for v in F.layer_norm((b+off)[:7],(7,)).tolist()])
