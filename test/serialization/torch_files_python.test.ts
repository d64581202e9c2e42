// Files of PyTorch's torch.save, recorded by tools/record/torch_files.py, in Python; and files of the one language in the other.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, serialization } from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";
import { described } from "./described.ts";

const folder = "test/recorded/serialization";
interface Case {
  readonly name: string;
  readonly allowed?: readonly string[];
  readonly holds?: unknown;
  readonly error?: readonly [type: string, message: string];
}
const cases = JSON.parse(readFileSync(`${folder}/files.json`, "utf8")) as Case[];
const holds = (name: string): unknown => {
  const found = cases.find((c) => c.name === name)!.holds;
  return typeof found === "string" ? holds(found) : found;
};
const START = `
import argparse, collections, io, json, pickle, sys
sys.path.insert(0, "/files")
import torch
from torch import nn
from described import described

Point = collections.namedtuple("Point", "x y")
Config = type("Config", (), {})

def attempt(f):
    try:
        return f()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
`;
let python: Python;
let printed = "";
const files = (): { writeFile(path: string, data: Uint8Array): void; readFile(path: string): Uint8Array } =>
  (python.pyodide as unknown as { FS: ReturnType<typeof files> }).FS;
beforeAll(async () => {
  python = await loadPython({ stdout: (text) => (printed += text) });
  const { FS } = python.pyodide as unknown as { FS: { mkdir(path: string): void } };
  FS.mkdir("/files");
  for (const name of readdirSync(folder)) files().writeFile(`/files/${name}`, readFileSync(`${folder}/${name}`));
  files().writeFile("/files/described.py", readFileSync("test/serialization/described.py"));
});
async function output(program: string): Promise<string> {
  printed = "";
  await python.run(START + program);
  return printed;
}

test("every file holds in Python what PyTorch reads in it, or is refused in its words", async () => {
  const read = await output(`
names = {"__main__.Point": (Point, "__main__.Point"), "__main__.Config": (Config, "__main__.Config"), "argparse.Namespace": argparse.Namespace}
for case in json.load(open("/files/files.json")):
    if any(name.startswith("numpy") for name in case.get("allowed", [])):
        continue  # the npm package of pyodide has no NumPy
    def load():
        with torch.serialization.safe_globals([names[name] for name in case.get("allowed", [])]):
            return described(torch.load(f"/files/{case['name']}.pt"), {})
    print(json.dumps([case["name"], attempt(load)]))
`);
  const found = new Map(read.trim().split("\n").map((line) => JSON.parse(line) as [string, unknown])); // prettier-ignore
  expect(found.size).toBe(cases.length - 2);
  for (const { name, error } of cases.filter((c) => found.has(c.name)))
    expect(found.get(name), name).toEqual(error === undefined ? holds(name) : error.join(": "));
});

test("what is saved in Python comes back from both formats, in Python and in TypeScript", async () => {
  const plain = cases.filter((c) => typeof c.holds === "object" && c.allowed === undefined).map((c) => c.name);
  expect(
    await output(`
for name in ${JSON.stringify(plain)}:
    value = torch.load(f"/files/{name}.pt")
    torch.save(value, f"/tmp/{name}.pt")
    torch.save(value, f"/tmp/{name}.old.pt", _use_new_zipfile_serialization=False)
    told = described(value, {})
    for way in ("", ".old"):
        if described(torch.load(f"/tmp/{name}{way}.pt"), {}) != told:
            print(name, way, "differs")
`),
  ).toBe("");
  // Attributes of tensors go from Python to Python.
  for (const name of plain.filter((name) => name !== "parameter"))
    for (const way of ["", ".old"])
      expect(described(serialization.decode(files().readFile(`/tmp/${name}${way}.pt`))), name + way).toEqual(
        described(torch.load(`${folder}/${name}.pt`)),
      );
});

test("an optimizer of PyTorch 1.4 goes on as it does there", async () => {
  expect(
    await output(`
saved = torch.load("/files/training.of_1_4.pt")
for name, make in {"adam": torch.optim.Adam, "sgd": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)}.items():
    model = nn.Linear(3, 2)
    model.load_state_dict(saved[name]["model"])
    optimizer = make(model.parameters(), lr=9)
    optimizer.load_state_dict(saved[name]["optimizer"])
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    print(all(torch.allclose(p, saved[name]["after"][k]) for k, p in model.state_dict().items()))
`),
  ).toBe("True\nTrue\n");
});

