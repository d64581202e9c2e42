// TensorFlow.js's side of the benchmarks, on the backend that the first argument names: "wasm" or "cpu".
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { serve } from "../serve.ts";

const require = createRequire(import.meta.url); // its ES modules do not load in Node
const tf = require("@tensorflow/tfjs");
const [, , backend] = process.argv;
if (backend === "wasm") {
  const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // one thread, as the label says
}
await tf.setBackend(backend);
await tf.ready();

const MILLION = 1_000_000;
const rand = (...shape) => tf.randomUniform(shape);
const randn = (...shape) => tf.randomNormal(shape);
/** Tensors made in a call are given back at its end; what it returns was looked at inside. */
const tidied = (f) => () => tf.tidy(() => void f());

const matmul = (n) => {
  if (backend === "cpu" && n > 512) return "takes too long";
  const [a, b] = [rand(n, n), rand(n, n)];
  return tidied(() => tf.matMul(a, b));
};
const unary = (f) => () => {
  const x = randn(MILLION);
  return tidied(() => f(x));
};
const gelu = (x) => x.mul(x.div(Math.SQRT2).erf().add(1).mul(0.5));
const chainOf = (x, a, b) => tf.mul(tf.tanh(tf.add(tf.mul(x, a), b)), tf.exp(tf.neg(x)));
const chain = (gradient) => () => {
  const inputs = [rand(MILLION), rand(MILLION), rand(MILLION)];
  const grads = tf.grads((x, a, b) => chainOf(x, a, b).sum());
  return tidied(() => (gradient ? grads(inputs) : chainOf(...inputs)));
};
const softmax = (gradient) => () => {
  const [x, weights] = [randn(512, 1024), randn(512, 1024)];
  const grad = tf.grad((t) => tf.softmax(t).mul(weights).sum());
  return tidied(() => (gradient ? grad(x) : tf.softmax(x)));
};
const layerNormOf = (x, weight, bias) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(weight).add(bias);
};
const layerNorm = (gradient) => () => {
  const inputs = [randn(512, 1024), tf.ones([1024]), tf.zeros([1024])];
  const weights = randn(512, 1024);
  const grads = tf.grads((...args) =>
    layerNormOf(...args)
      .mul(weights)
      .sum(),
  );
  return tidied(() => (gradient ? grads(inputs) : layerNormOf(...inputs)));
};
const conv = (batch, from, size, to, groups, backward) => () => {
  if (backend === "cpu" && size * from > 300) return "takes too long";
  const x = randn(batch, size, size, from);
  const f = (t, k) => (groups > 1 ? tf.depthwiseConv2d(t, k, 1, "same") : tf.conv2d(t, k, 1, "same"));
  const w = groups > 1 ? randn(3, 3, from, 1) : randn(3, 3, from, to);
  if (!backward) return tidied(() => f(x, w));
  return "no backward alone";
};

