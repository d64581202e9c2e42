import { describe, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import recorded from "../recorded/nn.json" with { type: "json" };
import { inits, modules } from "./nn_modules.ts";

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 2, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(2);
  layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 3), new nn.Dropout(0.2));
  notAModule = 7;
  forward(x: Tensor): Tensor {
    return this.layers(this.norm(this.conv(x)).relu());
  }
}
const names = (pairs: Iterable<readonly [string, unknown]>): string[] => [...pairs].map(([name]) => name);
/** What the type checker would not let pass. */
const untyped = (x: unknown): Record<string, unknown> & ((...args: unknown[]) => unknown) => x as never;

type State = (string | number[])[][];
const stateOf = (m: torch.nn.Module): State =>
  [...m.state_dict()].map(([k, t]) => [k, [...t.shape], t.flatten().tolist() as number[]]);

describe("what PyTorch recorded", () => {
  test.each(Object.entries(recorded.texts))("%s prints the same", (source, text) => {
    expect(String(modules[source]())).toBe(text);
  });
  test.each(Object.entries(recorded.fresh))("%s has the same state, to the bit", (source, state) => {
    torch.manual_seed(recorded.seed);
    expect(stateOf(modules[source]())).toEqual(state);
  });
  test.each(Object.entries(recorded.normal))("%s has nearly the same state", (source, state) => {
    torch.manual_seed(recorded.seed);
    const got = stateOf(modules[source]());
    for (const [i, [name, shape, values]] of got.entries()) {
      expect([name, shape]).toEqual(state[i].slice(0, 2));
      for (const [j, x] of (values as number[]).entries()) expect(x).toBeCloseTo((state[i][2] as number[])[j], 5);
    }
  });
  test.each(Object.entries(recorded.inits))("%s draws the same, to the bit", (source, values) => {
    torch.manual_seed(recorded.seed);
    expect(inits[source](torch.empty(3, 5)).flatten().tolist()).toEqual(values);
  });
});

