// The reference: every public op as the sources declare it, with an example that was run when the page was made, the sentences
// that it raises, its dtypes and its score from docs/operators.md; and the layers of torch.nn.
import { readdirSync, readFileSync } from "node:fs";
import * as torch from "tidu";
import * as distributions from "tidu/distributions";
import { declared, declaredAt } from "./declared.ts";
import { operatorsIn } from "./operators.ts";

type Names = Readonly<Record<string, unknown>>;
const read = (path: string): string => readFileSync(path, "utf8");
const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort();

/** Where a program finds an op. */
function placeOf(name: string): string | null {
  const inside = (path: string): unknown => path.split(".").reduce<unknown>((at, key) => (at as Names)?.[key], torch);
  const prefixed = /^(linalg|fft|special)_(.+)$/.exec(name);
  const paths = [name, `nn.functional.${name}`, ...(prefixed === null ? [] : [`${prefixed[1]}.${prefixed[2]}`])];
  for (const path of paths) if (typeof inside(path) === "function") return `torch.${path}`;
  return name in torch.Tensor.prototype ? `Tensor.${name}` : null;
}
// ---- examples
const MATRIX = "torch.tensor([[4, 1], [1, 3]])";
const BATCH = "torch.tensor([[[1, 2, 3, 4], [5, 6, 7, 8]]])";
const IMAGE = "torch.arange(16, { dtype: torch.float32 }).reshape(1, 1, 4, 4)";
/** Tensors to try as the first argument, the simplest first. */
const FIRST = [
  "torch.tensor([0.5, 1, 2])",
  MATRIX,
  BATCH,
  IMAGE,
  "torch.arange(8, { dtype: torch.float32 }).reshape(1, 1, 2, 2, 2)",
  "torch.tensor([1n, 2n, 4n])",
  "torch.tensor([true, false])",
  "torch.tensor([[1n, 2n], [3n, 4n]])",
  "torch.complex(torch.tensor([3, 0]), torch.tensor([4, 1]))",
];
/** Values to try for the other arguments, by the type that the signature gives them. */
const OTHERS: readonly [RegExp, readonly string[]][] = [
  [
    /^Tensor (index|indices|repeats|target)/,
    ["torch.tensor([0n, 1n])", "torch.tensor([[0n, 1n], [1n, 0n]])", "torch.tensor([1, -1, 1])", "torch.tensor([1n])"],
  ],
  [/^Tensor (mask|condition)/, ["torch.tensor([true, false, true])", "torch.tensor([[true, false], [false, true]])"]],
  [
    /^Tensor weight/,
    [
      "torch.ones(1, 1, 2, 2)",
      "torch.ones(1, 2, 2)",
      "torch.ones(1, 1, 2, 2, 2)",
      "torch.tensor([1, 2, 3])",
      "torch.tensor([[1, 2], [3, 4]])",
    ],
  ],
  [
    /^Tensor\[\]/,
    [
      "[torch.tensor([1, 2]), torch.tensor([3, 4])]",
      "[torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0, 1], [1, 0]])]",
    ],
  ],
  [
    /^Tensor/,
    [
      "torch.tensor([1, 2, 3])",
      "torch.tensor([[1, 2], [3, 4]])",
      "torch.tensor([1n, 2n, 3n])",
      "torch.tensor([1, 2])",
      "torch.tensor([true, false])",
      BATCH,
    ],
  ],
  [/^(int|SymInt)\??(\[\d*\])? dim/, ["0", "1", "[0]", "[0, 1]"]],
  [/^(int|SymInt)(\[\d+\])? (kernel_size|output_size)/, ["2", "[2, 2]", "[2, 2, 2]"]],
  [/^(int|SymInt)\[\d*\]/, ["[2, 2]", "[3, 1]", "[1, 0]", "[0]", "[1, 1]", "[4]", "[3]"]],
  [/^(int|SymInt)/, ["1", "2", "0", "3"]],
  [/^(float|Scalar|number)/, ["2", "0.5"]],
  [/^bool/, ["true"]],
  [/^str/, ['"sum"', '"i,i->"', '"ij->ji"']],
];
/** Where no simple arguments do. */
const OWN: Readonly<Record<string, string>> = {
  fill: "torch.tensor([1, 2]).fill(7)",
  linspace: "torch.linspace(0, 1, 5)",
  logspace: "torch.logspace(0, 2, 3)",
  index_fill: "torch.tensor([1, 2, 3]).index_fill(0, torch.tensor([0n, 2n]), -1)",
  embedding: "torch.nn.functional.embedding(torch.tensor([1n, 0n]), torch.tensor([[1, 2], [3, 4]]))",
  nonzero_static: "torch.tensor([0, 5, 6]).nonzero_static({ size: 3 })",
  index_reduce: 'torch.ones(2).index_reduce(0, torch.tensor([0n, 0n]), torch.tensor([2, 3]), "prod")',
  lu_unpack: "torch.lu_unpack(...torch.linalg.lu_factor(torch.tensor([[4, 1], [1, 3]])))",
  bmm: "torch.bmm(torch.ones(2, 1, 3), torch.ones(2, 3, 2))",
  addmv: "torch.addmv(torch.tensor([10, 20]), torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))",
  baddbmm: "torch.baddbmm(torch.ones(2, 1, 2), torch.ones(2, 1, 3), torch.ones(2, 3, 2))",
  addbmm: "torch.addbmm(torch.ones(1, 2), torch.ones(2, 1, 3), torch.ones(2, 3, 2))",
  linalg_tensorinv: "torch.linalg.tensorinv(torch.tensor([[4, 1], [1, 3]]), { ind: 1 })",
  linalg_solve_triangular:
    "torch.linalg.solve_triangular(torch.tensor([[2, 1], [0, 4]]), torch.tensor([[4], [8]]), { upper: true })",
  prelu: "torch.prelu(torch.tensor([-2, 3]), torch.tensor([0.25]))",
  conv_transpose1d: "torch.conv_transpose1d(torch.tensor([[[1, 2]]]), torch.ones(1, 1, 2))",
  embedding_bag: "torch.nn.functional.embedding_bag(torch.tensor([[0n, 1n]]), torch.tensor([[1, 2], [3, 4]]))",
  binary_cross_entropy: "torch.nn.functional.binary_cross_entropy(torch.tensor([0.9, 0.2]), torch.tensor([1, 0]))",
  native_layer_norm: "torch.native_layer_norm(torch.tensor([[1, 2, 3]]), [3], null, null, 1e-5)",
  native_batch_norm: "torch.native_batch_norm(torch.tensor([[1], [3]]), null, null, null, null, true, 0.1, 1e-5)",
  max_pool3d_with_indices: "torch.nn.functional.max_pool3d_with_indices(torch.ones(1, 1, 2, 2, 2), 2)",
  max_pool3d: "torch.max_pool3d(torch.arange(8, { dtype: torch.float32 }).reshape(1, 1, 2, 2, 2), 2)",
  avg_pool3d: "torch.nn.functional.avg_pool3d(torch.arange(8, { dtype: torch.float32 }).reshape(1, 1, 2, 2, 2), 2)",
  grid_sampler_2d: "torch.grid_sampler_2d(torch.tensor([[[[1, 2], [3, 4]]]]), torch.zeros(1, 1, 1, 2), 0, 0, true)",
  grid_sampler_3d: "torch.grid_sampler_3d(torch.ones(1, 1, 2, 2, 2), torch.zeros(1, 1, 1, 1, 3), 0, 0, true)",
  grid_sampler: "torch.grid_sampler(torch.tensor([[[[1, 2], [3, 4]]]]), torch.zeros(1, 1, 1, 2), 0, 0, true)",
  affine_grid:
    "torch.nn.functional.affine_grid(torch.tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 2, 2], { align_corners: true })",
  clamp: "torch.tensor([-2, 0.5, 3]).clamp(0, 1)",
  clip: "torch.tensor([-2, 0.5, 3]).clip(0, 1)",
  masked_fill: "torch.tensor([1, 2, 3]).masked_fill(torch.tensor([true, false, true]), 0)",
  view_as_real: "torch.view_as_real(torch.complex(torch.tensor([3, 0]), torch.tensor([4, 1])))",
  imag: "torch.imag(torch.complex(torch.tensor([3, 0]), torch.tensor([4, 1])))",
  bernoulli: "torch.bernoulli(torch.tensor([0.1, 0.5, 0.9]))",
  quantile: "torch.tensor([1, 2, 3, 4]).quantile(0.25)",
  nanquantile: "torch.tensor([1, NaN, 3, 4]).nanquantile(0.5)",
  narrow: "torch.tensor([1, 2, 3, 4]).narrow(0, 1, 2)",
  gather: "torch.tensor([[1, 2], [3, 4]]).gather(1, torch.tensor([[0n, 0n], [1n, 0n]]))",
  where: "torch.where(torch.tensor([true, false]), torch.tensor([1, 2]), torch.tensor([10, 20]))",
  einsum: 'torch.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(3, 2))',
  matmul: "torch.matmul(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1], [10]]))",
  cat: "torch.cat([torch.tensor([1, 2]), torch.tensor([3])])",
  softmax: "torch.softmax(torch.tensor([[1, 2, 3]]), 1)",
  cross_entropy: "torch.nn.functional.cross_entropy(torch.tensor([[1, 2, 3]]), torch.tensor([2n]))",
  fmod: "torch.tensor([-7, 7]).fmod(3)",
  remainder: "torch.tensor([-7, 7]).remainder(3)",
  sum: "torch.tensor([[1, 2], [3, 4]]).sum(1, { keepdim: true })",
  topk: "torch.tensor([3, 1, 4]).topk(2)",
};
const argumentsOf = (signature: string): string[] => {
  const inside = signature.slice(signature.indexOf("(") + 1, signature.lastIndexOf(") ->"));
  return inside.split(/,\s*(?![^[(]*[\])])/).filter((x) => x !== "");
};
export interface Example {
  readonly call: string;
  readonly printed: string;
}
function run(call: string): Example | null {
  try {
    torch.manual_seed(0);
    const value = new Function("torch", `return ${call};`)(torch) as unknown;
    const printed = Array.isArray(value) ? value.map(String).join("\n") : String(value);
    return printed.length > 1500 || /^\[object|^undefined$/.test(printed) ? null : { call, printed };
  } catch {
    return null;
  }
}
/** The first call in the simplest arguments that the op takes, and what it gives. */
export function exampleOf(name: string, place: string, signature: string): Example | null {
  if (name in OWN) return run(OWN[name]);
  const wanted = argumentsOf(signature.split(") ->")[0] + ") ->")
    .slice(0, signature.includes("*,") ? argumentsOf(signature).indexOf("*") : undefined)
    .filter((a) => !a.includes("=") && a !== "*");
  const choices = wanted.map((a, i): readonly string[] =>
    i === 0 && a.startsWith("Tensor ") && !/\b(weight|mask|condition|indices)$/.test(a)
      ? FIRST
      : (OTHERS.find(([of]) => of.test(a))?.[1] ?? ["2"]),
  );
  let left = 400;
  const tried = (at: number, given: readonly string[]): Example | null => {
    if (at < choices.length) {
      for (const choice of choices[at]) {
        const found = tried(at + 1, [...given, choice]);
        if (found !== null || left <= 0) return found;
      }
      return null;
    }
    if (left-- <= 0) return null;
    const isMethod = place.startsWith("Tensor.");
    const call = isMethod
      ? `${given[0]}.${place.slice(7)}(${given.slice(1).join(", ")})`
      : `${place}(${given.join(", ")})`;
    return run(call);
  };
  return tried(0, []);
}
// ---- what is recorded
interface Row {
  readonly dtypes: string;
  readonly gradient: string;
  readonly cases: string;
}
function scores(): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of read("docs/operators.md").split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim().replaceAll("\\_", "_").replaceAll("**", "__"));
    if (cells.length !== 7 || !/^\d+\/\d+$/.test(cells[5])) continue;
    rows.set(cells[1].replace(/^Tensor\./, ""), { dtypes: cells[3], gradient: cells[4], cases: cells[5] });
  }
  return rows;
}
/** The sentences that PyTorch was recorded to raise for a call, by its name. */
function sentences(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const kinds = new Set<string>();
  for (const { call, error } of JSON.parse(read("test/recorded/refusals.json")) as {
    call: [string];
    error?: string;
  }[]) {
    if (error === undefined) continue;
    const name = call[0].replace(/^.*\./, "");
    // One of those that differ in numbers alone.
    const kind = `${name}: ${error.replace(/-?\d+/g, "0")}`;
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    found.set(name, (found.get(name) ?? new Set()).add(error.split("\n")[0]));
  }
  return found;
}
const HEADINGS: Readonly<Record<string, string>> = {
  nn: "networks",
  linalg: "linear algebra",
  fft: "Fourier transforms",
};
const title = (path: string): string => {
  const parts = path.replace(/\.ts$/, "").split("/");
  const last = parts.at(-1) === parts.at(-2) ? parts.slice(0, -1) : parts;
  return last.map((part, i) => (i === 0 ? HEADINGS[part] : undefined) ?? part.replaceAll("_", " ")).join(": ");
};
const anchorOf = (place: string): string => place.replaceAll(".", "-");
const fence = (kind: string, text: string): string => `\`\`\`${kind}\n${text.trimEnd()}\n\`\`\``;
/** Doc comments are Markdown already, but for what VitePress would take for tags. */
const prose = (doc: string): string => doc.replace(/<(?=[A-Za-z/])/g, "&lt;").replaceAll("{{", "&#123;&#123;");

