// The public API as the declarations in dist/ tell it, and what it costs the type checker. Read by TypeScript 5.7, the
// lowest version that the README names: newer ones have no interface for programs.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript-lowest";

export interface Api {
  /** Every exported name, with its declaration in a line; members of classes and interfaces as `nn.Module.forward`. */
  readonly names: Readonly<Record<string, string>>;
  /** What the checker does for `program`. */
  readonly checker: { readonly types: number; readonly instantiations: number; readonly symbols: number };
}
const program = `
import * as torch from "tidu";
import { nn, optim } from "tidu";
const model = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.1 });
const x = torch.randn(16, 2);
const loss = nn.functional.mse_loss(model(x), x.mul(2).sum(1, { keepdim: true }));
optimizer.zero_grad();
loss.backward();
optimizer.step();
const { values, indices } = x.max(1);
export const answer: number = values.add(indices).mean().item();
`;
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  skipLibCheck: true,
};

function checked(file: string, text: string): ts.Program {
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : getSourceFile(name, ...rest);
  const made = ts.createProgram([file], options, host);
  const faults = ts.getPreEmitDiagnostics(made, made.getSourceFile(file));
  if (faults.length > 0) throw new Error(ts.formatDiagnostics(faults, { ...host, getNewLine: () => "\n" }));
  return made;
}

const printer = ts.createPrinter({ removeComments: true });
const oneLine = (node: ts.Node): string =>
  printer
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/\s+/g, " ")
    .replace(/\bimport\("[^"]*"\)\./g, "") // where a type is declared is no part of the interface
    .replace(/^(export |declare )+/, "");

/** The API of the built package in `folder`. */
export function api(folder = "."): Api {
  const cost = checked(resolve(folder, "report_cost.ts"), program);
  const checker = {
    types: cost.getTypeCount(),
    instantiations: cost.getInstantiationCount(),
    symbols: cost.getSymbolCount(),
  };
  const { exports } = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8")) as {
    exports: Record<string, { types?: string }>;
  };
  const entries = Object.keys(exports).filter((name) => exports[name].types !== undefined && !name.endsWith(".js"));
  const text = entries.map((name, i) => `import * as entry${i} from "tidu${name.slice(1)}";\nentry${i};`).join("\n");
  const file = resolve(folder, "report_api.ts");
  const all = checked(file, text);
  return { names: namesOf(all, all.getSourceFile(file)!, entries), checker };
}

function namesOf(all: ts.Program, source: ts.SourceFile, entries: readonly string[]): Record<string, string> {
  const checker = all.getTypeChecker();
  const names: Record<string, string> = {};
  const plain = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isPublic = (name: string): boolean => !name.startsWith("_") || name.endsWith("__");
  /** Where a namespace or a class was first: elsewhere it is only named. */
  const first = new Map<ts.Symbol, string>();
  const add = (path: string, exported: ts.Symbol): void => {
    const symbol = plain(exported);
    const declarations = symbol.declarations ?? [];
    if (first.has(symbol)) {
      if (declarations.some(ts.isSourceFile) || symbol.members !== undefined) names[path] = `= ${first.get(symbol)}`;
      else names[path] = declarations.map(oneLine).join(" | ");
      return;
    }
    first.set(symbol, path);
    if (declarations.some(ts.isSourceFile)) {
      names[path] = "namespace";
      for (const inner of checker.getExportsOfModule(symbol))
        if (isPublic(inner.name)) add(`${path}.${inner.name}`, inner);
      return;
    }
    const bodies = declarations.filter((d) => ts.isClassDeclaration(d) || ts.isInterfaceDeclaration(d));
    if (bodies.length === 0) {
      names[path] = declarations.map(oneLine).join(" | ");
      return;
    }
    names[path] = bodies.map((d) => oneLine(d).replace(/ ?\{[^]*$/, "")).join(" | ");
    for (const body of bodies)
      for (const member of body.members) {
        if (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) continue;
        const name =
          member.name === undefined ? (ts.isConstructorDeclaration(member) ? "new" : "[]") : member.name.getText();
        const at = `${path}.${name}`;
        if (isPublic(name)) names[at] = names[at] === undefined ? oneLine(member) : `${names[at]} | ${oneLine(member)}`;
      }
    // Ops are methods by a computed type; their signatures are those of the functions.
    const known = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
    if (path === "tidu.Tensor")
      for (const { name } of known) if (isPublic(name) && !name.startsWith("__@")) names[`${path}.${name}`] ??= "op";
  };
  const imports = source.statements.filter(ts.isImportDeclaration);
  for (const [i, entry] of entries.entries()) {
    const module = checker.getSymbolAtLocation(imports[i].moduleSpecifier)!;
    const path = `tidu${entry.slice(1)}`;
    if (first.has(module)) names[path] = `= ${first.get(module)}`;
    else {
      first.set(module, path);
      for (const inner of checker.getExportsOfModule(module))
        if (isPublic(inner.name)) add(`${path}.${inner.name}`, inner);
    }
  }
  return Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
}
