// Which modules are layers of the library's own, as they are.
import { globalHooks } from "./hooks.ts";
import { Module } from "./module.ts";

/**
 * Note [Own layers]: a layer of the library gives its input, a view of it, or a fresh tensor, and keeps none of them. So what
 * one of them hands to the next inside a Sequential is seen by no program, and its memory is let go once it was used
 * (Note [Early release] in allocate.ts). Subclasses and modules with hooks may keep what they see. Own layers are told by
 * what they extend: bases that programs have no names for.
 */
const bases = new WeakSet<object>();
/** Has the classes that extend `base` directly count as own layers. */
export function ownBase(base: { readonly prototype: Module }): void {
  bases.add(base);
}
export abstract class OwnLayer extends Module {
  static {
    ownBase(this);
  }
}

/** Whether calling the module runs code of the library alone. */
export const isOwnLayer = (module: Module): boolean => globalHooks.none && isOwnForward(module);
/** The same but for hooks of all modules. */
export function isOwnForward(module: Module): boolean {
  const made = module.constructor as { readonly prototype: Module };
  return (
    bases.has(Object.getPrototypeOf(made) as object) && module.forward === made.prototype.forward && module._hooks.none
  );
}
