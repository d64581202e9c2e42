// The names that programs may use, and to which of them a place in a program leads. In both languages the paths are PyTorch's.
export interface Completions {
  /** Names by their space: "torch.nn", and "Tensor" for what may follow any value. */
  readonly spaces: Readonly<Record<string, readonly string[]>>;
  /** Signature and first sentences, by path. A method of tensors is told of under "torch." where there is a function of its name. */
  readonly told: Readonly<Record<string, readonly [signature: string, doc: string]>>;
}
/** A name of a program, and the path that it stands for. */
type Aliases = ReadonlyMap<string, string>;
/** tidu/nn is torch.nn. */
const pathOfModule = (name: string): string =>
  name
    .replace(/^tidu\b/, "torch")
    .replace(/^torch\/data\b/, "torch.utils.data")
    .replaceAll("/", ".");

/** What a program calls what it imports, and parts of it. */
export function aliasesIn(source: string): Aliases {
  const found = new Map<string, string>();
  const list = (names: string, path: string, as: RegExp): void => {
    for (const part of names.split(",")) {
      const [, name, alias = name] = as.exec(part.trim()) ?? [];
      if (name !== undefined) found.set(alias, `${path}.${name}`);
    }
  };
  for (const [, name, module] of source.matchAll(/import\s+\*\s+as\s+(\w+)\s+from\s+["'](tidu[\w/]*)["']/g))
    found.set(name, pathOfModule(module));
  for (const [, names, module] of source.matchAll(/import\s*\{([^}]*)\}\s*from\s*["'](tidu[\w/]*)["']/g))
    list(names, pathOfModule(module), /^(\w+)(?:\s+as\s+(\w+))?$/);
  for (const [, module, alias] of source.matchAll(/^\s*import\s+(torch[\w.]*)(?:\s+as\s+(\w+))?\s*$/gm))
    found.set(alias ?? "torch", alias === undefined ? "torch" : module);
  for (const [, module, names] of source.matchAll(/^\s*from\s+(torch[\w.]*)\s+import\s+([\w ,]+)$/gm))
    list(names, module, /^(\w+)(?:\s+as\s+(\w+))?$/);
  // const F = nn.functional; F = torch.nn.functional; const { nn } = torch;
  for (const [, alias, path] of source.matchAll(/^\s*(?:const\s+)?(\w+)\s*=\s*(\w+(?:\.[a-z_]\w*)*);?\s*$/gm)) {
    const [first, ...rest] = path.split(".");
    const start = found.get(first);
    if (start !== undefined && rest.length > 0) found.set(alias, [start, ...rest].join("."));
  }
  for (const [, names, of] of source.matchAll(/const\s*\{([^}]*)\}\s*=\s*(\w+)\s*;/g))
    list(names, found.get(of) ?? of, /^(\w+)(?:\s*:\s*(\w+))?$/);
  return found;
}
/** The path that names joined by dots lead to; null for a value of the program's own. */
export function pathOf(chain: string, aliases: Aliases): string | null {
  const [first, ...rest] = chain.split(".");
  const start = aliases.get(first);
  return start === undefined ? null : [start, ...rest].join(".");
}
/** The space whose names may follow `chain` and a dot. */
export function spaceAfter(chain: string, source: string, { spaces }: Completions): string {
  const path = pathOf(chain, aliasesIn(source));
  return path !== null && path in spaces ? path : "Tensor";
}
/** What is told of a name of a space. */
export const toldOf = (space: string, name: string, { told }: Completions): readonly [string, string] | undefined =>
  told[`${space}.${name}`] ?? (space === "Tensor" ? told[`torch.${name}`] : undefined);

/** What is told of the name that ends the chain, `torch.nn.Linear` or `x.relu`; its path and that. */
export function tellOf(
  chain: string,
  source: string,
  all: Completions,
): { readonly path: string; readonly signature: string; readonly doc: string } | null {
  const dot = chain.lastIndexOf(".");
  const name = chain.slice(dot + 1);
  const own = dot < 0 ? pathOf(name, aliasesIn(source)) : null;
  if (dot < 0 && own === null) return null;
  const space = own === null ? spaceAfter(chain.slice(0, dot), source, all) : own.slice(0, own.lastIndexOf("."));
  const told = toldOf(space, name, all);
  return told === undefined ? null : { path: `${space}.${name}`, signature: told[0], doc: told[1] };
}