describe("a module", () => {
  test("prints its parts, indented", () => {
    expect(String(new Net())).toBe(`Net(
  (conv): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (norm): BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
  (layers): Sequential(
    (0): Flatten(start_dim=1, end_dim=-1)
    (1): Linear(in_features=8, out_features=3, bias=True)
    (2): Dropout(p=0.2, inplace=False)
  )
)`);
  });
  test("prints what extra_repr says before its parts, and parts that are None", () => {
    class Told extends nn.Module {
      fc = new nn.Linear(2, 3);
      override extra_repr(): string {
        return "hidden=3";
      }
    }
    const m = new Told();
    m.register_module("gone", null);
    expect(String(m)).toBe(
      "Told(\n  hidden=3\n  (fc): Linear(in_features=2, out_features=3, bias=True)\n  (gone): None\n)",
    );
  });
  test("has PyTorch's keys in PyTorch's order: parameters, buffers, then the parts'", () => {
    class Ordered extends nn.Module {
      b = new nn.Linear(1, 2);
      p = new nn.Parameter(torch.ones(1));
      a = new nn.Sequential(new nn.Linear(2, 1, { bias: false }), new nn.ReLU());
      constructor() {
        super();
        this.register_buffer("buf", torch.zeros(2));
        this.register_buffer("unsaved", torch.zeros(2), { persistent: false });
      }
    }
    const m = new Ordered();
    expect(names(m.named_parameters())).toEqual(["p", "b.weight", "b.bias", "a.0.weight"]);
    expect(names(m.named_parameters({ recurse: false }))).toEqual(["p"]);
    expect(names(m.named_parameters("x")).slice(0, 2)).toEqual(["x.p", "x.b.weight"]);
    expect(names(m.named_buffers())).toEqual(["buf", "unsaved"]);
    expect(names(m.named_modules())).toEqual(["", "b", "a", "a.0", "a.1"]);
    expect(names(m.named_children())).toEqual(["b", "a"]);
    expect([...m.state_dict().keys()]).toEqual(["p", "buf", "b.weight", "b.bias", "a.0.weight"]);
    expect([...m.state_dict({ prefix: "net." }).keys()][0]).toBe("net.p");
  });
  test("lists what is shared once, unless asked for all; saves it under each name", () => {
    const shared = new nn.Linear(1, 1);
    const m = new nn.Sequential(shared, new nn.ReLU(), shared);
    expect(names(m.named_modules())).toEqual(["", "0", "1"]);
    expect(names(m.named_modules({ remove_duplicate: false }))).toEqual(["", "0", "1", "2"]);
    expect(names(m.named_parameters())).toEqual(["0.weight", "0.bias"]);
    expect([...m.state_dict().keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
    expect([[...m.children()].length, m.length]).toEqual([2, 3]);
  });
  test("does not register plain arrays and tensors", () => {
    class Plain extends nn.Module {
      layers = [new nn.Linear(1, 1)];
      t = torch.ones(1);
      p = new nn.Parameter(torch.ones(1)).mul(2);
    }
    expect([...new Plain().state_dict()]).toEqual([]);
  });
  test("keeps private fields, getters and instanceof", () => {
    class Secret extends nn.Module {
      #scale = 3;
      get scale(): number {
        return this.#scale;
      }
      forward(x: number): number {
        return x * this.#scale;
      }
    }
    const m = new Secret();
    expect([m(2), m.scale, m instanceof Secret, m instanceof nn.Module]).toEqual([6, 3, true, true]);
  });
  test("lets fields be called name and length", () => {
    class Named extends nn.Module {
      name = "mine";
      length = 2;
    }
    expect([new Named().name, new Named().length]).toEqual(["mine", 2]);
  });
  test("switches itself and its parts between training and evaluation", () => {
    const net = new Net();
    net.eval();
    expect([...net.modules()].map((m) => m.training)).not.toContain(true);
    const x = torch.rand(2, 1, 2, 2);
    expect(net(x).tolist()).toEqual(net(x).tolist());
    expect(() => net.train(3 as never)).toThrow("training mode is expected to be boolean");
  });
  test("finds its parts by path, and says what is not there", () => {
    const net = new Net();
    expect(net.get_submodule("layers.1")).toBe(net.layers[1]);
    expect(net.get_submodule("")).toBe(net);
    expect([...net.get_parameter("layers.1.bias").shape]).toEqual([3]);
    expect(net.get_buffer("norm.running_mean").tolist()).toEqual([0, 0]);
    expect(() => net.get_submodule("layers.x")).toThrow("Sequential has no attribute `x`");
    expect(() => net.get_submodule("conv.weight.y")).toThrow("`weight` is not an nn.Module");
    expect(() => net.get_parameter("conv.in_channels")).toThrow("`in_channels` is not an nn.Parameter");
    expect(() => net.get_buffer("conv.weight")).toThrow("`weight` is not a buffer");
  });
  test("applies a function to its parts before itself", () => {
    const seen: string[] = [];
    new nn.Sequential(new nn.ReLU(), new nn.Tanh()).apply((m) => void seen.push(m.constructor.name));
    expect(seen).toEqual(["ReLU", "Tanh", "Sequential"]);
  });
  test("changes dtype in place: the same parameters, their gradients along with them", () => {
    const m = new nn.Linear(1, 1);
    const { weight } = m;
    m(torch.ones(1, 1)).sum().backward();
    expect(m.double()).toBe(m);
    expect([m.weight === weight, weight.is_leaf, weight.requires_grad]).toEqual([true, true, true]);
    expect([weight.dtype, weight.grad!.dtype]).toEqual([torch.float64, torch.float64]);
    m(torch.ones(1, 1, { dtype: torch.float64 }))
      .sum()
      .backward();
    expect(String(m.bias!.grad)).toBe("tensor([2.], dtype=torch.float64)");
    expect(() => m.to(torch.int64)).toThrow(
      "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64",
    );
    const norm = new nn.BatchNorm1d(1).double();
    expect([norm.running_mean!.dtype, norm.num_batches_tracked!.dtype]).toEqual([torch.float64, torch.int64]);
  });
  test("clears gradients to null, or to zeros", () => {
    const m = new nn.Linear(1, 1);
    m(torch.ones(1, 1)).sum().backward();
    m.zero_grad(false);
    expect(m.bias!.grad!.tolist()).toEqual([0]);
    m.zero_grad();
    expect(m.bias!.grad).toBe(null);
  });
});

describe("setting a field", () => {
  test("to null keeps a parameter's name; to anything else raises and changes nothing", () => {
    const m = new nn.Linear(1, 1);
    const { weight } = m;
    expect(() => void (untyped(m)["weight"] = torch.ones(1, 1))).toThrow(
      new TypeError("cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected)"),
    );
    expect(() => void (untyped(m)["weight"] = 3)).toThrow("cannot assign 'int' as parameter 'weight'");
    expect(m.weight).toBe(weight);
    m.bias = null;
    expect([...m._parameters.keys()]).toEqual(["weight", "bias"]);
    expect(names(m.named_parameters())).toEqual(["weight"]);
  });
  test("takes it from one list to another, where PyTorch does", () => {
    const m = new nn.Module();
    const fields = untyped(m);
    fields["child"] = new nn.ReLU();
    fields["child"] = new nn.Parameter(torch.ones(1));
    expect([names(m.named_parameters()), names(m.named_children())]).toEqual([["child"], []]);
    expect(() => void (fields["child"] = torch.ones(1))).toThrow(
      "cannot assign 'torch.FloatTensor' as parameter 'child'",
    );
    delete fields["child"];
    expect([...m.parameters()]).toEqual([]);
    const list = untyped(new nn.Sequential(new nn.ReLU()));
    expect(() => void (list["0"] = 3)).toThrow(
      "cannot assign 'int' as child module '0' (torch.nn.Module or None expected)",
    );
  });
  test("of a buffer takes tensors and null", () => {
    const m = new nn.Module();
    m.register_buffer("b", torch.ones(1));
    untyped(m)["b"] = torch.zeros(2);
    expect(m.get_buffer("b").tolist()).toEqual([0, 0]);
    expect(() => void (untyped(m)["b"] = "text")).toThrow(
      "cannot assign 'str' as buffer 'b' (torch.nn.Buffer, torch.Tensor or None expected)",
    );
    untyped(m)["c"] = new nn.Buffer(torch.ones(1), { persistent: false });
    expect([names(m.named_buffers()), [...m.state_dict().keys()]]).toEqual([["b", "c"], ["b"]]);
  });
  test("under a bad name is refused", () => {
    const m = new nn.Module();
    const p = new nn.Parameter(torch.ones(1));
    expect(() => m.register_parameter("a.b", p)).toThrow(`parameter name can't contain "."`);
    expect(() => m.register_parameter("", p)).toThrow(`parameter name can't be empty string ""`);
    expect(() => m.register_parameter("forward", p)).toThrow("attribute 'forward' already exists");
    expect(() => m.register_parameter("p", torch.ones(1) as never)).toThrow(
      "cannot assign 'torch.FloatTensor' object to parameter 'p' (torch.nn.Parameter or None required)",
    );
    expect(() => m.register_buffer(5 as never, null)).toThrow("buffer name should be a string. Got int");
    expect(() => m.add_module("a", 3 as never)).toThrow("int is not a Module subclass");
    expect(() => m.add_module("a.b", m)).toThrow(`module name can't contain ".", got: a.b`);
  });
});

describe("a call", () => {
  test("without forward says what is missing", () => {
    class Empty extends nn.Module {}
    expect(() => untyped(new Empty())(1)).toThrow('Module [Empty] is missing the required "forward" function');
  });
  test("takes arguments by name in one object", () => {
    const m = new nn.Linear(1, 1);
    const input = torch.ones(1, 1);
    expect((untyped(m)({ input }) as Tensor).tolist()).toEqual(m(input).tolist());
  });
  test("with too few or too many arguments is refused in Python's words", () => {
    const m = untyped(new nn.Linear(1, 1));
    expect(() => m()).toThrow("Linear.forward() missing 1 required positional argument: 'input'");
    expect(() => m(1, 2)).toThrow("Linear.forward() takes 2 positional arguments but 3 were given");
    expect(() => untyped(new nn.ReLU())(3.5)).toThrow(
      "relu(): argument 'input' (position 1) must be Tensor, not float",
    );
  });
  test("lets forward have defaults, rest arguments and objects", () => {
    class Free extends nn.Module {
      forward(x: number, { y = 1 }: { y?: number } = {}, ...rest: number[]): number[] {
        return [x, y, ...rest];
      }
    }
    const m = new Free();
    expect([m(1), m(1, { y: 2 }), m(1, {}, 3, 4)]).toEqual([
      [1, 1],
      [1, 2],
      [1, 1, 3, 4],
    ]);
  });
});

describe("a constructor", () => {
  test("raises Python's TypeError for missing and unknown arguments", () => {
    const { Linear, Conv2d } = nn as unknown as Record<string, new (...args: unknown[]) => unknown>;
    expect(() => new Linear()).toThrow(
      "Linear.__init__() missing 2 required positional arguments: 'in_features' and 'out_features'",
    );
    expect(() => new Conv2d()).toThrow("'in_channels', 'out_channels', and 'kernel_size'");
    expect(() => new Linear(1, 2, { foo: 3 })).toThrow("Linear.__init__() got an unexpected keyword argument 'foo'");
    expect(() => new Linear(1, 2.5)).toThrow("Linear.__init__(): argument 'out_features' (position 2) must be int");
  });
  test("raises PyTorch's error for values that cannot be", () => {
    expect(() => new nn.Conv2d(3, 4, 3, { groups: 2 })).toThrow("in_channels must be divisible by groups");
    expect(() => new nn.Conv2d(4, 4, 3, { padding: "same", stride: 2 })).toThrow(
      "padding='same' is not supported for strided convolutions",
    );
    expect(() => new nn.Dropout(2)).toThrow("dropout probability has to be between 0 and 1, but got 2");
    expect(() => new nn.GroupNorm(2, 3)).toThrow("num_channels (3) must be divisible by num_groups (2)");
    expect(() => new nn.Embedding(3, 2, 5)).toThrow("Padding_idx must be within num_embeddings");
    expect(() => new nn.Parameter(torch.tensor([1n]))).toThrow(
      "Only Tensors of floating point and complex dtype can require gradients",
    );
  });
  test("is checked by the compiler, and so is the call", () => {
    const wrong = (): void => {
      // @ts-expect-error: out_features is missing.
      new nn.Linear(1);
      // @ts-expect-error: bias is a boolean.
      new nn.Linear(1, 2, { bias: 1 });
      // @ts-expect-error: there is no such argument.
      new nn.Linear(1, 2, { biased: true });
      // @ts-expect-error: kernel_size is not a string.
      new nn.Conv2d(1, 2, "3");
      // @ts-expect-error: forward takes a tensor.
      new nn.Linear(1, 2)(3);
      // @ts-expect-error: and only one.
      new nn.Linear(1, 2)(torch.ones(1), torch.ones(1));
      // @ts-expect-error: a tensor is not a parameter.
      new nn.Linear(1, 2).weight = torch.ones(2, 1);
      // @ts-expect-error: the bias may be null.
      new nn.Linear(1, 2).bias.sum();
      const text: string = new nn.ELU(0.5).alpha.toFixed(1);
      const out: Tensor = new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU())(torch.ones(1, 1));
      for (const layer of new nn.ModuleList([new nn.Linear(1, 2), new nn.ReLU()])) layer(out).sum();
      void text;
    };
    expect(wrong).toBeTypeOf("function");
  });
});

describe("hooks", () => {
  const texts = (grads: readonly (Tensor | null)[]): string => grads.map(String).join();

  test("of the forward pass change arguments and result, in order, until removed", () => {
    const m = new nn.ReLU();
    m.register_forward_pre_hook((_m, [x]) => x.add(1));
    m.register_forward_pre_hook((_m, [x]) => [x.mul(2)]);
    const h = m.register_forward_hook((_m, _args, out) => out.mul(100));
    expect(m(torch.tensor([1, -3])).tolist()).toEqual([400, 0]);
    h.remove();
    expect(m(torch.tensor([1, -3])).tolist()).toEqual([4, 0]);
  });
  test("run first if they are prepended, and may take arguments by name apart", () => {
    const seen: unknown[] = [];
    const m = new nn.Linear(1, 1);
    m.register_forward_hook(() => void seen.push("second"));
    m.register_forward_hook(() => void seen.push("first"), { prepend: true });
    m.register_forward_pre_hook((_m, args, kwargs) => void seen.push(args.length, Object.keys(kwargs)), {
      with_kwargs: true,
    });
    untyped(m)({ input: torch.ones(1, 1) });
    expect(seen).toEqual([0, ["input"], "first", "second"]);
  });
  test("of all modules run for every module", () => {
    const seen: string[] = [];
    const { register_module_forward_hook, register_module_forward_pre_hook } = nn.modules.module;
    const handles = [
      register_module_forward_hook((m) => void seen.push(`after ${m.constructor.name}`)),
      register_module_forward_pre_hook((m) => void seen.push(`before ${m.constructor.name}`)),
    ];
    new nn.Sequential(new nn.ReLU(), new nn.Tanh())(torch.ones(1));
    for (const h of handles) h.remove();
    new nn.ReLU()(torch.ones(1));
    expect(seen.join()).toBe("before Sequential,before ReLU,after ReLU,before Tanh,after Tanh,after Sequential");
  });
  test("of the backward pass see the gradients that enter and leave", () => {
    const m = new nn.Linear(2, 1);
    nn.init.ones_(m.weight);
    const seen: string[] = [];
    m.register_full_backward_hook((_m, gi, go) => void seen.push(`gi ${texts(gi)} go ${texts(go)}`));
    const x = torch.tensor([[1, 2]], { requires_grad: true });
    m(x).sum().backward();
    expect(seen).toEqual(["gi tensor([[1., 1.]]) go tensor([[1.]])"]);
    expect(String(x.grad)).toBe("tensor([[1., 1.]])");
  });
  test("of the backward pass get null, with a warning, for inputs that need no gradient", () => {
    const warned = vi.fn();
    const before = torch.set_warning_listener(warned);
    const seen: string[] = [];
    const m = new nn.Linear(2, 1);
    m.register_full_backward_hook((_m, gi, go) => void seen.push(`${texts(gi)} ${texts(go)}`));
    m(torch.ones(1, 2)).sum().backward();
    torch.set_warning_listener(before);
    expect(seen).toEqual(["null tensor([[1.]])"]);
    expect(warned.mock.calls[0][0]).toMatch(/^Full backward hook is firing when gradients are computed with respect/);
    expect(m.weight.grad!.tolist()).toEqual([[1, 1]]);
  });
  test("of the backward pass change gradients, and must return as many as there are", () => {
    const m = new nn.Linear(1, 1);
    m.register_full_backward_pre_hook((_m, [g]) => [g!.mul(2)]);
    const x = torch.ones(1, 1, { requires_grad: true });
    m(x).sum().backward();
    expect(m.bias!.grad!.tolist()).toEqual([2]);
    m.register_full_backward_hook(() => [null, null]);
    expect(() => m(x).sum().backward()).toThrow(
      "Backward hook returned an invalid number of grad_input, got 2, but expected 1",
    );
  });
  test("of the backward pass run from the last part to the first, then the whole's", () => {
    const order: string[] = [];
    const m = new nn.Sequential(new nn.Linear(1, 1), new nn.Tanh(), new nn.Linear(1, 1));
    for (const [name, child] of m.named_children()) child.register_full_backward_hook(() => void order.push(name));
    m.register_full_backward_hook(() => void order.push("all"));
    m(torch.ones(1, 1, { requires_grad: true }))
      .sum()
      .backward();
    expect(order).toEqual(["2", "1", "0", "all"]);
  });
  test("of the backward pass forbid changing the result in place", () => {
    const m = new nn.Linear(1, 1);
    m.register_full_backward_hook(() => null);
    const y = m(torch.ones(1, 1, { requires_grad: true }));
    expect(y.grad_fn!.name()).toBe("BackwardHookFunctionBackward");
    expect(() => y.add_(1)).toThrow("Output 0 of BackwardHookFunction is a view and is being modified inplace.");
  });
});

describe("loading a state dict", () => {
  test("that does not fit says all that is wrong, and changes nothing", () => {
    const m = new nn.Linear(2, 1);
    const before = m.weight.tolist();
    const state = { weight: torch.ones(3, 1), extra: torch.ones(1) };
    expect(() => m.load_state_dict(state)).toThrow(
      'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\tUnexpected key(s) in state_dict: "extra". \n\tsize mismatch for weight: copying a param with shape torch.Size([3, 1]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
    );
    expect(() => m.load_state_dict({ ...state, bias: 3 as never }, false)).toThrow(
      "While copying the parameter named \"bias\", expected torch.Tensor or Tensor-like object from checkpoint but received <class 'int'>",
    );
    expect(() => m.load_state_dict(3 as never)).toThrow("Expected state_dict to be dict-like, got <class 'int'>.");
    expect(m.weight.tolist()).toEqual(before);
  });
  test("that is not strict tells what was missing and what was too much", () => {
    const m = new nn.Sequential(new nn.Linear(1, 1), new nn.Linear(1, 2));
    const state = m.state_dict();
    state.delete("0.bias");
    state.delete("1.weight");
    state.set("extra", torch.ones(1));
    expect(String(m.load_state_dict(state, { strict: false }))).toBe(
      "_IncompatibleKeys(missing_keys=['0.bias', '1.weight'], unexpected_keys=['extra'])",
    );
    expect(String(m.load_state_dict(m.state_dict()))).toBe("<All keys matched successfully>");
  });
  test("copies values, or with assign takes the tensors", () => {
    const [a, b] = [new nn.Linear(2, 1), new nn.Linear(2, 1)];
    a.load_state_dict(b.state_dict());
    expect(a.weight.tolist()).toEqual(b.weight.tolist());
    expect(a.weight.data_ptr()).not.toBe(b.weight.data_ptr());
    a.load_state_dict(b.state_dict(), { assign: true });
    expect(a.weight.data_ptr()).toBe(b.weight.data_ptr());
    expect([a.weight instanceof nn.Parameter, a.weight.requires_grad]).toEqual([true, true]);
  });
  test("gives back what state_dict gave, which shares memory and prints as an OrderedDict", () => {
    const m = new nn.Linear(1, 1, { bias: false });
    const state = m.state_dict();
    nn.init.ones_(m.weight);
    expect(String(state)).toBe("OrderedDict([('weight', tensor([[1.]]))])");
    expect(state.get("weight")!.requires_grad).toBe(false);
    expect(m.state_dict({ keep_vars: true }).get("weight")).toBe(m.weight);
  });
});

describe("containers", () => {
  test("Sequential and ModuleList are indexed, sliced and changed like lists", () => {
    const m: torch.nn.Sequential = new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU(), new nn.Linear(2, 1));
    expect(String(m.slice(0, 1))).toBe("Sequential(\n  (0): Linear(in_features=1, out_features=2, bias=True)\n)");
    expect([String(m.at(-2)), m.slice(1).length]).toEqual(["ReLU()", 2]);
    m[1] = new nn.Tanh();
    m.pop(0);
    expect(names(m.named_parameters())).toEqual(["1.weight", "1.bias"]);
    expect([...m.append(new nn.ReLU()).insert(0, new nn.Sigmoid())].map(String)).toEqual([
      "Sigmoid()",
      "Tanh()",
      "Linear(in_features=2, out_features=1, bias=True)",
      "ReLU()",
    ]);
    expect(m.extend(m).length).toBe(8);
    expect(() => m.at(9)).toThrow("index 9 is out of range");
    expect(() => m.insert(9, new nn.ReLU())).toThrow("Index out of range: 9");
    expect(() => new nn.Sequential(3 as never)).toThrow("int is not a Module subclass");
    expect(() => new nn.Sequential(nn.ReLU as never)).toThrow("ReLU is not a Module subclass");
    expect(() => new nn.ModuleList().extend(3 as never)).toThrow(
      "ModuleList.extend should be called with an iterable, but got int",
    );
    expect(() => untyped(new nn.ModuleList())(1)).toThrow('Module [ModuleList] is missing the required "forward"');
  });
  test("Sequential takes names, in an object", () => {
    const m = new nn.Sequential({ first: new nn.Linear(1, 2), act: new nn.ReLU() });
    expect(names(m.named_children())).toEqual(["first", "act"]);
    expect([...m(torch.ones(1, 1)).shape]).toEqual([1, 2]);
  });
  test("ModuleDict is used by name", () => {
    const d = new nn.ModuleDict<torch.nn.Module>({ b: new nn.ReLU(), a: new nn.Tanh() });
    d.set("c", new nn.Linear(1, 1));
    expect([[...d], d.length, d.has("a"), String(d.get("a"))]).toEqual([["b", "a", "c"], 3, true, "Tanh()"]);
    expect([String(d.pop("b")), [...d.keys()]]).toEqual(["ReLU()", ["a", "c"]]);
    expect(() => d.get("zzz")).toThrow("'zzz'");
    expect(() => new nn.ModuleDict({ keys: new nn.ReLU() })).toThrow("attribute 'keys' already exists");
    expect(() => d.update(3 as never)).toThrow(
      "ModuleDict.update should be called with an iterable of key/value pairs, but got int",
    );
  });
  test("ParameterList and ParameterDict make parameters of tensors and are not called", () => {
    const list = new nn.ParameterList([new nn.Parameter(torch.ones(1)), torch.zeros(1)]);
    expect([list.length, list[1].requires_grad, names(list.named_parameters())]).toEqual([2, true, ["0", "1"]]);
    expect(() => list.at(7)).toThrow("index 7 is out of range");
    expect(() => list()).toThrow("ParameterList should not be called.");
    // PyTorch sorts a plain dict.
    const dict = new nn.ParameterDict({ w: torch.ones(2), b: torch.ones(1) });
    expect(names(dict.named_parameters())).toEqual(["b", "w"]);
    expect(dict.get("w").requires_grad).toBe(true);
  });
});