const labels = (n, classes) => tf.oneHot(tf.randomUniform([n], 0, classes, "int32"), classes);
const weight = (...shape) => tf.variable(randn(...shape).mul(0.05));
const zeros = (...shape) => tf.variable(tf.zeros(shape));
const crossEntropy = (y, logits) => tf.losses.softmaxCrossEntropy(y, logits);
const trainingStep = (optimizer, loss) => () => void optimizer.minimize(loss);
const linear = (from, to) => {
  const [w, b] = [weight(from, to), zeros(to)];
  return (x) => tf.add(tf.matMul(x, w), b);
};
const mlp = (optimizer) => () => {
  const layers = [linear(784, 256), linear(256, 128), linear(128, 10)];
  const [x, y] = [randn(64, 784), labels(64, 10)];
  return trainingStep(optimizer, () => {
    const hidden = tf.relu(layers[1](tf.relu(layers[0](x))));
    return crossEntropy(y, layers[2](hidden));
  });
};
const cnn = () => {
  const [k1, b1, k2, b2] = [weight(3, 3, 1, 16), zeros(16), weight(3, 3, 16, 32), zeros(32)];
  const head = linear(32 * 7 * 7, 10);
  const [x, y] = [randn(32, 28, 28, 1), labels(32, 10)];
  return trainingStep(tf.train.adam(), () => {
    let h = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, k1, 1, "same"), b1)), 2, 2, "valid");
    h = tf.maxPool(tf.relu(tf.add(tf.conv2d(h, k2, 1, "same"), b2)), 2, 2, "valid");
    return crossEntropy(y, head(tf.reshape(h, [32, -1])));
  });
};
const gpt = () => {
  const [vocabulary, width, heads, layers, context, batch] = [65, 128, 4, 4, 64, 16];
  const [token, place] = [weight(vocabulary, width), weight(context, width)];
  const blocks = Array.from({ length: layers }, () => ({
    norms: Array.from({ length: 2 }, () => [tf.variable(tf.ones([width])), zeros(width)]),
    qkv: linear(width, 3 * width),
    out: linear(width, width),
    up: linear(width, 4 * width),
    down: linear(4 * width, width),
  }));
  const [lastWeight, lastBias] = [tf.variable(tf.ones([width])), zeros(width)];
  const head = weight(width, vocabulary);
  const tokens = labels(batch * context, vocabulary); // one-hot: the wasm backend has no gradient of gather
  const following = labels(batch * context, vocabulary);
  const mask = tf.tensor2d(
    Array.from({ length: context }, (_, i) => Array.from({ length: context }, (_, j) => (j > i ? -1e9 : 0))),
  );
  const split = (t) => tf.transpose(tf.reshape(t, [batch, context, heads, width / heads]), [0, 2, 1, 3]);
  return trainingStep(tf.train.adam(), () => {
    let x = tf.reshape(tf.add(tf.reshape(tf.matMul(tokens, token), [batch, context, width]), place), [-1, width]);
    for (const { norms, qkv, out, up, down } of blocks) {
      const [q, k, v] = tf.split(qkv(layerNormOf(x, ...norms[0])), 3, 1).map(split);
      const scores = tf
        .matMul(q, k, false, true)
        .mul(1 / Math.sqrt(width / heads))
        .add(mask);
      const attended = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
      x = tf.add(x, out(tf.reshape(attended, [-1, width])));
      x = tf.add(x, down(gelu(up(layerNormOf(x, ...norms[1])))));
    }
    return crossEntropy(following, tf.matMul(layerNormOf(x, lastWeight, lastBias), head));
  });
};
const lstm = () => {
  const [input, hidden, head] = [linear(64, 512), linear(128, 512), linear(128, 10)];
  const [x, y] = [randn(32 * 32, 64), labels(32, 10)];
  return trainingStep(tf.train.adam(), () => {
    let [h, c] = [tf.zeros([32, 128]), tf.zeros([32, 128])];
    for (const step of tf.unstack(tf.reshape(input(x), [32, 32, 512]))) {
      const [i, f, g, o] = tf.split(tf.add(step, hidden(h)), 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    }
    return crossEntropy(y, head(h));
  });
};
const addSmall = (how) => () => {
  const [x, y] = [rand(16), rand(16)];
  if (how === "forward") return () => x.add(y).dispose();
  const grad = tf.grad((t) => t.add(y));
  return () => grad(x).dispose();
};

const cases = {
  ...Object.fromEntries([64, 128, 256, 512, 1024, 2048].map((n) => [`matmul ${n}`, () => matmul(n)])),
  add: () => {
    const [x, a] = [rand(MILLION), rand(MILLION)];
    return tidied(() => x.add(a));
  },
  exp: unary(tf.exp),
  tanh: unary(tf.tanh),
  erf: unary(tf.erf),
  sigmoid: unary(tf.sigmoid),
  gelu: unary(gelu),
  sin: unary(tf.sin),
  sum: unary(tf.sum),
  "tanh(x*a+b)*exp(-x)": chain(false),
  "tanh(x*a+b)*exp(-x), gradient": chain(true),
  softmax: softmax(false),
  "softmax, gradient": softmax(true),
  layer_norm: layerNorm(false),
  "layer_norm, gradient": layerNorm(true),
  "MLP, SGD": mlp(tf.train.sgd(0.01)),
  "MLP, Adam": mlp(tf.train.adam()),
  "CNN, Adam": cnn,
  "GPT, AdamW": gpt, // with Adam, and tokens as one-hot vectors
  "LSTM, Adam": lstm,
  "add, no_grad": addSmall("forward"),
  "add and its backward": addSmall("backward"),
};
for (const [batch, from, size, to, groups] of [
  [32, 3, 32, 64, 1],
  [8, 64, 56, 64, 1],
  [8, 256, 14, 256, 1],
  [8, 128, 28, 128, 128],
]) {
  const name = `conv ${batch}x${from}x${size}x${size} to ${to}${groups > 1 ? ` groups ${groups}` : ""}`;
  cases[name] = conv(batch, from, size, to, groups, false);
  cases[`${name}, backward`] = conv(batch, from, size, to, groups, true);
}
await serve({ version: tf.version_core, threads: 1 }, (name) => cases[name]?.() ?? "not there");
