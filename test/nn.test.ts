import { describe, expect, test } from "vitest";
import * as torch from "../src/index.ts";
import { nn } from "../src/index.ts";
import type { Tensor } from "../src/index.ts";

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 2, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(2);
  layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 3), new nn.Dropout(0.2));
  notAModule = 7;
  forward(x: Tensor): Tensor {
    return this.layers(this.norm(this.conv(x)).relu());
  }
}

describe("a module", () => {
  test("prints as PyTorch prints it", () => {
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

  test("has PyTorch's keys in PyTorch's order", () => {
    expect([...new Net().state_dict().keys()]).toEqual([
      "conv.weight",
      "conv.bias",
      "norm.weight",
      "norm.bias",
      "norm.running_mean",
      "norm.running_var",
      "norm.num_batches_tracked",
      "layers.1.weight",
      "layers.1.bias",
    ]);
  });

  test("is called like a function, with hooks around forward", () => {
    const m = new nn.ReLU();
    m.register_forward_pre_hook((_m, [x]) => (x as Tensor).add(1));
    m.register_forward_pre_hook((_m, [x]) => [(x as Tensor).mul(2)]);
    const h = m.register_forward_hook((_m, _args, out) => (out as Tensor).mul(100));
    expect(m(torch.tensor([1, -3])).tolist()).toEqual([400, 0]);
    h.remove();
    expect(m(torch.tensor([1, -3])).tolist()).toEqual([4, 0]);
  });

  test("shows the gradients that enter and leave it to its backward hooks", () => {
    const m = new nn.Linear(2, 1);
    nn.init.ones_(m.weight);
    const seen: string[] = [];
    m.register_full_backward_hook(
      (_m, gi, go) => void seen.push(`gi ${gi.map(String).join()} go ${go.map(String).join()}`),
    );
    const x = torch.tensor([[1, 2]], { requires_grad: true });
    m(x).sum().backward();
    expect(seen).toEqual(["gi tensor([[1., 1.]]) go tensor([[1.]])"]);
    expect(String(x.grad)).toBe("tensor([[1., 1.]])");
  });

  test("runs the backward hooks of its parts from the last to the first, its own after them", () => {
    const order: string[] = [];
    const m = new nn.Sequential(new nn.Linear(1, 1), new nn.Tanh(), new nn.Linear(1, 1));
    for (const [name, child] of m.named_children()) child.register_full_backward_hook(() => void order.push(name));
    m.register_full_backward_hook(() => void order.push("all"));
    m(torch.ones(1, 1, { requires_grad: true }))
      .sum()
      .backward();
    expect(order).toEqual(["2", "1", "0", "all"]);
  });

  test("lists parameters once, however often they are shared", () => {
    class Tied extends nn.Module {
      a = new nn.Linear(2, 2, { bias: false });
      b = this.a;
    }
    expect([...new Tied().named_parameters()].map(([name]) => name)).toEqual(["a.weight"]);
  });

  test("refuses a state dict that does not fit, says all that is wrong, and stays as it was", () => {
    const m = new nn.Linear(2, 1);
    const before = m.weight.tolist();
    const state = new Map([
      ["weight", torch.ones(3, 1)],
      ["extra", torch.ones(1)],
    ]);
    expect(() => m.load_state_dict(state)).toThrow(
      'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\tUnexpected key(s) in state_dict: "extra". \n\tsize mismatch for weight: copying a param with shape torch.Size([3, 1]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
    );
    expect(m.weight.tolist()).toEqual(before);
    expect(String(m.load_state_dict(new nn.Linear(2, 1).state_dict()))).toBe("<All keys matched successfully>");
  });

  test("switches itself and its children between training and evaluation", () => {
    const net = new Net();
    net.eval();
    expect([...net.modules()].map((m) => m.training)).not.toContain(true);
    const x = torch.rand(2, 1, 2, 2);
    expect(net(x).tolist()).toEqual(net(x).tolist());
  });

  test("without forward says what is missing", () => {
    class Empty extends nn.Module {}
    expect(() => new Empty()()).toThrow('Module [Empty] is missing the required "forward" function');
  });

  test("finds no parameters in plain arrays, as in PyTorch; ModuleList holds them", () => {
    class Lists extends nn.Module {
      plain = [new nn.Linear(1, 1)];
      held = new nn.ModuleList([new nn.Linear(1, 1)]);
    }
    expect([...new Lists().named_parameters()].map(([name]) => name)).toEqual(["held.0.weight", "held.0.bias"]);
  });
});

describe("initial values", () => {
  // Printed by PyTorch 2.13 after torch.manual_seed(0).
  test("of a linear layer are those PyTorch draws", () => {
    torch.manual_seed(0);
    const { weight, bias } = new nn.Linear(1, 3);
    expect(String(weight.detach())).toBe("tensor([[-0.0075],\n        [ 0.5364],\n        [-0.8230]])");
    expect(String(bias!.detach())).toBe("tensor([-0.7359, -0.3852,  0.2682])");
  });
});

test("clip_grad_norm_ scales the gradients to a joint norm and returns the norm before", () => {
  const w = new nn.Parameter(torch.tensor([3, 4]));
  w.mul(w).sum().div(2).backward();
  expect(nn.utils.clip_grad_norm_([w], 1).item()).toBeCloseTo(5, 5);
  expect(w.grad!.norm().item()).toBeCloseTo(1, 5);
});
