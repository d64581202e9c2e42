// State dicts: a module's tensors by path, out and in.
import { writingAs } from "../../autograd/inplace.ts";
import { withGrad } from "../../autograd/mode.ts";
import { RuntimeError, TypeError, warn } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { isUninitialized } from "./uninitialized.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Tensors by path, in the order of definition. Prints as PyTorch's OrderedDict. */
export class StateDict extends Map<string, Tensor> {
  constructor(entries?: Iterable<readonly [string, Tensor]> | null) {
    if (typeof (entries ?? [])[Symbol.iterator] !== "function")
      throw new TypeError(`'${typeWord(entries)}' object is not iterable`);
    for (const entry of entries ?? [])
      if (!Array.isArray(entry))
        throw new TypeError(`StateDict is made of pairs of a path and a tensor, not of ${typeWord(entry)}`);
    super(entries);
  }
  override toString(): string {
    if (this.size === 0) return "OrderedDict()";
    return `OrderedDict([${[...this].map(([k, t]) => `('${k}', ${String(t)})`).join(", ")}])`;
  }
  [INSPECT](): string {
    return this.toString();
  }
}
/** What can be loaded: a state dict, or a Map or an object like one. */
export type StateLike = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What `load_state_dict` found; prints as PyTorch prints it. */
export class IncompatibleKeys {
  readonly missing_keys: readonly string[];
  readonly unexpected_keys: readonly string[];
  constructor(missing: readonly string[], unexpected: readonly string[]) {
    this.missing_keys = missing;
    this.unexpected_keys = unexpected;
  }
  toString(): string {
    if (this.missing_keys.length === 0 && this.unexpected_keys.length === 0) return "<All keys matched successfully>";
    const quoted = (keys: readonly string[]): string => `[${keys.map((k) => `'${k}'`).join(", ")}]`;
    return `_IncompatibleKeys(missing_keys=${quoted(this.missing_keys)}, unexpected_keys=${quoted(this.unexpected_keys)})`;
  }
  [INSPECT](): string {
    return this.toString();
  }
}

function* ownState(module: Module): Generator<[string, Tensor]> {
  for (const [name, t] of module._parameters) if (t !== null) yield [name, t];
  for (const [name, t] of module._buffers)
    if (t !== null && !module._non_persistent_buffers_set.has(name)) yield [name, t];
}
const EXTRA = "_extra_state";
/** What a module saves that is no tensor. */
const hasExtra = (module: Module, base: ModuleClass): boolean =>
  module.get_extra_state !== base.prototype.get_extra_state;
type ModuleClass = { readonly prototype: Module };

export function collectState(
  module: Module,
  into: StateDict,
  prefix: string,
  keepVars: boolean,
  base: ModuleClass,
): StateDict {
  const { state } = module._hooks;
  if (state !== null) for (const hook of state.savePre.values()) hook(module, prefix, keepVars);
  for (const [name, t] of ownState(module)) into.set(prefix + name, keepVars || isUninitialized(t) ? t : t.detach());
  if (hasExtra(module, base)) into.set(prefix + EXTRA, module.get_extra_state() as Tensor);
  for (const [name, child] of module._modules)
    if (child !== null) collectState(child, into, `${prefix}${name}.`, keepVars, base);
  if (state !== null) for (const hook of state.save.values()) hook(module, into, prefix, {});
  return into;
}