/** What is no op, a page for each space of names, the last one first in the list. */
const SPACES: readonly {
  readonly path: string;
  readonly title: string;
  readonly folders: readonly string[];
  readonly space: Names;
}[] = [
  {
    path: "torch.distributions",
    title: "Distributions",
    folders: ["src/distributions"],
    space: distributions as unknown as Names,
  },
  {
    path: "torch.utils.data",
    title: "Data: datasets, samplers, loaders",
    folders: ["src/data"],
    space: torch.utils.data as Names,
  },
  {
    path: "torch.nn.utils",
    title: "What helps with modules",
    folders: ["src/nn/utils"],
    space: torch.nn.utils as Names,
  },
  { path: "torch.nn.init", title: "How parameters begin", folders: ["src/nn"], space: torch.nn.init as Names },
  {
    path: "torch.autograd",
    title: "Autograd",
    folders: ["src/autograd", "src/func"],
    space: torch.autograd as unknown as Names,
  },
  { path: "torch.func", title: "Functions of functions", folders: ["src/func"], space: torch.func as Names },
  {
    path: "torch.optim.lr_scheduler",
    title: "Schedulers of learning rates",
    folders: ["src/optim/lr_scheduler"],
    space: torch.optim.lr_scheduler as Names,
  },
  { path: "torch.optim", title: "Optimizers", folders: ["src/optim"], space: torch.optim as unknown as Names },
  { path: "torch.nn", title: "Layers and losses", folders: ["src/nn"], space: torch.nn as unknown as Names },
];

