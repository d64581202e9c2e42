// The names that the playground's editor completes and tells of: those that the library has when it runs, with what its sources
// say of them.
import * as torch from "tidu";
import type { Completions } from "../../playground/names.ts";
import { declared, declaredAt } from "./declared.ts";

/** Spaces of names, by their paths in Python, which are those in TypeScript. */
const SPACES = [
  "torch",
  "torch.amp",
  "torch.autograd",
  "torch.autograd.functional",
  "torch.fft",
  "torch.func",
  "torch.linalg",
  "torch.nn",
  "torch.nn.functional",
  "torch.nn.init",
  "torch.nn.utils",
  "torch.nn.utils.rnn",
  "torch.optim",
  "torch.optim.lr_scheduler",
  "torch.special",
  "torch.utils.checkpoint",
  "torch.utils.data",
];
/** The first lines of a doc comment: an editor's panel shows no more. */
const LONGEST = 400;

export function completions(): Completions {
  // Of names that are both, torch.softmax is the op, torch.nn.functional.softmax what the module has.
  const [ops, modules] = [declared(["src/ops", "src"]), declared(["src/nn", "src"])];
  const spaces: Record<string, string[]> = {};
  const told: Record<string, readonly [signature: string, doc: string]> = {};
  const tell = (path: string, name: string): void => {
    const best = declaredAt(`${path}.${name}`, path.startsWith("torch.nn") ? modules : ops);
    if (best === null) return;
    const doc = best.doc.split("\n\n")[0].replaceAll("`", "").replaceAll("\n", " ");
    told[`${path}.${name}`] = [best.signature, doc.length > LONGEST ? `${doc.slice(0, LONGEST)} …` : doc];
  };
  for (const path of SPACES) {
    const space = path.split(".").slice(1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], torch); // prettier-ignore
    const names = Object.keys(space as object).filter((name) => !name.startsWith("_") && name !== "default");
    spaces[path] = names.sort();
    for (const name of names) if (typeof (space as Record<string, unknown>)[name] === "function") tell(path, name);
  }
  const methods = [torch.Tensor.prototype, Object.getPrototypeOf(torch.Tensor.prototype) as object]
    .flatMap((at) => Object.getOwnPropertyNames(at))
    .filter((name) => /^[a-z]/i.test(name) && name !== "constructor");
  spaces["Tensor"] = [...new Set(methods)].sort();
  for (const name of spaces["Tensor"]) if (!(`torch.${name}` in told)) tell("Tensor", name);
  return { spaces, told };
}
