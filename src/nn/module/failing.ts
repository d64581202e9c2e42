// Which layer an error came from.
import { isRaised, retell } from "../../base/errors.ts";
import type { Module } from "./module.ts";

/** The sentence of an error on its way out of modules, and the modules it came through, the innermost first. */
const ways = new WeakMap<Error, { readonly sentence: string; readonly modules: Module[] }>();

/** An error that leaves `module` says below its sentence where that stands in the outermost: "in Net.b1.net.2 (Linear)". */
export function passed(error: unknown, module: Module): unknown {
  if (!isRaised(error)) return error;
  let way = ways.get(error);
  if (way === undefined) ways.set(error, (way = { sentence: error.message, modules: [] }));
  way.modules.push(module);
  if (way.modules.length > 1) retell(error, `${way.sentence}\nin ${pathOf(way.modules)} (${typeOf(way.modules[0])})`);
  return error;
}
function pathOf(modules: readonly Module[]): string {
  let path = typeOf(modules[modules.length - 1]);
  for (let i = modules.length - 1; i > 0; i--) path += nameIn(modules[i], modules[i - 1]);
  return path;
}
/** The way from a module to one inside, or to one that it calls without having it as a child. */
function nameIn(outer: Module, inner: Module): string {
  for (const [name, module] of outer.named_modules()) if (module === inner && name !== "") return `.${name}`;
  return ` > ${typeOf(inner)}`;
}
const typeOf = (module: Module): string => module.constructor.name;
