// Programs seen by the type checker with the built declarations, and the types it gives to tensors in them. Read by
// TypeScript 5.7, the lowest version that the README names: newer ones have no interface for programs.
import { resolve } from "node:path";
import ts from "typescript-lowest";

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  noErrorTruncation: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  skipLibCheck: true,
};
export interface Checked {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly source: ts.SourceFile;
  readonly faults: readonly { readonly start: number; readonly line: number; readonly text: string }[];
}
/** What programs import, read and bound once. */
const read = new Map<string, ts.SourceFile | undefined>();
/** A program of this text, as a file of the root folder. */
export function check(text: string): Checked {
  const file = resolve("typed_program.ts");
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(
          name,
          text,
          { languageVersion: ts.ScriptTarget.ES2022, impliedNodeFormat: ts.ModuleKind.ESNext },
          true,
        )
      : (read.has(name) ? read : read.set(name, getSourceFile(name, ...rest))).get(name);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file)!;
  const faults = ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => ({
    start,
    line: source.getLineAndCharacterOfPosition(start).line,
    text: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
  return { program, checker: program.getTypeChecker(), source, faults };
}

/** What is known of a dim: a number, a name, or null. */
export type KnownDim = number | string | null;
export interface KnownTensor {
  /** null if not even their number is known. */
  readonly shape: readonly KnownDim[] | null;
  readonly dtype: string | null;
}
/** What a type says of a tensor; null if it is none. */
export function tensorIn(checker: ts.TypeChecker, type: ts.Type): KnownTensor | null {
  if (type.isIntersection()) return type.types.map((t) => tensorIn(checker, t)).find((t) => t !== null) ?? null;
  const { symbol } = type;
  if (symbol === undefined || !["Tensor", "Parameter"].includes(symbol.name)) return null;
  const [shape, dtype] = checker.getTypeArguments(type as ts.TypeReference);
  // A tensor without shapes, as `tidu` has it.
  if (shape === undefined) return { shape: null, dtype: null };
  return {
    shape: checker.isTupleType(shape)
      ? checker.getTypeArguments(shape as ts.TypeReference).map((t) => (t.isLiteral() ? (t.value as string) : null))
      : null,
    dtype: dtype.isStringLiteral() ? dtype.value : null,
  };
}
/** Those in a type: of a tensor itself, of several those. */
export function tensorsIn(checker: ts.TypeChecker, type: ts.Type): readonly KnownTensor[] {
  const one = tensorIn(checker, type);
  if (one !== null) return [one];
  if (type.isIntersection()) return type.types.flatMap((t) => tensorsIn(checker, t)).slice(0, 8);
  if (!checker.isTupleType(type)) return [];
  return checker.getTypeArguments(type as ts.TypeReference).flatMap((t) => tensorsIn(checker, t));
}
export { ts };