interface Findings {
  readonly missing: string[];
  readonly unexpected: string[];
  readonly errors: string[];
  readonly matches: { owner: Module; name: string; key: string; mine: Tensor; theirs: Tensor }[];
  readonly extras: { owner: Module; state: unknown }[];
  readonly strict: boolean;
  /** The modules that want to know what was found, each after those inside. */
  readonly told: Module[];
  readonly base: ModuleClass;
}
/** Looks first, writes after: a state that does not fit changes nothing. */
export function loadState(
  module: Module,
  state: StateLike,
  strict: boolean,
  assign: boolean,
  base: ModuleClass,
): IncompatibleKeys {
  if (typeof state !== "object" || state === null)
    throw new TypeError(`Expected state_dict to be dict-like, got <class '${typeWord(state)}'>.`);
  const found: Findings = {
    missing: [],
    unexpected: [],
    errors: [],
    matches: [],
    extras: [],
    strict,
    told: [],
    base,
  };
  compare(module, new Map(state instanceof Map ? state : Object.entries(state)), "", found);
  const { missing, unexpected, matches, told } = found;
  const quoted = (keys: readonly string[]): string => keys.map((k) => `"${k}"`).join(", ");
  const errors = [
    ...(strict && missing.length > 0 ? [`Missing key(s) in state_dict: ${quoted(missing)}. `] : []),
    ...(strict && unexpected.length > 0 ? [`Unexpected key(s) in state_dict: ${quoted(unexpected)}. `] : []),
    ...found.errors,
  ];
  if (errors.length > 0)
    throw new RuntimeError(`Error(s) in loading state_dict for ${module.constructor.name}:\n\t${errors.join("\n\t")}`);
  withGrad(false, () => {
    for (const { owner, name, key, mine, theirs } of matches) {
      if (isUninitialized(mine) && !isUninitialized(theirs)) mine.materialize(theirs.sizes);
      if (isUninitialized(theirs)) continue;
      if (assign) (owner as unknown as Record<string, Tensor>)[name] = inPlaceOf(mine, theirs);
      else {
        if (mine.is_meta && !theirs.is_meta) warn(noCopy(key));
        writingAs("load_state_dict()", () => mine.copy_(theirs));
      }
    }
  });
  for (const { owner, state: extra } of found.extras) owner.set_extra_state(extra);
  for (const owner of told)
    for (const hook of owner._hooks.state!.load.values()) hook(owner, new IncompatibleKeys(missing, unexpected));
  return new IncompatibleKeys(missing, unexpected);
}
const noCopy = (key: string): string =>
  `for ${key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, which is a no-op. (Did you mean to pass \`assign=True\` to assign items in the state dictionary to their corresponding key in the module instead of copying them in place?)`;
function compare(module: Module, state: Map<string, unknown>, prefix: string, found: Findings): void {
  const { loadPre } = module._hooks.state ?? {};
  for (const hook of loadPre?.values() ?? []) {
    const { strict, missing, unexpected, errors } = found;
    hook(module, state as Map<string, Tensor>, prefix, {}, strict, missing, unexpected, errors);
  }
  const own = new Map(ownState(module));
  for (const [name, mine] of own) {
    const key = prefix + name;
    const theirs = state.get(key);
    if (theirs === undefined) found.missing.push(key);
    else if (!(theirs instanceof Tensor))
      found.errors.push(
        `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received <class '${typeWord(theirs)}'>`,
      );
    else if (isUninitialized(mine)) found.matches.push({ owner: module, name, key, mine, theirs });
    // Checkpoints of old have scalars in one dim.
    else if (mine.sizes.length === 0 && theirs.sizes.length === 1 && theirs.sizes[0] === 1)
      found.matches.push({ owner: module, name, key, mine, theirs: theirs.select(0, 0) });
    else if (sameShape(mine.sizes, theirs.sizes)) found.matches.push({ owner: module, name, key, mine, theirs });
    else
      found.errors.push(
        `size mismatch for ${key}: copying a param with shape ${String(theirs.shape)} from checkpoint, the shape in current model is ${String(mine.shape)}.`,
      );
  }
  const extra = prefix + EXTRA;
  if (hasExtra(module, found.base)) {
    if (state.has(extra)) found.extras.push({ owner: module, state: state.get(extra) });
    else found.missing.push(extra);
  } else if (state.has(extra)) found.unexpected.push(extra);
  for (const key of state.keys()) {
    if (key === extra) continue;
    const [first, ...rest] = key.slice(prefix.length).split(".");
    if (rest.length > 0 ? !module._modules.has(first) : !own.has(first)) found.unexpected.push(key);
  }
  for (const [name, child] of module._modules) {
    const inside = `${prefix}${name}.`;
    if (child !== null) compare(child, new Map([...state].filter(([k]) => k.startsWith(inside))), inside, found);
  }
  if ((module._hooks.state?.load.size ?? 0) > 0) found.told.push(module);
}
/** `theirs` itself, as what `mine` is. */
function inPlaceOf(mine: Tensor, theirs: Tensor): Tensor {
  if (!(mine instanceof Parameter)) return theirs;
  return theirs instanceof Parameter
    ? theirs.requires_grad_(mine.requires_grad)
    : new Parameter(theirs, mine.requires_grad);
}
