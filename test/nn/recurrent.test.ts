import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { PackedSequence, pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence } = nn.utils.rnn;
const values = (x: Tensor): number[] => x.flatten().tolist() as number[];
function expectValues(x: Tensor, expected: number[], digits = 6): void {
  expect(x.numel()).toBe(expected.length);
  for (const [i, v] of values(x).entries()) expect(v).toBeCloseTo(expected[i], digits);
}
function expectSame(x: Tensor, y: Tensor): void {
  expect(x.sizes).toEqual(y.sizes);
  expectValues(x, values(y));
}
const x = torch.arange(12).view(3, 2, 2).div(10);
const seeded = <M>(make: () => M): M => {
  torch.manual_seed(3);
  return make();
};
const sentence = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  return "nothing raised";
};

describe("what PyTorch prints after manual_seed(3)", () => {
  test("LSTM of two layers in both directions with projections", () => {
    const m = seeded(() => new nn.LSTM(2, 3, 2, { bidirectional: true, proj_size: 2 }));
    const [output, [h, c]] = m(x);
    expect([output.sizes, h.sizes, c.sizes]).toEqual([
      [3, 2, 4],
      [4, 2, 2],
      [4, 2, 3],
    ]);
    expectValues(
      output.select(0, 1),
      [-0.0998713, -0.0238906, -0.1128889, -0.0947739, -0.097364, -0.0265216, -0.1126148, -0.094045],
    );
    expectValues(c.select(0, 3), [-0.5335417, 0.4414793, 0.4079204, -0.5307307, 0.4411185, 0.4026195]);
  });
  test("GRU with the batch first", () => {
    const [output] = seeded(() => new nn.GRU(2, 3, { batch_first: true }))(x);
    expect(output.sizes).toEqual([3, 2, 3]);
    expectValues(
      output,
      [
        -0.0081352, -0.0210197, 0.178571, -0.0661434, -0.0707209, 0.2964733, -0.0894155, -0.0748499, 0.1977921,
        -0.1834817, -0.1564814, 0.3242998, -0.1370415, -0.1053567, 0.2110553, -0.2551157, -0.2049142, 0.3435436,
      ],
    );
  });
  test("RNN over packed sequences in any order", () => {
    const m = seeded(() => new nn.RNN(2, 2, { nonlinearity: "relu" }));
    const [output, h] = m(pack_padded_sequence(x, [2, 3], { enforce_sorted: false }));
    expectValues(output.data, [0, 0.7107869, 0.0084987, 0.9051571, 0, 0.567014, 0, 0.8316402, 0, 0.1287232]);
    expectValues(h, [0, 0.8316402, 0, 0.1287232]);
  });
  test("dropout between the layers of an RNN", () => {
    const m = seeded(() => new nn.RNN(2, 2, 2, { dropout: 0.5 }));
    torch.manual_seed(4);
    expectValues(
      m(x)[0],
      [
        0.6840779, -0.8019642, 0.7937382, -0.6598337, 0.0218823, -0.8282419, 0.6966712, -0.036076, 0.8212761,
        -0.3979484, 0.8841932, 0.3499894,
      ],
    );
    m.eval();
    expectSame(m(x)[0], m(x)[0]);
  });
});

type Recurrent = nn.RNN | nn.GRU | nn.LSTM;
interface Options {
  num_layers?: number;
  bidirectional?: boolean;
  batch_first?: boolean;
}
const kinds: Readonly<Record<string, (options?: Options) => Recurrent>> = {
  RNN: (o) => new nn.RNN(2, 3, { ...o }),
  "RNN with relu": (o) => new nn.RNN(2, 3, { nonlinearity: "relu", ...o }),
  GRU: (o) => new nn.GRU(2, 3, { ...o }),
  LSTM: (o) => new nn.LSTM(2, 3, { ...o }),
  "LSTM with projections": (o) => new nn.LSTM(2, 3, { proj_size: 2, ...o }),
};
const run = (m: Recurrent, input: Tensor): Tensor => (m as nn.GRU)(input)[0];