describe("layers", () => {
  test("BatchNorm1d learns means and variances in training and uses them in evaluation", () => {
    const m = new nn.BatchNorm1d(2, { momentum: 0.5 });
    const x = torch.tensor([
      [1, 2],
      [3, 6],
    ]);
    m(x);
    expect([m.running_mean, m.running_var, m.num_batches_tracked].map(String)).toEqual([
      "tensor([1., 2.])",
      "tensor([1.5000, 4.5000])",
      "tensor(1)",
    ]);
    expect(String(m.eval()(x).detach())).toBe("tensor([[0.0000, 0.0000],\n        [1.6330, 1.8856]])");
    expect(() => m(torch.ones(1))).toThrow("expected 2D or 3D input (got 1D input)");
  });
  test("adaptive pools give sizes and places, and leave dims at null as they are", () => {
    const x = torch.arange(24, { dtype: torch.float32 }).view(1, 4, 6);
    const means = [
      [1, 4],
      [7, 10],
      [13, 16],
      [19, 22],
    ];
    expect(new nn.AdaptiveAvgPool2d([null, 2])(x).tolist()).toEqual([means]);
    const [values, indices] = nn.functional.adaptive_max_pool2d(x, 2, { return_indices: true });
    const maxima = [
      [8, 11],
      [20, 23],
    ];
    expect([values.tolist(), indices.tolist()]).toEqual([[maxima], [maxima]]);
  });
  test("InstanceNorm1d gives every channel of every sample mean 0 and variance 1", () => {
    torch.manual_seed(0);
    const y = new nn.InstanceNorm1d(3)(torch.randn(2, 3, 50));
    expect(torch.allclose(y.mean(2), torch.zeros(2, 3), { atol: 1e-5 })).toBe(true);
    expect(torch.allclose(y.pow(2).mean(2), torch.ones(2, 3), { atol: 1e-3 })).toBe(true);
  });
  test("Embedding.from_pretrained keeps the vectors and does not learn them", () => {
    const m = nn.Embedding.from_pretrained(
      torch.tensor([
        [1, 2.5],
        [4, 5],
      ]),
    );
    expect([m(torch.tensor([1n])).tolist(), m.weight.requires_grad]).toEqual([[[4, 5]], false]);
  });
  test("CircularPad2d refuses other numbers of dims", () => {
    expect(() => new nn.CircularPad2d(1)(torch.ones(2, 3))).toThrow("expected 3D or 4D input (got 2D input)");
  });
});

