// Programs of one expression for every export of every entry of the package, to be bundled alone. What each gives is
// compared with the same expression on the sources.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { parseAst } from "rolldown/parseAst";
import * as torch from "../../src/index.ts";
import { Dtype, Tensor } from "../../src/index.ts";
import { samples } from "../samples/index.ts";

export interface Case {
  /** What of the package is used: "nn.Linear". */
  readonly name: string;
  readonly text: string;
}
const { nn, optim, autograd } = torch;
/** The entries of the package, by the names that the expressions have for them. */
export const entries = {
  torch: { from: "tidu", values: torch },
  nn: { from: "tidu/nn", values: nn },
  F: { from: "tidu/nn/functional", values: nn.functional },
  optim: { from: "tidu/optim", values: optim },
  data: { from: "tidu/data", values: torch.utils.data },
  autograd: { from: "tidu/autograd", values: autograd },
} as const;

/** An argument of a sample as text; undefined for what has none here. */
function textOf(x: unknown): string | undefined {
  if (x === null || x === undefined || typeof x === "boolean" || typeof x === "number") return String(x);
  if (typeof x === "bigint") return `${x}n`;
  if (typeof x === "string") return JSON.stringify(x);
  if (x instanceof Dtype) return String(x);
  if (x instanceof Tensor)
    return x.dtype.is_complex
      ? undefined
      : `torch.tensor(${nested(x.tolist())}, { dtype: ${String(x.dtype)} }).reshape([${x.sizes.join()}])`;
  if (Array.isArray(x)) return all(x.map(textOf), (parts) => `[${parts.join(", ")}]`);
  if (typeof x === "object" && Object.getPrototypeOf(x) === Object.prototype)
    return all(Object.values(x).map(textOf), (parts) => `{ ${Object.keys(x).map((key, i) => `${key}: ${parts[i]}`).join(", ")} }`); // prettier-ignore
  return undefined;
}
const nested = (x: unknown): string => (Array.isArray(x) ? `[${x.map(nested).join(", ")}]` : (textOf(x) ?? "NaN"));
const all = (parts: (string | undefined)[], f: (parts: string[]) => string): string | undefined =>
  parts.includes(undefined) ? undefined : f(parts as string[]);

/** A call with the first sample that can be written down; without one the bare value, so that it is imported. */
function call(space: keyof typeof entries, name: string): Case {
  const path = `${space}.${name}`;
  const texts = (samples[name]?.() ?? []).map((args) =>
    all(args.map(textOf), (parts) => `${path}(${parts.join(", ")})`),
  );
  return { name: path, text: texts.find((t) => t !== undefined && works(t)) ?? `typeof ${path}` };
}
const works = (text: string): boolean => {
  try {
    expectedOf(text);
    return true;
  } catch {
    return false;
  }
};
/** Layers, as test/nn/nn_modules.ts has them; the first of each class. */
function layers(): Case[] {
  const { code } = transformSync(readFileSync("test/nn/nn_modules.ts", "utf8"), { loader: "ts", target: "es2022" });
  const found = new Map<string, string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const { type, key, value } = node as {
      type: string;
      key?: { value?: string };
      value?: { body: { start: number; end: number } };
    };
    const name = type === "Property" ? /^nn\.(\w+)/.exec(String(key?.value))?.[1] : undefined;
    if (name !== undefined && !found.has(name) && value?.body)
      found.set(name, code.slice(value.body.start, value.body.end));
    Object.values(node).forEach(visit);
  };
  visit(parseAst(code).body);
  return Object.keys(nn)
    .filter((name) => /^[A-Z]/.test(name))
    .map((name) => ({ name: `nn.${name}`, text: found.get(name) ?? `nn.${name}.name` }));
}
/** What has a sparse gradient. */
const SPARSE = "F.embedding(torch.tensor([0, 1, 0], { dtype: torch.int64 }), p, { sparse: true })";
const optimizers = (): Case[] =>
  Object.keys(optim)
    .filter((name) => /^[A-Z]/.test(name) && name !== "Optimizer")
    .map((name) => ({
      name: `optim.${name}`,
      text: `(() => {
        const p = new nn.Parameter(torch.tensor([[1, 2], [3, 4]]));
        const o = new optim.${name}([p], { lr: 0.1 });
        const closure = () => { o.zero_grad(); const loss = ${name === "SparseAdam" ? SPARSE : "p.mul(p)"}.sum(); loss.backward(); return loss; };
        closure();
        o.step(closure);
        return [p, String(o).split(" ")[0]];
      })()`,
    }));