describe.each(Object.keys(kinds))("%s", (name) => {
  const make = kinds[name];
  test("over a sequence is its cell step by step", () => {
    if (name === "LSTM with projections") return; // PyTorch has no such cell.
    const m = seeded<Recurrent>(make);
    const cell =
      m instanceof nn.LSTM
        ? new nn.LSTMCell(2, 3)
        : m instanceof nn.GRU
          ? new nn.GRUCell(2, 3)
          : new nn.RNNCell(2, 3, { nonlinearity: m.nonlinearity });
    cell.load_state_dict(new Map([...m.state_dict()].map(([k, v]) => [k.replace("_l0", ""), v])));
    let state: never = null as never;
    const outputs = [...x].map((step) => {
      const next = (cell as nn.LSTMCell)(step, state) as Tensor | [Tensor, Tensor];
      state = next as never;
      return Array.isArray(next) ? next[0] : next;
    });
    expectSame(run(m, x), torch.stack(outputs));
  });
  test("backward in time is forward over the reversed sequence", () => {
    const both = seeded<Recurrent>(() => make({ bidirectional: true }));
    const m = make();
    m.load_state_dict(
      new Map([...both.state_dict()].filter(([k]) => k.endsWith("_reverse")).map(([k, v]) => [k.slice(0, -8), v])),
    );
    const backward = run(m, x.flip([0])).flip([0]);
    expectSame(run(both, x).chunk(2, -1)[1], backward);
  });
  test("without a batch is a batch of one, and batch_first a transposed batch", () => {
    const m = seeded<Recurrent>(make);
    expectSame(run(m, x.select(1, 0)), run(m, x.slice(1, 0, 1)).squeeze([1]));
    const first = seeded<Recurrent>(() => make({ batch_first: true }));
    expectSame(run(first, x.transpose(0, 1)).transpose(0, 1), run(m, x));
  });
  test("over packed sequences is over each on its own", () => {
    const m = seeded<Recurrent>(() => make({ num_layers: 2, bidirectional: true })) as nn.GRU;
    const sequences = [1, 4, 2, 4].map((n) => torch.rand(n, 2));
    const [packed, last] = m(pack_sequence(sequences, { enforce_sorted: false }));
    const [padded, lengths] = pad_packed_sequence(packed, { batch_first: true });
    expect(lengths.tolist()).toEqual([1n, 4n, 2n, 4n].map(Number));
    const h = (Array.isArray(last) ? last[0] : last) as Tensor;
    for (const [i, sequence] of sequences.entries()) {
      const [alone, lastAlone] = m(sequence);
      expectSame(padded.select(0, i).slice(0, 0, sequence.sizes[0]), alone);
      expectSame(h.select(1, i), (Array.isArray(lastAlone) ? lastAlone[0] : lastAlone) as Tensor);
    }
  });
  test("continues from the state that it returned", () => {
    const m = seeded<Recurrent>(() => make({ num_layers: 2 })) as nn.GRU;
    const [whole] = m(x);
    const [before, state] = m(x.slice(0, 0, 2));
    const [after] = m(x.slice(0, 2, 3), state);
    expectSame(torch.cat([before, after]), whole);
  });
  test("has the right gradients, twice", () => {
    const m = seeded<Recurrent>(() => make({ num_layers: 2, bidirectional: true })).double() as nn.GRU;
    const names = [...m.named_parameters()].map(([k]) => k);
    const f = (input: Tensor, ...params: Tensor[]): Tensor => {
      const copy = nn.deepcopy(m);
      for (const [i, k] of names.entries()) {
        copy._parameters.delete(k);
        Reflect.set(copy, k, params[i]);
        copy._parameters.set(k, params[i] as nn.Parameter);
      }
      return copy(input)[0];
    };
    // Off the kinks of relu.
    const input = x.double().sub(0.53).requires_grad_();
    const params = [...m.parameters()];
    expect(torch.autograd.gradcheck(f, [input, ...params])).toBe(true);
    expect(torch.autograd.gradgradcheck((i: Tensor) => f(i, ...params), [input])).toBe(true);
  });
});

