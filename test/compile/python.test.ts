// torch.compile of Python functions and modules: what is captured, and what Python goes on doing.
import { beforeAll, expect, test } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";

let python: Python;
let printed = "";
beforeAll(async () => {
  python = await loadPython({ stdout: (text) => (printed += text) });
});
async function output(source: string): Promise<string[]> {
  printed = "";
  await python.run(`import torch\nfrom torch import nn\n${source}`);
  return printed.trim().split("\n");
}

test("a Python function is run again as kernels, with other tensors, by place and by name", async () => {
  const lines = await output(`
@torch.compile
def f(x, a, b=1.0):
    return torch.tanh(x * a + b) * torch.exp(-x)
for i in range(5):
    x, a = torch.randn(3, 4, requires_grad=True), torch.randn(4)
    y = f(x, a, b=2.5)
    print(torch.equal(y, torch.tanh(x * a + 2.5) * torch.exp(-x)), type(y.grad_fn).__name__)`);
  expect(lines).toEqual([
    ...Array<string>(2).fill("True MulBackward0"),
    ...Array<string>(3).fill("True CompiledFunctionBackward"),
  ]);
});
test("a Python module trains to the same bits, dropout and modes as they are", async () => {
  const [same, ...nodes] = await output(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.drop, self.b = nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 2)
    def forward(self, x):
        return self.b(self.drop(torch.relu(self.a(x))))
def train(compiled):
    torch.manual_seed(0)
    net = Net()
    model = torch.compile(net) if compiled else net
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
    losses = []
    for i in range(6):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    node = type(model(x).grad_fn).__name__
    model.eval()
    return losses + [model(x).sum().item()], node
a, b = train(False), train(True)
print(a[0] == b[0])
print(a[1])
print(b[1])`);
  expect([same, ...nodes]).toEqual(["True", "AddmmBackward0", "CompiledFunctionBackward"]);
});
test("Python that prints, stores or counts is not captured; globals and attributes are guarded", async () => {
  const lines = await output(`
@torch.compile
def loud(x):
    print("hi")
    return x + 1
kept = []
@torch.compile
def keeping(x):
    kept.append(x)
    return x + 1
k = 1
@torch.compile
def scaled(x):
    return x * k
class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
    def forward(self, x):
        self.calls += 1
        return x * self.calls
counting = torch.compile(Counting())
for i in range(5):
    loud(torch.ones(1))
    keeping(torch.ones(1))
    k = i // 3
    print(scaled(torch.ones(1)).item(), counting(torch.ones(1)).item())
print(len(kept))
try:
    torch.compile(loud._torchdynamo_orig_callable, fullgraph=True)(torch.ones(1))
except RuntimeError as error:
    print(error)`);
  expect(lines.filter((line) => line !== "hi")).toEqual([
    "0.0 1.0",
    "0.0 2.0",
    "0.0 3.0",
    "1.0 4.0",
    "1.0 5.0",
    "5",
    "torch.compile: this cannot be captured with fullgraph=True: it calls print()",
  ]);
  expect(lines.filter((line) => line === "hi")).toHaveLength(5);
});
