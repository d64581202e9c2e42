// Lazy layers and hooks of state dicts in TypeScript. More of them, with PyTorch's values: test/python_front/lazy.py.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { nn } = torch;

describe("a lazy layer", () => {
  test("becomes its base in the first forward, with the same parameters", () => {
    const m = new nn.LazyLinear(3);
    const { weight } = m;
    expect(String(m)).toBe("LazyLinear(in_features=0, out_features=3, bias=True)");
    expect(String(weight)).toBe("<UninitializedParameter>");
    expect(() => weight.shape).toThrow("Can't access the shape of an uninitialized parameter or buffer.");
    expect(() => weight.add(1)).toThrow("Attempted to use an uninitialized parameter");
    const optimizer = new torch.optim.SGD(m.parameters(), { lr: 0.1 });
    m(torch.ones(2, 5)).sum().backward();
    optimizer.step();
    expect(String(m)).toBe("Linear(in_features=5, out_features=3, bias=True)");
    expect(m.weight).toBe(weight);
    expect([m.constructor, weight.constructor]).toEqual([nn.Linear, nn.Parameter]);
    expect(() => m(torch.ones(2, 4))).toThrow("mat1 and mat2 shapes cannot be multiplied (2x4 and 5x3)");
  });
  test("of every kind computes what its base computes", () => {
    const inputs: Record<string, readonly number[]> = { 1: [2, 4, 6], 2: [2, 4, 6, 6], 3: [2, 4, 4, 4, 4] };
    for (const [dims, sizes] of Object.entries(inputs))
      for (const kind of ["Conv", "ConvTranspose", "BatchNorm", "InstanceNorm"]) {
        const name = `${kind}${dims}d` as "Conv2d";
        const x = torch.randn(sizes);
        const args = kind.startsWith("Conv") ? [3, 2] : [];
        torch.manual_seed(0);
        const lazy = new nn[`Lazy${name}`](...(args as [number, number[]]));
        const result = lazy(x);
        torch.manual_seed(0);
        const full = kind.startsWith("Conv") ? [4, ...args] : [4, { affine: true, track_running_stats: true }];
        const plain = new nn[name](...(full as [number, number, number[]]));
        expect(torch.equal(result, plain(x)), name).toBe(true);
        expect(String(lazy), name).toBe(String(plain));
        expect([...lazy.state_dict().keys()].sort(), name).toEqual([...plain.state_dict().keys()].sort());
      }
  });
  test("takes sizes from a state, moves to another dtype and is copied before it has any", () => {
    const m = new nn.LazyLinear(2);
    m.load_state_dict(new nn.Linear(3, 2).state_dict());
    expect(m.weight.shape.numel()).toBe(6);
    m(torch.ones(1, 3));
    expect(String(m)).toBe("Linear(in_features=3, out_features=2, bias=True)");
    const double = nn.deepcopy(new nn.LazyLinear(2).double());
    expect(double(torch.ones(1, 3, { dtype: torch.float64 })).dtype).toBe(torch.float64);
    const wrong = new nn.LazyLinear(2);
    wrong.load_state_dict(new nn.Linear(3, 2).state_dict());
    expect(() => wrong(torch.ones(1, 4))).toThrow("The in_features inferred from input: 4 is not equal");
  });
});
describe("hooks of state dicts", () => {
  test("run before and after saving and loading, and may change the state", () => {
    const said: string[] = [];
    const m = new nn.Sequential(new nn.Linear(1, 1, false));
    m[0].register_state_dict_pre_hook((_m, prefix, keep_vars) => void said.push(`saves ${prefix} ${keep_vars}`));
    m[0].register_state_dict_post_hook((_m, state, prefix) => void state.set(`${prefix}more`, torch.ones(1)));
    const state = m.state_dict();
    expect([...state.keys()]).toEqual(["0.weight", "0.more"]);
    const handle = m[0].register_load_state_dict_pre_hook((_m, given, prefix) => void given.delete(`${prefix}more`));
    m.register_load_state_dict_post_hook((_m, keys) => void said.push(String(keys)));
    m.load_state_dict(state);
    handle.remove();
    expect(() => m.load_state_dict(state)).toThrow('Unexpected key(s) in state_dict: "0.more".');
    expect(said).toEqual(["saves 0. false", "<All keys matched successfully>"]);
  });
  test("what a module saves that is no tensor comes back", () => {
    class Counted extends nn.Module {
      count = 0;
      override get_extra_state(): unknown {
        return { count: this.count };
      }
      override set_extra_state(state: { count: number }): void {
        this.count = state.count;
      }
    }
    const [a, b] = [new Counted(), new Counted()];
    a.count = 7;
    expect([...a.state_dict().keys()]).toEqual(["_extra_state"]);
    b.load_state_dict(a.state_dict());
    expect(b.count).toBe(7);
    expect(() => b.load_state_dict({})).toThrow('Missing key(s) in state_dict: "_extra_state".');
    expect(() => new nn.Module().get_extra_state()).toThrow("should never be called");
  });
});