type Call = (...args: unknown[]) => unknown;
describe("bad arguments raise PyTorch's sentences", () => {
  const zeros = (...shape: number[]): Tensor => torch.zeros(...shape);
  const rnn = new nn.RNN(3, 4);
  const lstm = new nn.LSTM(3, 4);
  const cell = new nn.GRUCell(3, 4);
  const cases: [string, () => unknown, string][] = [
    [
      "dropout above 1",
      () => new nn.GRU(3, 4, { dropout: 2 }),
      "ValueError: dropout should be a number in range [0, 1] representing the probability of an element being zeroed",
    ],
    ["no hidden units", () => new nn.LSTM(3, 0), "ValueError: hidden_size must be greater than zero"],
    ["no layers", () => new nn.LSTM(3, 4, 0), "ValueError: num_layers must be greater than zero"],
    ["text for a size", () => new nn.GRU("3" as never, 4), "TypeError: input_size should be of type int, got: str"],
    [
      "a number for bias",
      () => new nn.GRU(3, 4, { bias: 1 } as never),
      "TypeError: bias should be of type bool, got: int",
    ],
    [
      "a projection of GRU",
      () => new nn.GRU(3, 4, { proj_size: 2 }),
      "ValueError: proj_size argument is only supported for LSTM, not RNN or GRU",
    ],
    [
      "a projection to more",
      () => new nn.LSTM(3, 4, { proj_size: 5 }),
      "ValueError: proj_size has to be smaller than hidden_size",
    ],
    [
      "another nonlinearity",
      () => new nn.RNN(3, 4, { nonlinearity: "x" }),
      "ValueError: Unknown nonlinearity 'x'. Select from 'tanh' or 'relu'.",
    ],
    [
      "one argument",
      () => new nn.RNN(...([3] as unknown as [number, number])),
      "TypeError: RNNBase.__init__() missing 1 required positional argument: 'hidden_size'",
    ],
    [
      "four dims",
      () => rnn(zeros(1, 1, 1, 3)),
      "ValueError: RNN: Expected input to be 2D or 3D, got 4D tensor instead",
    ],
    ["four dims of LSTM", () => lstm(zeros(3)), "ValueError: LSTM: Expected input to be 2D or 3D, got 1D instead"],
    [
      "another width",
      () => rnn(zeros(5, 2, 4)),
      "RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 4",
    ],
    [
      "another dtype",
      () => rnn(zeros(5, 2, 3).double()),
      "ValueError: RNN input dtype (torch.float64) does not match weight dtype (torch.float32). Convert input: input.to(torch.float32), or convert model: model.to(torch.float64)",
    ],
    [
      "a state without a batch",
      () => rnn(zeros(5, 2, 3), zeros(1, 4)),
      "RuntimeError: For batched 3-D input, hx should also be 3-D but got 2-D tensor",
    ],
    [
      "a state of another batch",
      () => rnn(zeros(5, 2, 3), zeros(1, 3, 4)),
      "RuntimeError: Expected hidden size (1, 2, 4), got [1, 3, 4]",
    ],
    [
      "a c of other dims",
      () => lstm(zeros(5, 2, 3), [zeros(1, 2, 4), zeros(1, 4)]),
      "RuntimeError: For batched 3-D input, hx and cx should also be 3-D but got (3-D, 2-D) tensors",
    ],
    [
      "a c of another size",
      () => lstm(zeros(5, 2, 3), [zeros(1, 2, 4), zeros(1, 2, 5)]),
      "RuntimeError: Expected hidden[1] size (1, 2, 4), got [1, 2, 5]",
    ],
    ["no steps", () => lstm(zeros(0, 2, 3)), "RuntimeError: Expected sequence length to be larger than 0 in RNN"],
    [
      "three dims of a cell",
      () => cell(zeros(1, 2, 3)),
      "ValueError: GRUCell: Expected input to be 1D or 2D, got 3D instead",
    ],
    [
      "another width of a cell",
      () => cell(zeros(2, 4)),
      "RuntimeError: input has inconsistent input_size: got 4 expected 3",
    ],
    [
      "a cell's state of another batch",
      () => cell(zeros(2, 3), zeros(3, 4)),
      "RuntimeError: Input batch size 2 doesn't match hidden0 batch size 3",
    ],
    [
      "a cell's state of another size",
      () => cell(zeros(2, 3), zeros(2, 5)),
      "RuntimeError: hidden0 has inconsistent hidden_size: got 5, expected 4",
    ],
    [
      "lengths that rise",
      () => pack_padded_sequence(zeros(4, 2, 1), [2, 4]),
      "RuntimeError: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.",
    ],
    [
      "a length of 0",
      () => pack_padded_sequence(zeros(4, 2, 1), [2, 0]),
      "RuntimeError: Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    ],
    [
      "too few lengths",
      () => pack_padded_sequence(zeros(4, 2, 1), [2]),
      "RuntimeError: Expected `len(lengths)` to be equal to batch_size, but got 1 (batch_size=2)",
    ],
    [
      "too short a padding",
      () => pad_packed_sequence(pack_sequence([zeros(3)]), { total_length: 2 }),
      "ValueError: Expected total_length to be at least the length of the longest sequence in input, but got total_length=2 and max sequence length being 3",
    ],
    ["nothing to pad", () => pad_sequence([]), "RuntimeError: received an empty list of sequences"],
    [
      "another side",
      () => pad_sequence([zeros(2)], { padding_side: "x" }),
      "RuntimeError: Expected padding_side to be one of left or right, but got x.",
    ],
  ];
  test.each(cases)("%s", (_name, make, expected) => expect(sentence(make)).toBe(expected));

  test("states that are none, with what the state should be", () => {
    const x = zeros(3, 1, 2);
    const h = zeros(1, 1, 3);
    const tuple = "TypeError: lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor";
    const wrong: readonly (readonly [module: torch.nn.Module, input: Tensor, hx: unknown, sentence: string])[] = [
      [new nn.LSTM(2, 3), x, h, "IndexError: index 1 is out of bounds for dimension 0 with size 1"],
      [new nn.LSTM(2, 3), x, [h], "IndexError: list index out of range"],
      [new nn.LSTM(2, 3), x, [h, h, h], "RuntimeError: lstm expects two hidden states"],
      [new nn.LSTM(2, 3), x, 5, "TypeError: 'int' object is not subscriptable"],
      [new nn.LSTM(2, 3), x, [null, h], "AttributeError: 'NoneType' object has no attribute 'dim'"],
      [new nn.LSTMCell(2, 3), x.select(0, 0), h.select(0, 0), tuple],
      [new nn.LSTMCell(2, 3), x.select(0, 0), [], "RuntimeError: lstm_cell expects two hidden states"],
      [new nn.LSTMCell(2, 3), x.select(0, 0), 5, "TypeError: 'int' object is not iterable"],
    ];
    for (const [module, input, hx, expected] of wrong)
      expect(sentence(() => (module as unknown as Call)(input, hx))).toBe(
        `${expected}\nThe state of ${module.constructor.name} is a pair of tensors: [h, c].`,
      );
    expect(sentence(() => (new nn.LSTM(2, 3) as unknown as Call)(x, zeros(2, 1, 3)))).toContain(
      "For batched 3-D input, hx and cx should also be 3-D but got (2-D, 2-D) tensors",
    );
    for (const [module, input] of [
      [new nn.GRU(2, 3), x],
      [new nn.RNN(2, 3), x],
      [new nn.GRUCell(2, 3), x.select(0, 0)],
      [new nn.RNNCell(2, 3), x.select(0, 0)],
    ] as const)
      expect(sentence(() => (module as unknown as Call)(input, [h, h]))).toBe(
        `AttributeError: 'list' object has no attribute 'dim'\nThe state of ${module.constructor.name} is one tensor, h.`,
      );
  });
  test("dropout of one layer is warned of", () => {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    new nn.GRU(3, 4, { dropout: 0.5 });
    torch.set_warning_listener(before);
    expect(texts).toEqual([
      "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=0.5 and num_layers=1",
    ]);
  });
});

describe("sequences of several lengths", () => {
  const a = (n: number): Tensor => torch.arange(n).float();
  test("are packed step by step, longest first", () => {
    const packed = pack_padded_sequence(torch.arange(12).view(4, 3, 1).float(), [2, 4, 1], { enforce_sorted: false });
    expect(packed).toBeInstanceOf(PackedSequence);
    expect(values(packed.data)).toEqual([1, 0, 2, 4, 3, 7, 10]);
    expect(values(packed.batch_sizes)).toEqual([3, 2, 1, 1]);
    expect(values(packed.sorted_indices!)).toEqual([1, 0, 2]);
    const [padded, lengths] = pad_packed_sequence(packed, { batch_first: true, padding_value: -1, total_length: 5 });
    expect(padded.squeeze([2]).tolist()).toEqual([
      [0, 3, -1, -1, -1],
      [1, 4, 7, 10, -1],
      [2, -1, -1, -1, -1],
    ]);
    expect(values(lengths)).toEqual([2, 4, 1]);
    expect(nn.utils.rnn.unpack_sequence(packed).map((s) => s.sizes[0])).toEqual([2, 4, 1]);
  });
  test("are padded on either side", () => {
    expect(pad_sequence([a(2), a(3)]).tolist()).toEqual([
      [0, 0],
      [1, 1],
      [0, 2],
    ]);
    expect(pad_sequence([a(2), a(3)], true, -1, "left").tolist()).toEqual([
      [-1, 0, 1],
      [0, 1, 2],
    ]);
    expect(nn.utils.rnn.unpad_sequence(pad_sequence([a(2), a(3)]), [2, 3]).map((s) => s.tolist())).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });
});
