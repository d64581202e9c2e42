// What layers are called with beside their input: by place or by name, as functions are.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, type Tensor } from "../../src/index.ts";

const [x, memory] = [torch.rand(3, 2, 8), torch.rand(4, 2, 8)];
const mask = torch.zeros(3, 3).fill_(-Infinity).triu(1);
const padding = torch.tensor([
  [false, false, true],
  [false, false, false],
]);
const [pooled, at] = torch.nn.functional.max_pool2d_with_indices(torch.rand(1, 1, 5, 5), 2);
const [pooled1, at1] = torch.nn.functional.max_pool1d_with_indices(torch.rand(1, 1, 5), 2);
const [pooled3, at3] = torch.nn.functional.max_pool3d_with_indices(torch.rand(1, 1, 4, 4, 4), 2);
const attention = new nn.MultiheadAttention(8, 2);
const encoderLayer = new nn.TransformerEncoderLayer(8, 2, 16, 0);
const decoderLayer = new nn.TransformerDecoderLayer(8, 2, 16, 0);
const encoder = new nn.TransformerEncoder(encoderLayer, 1);
const decoder = new nn.TransformerDecoder(decoderLayer, 1);
const transformer = new nn.Transformer(8, 2, 1, 1, 16, 0);
const bag = new nn.EmbeddingBag(5, 3, { mode: "sum" });
const [words, offsets, weights] = [torch.tensor([1n, 2n, 3n]), torch.tensor([0n, 1n]), torch.tensor([0.5, 1, 2])];
const [rnn, lstm, gru] = [new nn.RNN(8, 4), new nn.LSTM(8, 4), new nn.GRU(8, 4)];
const [rnnCell, lstmCell, gruCell] = [new nn.RNNCell(8, 4), new nn.LSTMCell(8, 4), new nn.GRUCell(8, 4)];
const [h, c, h0, c0] = [torch.rand(1, 2, 4), torch.rand(1, 2, 4), torch.rand(2, 4), torch.rand(2, 4)];
const [up1, up2, up3] = [
  new nn.ConvTranspose1d(1, 1, 3, 2),
  new nn.ConvTranspose2d(1, 1, 3, 2),
  new nn.ConvTranspose3d(1, 1, 3, 2),
];

// By name, and the same by place; what does not compile here would not in a program.
const calls: Readonly<Record<string, [named: () => unknown, placed: () => unknown]>> = {
  MultiheadAttention: [
    () => attention(x, x, x, { attn_mask: mask, average_attn_weights: false }),
    () => attention(x, x, x, null, true, mask, false),
  ],
  "MultiheadAttention, without weights": [
    () => attention(x, x, x, { need_weights: false, key_padding_mask: padding }),
    () => attention(x, x, x, padding, false),
  ],
  TransformerEncoderLayer: [
    () => encoderLayer(x, { src_mask: mask, is_causal: true }),
    () => encoderLayer(x, mask, null, true),
  ],
  TransformerDecoderLayer: [() => decoderLayer(x, memory, { tgt_mask: mask }), () => decoderLayer(x, memory, mask)],
  TransformerEncoder: [() => encoder(x, { src_key_padding_mask: padding }), () => encoder(x, null, padding)],
  TransformerDecoder: [
    () => decoder(x, memory, { tgt_mask: mask, tgt_is_causal: true }),
    () => decoder(x, memory, mask, null, null, null, true),
  ],
  Transformer: [() => transformer(memory, x, { tgt_mask: mask }), () => transformer(memory, x, null, mask)],
  EmbeddingBag: [() => bag(words, offsets, { per_sample_weights: weights }), () => bag(words, offsets, weights)],
  RNN: [() => rnn(x, { hx: h }), () => rnn(x, h)],
  LSTM: [() => lstm(x, { hx: [h, c] }), () => lstm(x, [h, c])],
  GRU: [() => gru(x, { hx: h }), () => gru(x, h)],
  RNNCell: [() => rnnCell(x.select(0, 0), { hx: h0 }), () => rnnCell(x.select(0, 0), h0)],
  LSTMCell: [() => lstmCell(x.select(0, 0), { hx: [h0, c0] }), () => lstmCell(x.select(0, 0), [h0, c0])],
  GRUCell: [() => gruCell(x.select(0, 0), { hx: h0 }), () => gruCell(x.select(0, 0), h0)],
  ConvTranspose1d: [() => up1(torch.ones(1, 1, 3), { output_size: [8] }), () => up1(torch.ones(1, 1, 3), [8])],
  ConvTranspose2d: [
    () => up2(torch.ones(1, 1, 3, 3), { output_size: [8, 7] }),
    () => up2(torch.ones(1, 1, 3, 3), [8, 7]),
  ],
  ConvTranspose3d: [
    () => up3(torch.ones(1, 1, 2, 2, 2), { output_size: [6, 5, 6] }),
    () => up3(torch.ones(1, 1, 2, 2, 2), [6, 5, 6]),
  ],
  MaxUnpool1d: [
    () => new nn.MaxUnpool1d(2)(pooled1, at1, { output_size: [5] }),
    () => new nn.MaxUnpool1d(2)(pooled1, at1, [5]),
  ],
  MaxUnpool2d: [
    () => new nn.MaxUnpool2d(2)(pooled, at, { output_size: [5, 5] }),
    () => new nn.MaxUnpool2d(2)(pooled, at, [5, 5]),
  ],
  MaxUnpool3d: [
    () => new nn.MaxUnpool3d(2)(pooled3, at3, { output_size: [4, 5, 4] }),
    () => new nn.MaxUnpool3d(2)(pooled3, at3, [4, 5, 4]),
  ],
};
const text = (x: unknown): string =>
  Array.isArray(x) ? x.map(text).join("; ") : x === null ? "null" : String((x as Tensor).tolist());

for (const [name, [named, placed]] of Object.entries(calls))
  test(`${name} takes what it is called with by name`, () => {
    expect(text(named())).toBe(text(placed()));
  });

test("a name that a layer does not know is told in Python's words", () => {
  const call = attention as unknown as (...args: unknown[]) => unknown;
  expect(() => call(x, x, x, { no_such: 1 })).toThrow(
    "MultiheadAttention.forward() got an unexpected keyword argument 'no_such'",
  );
  expect(() => call(x)).toThrow(
    "MultiheadAttention.forward() missing 2 required positional arguments: 'key' and 'value'",
  );
});

test("no layer has defaults that its caller cannot name: where names are shortened, in a bundle, only signatures are read", () => {
  const layers = Object.entries(nn).filter(
    ([, Class]) => typeof Class === "function" && Class.prototype instanceof nn.Module,
  ) as [string, { readonly prototype: { forward?: unknown } }][];
  expect(layers.length).toBeGreaterThan(100);
  const withDefaults = layers.filter(([, { prototype }]) => {
    const source = String(prototype.forward).split("{")[0];
    return source.startsWith("forward") && source.includes("=");
  });
  expect(withDefaults.map(([name]) => name)).toEqual([]);
});
