import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader

LATENT = 5
BATCH_SIZE, EPOCHS = 16, 2
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Curves(Dataset):
    def __init__(self, n: int):
        self.items = [torch.sin(torch.linspace(0, 3, 10) + 0.1 * i) for i in range(n)]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Linear") != -1:
        nn.init.normal_(m.weight, 0.0, 0.02)
        nn.init.constant_(m.bias, 0)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()

        def block(in_feat, out_feat, normalize=True):
            layers = [nn.Linear(in_feat, out_feat)]
            if normalize:
                layers.append(nn.BatchNorm1d(out_feat, 0.8))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            return layers

        self.model = nn.Sequential(
            *block(LATENT, 16, normalize=False),
            *block(16, 32),
            nn.Linear(32, 10),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(10, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Sigmoid())

    def forward(self, x):
        return self.model(x)


torch.manual_seed(7)
G, D = Generator().to(device), Discriminator().to(device)
G.apply(weights_init)
D.apply(weights_init)
criterion = nn.BCELoss()
opt_g = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.999))
loader = DataLoader(Curves(48), batch_size=BATCH_SIZE, shuffle=True, drop_last=True)
log = {"d": [], "g": []}
for epoch in range(EPOCHS):
    for i, real in enumerate(loader):
        b = real.size(0)
        valid = torch.ones(b, 1, device=device)
        fake = torch.zeros((b, 1)).to(device)
        opt_d.zero_grad()
        d_real = criterion(D(real), valid)
        z = torch.randn(b, LATENT, device=device)
        gen = G(z)
        d_fake = criterion(D(gen.detach()), fake)
        d_loss = (d_real + d_fake) / 2
        d_loss.backward()
        opt_d.step()
        opt_g.zero_grad()
        g_loss = criterion(D(gen), valid)
        g_loss.backward()
        opt_g.step()
        log["d"].append(d_loss.item())
        log["g"].append(g_loss.item())
        print("[Epoch %d/%d] [Batch %d/%d] [D loss: %f] [G loss: %f]" % (epoch, EPOCHS, i, len(loader), d_loss.item(), g_loss.item()))
for k, v in log.items():
    print(k, f"{min(v):.3f} {max(v):.3f} {sum(v) / len(v):.3f}")
print(sum(p.numel() for p in G.parameters() if p.requires_grad), device, device.type)
