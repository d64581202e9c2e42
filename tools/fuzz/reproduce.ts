// A difference as a short Python program: only the calls and tensors that lead to it. It runs with PyTorch and with `tidu run`.
import { unpacked } from "./values.ts";
import type { Call, Given, Value } from "./program.ts";
import type { Difference } from "./replay.ts";

/** The program that shows a difference; of one in a gradient or at the end, all that the last results come from. */
export function reproduction({ program, call: last, kind, got }: Difference): string {
  const ofState = kind.startsWith("state") ? Number(/^of tensor (\d+)/.exec(got)?.[1]) : null;
  const whole = /gradient|backward|version/.test(kind);
  const { calls, roots = [], retained = [], hooks = [], twice = false } = program;
  const made = firstNumbers(calls);
  const needed = new Set<number>();
  const kept = new Set<number>();
  const keep = (i: number): void => {
    kept.add(i);
    for (const number of tensorsOf(calls[i])) needed.add(number);
  };
  if (ofState !== null) needed.add(ofState);
  else if (whole && roots.length > 0) for (const number of roots) needed.add(number);
  else keep(last);
  for (let i = last; i >= 0; i--) {
    const makes = [...needed].some((number) => number >= made[i].results && number < made[i].end);
    const [first] = calls[i].args;
    const writes =
      /_$|setitem/.test(calls[i].name || calls[i].where) && first !== null && first !== undefined && "tensor" in first;
    if (makes || (writes && needed.has(first.tensor)) || (ofState !== null && tensorsOf(calls[i]).includes(ofState)))
      keep(i);
  }
  const lines = ["import torch", "from torch.nn import functional as F", ""];
  for (const [i, call] of calls.entries()) {
    for (const [number, given] of call.given) if (needed.has(number)) lines.push(tensorText(number, given));
    if (kept.has(i)) lines.push(callText(call, made[i].results, made[i].end));
  }
  if (ofState !== null) lines.push(`print(x${ofState})`);
  if (whole && roots.length > 0)
    lines.push(
      "seed = lambda t: ((torch.arange(t.numel()) % 7) - 3).to(torch.float64).mul(0.25).add(0.125).reshape(t.shape).to(t.dtype)",
      `roots = [${roots.map((number) => `x${number}`).join(", ")}]`,
      ...retained.map((number) => `x${number}.retain_grad()`),
      ...hooks.map((number) => `x${number}.register_hook(lambda grad: grad * 2)`),
      ...(twice
        ? [
            `inputs = [${[...needed]
              .filter((n) => isLeaf(calls, n))
              .map((n) => `x${n}`)
              .join(", ")}]`,
            "first = torch.autograd.grad(roots, inputs, [seed(t) for t in roots], create_graph=True, allow_unused=True)",
            "roots = [g for g in first if g is not None and g.requires_grad]",
          ]
        : []),
      "torch.autograd.backward(roots, [seed(t) for t in roots])",
      `print(${[...needed]
        .sort((a, b) => a - b)
        .filter((n) => isLeaf(calls, n))
        .map((n) => `x${n}.grad`)
        .join(", ")})`,
    );
  return lines.join("\n");
}
const isLeaf = (calls: readonly Call[], number: number): boolean =>
  calls.some(({ given }) => given.some(([i, { grad }]) => i === number && grad));

/** For each call the numbers of its results: from `results` up to `end`. */
function firstNumbers(calls: readonly Call[]): { results: number; end: number }[] {
  let next = 0;
  return calls.map((call) => {
    next += call.given.length;
    const results = next;
    next += call.results?.length ?? 0;
    return { results, end: next };
  });
}
function tensorsOf(call: Call): number[] {
  const of = (x: Value): number[] =>
    x === null ? [] : "tensor" in x ? [x.tensor] : "list" in x ? x.list.flatMap(of) : [];
  return [...call.args, ...Object.values(call.kwargs)].flatMap(of);
}
function tensorText(number: number, { dtype, shape, strides, offset, bytes, grad }: Given): string {
  const tuple = (x: readonly number[]): string => `(${x.join(", ")}${x.length === 1 ? "," : ""})`;
  const values = unpacked(bytes, dtype).map(pythonNumber).join(", ");
  const storage = `torch.tensor([${values}], dtype=torch.${dtype})`;
  const lies = `.as_strided(${tuple(shape)}, ${tuple(strides)}, ${offset}).data`;
  return `x${number} = ${storage}${lies}${grad ? ".requires_grad_()" : ""}`;
}
const pythonNumber = (x: number | bigint | readonly [number, number]): string =>
  Array.isArray(x)
    ? `complex(${x.map((y) => pythonNumber(y as number)).join(", ")})`
    : Number.isNaN(x)
      ? 'float("nan")'
      : x === Infinity || x === -Infinity
        ? `float("${x < 0 ? "-" : ""}inf")`
        : Object.is(x, -0)
          ? "-0.0"
          : String(x as number);

function callText(call: Call, first: number, end: number): string {
  const text = expression(call);
  const names = Array.from({ length: end - first }, (_, i) => `x${first + i}`);
  const line =
    call.where === "setitem"
      ? `${text}; x${first} = ${valueText(call.args[0])}`
      : names.length > 0
        ? `${names.join(", ")} = ${text}`
        : `print(${text})`;
  const shown = names.length > 0 ? `${line}\nprint(${names.join(", ")})` : line;
  return call.no_grad
    ? `with torch.no_grad():\n    ${line}\n${names.length > 0 ? `print(${names.join(", ")})` : ""}`
    : shown;
}
const byNumber = (number: number): string => `x${number}`;
/** The call in Python; `named` tells what tensors are called. */
export function expression({ where, name, args, kwargs }: Call, named = byNumber): string {
  const [self, ...rest] = args.map((x) => valueText(x, named));
  const keywords = Object.entries(kwargs).map(([key, x]) => `${key}=${valueText(x, named)}`);
  const list = (all: readonly string[]): string => [...all, ...keywords].join(", ");
  if (where === "getitem") return `${self}[tuple(${rest[0]})]`;
  if (where === "setitem") return `${self}.__setitem__(tuple(${rest[0]}), ${rest[1]})`;
  if (where === "method") return `${self}.${name}(${list(rest)})`;
  if (where === "property") return `${self}.${name}`;
  return `${where === "torch" || where === "F" ? where : `torch.${where}`}.${name}(${list(args.length > 0 ? [self, ...rest] : [])})`;
}
function valueText(x: Value, named = byNumber): string {
  if (x === null) return "None";
  if ("tensor" in x) return named(x.tensor);
  if ("bool" in x) return x.bool ? "True" : "False";
  if ("int" in x) return x.int;
  if ("float" in x) return /inf|nan/.test(x.float) ? `float("${x.float}")` : x.float;
  if ("complex" in x) return `complex(${x.complex.map((y) => `float("${y}")`).join(", ")})`;
  if ("str" in x) return x.str === "..." ? "..." : JSON.stringify(x.str);
  if ("dtype" in x) return `torch.${x.dtype}`;
  if ("slice" in x) return `slice(${x.slice.map((y) => y ?? "None").join(", ")})`;
  return `[${x.list.map((y) => valueText(y, named)).join(", ")}]`;
}
