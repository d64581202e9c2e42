import math
import torch
from torch import nn
import torch.nn.functional as F

text = "hello world, hello torch. " * 4
chars = sorted(list(set(text)))
vocab_size = len(chars)
stoi = {ch: i for i, ch in enumerate(chars)}
itos = {i: ch for i, ch in enumerate(chars)}
encode = lambda s: [stoi[c] for c in s]
decode = lambda l: "".join([itos[i] for i in l])
data = torch.tensor(encode(text), dtype=torch.long)
n = int(0.9 * len(data))
train_data, val_data = data[:n], data[n:]
print("vocab", vocab_size, repr("".join(chars)), train_data.shape, val_data.numel())
block_size = 8
batch_size = 4


def get_batch(split):
    d = train_data if split == "train" else val_data
    ix = torch.randint(len(d) - block_size, (batch_size,))
    x = torch.stack([d[i:i + block_size] for i in ix])
    y = torch.stack([d[i + 1:i + block_size + 1] for i in ix])
    return x, y


class CharRNN(nn.Module):
    def __init__(self, vocab_size, hidden=16, layers=1, cell="gru"):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.emb = nn.Embedding(vocab_size, hidden)
        if cell == "gru":
            self.rnn = nn.GRU(hidden, hidden, layers, batch_first=True)
        elif cell == "lstm":
            self.rnn = nn.LSTM(hidden, hidden, layers, batch_first=True)
        else:
            raise ValueError(f"unknown cell {cell!r}")
        self.fc = nn.Linear(hidden, vocab_size)

    def forward(self, x, h=None, targets=None):
        out, h = self.rnn(self.emb(x), h)
        logits = self.fc(out)
        loss = None
        if targets is not None:
            B, T, C = logits.shape
            loss = F.cross_entropy(logits.view(B * T, C), targets.view(B * T))
        return logits, h, loss


@torch.no_grad()
def sample(model, start, length=10):
    model.eval()
    out = list(start)
    h = None
    x = torch.tensor([encode(start)])
    while len(out) < length:
        logits, h, _ = model(x, h)
        nxt = logits[0, -1].argmax().item()
        out.append(itos[nxt])
        x = torch.tensor([[nxt]])
    model.train()
    return "".join(out)


@torch.no_grad()
def estimate_loss(model, iters=3):
    out = {}
    model.eval()
    for split in ["train", "val"]:
        losses = torch.zeros(iters)
        for k in range(iters):
            X, Y = get_batch(split)
            _, _, loss = model(X, None, Y)
            losses[k] = loss.item()
        out[split] = losses.mean()
    model.train()
    return out


torch.manual_seed(1337)
model = CharRNN(vocab_size)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for it in range(41):
    if it % 20 == 0:
        losses = estimate_loss(model)
        print(f"step {it}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")
    xb, yb = get_batch("train")
    logits, _, loss = model(xb, targets=yb)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
print(sample(model, "hel", 20))
print("ppl: {:.2f}".format(math.exp(loss.item())))
try:
    CharRNN(5, cell="foo")
except ValueError as e:
    print("error:", e)
