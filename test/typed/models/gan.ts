// A DCGAN: images out of noise, and whether an image is one.
import { nn, ones, randn, zeros } from "tidu/typed";

const F = nn.functional;

export function run() {
  const generator = new nn.Sequential(
    new nn.ConvTranspose2d(16, 32, 4, { bias: false }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(32, 16, 4, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(true),
    new nn.ConvTranspose2d(16, 3, 4, { stride: 2, padding: 1, bias: false }),
    new nn.Tanh(),
  );
  const discriminator = new nn.Sequential(
    new nn.Conv2d(3, 16, 4, { stride: 2, padding: 1, bias: false }),
    new nn.LeakyReLU(0.2),
    new nn.Conv2d(16, 32, 4, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(32),
    new nn.LeakyReLU(0.2),
    new nn.Conv2d(32, 1, 4, { bias: false }),
    new nn.Flatten(),
  );
  const noise = randn(6, 16, 1, 1);
  const fake = generator(noise);
  const real = randn(6, 3, 16, 16);
  const onReal = discriminator(real);
  const onFake = discriminator(fake.detach());
  const lossReal = F.binary_cross_entropy_with_logits(onReal, ones(6, 1));
  const lossFake = F.binary_cross_entropy_with_logits(onFake, zeros(6, 1));
  const lossG = F.binary_cross_entropy_with_logits(discriminator(fake), ones(6, 1));
  return [lossReal.add(lossFake), lossG];
}
