import argparse
import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser(description="VAE")
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--latent-dim", type=int, default=4)
parser.add_argument("--lr", type=float, default=1e-2)
parser.add_argument("--verbose", action="store_true")
args = parser.parse_args()


class VAE(nn.Module):
    def __init__(self, input_dim=20, hidden_dim=16, latent_dim=4):
        super(VAE, self).__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc21 = nn.Linear(hidden_dim, latent_dim)
        self.fc22 = nn.Linear(hidden_dim, latent_dim)
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, hidden_dim),
            nn.ReLU(),
            nn.Linear(hidden_dim, input_dim),
            nn.Sigmoid(),
        )

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 20))
        z = self.reparameterize(mu, logvar)
        return self.decoder(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


torch.manual_seed(0)
data = torch.rand(64, 20)
loader = DataLoader(TensorDataset(data), batch_size=16)
model = VAE(latent_dim=args.latent_dim)
optimizer = optim.Adam(model.parameters(), lr=args.lr)
history = []
for epoch in range(1, args.epochs + 1):
    model.train()
    train_loss = 0
    for batch_idx, (x,) in enumerate(loader):
        optimizer.zero_grad()
        recon, mu, logvar = model(x)
        loss = loss_function(recon, x, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
        if batch_idx % 2 == 0:
            print("Epoch {:>3d} [{:5d}/{}] loss {:10.3f}".format(epoch, batch_idx * len(x), len(loader.dataset), loss.item() / len(x)))
    avg = train_loss / len(loader.dataset)
    history.append((epoch, round(avg, 3)))
    print(f"====> Epoch: {epoch} Average loss: {avg:.3f}")
print(history)
best = min(history, key=lambda t: t[1])
print("best", best)
with torch.no_grad():
    sample = model.decoder(torch.randn(2, args.latent_dim))
    print(sample.shape, tuple(sample.shape), sample.shape[-1])
