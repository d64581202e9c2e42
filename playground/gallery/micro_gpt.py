# A microgpt: one letter after the other, a cache of keys and values, and nothing but products and sums.
import torch

torch.manual_seed(42)
names = ["anna", "emma", "otto", "nora", "mona", "toma", "rena", "tara", "moor", "enno"]
letters = sorted(set("".join(names))) + ["."]
width, context = 16, 8


def matrix(rows, columns):
    return torch.nn.Parameter(torch.randn(rows, columns) * 0.2)


token, place = matrix(len(letters), width), matrix(context, width)
wq, wk, wv, wo = (matrix(width, width) for _ in range(4))
up, down, head = matrix(4 * width, width), matrix(width, 4 * width), matrix(len(letters), width)
parameters = [token, place, wq, wk, wv, wo, up, down, head]


def norm(x):
    return x * (x.pow(2).mean() + 1e-5).rsqrt()


def scores(letter, at, keys, values):
    """What comes after a letter; keys and values are those of the letters before it."""
    x = norm(token[letter] + place[at])
    n = norm(x)
    keys.append(wk @ n)
    values.append(wv @ n)
    weights = (torch.stack(keys) @ (wq @ n) / width**0.5).softmax(0)
    x = x + wo @ (weights @ torch.stack(values))
    return head @ (x + down @ (up @ norm(x)).relu())


optimizer = torch.optim.Adam(parameters, lr=0.02)
for step in range(60):
    word = [letters.index(c) for c in "." + names[step % len(names)] + "."]
    keys, values, losses = [], [], []
    for at, (letter, after) in enumerate(zip(word, word[1:])):
        losses.append(-scores(letter, at, keys, values).log_softmax(0)[after])
    loss = torch.stack(losses).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, f"{loss.item():.2f}")

for start in "ent":
    said, keys, values = start, [], []
    with torch.no_grad():
        scores(letters.index("."), 0, keys, values)
        while len(said) < context - 1 and not said.endswith("."):
            found = scores(letters.index(said[-1]), len(said), keys, values)
            said += letters[found.argmax().item()]
    print(said)