describe("a layer computes with what its fields hold:", () => {
  const inputs: [name: string, make: () => nn.Module, ...args: Tensor[]][] = [
    ["Linear", () => new nn.Linear(3, 2), torch.rand(2, 3)],
    ["Conv2d", () => new nn.Conv2d(1, 2, 2), torch.rand(1, 1, 3, 3)],
    ["ConvTranspose2d", () => new nn.ConvTranspose2d(1, 2, 2), torch.rand(1, 1, 3, 3)],
    ["BatchNorm1d", () => new nn.BatchNorm1d(3).eval(), torch.rand(2, 3)],
    ["LayerNorm", () => new nn.LayerNorm(3), torch.rand(2, 3)],
    ["Embedding", () => new nn.Embedding(3, 2), torch.tensor([1n, 2n])],
    ["RNN", () => new nn.RNN(3, 2, 2), torch.rand(4, 1, 3)],
    ["GRU", () => new nn.GRU(3, 2, { bidirectional: true }), torch.rand(4, 1, 3)],
    ["LSTM", () => new nn.LSTM(3, 4, { proj_size: 2 }), torch.rand(4, 1, 3)],
    ["LSTMCell", () => new nn.LSTMCell(3, 2), torch.rand(4, 3)],
    ["MultiheadAttention", () => new nn.MultiheadAttention(2, 1), torch.rand(3, 2), torch.rand(3, 2), torch.rand(3, 2)],
    ["TransformerEncoderLayer", () => new nn.TransformerEncoderLayer(2, 1, 3, 0), torch.rand(3, 2)],
  ];
  const flat = (x: unknown): Tensor[] => (Array.isArray(x) ? x.flatMap(flat) : x instanceof torch.Tensor ? [x] : []);
  const run = (m: nn.Module, args: Tensor[]): unknown =>
    flat((m as unknown as (...x: unknown[]) => unknown)(...args)).map((x) => x.tolist());
  for (const [name, make, ...args] of inputs)
    test(name, () => {
      const original = make();
      for (const [path, p] of original.named_parameters()) {
        const expected = nn.deepcopy(original);
        torch.no_grad(() => expected.get_parameter(path).mul_(1.5).add_(0.25));
        const cut = path.lastIndexOf(".");
        const owner = (m: nn.Module): Record<string, Tensor> =>
          m.get_submodule(path.slice(0, Math.max(cut, 0))) as unknown as Record<string, Tensor>;
        const field = path.slice(cut + 1);
        const other = p.detach().mul(1.5).add(0.25);
        const replaced = nn.deepcopy(original);
        owner(replaced)[field] = new nn.Parameter(other);
        expect(run(replaced, args)).toEqual(run(expected, args));
        // A plain tensor, as a weight that is computed from others.
        const deleted = nn.deepcopy(original);
        delete owner(deleted)[field];
        owner(deleted)[field] = other;
        expect([...deleted.named_parameters()].map(([n]) => n)).not.toContain(path);
        expect(run(deleted, args)).toEqual(run(expected, args));
      }
    });
  test("children that a program puts into a transformer, and their hooks, are called", () => {
    const called: string[] = [];
    class Half extends nn.Module {
      forward(x: Tensor): Tensor {
        called.push("Half");
        return x.mul(0.5);
      }
    }
    const layer = new nn.TransformerEncoderLayer(2, 1, 3, 0);
    (layer as unknown as { norm2: nn.Module }).norm2 = new Half();
    const encoder = new nn.TransformerEncoder(layer, 2);
    for (const m of encoder.modules()) m.register_forward_hook((m) => void called.push(m.constructor.name));
    encoder(torch.rand(3, 2));
    const each = [
      "MultiheadAttention",
      "Dropout",
      "LayerNorm",
      "Linear",
      "Dropout",
      "Linear",
      "Dropout",
      "Half",
      "Half",
    ];
    expect(called).toEqual([
      ...each,
      "TransformerEncoderLayer",
      ...each,
      "TransformerEncoderLayer",
      "TransformerEncoder",
    ]);
  });
  test("a subclass that draws its parameters in its own way is asked to from the start", () => {
    class Ones extends nn.Linear {
      override reset_parameters(): void {
        nn.init.ones_(this.weight);
      }
    }
    expect(new Ones(2, 2).weight.tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

describe("nn.utils", () => {
  test("clip_grad_norm_ scales the gradients to a joint norm and returns the norm before", () => {
    const w = new nn.Parameter(torch.tensor([3, 4]));
    w.mul(w).sum().div(2).backward();
    expect(nn.utils.clip_grad_norm_([w], 1).item()).toBeCloseTo(5, 5);
    expect(w.grad!.norm().item()).toBeCloseTo(1, 5);
  });
  test("parameters go to one vector and back", () => {
    const m = new nn.Linear(2, 1);
    const v = nn.utils.parameters_to_vector(m.parameters());
    expect(v.tolist()).toEqual([...(m.weight.flatten().tolist() as number[]), ...(m.bias!.tolist() as number[])]);
    nn.utils.vector_to_parameters(torch.tensor([1, 2, 3]), m.parameters());
    expect([m.weight.tolist(), m.bias!.tolist()]).toEqual([[[1, 2]], [3]]);
  });
});

test("initialisers raise PyTorch's errors", () => {
  expect(() => nn.init.xavier_uniform_(torch.ones(3))).toThrow(
    "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
  );
  expect(() => nn.init.kaiming_normal_(torch.ones(2, 2), { mode: "foo" })).toThrow(
    "Mode foo not supported, please use one of ['fan_in', 'fan_out']",
  );
  expect(() => nn.init.calculate_gain("foo")).toThrow("Unsupported nonlinearity foo");
  expect(() => nn.init.eye_(torch.ones(3))).toThrow("Only tensors with 2 dimensions are supported");
});

test("norms of many numbers are near those of float64, wherever the channels lie", () => {
  torch.manual_seed(0);
  const x = torch.randn(2, 12, 80, 90).add(3);
  for (const memory_format of [torch.contiguous_format, torch.channels_last]) {
    const given = x.clone({ memory_format }).requires_grad_(true);
    const exact = x.double().requires_grad_(true);
    for (const norm of [new nn.GroupNorm(3, 12), new nn.BatchNorm2d(12), new nn.InstanceNorm2d(12)]) {
      given.grad = exact.grad = null;
      const weighted = (y: Tensor): Tensor => y.mul(y.detach().sin().add(y.detach().square()));
      const [y, wanted] = [norm(given), norm.double()(exact)];
      norm.float();
      weighted(y).sum().backward();
      weighted(wanted).sum().backward();
      expect(y.double().sub(wanted).abs().max().item()).toBeLessThan(3e-6);
      expect(given.grad!.double().sub(exact.grad!).abs().max().item()).toBeLessThan(2e-5);
    }
  }
});
