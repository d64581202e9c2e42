// The worker that says of what type a place in a program is, and what is wrong with it: TypeScript's own checker, with the
// library's declarations. It is loaded when somebody first points at a place.
import ts from "typescript-lowest";
import type { Asked, Told } from "../types.ts";

const PROGRAM = "/program.ts";
/** Declarations by their paths, as tools/site/types.ts gathers them. */
const files = fetch(new URL("../types.json", import.meta.url)).then(
  (response) => response.json() as Promise<Record<string, string>>,
);
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  types: [],
};
const parsed = new Map<string, ts.SourceFile>();
const parse = (name: string, text: string): ts.SourceFile =>
  ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ES2022 }, true);
/** Where an import leads: names of the package to its entries, paths to the declarations beside. */
function resolve(all: Record<string, string>, name: string, from: string): string | undefined {
  const path = name.startsWith(".")
    ? new URL(name, `file://${from}`).pathname.replace(/(?<!\.d)\.ts$|\.js$/, ".d.ts")
    : name.replace(/^tidu/, "/tidu") + "/index.d.ts";
  return path in all ? path : undefined;
}
let last: { readonly source: string; readonly program: ts.Program; readonly faults: readonly ts.Diagnostic[] } | null =
  null;
async function checked(source: string): Promise<NonNullable<typeof last>> {
  if (last?.source === source) return last;
  const all = await files;
  const file = parse(PROGRAM, source);
  const host: ts.CompilerHost = {
    fileExists: (name) => name in all,
    readFile: (name) => all[name],
    getSourceFile(name) {
      if (name === PROGRAM) return file;
      const text = all[name];
      if (text === undefined) return undefined;
      let made = parsed.get(name);
      if (made === undefined) parsed.set(name, (made = parse(name, text)));
      return made;
    },
    getDefaultLibFileName: () => "/lib/lib.es2023.d.ts",
    getDefaultLibLocation: () => "/lib",
    writeFile: () => undefined,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    resolveModuleNameLiterals: (names, from) =>
      names.map(({ text }) => {
        const path = resolve(all, text, from);
        return {
          resolvedModule: path === undefined ? undefined : { resolvedFileName: path, extension: ts.Extension.Dts },
        };
      }),
  };
  const program = ts.createProgram([PROGRAM, "/console.d.ts"], options, host);
  last = { source, program, faults: program.getSemanticDiagnostics(file) };
  return last;
}
const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
/** The name at a place with its type; that of what is called with what it gives. */
function typeAt(program: ts.Program, at: number): { from: number; to: number; text: string } | null {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(PROGRAM)!;
  const find = (node: ts.Node): ts.Node | undefined =>
    ts.forEachChild(node, (child) => (at >= child.getStart(file) && at <= child.end ? find(child) : undefined)) ?? node;
  const name = find(file);
  if (name === undefined || !ts.isIdentifier(name)) return null;
  const called = ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : name;
  const call = ts.isCallExpression(called.parent) && called.parent.expression === called ? called.parent : null;
  const type = checker.getTypeAtLocation(call ?? name);
  const text = checker.typeToString(type, undefined, FLAGS);
  return { from: name.getStart(file), to: name.end, text: `${name.text}${call === null ? "" : "(…)"}: ${text}` };
}
/** A sentence of PyTorch's that stands where a type is wanted; else what TypeScript says. */
function saying({ messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  return /type '"(.*)"'/.exec(text)?.[1] ?? text.split("\n")[0];
}
addEventListener("message", async ({ data: { id, source, at } }: MessageEvent<Asked>) => {
  const { program, faults } = await checked(source);
  const type = typeAt(program, at);
  const wrong = faults.filter(({ start = 0, length = 0 }) => at >= start && at <= start + length);
  const { from, to } = type ?? { from: wrong[0]?.start ?? at, to: (wrong[0]?.start ?? at) + (wrong[0]?.length ?? 0) };
  const told: Told = { id, from, to, type: type?.text ?? null, faults: wrong.map(saying) };
  postMessage(told);
});
