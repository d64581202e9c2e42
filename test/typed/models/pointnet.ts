// As PointNet: what is said of each point by itself, turned by what a small network finds, and the largest over all points.
import { cat, eye, int64, nn, randint, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

/** A matrix that turns points of three numbers. */
class Turn3 extends nn.Module {
  points = new nn.Sequential(
    new nn.Conv1d(3, 32, 1),
    new nn.BatchNorm1d(32),
    new nn.ReLU(),
    new nn.Conv1d(32, 64, 1),
    new nn.BatchNorm1d(64),
    new nn.ReLU(),
  );
  head = new nn.Sequential(new nn.Linear(64, 32), new nn.BatchNorm1d(32), new nn.ReLU(), new nn.Linear(32, 9));
  forward(x: Tensor<["B", 3, "P"], "float32">) {
    const whole = this.points(x).max(2).values;
    return this.head(whole).view(-1, 3, 3).add(eye(3));
  }
}
class Turn32 extends nn.Module {
  conv = new nn.Conv1d(32, 64, 1);
  bn = new nn.BatchNorm1d(64);
  fc = new nn.Linear(64, 1024);
  forward(x: Tensor<["B", 32, "P"], "float32">) {
    const h = F.relu(this.bn(this.conv(x)));
    return this.fc(h.amax(-1)).view(-1, 32, 32).add(eye(32));
  }
}
class PointNet extends nn.Module {
  turn3 = new Turn3();
  turn32 = new Turn32();
  conv1 = new nn.Conv1d(3, 32, 1);
  bn1 = new nn.BatchNorm1d(32);
  conv2 = new nn.Conv1d(32, 64, 1);
  bn2 = new nn.BatchNorm1d(64);
  conv3 = new nn.Conv1d(64, 128, 1);
  forward(x: Tensor<["B", "P", 3], "float32">) {
    const [, P] = x.shape;
    const turned = x.bmm(this.turn3(x.transpose(1, 2)));
    const h = F.relu(this.bn1(this.conv1(turned.transpose(1, 2))));
    const turn = this.turn32(h);
    const local = h.transpose(2, 1).bmm(turn).transpose(2, 1);
    const deep = this.conv3(F.relu(this.bn2(this.conv2(local))));
    const whole = deep.max(2, { keepdim: true })[0];
    return [whole.squeeze(2), cat([whole.expand(-1, -1, P), local], 1), turn] as const;
  }
}
class Classifier extends nn.Module {
  net = new PointNet();
  fc1 = new nn.Linear(128, 64);
  drop = new nn.Dropout(0.3);
  fc2 = new nn.Linear(64, 10);
  forward(x: Tensor<["B", "P", 3], "float32">) {
    const [whole, , turn] = this.net(x);
    const h = this.drop(F.relu(this.fc1(whole)));
    const off = turn.bmm(turn.transpose(1, 2)).sub(eye(32)).pow(2).sum([1, 2]).mean();
    return [F.log_softmax(this.fc2(h), 1), off] as const;
  }
}
class Segmenter extends nn.Module {
  net = new PointNet();
  parts = new nn.Sequential(new nn.Conv1d(160, 64, 1), new nn.ReLU(), new nn.Conv1d(64, 5, 1));
  forward(x: Tensor<["B", "P", 3], "float32">) {
    const [, each] = this.net(x);
    return this.parts(each).transpose(1, 2).contiguous();
  }
}
export function run() {
  const clouds = randn(4, 20, 3);
  const centred = clouds.sub(clouds.mean(1, true));
  const scaled = centred.div(centred.norm(2, 2).amax(1).view(4, 1, 1));
  const [scores, off] = new Classifier()(scaled);
  const loss = F.nll_loss(scores, randint(0, 10, [4], { dtype: int64 })).add(off.mul(0.001));
  const parts = new Segmenter()(scaled);
  const labels = randint(0, 5, [4, 20], { dtype: int64 });
  return [loss, F.cross_entropy(parts.view(-1, 5), labels.view(-1))];
}
