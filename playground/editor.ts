// The editor: CodeMirror 6 with the parts that a short program needs, the lines that the recording points at marked.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  continuedIndent,
  delimitedIndent,
  HighlightStyle,
  indentNodeProp,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  LRLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { Compartment, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { DecorationSet } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { parser } from "@lezer/javascript";
import { make } from "./dom.ts";
import type { Language } from "./told.ts";
import { typesAt } from "./types.ts";

/** Lines by what they are marked as. */
export interface Marks {
  readonly fault: readonly number[];
  /** The line of the step at the cursor. */
  readonly step: number;
}
const setMarks = StateEffect.define<Marks>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(old, { changes, effects, state }) {
    let now = old.map(changes);
    for (const effect of effects)
      if (effect.is(setMarks)) {
        const { fault, step } = effect.value;
        const all = [...new Set([...fault, step])].filter((n) => n >= 1 && n <= state.doc.lines).sort((a, b) => a - b);
        now = Decoration.set(
          all.map((n) => {
            const kinds = [fault.includes(n) ? "fault-line" : "", n === step ? "step-line" : ""].join(" ").trim();
            return Decoration.line({ class: kinds }).range(state.doc.line(n).from);
          }),
        );
      }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: "var(--ink)" },
  { tag: [tags.typeName, tags.className], color: "var(--code-type)" },
]);
/** The type of what is pointed at, and what is wrong with it. */
const types = hoverTooltip(async ({ state }, at) => {
  const told = await typesAt(state.doc.toString(), at);
  if (told.type === null && told.faults.length === 0) return null;
  const lines = [
    ...told.faults.map((text) => make("p", { class: "fault" }, text)),
    ...(told.type === null ? [] : [make("code", {}, told.type)]),
  ];
  const dom = make("div", { class: "types" });
  dom.append(...lines);
  return { pos: told.from, end: told.to, create: () => ({ dom }) };
});
/** The grammar with what a program needs to be indented: CodeMirror's own package brings completions of JavaScript along. */
const typescript = LRLanguage.define({
  parser: parser.configure({
    dialect: "ts",
    props: [
      indentNodeProp.add({
        "Block ClassBody ObjectExpression ObjectPattern TypeLiteral": delimitedIndent({ closing: "}" }),
        "ArrayExpression ArrayPattern": delimitedIndent({ closing: "]" }),
        "ArgList ParamList": delimitedIndent({ closing: ")" }),
        "VariableDeclaration ExpressionStatement ReturnStatement MemberExpression ArrowFunction": continuedIndent(),
        "IfStatement ForStatement WhileStatement": continuedIndent({ except: /^\s*(\{|else\b)/ }),
        "TemplateString BlockComment": () => null,
      }),
    ],
  }),
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } }, indentOnInput: /^\s*[}\])]$/ },
});
const languages: Readonly<Record<Language, () => Promise<Extension>>> = {
  ts: async () => [new LanguageSupport(typescript), indentUnit.of("  "), types],
  py: async () => [
    new LanguageSupport((await import("@codemirror/lang-python")).pythonLanguage),
    indentUnit.of("    "),
  ],
};

export class Editor {
  private readonly view: EditorView;
  private readonly language = new Compartment();
  private readonly helps = new Compartment();
  private shown: Language = "ts";
  private isUsed = false;

  constructor(parent: HTMLElement, changed: (text: string) => void, run: () => void) {
    const enter = { key: "Mod-Enter", run: () => (run(), true) };
    this.view = new EditorView({
      parent,
      extensions: [
        Prec.highest(keymap.of([enter])),
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        EditorState.allowMultipleSelections.of(true),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        syntaxHighlighting(colours),
        this.language.of([]),
        this.helps.of([]),
        EditorView.domEventHandlers({ focus: () => void this.help(), mouseover: () => void this.help() }),
        marks,
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "Program text. Escape, then Tab, leaves it." }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(this.text);
        }),
      ],
    });
  }
  get text(): string {
    return this.view.state.doc.toString();
  }
  async show(text: string, language: Language): Promise<void> {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.view.dispatch({ effects: this.language.reconfigure(await languages[language]()) });
    this.shown = language;
    if (this.isUsed) await this.help(true);
  }
  /** Names are completed and told of from when somebody first works here. */
  private async help(again = false): Promise<void> {
    if (this.isUsed && !again) return;
    this.isUsed = true;
    const { helps } = await import("./later/completion.ts");
    this.view.dispatch({ effects: this.helps.reconfigure(helps(this.shown === "ts")) });
  }
  mark(now: Marks): void {
    this.view.dispatch({ effects: setMarks.of(now) });
  }
  /** Brings a line into sight; with `focus` the cursor goes there. */
  goTo(line: number, focus = false): void {
    if (line < 1 || line > this.view.state.doc.lines) return;
    const { from } = this.view.state.doc.line(line);
    this.view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "nearest", yMargin: 40 }) });
    if (!focus) return;
    this.view.dispatch({ selection: { anchor: from } });
    this.view.focus();
  }
}
