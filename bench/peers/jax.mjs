// jax-js's side of the benchmarks, on its WebAssembly backend; everything under jit, as its manual advises.
import { readFileSync } from "node:fs";
import { defaultDevice, grad, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { serve } from "../serve.ts";

await init("wasm");
defaultDevice("wasm");

const MILLION = 1_000_000;
const filled = (value, ...shape) =>
  np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value)).reshape(shape);
const rand = (...shape) => filled(() => Math.random(), ...shape);
const randn = (...shape) =>
  filled(() => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()), ...shape);
/** jit(f) on arguments that stay; its results are waited for and given back. */
const jitted = (f, ...inputs) => {
  const compiled = jit(f);
  return async () => {
    const results = tree.leaves(compiled(...inputs.map((x) => x.ref)));
    for (const r of results) await r.blockUntilReady();
    for (const r of results) r.dispose();
  };
};
const unary = (f) => () => jitted(f, randn(MILLION));
const gelu = (x) => x.ref.mul(lax.erf(x.mul(Math.SQRT1_2)).add(1)).mul(0.5);
const chainOf = (x, a, b) => np.tanh(x.ref.mul(a).add(b)).mul(np.exp(x.neg()));
const layerNormOf = (x, weight, bias) => {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(centred.ref.mul(centred.ref), -1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(weight)
    .add(bias);
};
const conv = (batch, from, size, to, backward) => () => {
  const [x, w] = [randn(batch, from, size, size), randn(to, from, 3, 3)];
  const f = (t, k) => lax.conv(t, k, [1, 1], "SAME");
  if (!backward) return jitted(f, x, w);
  return "no backward alone";
};

const labels = (n, classes) => nn.oneHot(np.array(Int32Array.from({ length: n }, (_, i) => i % classes)), classes);
const weight = (...shape) => randn(...shape).mul(0.05);
const linear = (from, to) => ({ w: weight(from, to), b: np.zeros([to]) });
const apply = ({ w, b }, x) => np.matmul(x, w).add(b);
const crossEntropy = (logits, y, n) =>
  nn
    .logSoftmax(logits, -1)
    .mul(y)
    .sum()
    .mul(-1 / n);

const sgd = (p, g) => p.sub(g.mul(0.01));
/** A compiled step: parameters and the optimizer's state go in and come out. */
const trainingStep = (parameters, data, loss, adam = true) => {
  const step = (state, ...inputs) => {
    const [value, g] = valueAndGrad(loss)(
      tree.map((x) => x.ref, state.p),
      ...inputs,
    );
    value.dispose();
    if (!adam) return { p: tree.map(sgd, state.p, g) };
    const m = tree.map((m, g) => m.mul(0.9).add(g.ref.mul(0.1)), state.m, g);
    const v = tree.map((v, g) => v.mul(0.999).add(g.ref.mul(g).mul(0.001)), state.v, g);
    const p = tree.map((p, m, v) => p.sub(m.ref.div(np.sqrt(v.ref).add(1e-8)).mul(1e-3)), state.p, m, v);
    return { p, m, v };
  };
  const compiled = jit(step);
  const zeros = () => tree.map((x) => np.zeros(x.shape), parameters);
  let state = adam ? { p: parameters, m: zeros(), v: zeros() } : { p: parameters };
  return async () => {
    state = compiled(state, ...data.map((x) => x.ref));
    await tree.leaves(state)[0].blockUntilReady();
  };
};
const mlp = (adam) => () =>
  trainingStep(
    [linear(784, 256), linear(256, 128), linear(128, 10)],
    [randn(64, 784), labels(64, 10)],
    (p, x, y) => crossEntropy(apply(p[2], nn.relu(apply(p[1], nn.relu(apply(p[0], x))))), y, 64),
    adam,
  );
const cnn = () => {
  const pool = (x, channels, size) => np.max(x.reshape([32, channels, size / 2, 2, size / 2, 2]), [3, 5]);
  return trainingStep(
    {
      k1: weight(16, 1, 3, 3),
      b1: np.zeros([16, 1, 1]),
      k2: weight(32, 16, 3, 3),
      b2: np.zeros([32, 1, 1]),
      head: linear(1568, 10),
    },
    [randn(32, 1, 28, 28), labels(32, 10)],
    (p, x, y) => {
      let h = pool(nn.relu(lax.conv(x, p.k1, [1, 1], "SAME").add(p.b1)), 16, 28);
      h = pool(nn.relu(lax.conv(h, p.k2, [1, 1], "SAME").add(p.b2)), 32, 14);
      return crossEntropy(apply(p.head, h.reshape([32, 1568])), y, 32);
    },
  );
};
const gpt = () => {
  const [vocabulary, width, heads, layers, context, batch] = [65, 128, 4, 4, 64, 16];
  const norm = () => ({ w: np.ones([width]), b: np.zeros([width]) });
  const block = () => ({
    norm1: norm(),
    qkv: linear(width, 3 * width),
    out: linear(width, width),
    norm2: norm(),
    up: linear(width, 4 * width),
    down: linear(4 * width, width),
  });
  const parameters = {
    token: weight(vocabulary, width),
    place: weight(context, width),
    blocks: Array.from({ length: layers }, block),
    norm: norm(),
    head: weight(width, vocabulary),
  };
  const mask = filled((_, i) => (i % context > Math.floor(i / context) ? -1e9 : 0), context, context);
  const split = (t) => t.reshape([batch, context, heads, width / heads]).transpose([0, 2, 1, 3]);
  const n = batch * context;
  return trainingStep(parameters, [labels(n, vocabulary), labels(n, vocabulary), mask], (p, tokens, y, mask) => {
    let x = np.matmul(tokens, p.token).reshape([batch, context, width]).add(p.place).reshape([n, width]);
    for (const { norm1, qkv, out, norm2, up, down } of p.blocks) {
      const [q, k, v] = np.split(apply(qkv, layerNormOf(x.ref, norm1.w, norm1.b)), 3, 1).map(split);
      const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads));
      const attended = np.matmul(nn.softmax(scores.add(mask.ref), -1), v).transpose([0, 2, 1, 3]);
      x = x.add(apply(out, attended.reshape([n, width])));
      x = x.ref.add(apply(down, gelu(apply(up, layerNormOf(x, norm2.w, norm2.b)))));
    }
    mask.dispose();
    return crossEntropy(np.matmul(layerNormOf(x, p.norm.w, p.norm.b), p.head), y, n);
  });
};
const lstm = () =>
  trainingStep(
    { input: linear(64, 512), hidden: linear(128, 512), head: linear(128, 10) },
    [randn(32, 32, 64), labels(32, 10)],
    (p, x, y) => {
      let [h, c] = [np.zeros([32, 128]), np.zeros([32, 128])];
      const inputs = np.split(apply(p.input, x.reshape([1024, 64])), 32, 0);
      for (const step of inputs) {
        const gates = step.add(
          apply(
            tree.map((t) => t.ref, p.hidden),
            h,
          ),
        );
        const [i, f, g, o] = np.split(gates, 4, 1);
        c = nn
          .sigmoid(f)
          .mul(c)
          .add(nn.sigmoid(i).mul(np.tanh(g)));
        h = nn.sigmoid(o).mul(np.tanh(c.ref));
      }
      c.dispose();
      tree.leaves(p.hidden).forEach((t) => t.dispose());
      return crossEntropy(apply(p.head, h), y, 32);
    },
  );