export interface Reference {
  /** Pages by their addresses. */
  readonly pages: ReadonlyMap<string, string>;
  readonly ops: number;
  readonly examples: number;
}
export function reference(): Reference {
  const [rows, raised] = [scores(), sentences()];
  // What is tried to find an example warns of nobody's mistake.
  torch.set_warning_listener(() => undefined);
  const pages = new Map<string, string>();
  const index: string[] = [];
  let [ops, examples] = [0, 0];
  for (const path of sources("src/ops")) {
    const sections: string[] = [];
    const places: string[] = [];
    for (const [name, { signature, doc, backward }] of new Map(operatorsIn(read(`src/ops/${path}`)))) {
      const place = placeOf(name);
      if (place === null) continue;
      ops++;
      places.push(place);
      const row = rows.get(place.replace(/^(torch|Tensor)\./, "")) ?? rows.get(name);
      const example = exampleOf(name, place, signature);
      if (example !== null) examples++;
      const errors = [...(raised.get(name) ?? [])].slice(0, 4);
      sections.push(
        [
          `## ${place} {#${anchorOf(place)}}`,
          prose(doc),
          fence("python", signature).replace("```python", "```text"),
          ...(example === null
            ? []
            : [
                fence(
                  "ts",
                  `import * as torch from "tidu";\n\ntorch.manual_seed(0);\nconsole.log(${example.call});`,
                ).replace(
                  /\ntorch\.manual_seed\(0\);\n(?![^]*(rand|dropout|multinomial|bernoulli|normal|poisson|binomial))/,
                  "\n",
                ),
                fence("text", example.printed),
              ]),
          backward === "" ? "" : `Its gradient, as the library computes it:\n\n${fence("js", backward)}`,
          row === undefined
            ? ""
            : `Recorded cases of PyTorch that pass: ${row.cases}. Dtypes in them: ${row.dtypes}. Gradient: ${row.gradient}.`,
          errors.length === 0 ? "" : `It raises, among others:\n\n${fence("text", errors.join("\n"))}`,
        ]
          .filter((part) => part !== "")
          .join("\n\n"),
      );
    }
    if (places.length === 0) continue;
    const address = `reference/${path.replace(/\.ts$/, "").replaceAll("/", "-").replaceAll("_", "-")}.md`;
    const heading = title(path);
    pages.set(address, `# ${heading[0].toUpperCase()}${heading.slice(1)}\n\n${sections.join("\n\n")}\n`);
    index.push(
      `## [${heading[0].toUpperCase()}${heading.slice(1)}](/${address})\n\n${places.map((place) => `[${place.replace(/^.*\./, "")}](/${address}#${anchorOf(place)})`).join(" · ")}`,
    );
  }
  for (const { path, title, folders, space } of SPACES) {
    const known = declared(folders);
    const sections = Object.keys(space)
      .sort()
      .flatMap((name) => {
        const place = `${path}.${name}`;
        const found = typeof space[name] === "function" ? declaredAt(place, known) : null;
        if (found === null) return [];
        const { signature, doc, example } = found;
        const parts = [prose(doc), signature && fence("text", signature), example && fence("js", example)];
        return [{ place, text: [`## ${place} {#${anchorOf(place)}}`, ...parts.filter((part) => part !== "")].join("\n\n") }]; // prettier-ignore
      });
    const address = `reference/${path.replaceAll(/[._]/g, "-")}.md`;
    pages.set(address, `# ${title}\n\n${sections.map(({ text }) => text).join("\n\n")}\n`);
    index.unshift(
      `## [${title}](/${address})\n\n${sections.map(({ place }) => `[${place.replace(/^.*\./, "")}](/${address}#${anchorOf(place)})`).join(" · ")}`,
    );
  }
  pages.set(
    "reference/index.md",
    `# Reference\n\n${ops} operators as the sources declare them: PyTorch's signature, a call that runs, the formula of the gradient, the score against PyTorch's recorded cases and the sentences it raises. Signatures are PyTorch's; in TypeScript what stands after \`*\` goes into one object at the end, \`x.sum(1, { keepdim: true })\`.\n\n${index.join("\n\n")}\n`,
  );
  torch.set_warning_listener(null);
  return { pages, ops, examples };
}
