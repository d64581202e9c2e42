// The editor's help, which comes when somebody first works in it: names completed, and what the library says of them.
import { autocompletion, completeAnyWord, completionKeymap } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { hoverTooltip, keymap } from "@codemirror/view";
import { make } from "../dom.ts";
import { spaceAfter, tellOf, toldOf } from "../names.ts";
import type { Completions } from "../names.ts";

let names: Promise<Completions> | null = null;
const all = (): Promise<Completions> =>
  (names ??= fetch("completions.json").then((r) => r.json() as Promise<Completions>));

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const before = context.matchBefore(/[\w$.\])]*\.\w*/);
  if (before === null) return context.explicit || context.matchBefore(/\w{3,}/) ? completeAnyWord(context) : null;
  // A number's point is none after which a name could come.
  if (/^\d+\.\d*$/.test(before.text)) return null;
  const dot = before.text.lastIndexOf(".");
  const known = await all();
  const space = spaceAfter(before.text.slice(0, dot), context.state.doc.toString(), known);
  return {
    from: before.from + dot + 1,
    validFor: /^\w*$/,
    options: known.spaces[space].map((label): Completion => {
      const [signature = "", doc = ""] = toldOf(space, label, known) ?? [];
      const type = `${space}.${label}` in known.spaces ? "namespace" : /^[A-Z]/.test(label) ? "class" : "function";
      return {
        label,
        type,
        // In Python and in PyTorch's manual what begins with _ is nobody's business, and names that end so are the rarer ones.
        boost: label.endsWith("_") ? -1 : 0,
        ...(signature === "" && doc === "" ? {} : { info: () => panel(signature, doc) }),
      };
    }),
  };
}
function panel(signature: string, doc: string): HTMLElement {
  const place = make("div", { class: "types" });
  if (signature !== "") place.append(make("code", {}, signature));
  if (doc !== "") place.append(make("span", {}, doc));
  return place;
}
/** What the library says of the name that is pointed at, for programs in a language whose types nobody checks here. */
const manual = hoverTooltip(async ({ state }, at) => {
  const { from, text } = state.doc.lineAt(at);
  const start = /[\w.]*$/.exec(text.slice(0, at - from))![0];
  const chain = `${start}${/^\w*/.exec(text.slice(at - from))![0]}`;
  const told = /^[a-z_][\w.]*$/i.test(chain) ? tellOf(chain, state.doc.toString(), await all()) : null;
  if (told === null) return null;
  const { path, signature, doc } = told;
  const end = at - start.length + chain.length;
  const pos = end - path.length + path.lastIndexOf(".") + 1;
  return { pos: Math.max(from, pos), end, create: () => ({ dom: panel(signature === "" ? path : signature, doc) }) };
});
export const helps = (isTyped: boolean): Extension => [
  autocompletion({ override: [complete], icons: false }),
  keymap.of(completionKeymap),
  isTyped ? [] : manual,
];
