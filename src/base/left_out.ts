// What programs do without that take tidu/lean, besides methods: see Note [Methods] in ops/methods/index.ts.
import { NotImplementedError } from "./errors.ts";

/** For something that was asked for and is only there where all is. */
export const leftOut = (what: string): NotImplementedError =>
  new NotImplementedError(`tidu/lean does without ${what}.\nImport "tidu", which brings it.`);