test("a whole module of PyTorch's computes in Python if the program allows it, and is saved whole", async () => {
  expect(
    await output(`
model = torch.load("/files/module.pt", weights_only=False)
other = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
other.load_state_dict(torch.load("/files/state_dict.pt"))
x = torch.arange(12.0).view(4, 3)
print(type(model).__name__, torch.equal(model(x), other(x)), model[1].running_mean.tolist() == other[1].running_mean.tolist())
file = io.BytesIO()
torch.save(model.eval(), file)
file.seek(0)
print(torch.equal(torch.load(file, weights_only=False)(x), model(x)))
`),
  ).toBe("Sequential True True\nTrue\n");
});

test("whole modules of the format before zip archives, in which classes are kept with their source, open", async () => {
  expect(
    await output(`
import sys, types
class Kept(nn.Module):
    def forward(self, x):
        return x + 1
Kept.__module__ = "kept"
sys.modules["kept"] = types.ModuleType("kept")
sys.modules["kept"].Kept = Kept
seen = []
class Pickler(pickle.Pickler):
    def persistent_id(self, x):
        if x is Kept and not seen:
            seen.append(x)
            return "module", x, "kept.py", "class Kept"
file = io.BytesIO()
for head in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}):
    pickle.dump(head, file, 2)
Pickler(file, 2).dump(nn.Sequential(Kept(), Kept()))
pickle.dump([], file, 2)
file.seek(0)
print(torch.load(file, weights_only=False)(torch.ones(2)))
file.seek(0)
print(attempt(lambda: torch.load(file)).split(".")[0])
`),
  ).toBe("tensor([3., 3.])\nUnpicklingError: Weights only load failed\n");
});

test("what is none here is refused by name, and what is damaged by PyTorch's sentence", async () => {
  expect(
    await output(`
for name in "quantized too_large".split():
    print(attempt(lambda: torch.load(f"/files/{name}.pt")))
print(torch.load("/files/wider.pt")["uint32"])
data = open("/files/state_dict.pt", "rb").read()
print(attempt(lambda: torch.load(io.BytesIO(data[:1000]))).split("\\n")[0])
cuda = open("/files/tensor.legacy.pt", "rb").read().replace(b"\\x03\\0\\0\\0cpu", b"\\x06\\0\\0\\0cuda:1")
print(attempt(lambda: torch.load(io.BytesIO(cuda)))[:60])
for place in ("cpu", torch.device("cpu"), {"cuda:1": "cpu"}, lambda storage, location: print(location) or storage):
    print(torch.load(io.BytesIO(cuda), map_location=place).sum())
print(torch.load("/files/tensor.pt", map_location="meta", mmap=True).is_meta)
# What this package wrote before it wrote PyTorch's format.
print(torch.load(io.BytesIO(pickle.dumps({"w": torch.arange(3)}, 4))))
print(attempt(lambda: torch.save(1, "/nowhere/x.pt")))
`),
  ).toBe(`NotImplementedError: Quantized tensors are not supported
RuntimeError: element 0 of torch.uint64 is 9223372036854775808, which torch.int64 does not hold
tensor([         0,          1, 4294967295])
RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory
RuntimeError: Attempting to deserialize object on a CUDA dev
tensor(15.)
tensor(15.)
tensor(15.)
cuda:1
tensor(15.)
True
{'w': tensor([0, 1, 2])}
RuntimeError: Parent directory /nowhere does not exist.
`);
});

test("files go from one language to the other", async () => {
  const model = new nn.Linear(2, 1);
  const saved = { model: model.state_dict(), epoch: 3, tuple: Object.freeze([1, 2]) };
  files().writeFile("/tmp/ts.pt", serialization.encode(saved));
  files().writeFile("/tmp/ts.safetensors", serialization.encode(model.state_dict(), { format: "safetensors" }));
  expect(
    await output(`
value = torch.load("/tmp/ts.pt")
print(list(value), type(value["model"]).__name__, value["epoch"], value["tuple"])
print(nn.Linear(2, 1).load_state_dict(value["model"]), list(torch.load("/tmp/ts.safetensors")))
torch.save({"model": nn.Linear(2, 1).state_dict(), "tuple": (1, 2)}, "/tmp/py.pt")
`),
  ).toBe("['model', 'epoch', 'tuple'] OrderedDict 3 (1, 2)\n<All keys matched successfully> ['weight', 'bias']\n");
  const back = serialization.decode<unknown>(files().readFile("/tmp/py.pt")) as typeof saved;
  expect(String(model.load_state_dict(back.model))).toBe("<All keys matched successfully>");
  expect(back.tuple).toEqual([1, 2]);
  expect(back.model.get("weight")!.shape).toEqual([1, 2]);
});
