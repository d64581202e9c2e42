// Tensors where they are shown: in notebooks of Deno and of others that ask by its symbol, and in the console of Chromium.
import { Tensor } from "../tensor/tensor.ts";
import { Picture } from "./picture.ts";

/** For Deno's notebooks: the text that PyTorch prints. */
Object.defineProperty(Tensor.prototype, Symbol.for("Jupyter.display"), {
  value(this: Tensor): Record<string, string> {
    return { "text/plain": this.toString() };
  },
  configurable: true,
});

interface Formatter {
  header(x: unknown): readonly unknown[] | null;
  hasBody(x: unknown): boolean;
  body(x: unknown): readonly unknown[] | null;
}
/**
 * How Chromium's and Firefox's consoles show tensors and graphs, where "custom formatters" are switched on: a line with shape
 * and dtype that opens to the elements. Only adds itself to what else the page has.
 */
const formatter: Formatter = {
  header(x) {
    if (x instanceof Tensor)
      return ["span", {}, `tensor [${x.sizes.join(", ")}] ${x.dtype.name}${x.requires_grad ? ", requires_grad" : ""}`];
    return x instanceof Picture ? ["span", {}, x.toString()] : null;
  },
  hasBody: (x) => x instanceof Tensor,
  body: (x) => ["pre", {}, String(x)],
};
const page = globalThis as { devtoolsFormatters?: Formatter[]; window?: unknown };
if (page.window !== undefined) (page.devtoolsFormatters ??= []).push(formatter);