const x = "torch.tensor([[1, 2], [3, 4]])";
const written: Case[] = [
  { name: "data.DataLoader", text: `[...new data.DataLoader(new data.TensorDataset(${x}), { batch_size: 2 })].join()` },
  { name: "data.Subset", text: `new data.Subset(new data.TensorDataset(${x}), [1]).at(0)` },
  { name: "data.ConcatDataset", text: `new data.ConcatDataset([new data.TensorDataset(${x})]).at(1)` },
  { name: "data.default_collate", text: `data.default_collate([${x}, ${x}])` },
  {
    name: "data.random_split",
    text: `data.random_split(new data.TensorDataset(${x}), [1, 1]).map((d) => d.at(0)).join()`,
  },
  {
    name: "autograd.grad",
    text: `autograd.grad((() => { globalThis.w = ${x}.requires_grad_(); return globalThis.w.sin().max(); })(), [globalThis.w])`,
  },
  { name: "autograd.gradcheck", text: `autograd.gradcheck((w) => w.mul(w), [${x}.double().requires_grad_()])` },
  {
    name: "autograd.Function",
    text: `(() => { class Twice extends autograd.Function { static forward(c, w) { return w.mul(2); } static backward(c, g) { return g.mul(2); } }
      const w = ${x}.requires_grad_(); Twice.apply(w).sum().backward(); return w.grad; })()`,
  },
  {
    name: "max pooling",
    text: `new nn.MaxPool2d(2)(torch.tensor([[[[1, 2], [3, 4]]]]))`,
  },
  { name: "torch.linalg", text: `torch.linalg.inv(${x})` },
  { name: "torch.fft", text: `torch.fft.rfft(${x}).abs()` },
  { name: "torch.special", text: `torch.special.i0(${x})` },
  {
    name: "torch.nn",
    text: `new torch.nn.Sequential(new torch.nn.Conv2d(1, 2, 3), new torch.nn.MaxPool2d(2), new torch.nn.Flatten())(torch.ones(1, 1, 8, 8))`,
  },
  { name: "torch.profiler", text: `torch.profiler.profile({}, () => ${x}.sum()).key_averages().length > 0` },
  {
    name: "torch.serialization",
    text: `Object.keys(torch.serialization.decode(torch.serialization.encode({ w: ${x} }, { format: "safetensors" })))`,
  },
  {
    name: "PyTorch's files",
    text: `torch.serialization.decode(torch.serialization.encode({ w: ${x}, n: [1, null, "x"] })).w.sum()`,
  },
];
const functions = (space: "torch" | "F"): Case[] =>
  Object.entries(entries[space].values)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => call(space, name));

/** What layers, losses and optimizers are made of; and with `torch.*` everything. */
export const layerCases = (): Case[] => [...layers(), ...functions("F"), ...optimizers(), ...written];
export const allCases = (): Case[] => [...layerCases(), ...functions("torch")];

/** What an expression gives on the sources. */
export function expectedOf(text: string): string {
  torch.manual_seed(0);
  const names = Object.keys(entries);
  const run = Function(...names, `return String(${text})`) as (...values: unknown[]) => string;
  return run(...Object.values(entries).map(({ values }) => values));
}
/** The module of a program; what it does not use of the entries is to be dropped. */
export function program(cases: readonly Case[], entry = "tidu"): string {
  const texts = cases.map(({ text }) => text).join("\n");
  const used = Object.entries(entries).filter(([name]) => name === "torch" || new RegExp(`\\b${name}\\.`).test(texts));
  return [
    ...used.map(([name, { from }]) => `import * as ${name} from "${name === "torch" ? entry : from}";`),
    "export const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(torch.tensor([1])));",
    `export const runs = { ${cases.map(({ name, text }) => `${JSON.stringify(name)}: () => (torch.manual_seed(0), String(${text}))`).join(",\n")} };`,
  ].join("\n");
}
