// A small VGG: convolutions and pools in one Sequential, then fully connected layers.
import { int64, nn, randint, randn } from "tidu/typed";

const F = nn.functional;

export function run() {
  const features = new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(16, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2, 2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2, 2),
    new nn.Conv2d(32, 64, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2, 2),
  );
  const classifier = new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(1024, 128),
    new nn.ReLU(),
    new nn.Dropout(),
    new nn.Linear(128, 10),
  );
  const images = randn(4, 3, 32, 32);
  const labels = randint(0, 10, [4], { dtype: int64 });
  const seen = features(images);
  const logits = classifier(seen);
  const loss = F.cross_entropy(logits, labels);
  const one = features(images.narrow(0, 0, 1)).squeeze(0);
  return [loss, one];
}
