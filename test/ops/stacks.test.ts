// Errors begin at the program's line and name the layer they came from.
import { expect, test, vi } from "vitest";
import * as torch from "tidu";
import { nn } from "tidu";

class Block extends nn.Module {
  net = new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(17, 8));
  forward(x: torch.Tensor): torch.Tensor {
    return this.net(x);
  }
}
class Net extends nn.Module {
  b1 = new Block();
  forward(x: torch.Tensor): torch.Tensor {
    return this.b1(x);
  }
}
function raised(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was raised");
}
const frames = (error: Error): string[] => error.stack!.split("\n").filter((line) => line.startsWith("    at "));

test("a layer of the wrong size is named by its path, below PyTorch's sentence", () => {
  const { message } = raised(() => new Net()(torch.ones(4, 8)));
  expect(message.split("\n")).toEqual([
    "mat1 and mat2 shapes cannot be multiplied (4x16 and 17x8)",
    "in Net.b1.net.2 (Linear)",
  ]);
});

test("the stack begins at the program's line, goes on through its forwards, and has none of the library's frames", () => {
  function train(): void {
    new Net()(torch.ones(4, 8));
  }
  const error = raised(train);
  expect(error.stack).toMatch(
    /^RuntimeError: mat1 and mat2 shapes cannot be multiplied .*\nin Net\.b1\.net\.2 \(Linear\)\n/,
  );
  const [first, second, third] = frames(error);
  for (const frame of [first, second, third]) expect(frame).toContain("stacks.test.ts");
  expect(first).toContain(".forward");
  expect(second).toContain(".forward");
  expect(third).toContain("train");
  for (const frame of frames(error)) expect(frame).not.toMatch(/\/src\/(op|ops|nn|autograd)\//);
});

test("every kind of call that fails begins there: ops, methods, factories, constructors, backward, no_grad, steps", () => {
  const x = torch.ones(2, 3, { requires_grad: true });
  const failing: Record<string, () => unknown> = {
    op: () => torch.matmul(x, x),
    method: () => x.reshape(4),
    "in place": () => x.add_(1),
    factory: () => torch.zeros(-1),
    data: () => torch.tensor([[1], [2, 3]]),
    constructor: () => new nn.Conv2d(3, 4, 2, { groups: 2 }),
    optimizer: () => new torch.optim.SGD([x], { lr: -1 }),
    backward: () => x.backward(),
    "inside no_grad": () => torch.no_grad(() => x.view(7)),
    index: () => x.index([5]),
    "wrong type": () => torch.matmul(x, "a" as never),
    "missing argument": () => (torch.matmul as unknown as (x: torch.Tensor) => unknown)(x),
    "wrong field": () => ((new nn.Linear(1, 1) as { weight: unknown }).weight = 1),
  };
  for (const [name, body] of Object.entries(failing)) {
    const error = raised(body);
    expect(frames(error)[0], `${name}: ${error.stack}`).toContain("stacks.test.ts");
    expect(error.stack!.startsWith(`${error.name}: ${error.message}\n`), name).toBe(true);
  }
});

test("a module that calls another without having it as a child is told, too", () => {
  const hidden = new nn.Linear(3, 1);
  class Outer extends nn.Module {
    forward(x: torch.Tensor): torch.Tensor {
      return hidden(x);
    }
  }
  expect(raised(() => new Outer()(torch.ones(1, 2))).message).toMatch(/\nin Outer > Linear \(Linear\)$/);
});

test("what the program itself throws goes through modules unchanged", () => {
  const own = new Error("mine");
  class Throws extends nn.Module {
    forward(_x: torch.Tensor): never {
      throw own;
    }
  }
  expect(raised(() => new nn.Sequential(new Throws())(torch.ones(1)))).toBe(own);
  expect(own.message).toBe("mine");
});

test("an error that is caught on its way and thrown again names the whole path", () => {
  class Retry extends nn.Module {
    inner = new nn.Linear(3, 1);
    forward(x: torch.Tensor): torch.Tensor {
      try {
        return this.inner(x);
      } catch (error) {
        expect((error as Error).message).not.toContain("\nin ");
        throw error;
      }
    }
  }
  expect(raised(() => new nn.Sequential(new Retry())(torch.ones(1, 2))).message).toMatch(
    /\nin Sequential\.0\.inner \(Linear\)$/,
  );
});

test("a warning on the console tells the place in the program first, once for each", () => {
  const log = vi.spyOn(console, "warn").mockImplementation(() => {});
  for (let i = 0; i < 2; i++) torch.ones(1).var();
  torch.ones(1).std();
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  const sentence = (op: string): RegExp =>
    new RegExp(`stacks\\.test\\.ts:\\d+:\\d+: UserWarning: ${op}\\(\\): degrees of freedom is <= 0`);
  expect(lines).toEqual([expect.stringMatching(sentence("var")), expect.stringMatching(sentence("std"))]);
});
