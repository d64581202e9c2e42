// Trains a small network in the worker, a few steps at a time, and shows what it has come to between them.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { datasets } from "tidu/data";
import { ready } from "tidu/webgpu";
import { digits } from "../later/digits.ts";
import { EXTENT, SIDE } from "../training_told.ts";
import type { DataName, Frame, FromTraining, Matrix, Setting, ToTraining } from "../training_told.ts";

interface Data {
  readonly train: readonly [Tensor, Tensor];
  readonly test: readonly [Tensor, Tensor];
  readonly inputs: number;
  readonly classes: number;
}
const POINTS = 400;
const BATCH = 64;
/**
 * Milliseconds from one frame to the next, less than screens have, for a frame that comes late is one that is not drawn; and of
 * those the least that is spent on training.
 */
const PERIOD = 1000 / 75;
const LEAST = 4;
const send = (message: FromTraining): void => postMessage(message);

/** Two classes of points in a plane, held out every fourth. */
function plane(data: Exclude<DataName, "digits">): Data {
  const half = POINTS / 2;
  const t = torch.rand([2, half]);
  const label = torch.arange(2).repeat_interleave(half);
  const noise = torch.randn([POINTS, 2]).mul(0.07);
  const shapes: Readonly<Record<typeof data, (k: 0 | 1, t: Tensor) => readonly [Tensor, Tensor]>> = {
    moons: (k, t) => {
      const angle = t.mul(Math.PI);
      return k === 0
        ? [angle.cos().sub(0.5), angle.sin().sub(0.25)]
        : [angle.cos().neg().add(0.5), angle.sin().neg().add(0.25)];
    },
    circles: (k, t) => {
      const angle = t.mul(2 * Math.PI);
      const radius = k === 0 ? 0.5 : 1.2;
      return [angle.cos().mul(radius), angle.sin().mul(radius)];
    },
    spiral: (k, t) => {
      const angle = t.mul(3 * Math.PI).add(k * Math.PI);
      const radius = t.mul(1.2).add(0.1);
      return [angle.cos().mul(radius), angle.sin().mul(radius)];
    },
  };
  const of = ([0, 1] as const).map((k) => torch.stack([...shapes[data](k, t.select(0, k))], 1));
  return held(torch.cat(of).add(noise.mul(data === "spiral" ? 0.4 : 1)), label, 2, 2);
}
function held(x: Tensor, y: Tensor, inputs: number, classes: number): Data {
  const order = torch.randperm(x.sizes[0]);
  const cut = Math.floor(x.sizes[0] * 0.75);
  const [train, test] = [order.narrow(0, 0, cut), order.narrow(0, cut, x.sizes[0] - cut)];
  const part = (i: Tensor): [Tensor, Tensor] => [x.index_select(0, i), y.index_select(0, i)];
  return { train: part(train), test: part(test), inputs, classes };
}
async function dataOf(name: DataName): Promise<Data> {
  if (name !== "digits") return plane(name);
  await digits();
  const { images, labels } = new datasets.Digits();
  return held(images.flatten(1), labels, 64, 10);
}

/** Has tensors made on the GPU, where there is one, this worker may wait for it, and it is the faster; gives where they are. */
async function chooseDevice(): Promise<string> {
  if ("gpu" in navigator && crossOriginIsolated)
    try {
      await ready();
      torch.set_default_device("auto");
    } catch {
      torch.set_default_device(null);
    }
  return torch.get_default_device()?.type ?? "cpu";
}
let isGoing = false;
let device: string | null = null;
addEventListener("message", ({ data }: MessageEvent<ToTraining>) => {
  if (data.type === "start") void train(data.setting);
  else isGoing = data.type === "go";
});

async function train({ data, width, rate }: Setting): Promise<void> {
  device ??= await chooseDevice();
  torch.manual_seed(7);
  const { train, test, inputs, classes } = await dataOf(data);
  if (data !== "digits") send({ type: "points", points: floats(train[0]), classes: train[1].tolist() as number[] });
  const layers = [new nn.Linear(inputs, width), new nn.Linear(width, width), new nn.Linear(width, classes)];
  const model = new nn.Sequential(layers[0], new nn.Tanh(), layers[1], new nn.Tanh(), layers[2]);
  const optimizer = new optim.Adam(model.parameters(), { lr: rate });
  const loss_fn = new nn.CrossEntropyLoss();
  const count = train[0].sizes[0];
  const line = torch.linspace(-EXTENT, EXTENT, SIDE);
  const places = torch.stack([line.repeat(SIDE), line.neg().repeat_interleave(SIDE)], 1);
  let [step, order, at, loss] = [0, torch.randperm(count), 0, NaN];
  isGoing = true;
  let [begun, shown] = [performance.now(), 0];
  for (;;) {
    const end = begun + Math.max(LEAST, PERIOD - shown);
    while (isGoing && performance.now() < end) {
      if (at + BATCH > count) [order, at] = [torch.randperm(count), 0];
      const batch = order.narrow(0, at, BATCH);
      at += BATCH;
      const found = loss_fn(model(train[0].index_select(0, batch)), train[1].index_select(0, batch));
      optimizer.zero_grad();
      found.backward();
      optimizer.step();
      loss = found.item();
      step++;
    }
    const trained = performance.now();
    if (isGoing || step === 0) send({ type: "frame", frame: frame() });
    // Messages have their turn.
    await (isGoing ? nextTurn() : new Promise((resolve) => setTimeout(resolve, 60)));
    begun = performance.now();
    shown = isGoing ? begun - trained : 0;
  }
  function frame(): Frame {
    const matrices = layers.map((layer, i): Matrix => {
      const [rows, columns] = layer.weight.sizes;
      const { grad } = layer.weight;
      const gradient = grad === null ? new Float32Array(rows * columns) : floats(grad);
      return { name: `layer ${i + 1}`, rows, columns, weights: floats(layer.weight.detach()), gradient };
    });
    return torch.no_grad((): Frame => {
      const guesses = model(test[0]).argmax(1);
      const accuracy = guesses.eq(test[1]).float().mean().item();
      const epoch = Math.floor((step * BATCH) / count);
      return { step, epoch, loss, accuracy, device: device!, matrices, surface: surface(), samples: samples(guesses) };
    });
  }
  function surface(): Float32Array | null {
    return data === "digits" ? null : floats(model(places).softmax(1).select(1, 1));
  }
  function samples(guesses: Tensor): Frame["samples"] {
    if (data !== "digits") return null;
    const some = (t: Tensor): number[] => t.narrow(0, 0, 40).tolist() as number[];
    return { pixels: floats(test[0].narrow(0, 0, 40)), labels: some(test[1]), taken: some(guesses) };
  }
}
/** Browsers hold timers of 0 that set each other up to 4 ms, a quarter of a frame; messages they do not. */
const { port1, port2 } = new MessageChannel();
const nextTurn = (): Promise<unknown> =>
  new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
const floats = (t: Tensor): Float32Array => Float32Array.from(t.contiguous().typed_array() as Float32Array);
