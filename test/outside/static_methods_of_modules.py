# static methods of modules from Python
# source: neighbours of 44
t(lambda:nn.Transformer.generate_square_subsequent_mask(2)); t(lambda:nn.Embedding.from_pretrained(torch.ones(3,2)).weight.requires_grad); t(lambda:nn.EmbeddingBag.from_pretrained(torch.ones(3,2)).weight.shape)
