// Hooks of modules, and what happens when a module is called.
import type { RemovableHandle } from "../../autograd/node.ts";
import { addHook } from "../../autograd/node.ts";
import { RuntimeError } from "../../base/errors.ts";
import { leftOut } from "../../base/left_out.ts";
import { isOptions } from "../../dispatch/bind.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { argumentsOf } from "./arguments.ts";
import { passed } from "./failing.ts";
import type { Module } from "./module.ts";
import type { IncompatibleKeys, StateDict } from "./state_dict.ts";

/** Arguments by name: the plain object at the end. */
export type Kwargs = Record<string, unknown>;
export type Gradients = readonly (Tensor | null)[];
/** A hook of the forward pass, and whether it is given the arguments by name apart from those by place. */
export interface ForwardHook {
  readonly hook: (module: never, ...given: never[]) => unknown;
  readonly takesKwargs: boolean;
  /** Whether it runs, without an output, where forward raises. */
  readonly always?: boolean;
}
export type BackwardPreHook = (module: Module, grad_output: Gradients) => Gradients | Tensor | null | void;
export type BackwardHook = (
  module: Module,
  grad_input: Gradients,
  grad_output: Gradients,
) => Gradients | Tensor | null | void;

/** What a state dict tells of a module beside its tensors. */
export type LocalMetadata = { version?: number; [key: string]: unknown };
export type StatePreHook = (module: Module, prefix: string, keep_vars: boolean) => void;
export type StateHook = (module: Module, state_dict: StateDict, prefix: string, local_metadata: LocalMetadata) => void;
export type LoadPreHook = (
  module: Module,
  state_dict: Map<string, Tensor>,
  prefix: string,
  local_metadata: LocalMetadata,
  strict: boolean,
  missing_keys: string[],
  unexpected_keys: string[],
  error_msgs: string[],
) => void;
export type LoadHook = (module: Module, incompatible_keys: IncompatibleKeys) => void;

/** What backward hooks of a module see of one of its calls. */
export interface Watch {
  readonly args: unknown[];
  /** Puts a node behind the outputs and returns them from it. */
  watchOutputs(output: unknown): unknown;
}
/** Set by backward_hook.ts, which programs with the everyday methods do without. */
export const watching: {
  inputs(module: Module, preHooks: readonly BackwardPreHook[], hooks: readonly BackwardHook[], given: unknown[]): Watch;
} = {
  inputs() {
    throw leftOut("backward hooks of modules");
  },
};

/** Hooks of saving and loading: few modules have any. */
export class StateHooks {
  readonly savePre = new Map<number, StatePreHook>();
  readonly save = new Map<number, StateHook>();
  readonly loadPre = new Map<number, LoadPreHook>();
  readonly load = new Map<number, LoadHook>();
}
/** Hooks in the order in which they run. */
export class ModuleHooks {
  state: StateHooks | null = null;
  readonly forwardPre = new Map<number, ForwardHook>();
  readonly forward = new Map<number, ForwardHook>();
  readonly backwardPre = new Map<number, BackwardPreHook>();
  readonly backward = new Map<number, BackwardHook>();
  get none(): boolean {
    return (
      this.forwardPre.size === 0 && this.forward.size === 0 && this.backwardPre.size === 0 && this.backward.size === 0
    );
  }
}
/** Hooks that run for every module, before its own. */
export const globalHooks = new ModuleHooks();

type Called = (module: Module, ...given: unknown[]) => unknown;

/** Adds a hook at the end, or with `prepend` before all others. */
export function add<T>(hooks: Map<number, T>, hook: T, prepend = false): RemovableHandle {
  const others = [...hooks];
  const handle = addHook(hooks, hook);
  if (prepend)
    for (const [id, other] of others) {
      hooks.delete(id);
      hooks.set(id, other);
    }
  return handle;
}

/** `forward` with the hooks around it. */
export function call(module: Module, own: ModuleHooks, given: unknown[]): unknown {
  const outer = dims.names;
  dims.names = null;
  try {
    return callHooked(module, own, given);
  } catch (error) {
    throw passed(error, module);
  } finally {
    dims.names = outer;
  }
}
/** The sizes that names of dims stand for in the call that runs: null until one is bound, undefined outside of calls. */
export const dims: { names: Map<string, number> | null | undefined } = { names: undefined };
function callHooked(module: Module, own: ModuleHooks, given: unknown[]): unknown {
  const forward = module.forward as (...args: unknown[]) => unknown;
  if (own.none && globalHooks.none) return forward.apply(module, argumentsOf(module, forward, given));
  let args = runPreHooks(module, own, given);
  const before = [...globalHooks.backwardPre.values(), ...own.backwardPre.values()];
  const after = [...globalHooks.backward.values(), ...own.backward.values()];
  const watch = before.length + after.length === 0 ? null : watching.inputs(module, before, after, args);
  if (watch !== null) args = watch.args;
  const hooks = new Set([...globalHooks.forward.values(), ...own.forward.values()]);
  const run = (forwardHook: ForwardHook, output: unknown): unknown => {
    hooks.delete(forwardHook);
    const hook = forwardHook.hook as Called;
    return forwardHook.takesKwargs ? hook(module, ...split(args), output) : hook(module, args, output);
  };
  let output: unknown;
  try {
    output = forward.apply(module, argumentsOf(module, forward, args));
    for (const hook of hooks) output = run(hook, output) ?? output;
  } catch (error) {
    for (const hook of hooks) if (hook.always === true) output = run(hook, output ?? null) ?? output;
    throw error;
  }
  return watch === null ? output : watch.watchOutputs(output);
}
function runPreHooks(module: Module, own: ModuleHooks, given: unknown[]): unknown[] {
  let args = given;
  for (const { hook, takesKwargs } of [...globalHooks.forwardPre.values(), ...own.forwardPre.values()]) {
    const changed = takesKwargs ? (hook as Called)(module, ...split(args)) : (hook as Called)(module, args);
    if (changed === undefined || changed === null) continue;
    if (!takesKwargs) args = Array.isArray(changed) ? changed : [changed];
    else if (Array.isArray(changed) && changed.length === 2 && Array.isArray(changed[0])) {
      const [list, named] = changed as [unknown[], Kwargs];
      args = Object.keys(named).length > 0 ? [...list, named] : list;
    } else
      throw new RuntimeError(
        `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${String(changed)}.`,
      );
  }
  return args;
}
/** Arguments by place, and those by name. */
function split(args: unknown[]): [unknown[], Kwargs] {
  const last = args[args.length - 1];
  return isOptions(last) ? [args.slice(0, -1), last] : [args, {}];
}