const addSmall = () => {
  const [x, y] = [rand(16), rand(16)];
  return () => void x.ref.add(y.ref).dataSync();
};

const cases = {
  ...Object.fromEntries(
    [64, 128, 256, 512, 1024, 2048].map((n) => [`matmul ${n}`, () => jitted(np.matmul, rand(n, n), rand(n, n))]),
  ),
  add: () => jitted((x, a) => x.add(a), rand(MILLION), rand(MILLION)),
  exp: unary(np.exp),
  tanh: unary(np.tanh),
  erf: unary(lax.erf),
  sigmoid: unary(nn.sigmoid),
  gelu: unary(gelu),
  sin: unary(np.sin),
  sum: unary((x) => x.sum()),
  "tanh(x*a+b)*exp(-x)": () => jitted(chainOf, rand(MILLION), rand(MILLION), rand(MILLION)),
  "tanh(x*a+b)*exp(-x), gradient": () =>
    jitted(
      grad((x, a, b) => chainOf(x, a, b).sum(), { argnums: [0, 1, 2] }),
      rand(MILLION),
      rand(MILLION),
      rand(MILLION),
    ),
  softmax: () => jitted((x) => nn.softmax(x, -1), randn(512, 1024)),
  "softmax, gradient": () =>
    jitted(
      grad((x, w) => nn.softmax(x, -1).mul(w).sum()),
      randn(512, 1024),
      randn(512, 1024),
    ),
  layer_norm: () => jitted(layerNormOf, randn(512, 1024), np.ones([1024]), np.zeros([1024])),
  "layer_norm, gradient": () =>
    jitted(
      grad((x, weight, bias, w) => layerNormOf(x, weight, bias).mul(w).sum(), { argnums: [0, 1, 2] }),
      randn(512, 1024),
      np.ones([1024]),
      np.zeros([1024]),
      randn(512, 1024),
    ),
  "MLP, SGD": mlp(false),
  "MLP, Adam": mlp(true),
  "CNN, Adam": cnn,
  "GPT, AdamW": gpt, // with Adam, and tokens as one-hot vectors
  "LSTM, Adam": lstm,
  "add, no_grad": addSmall,
};
for (const [batch, from, size, to] of [
  [32, 3, 32, 64],
  [8, 64, 56, 64],
  [8, 256, 14, 256],
]) {
  cases[`conv ${batch}x${from}x${size}x${size} to ${to}`] = conv(batch, from, size, to, false);
  cases[`conv ${batch}x${from}x${size}x${size} to ${to}, backward`] = conv(batch, from, size, to, true);
}
const { dependencies } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
await serve({ version: dependencies["@jax-js/jax"], threads: 1 }, (name) => cases[name]?.() ?? "not there");
