// Unions of names that types compute, written down: every program that imports the declarations would compute them anew,
// and to see whose signature begins with self takes the type checker longer than all else a small program asks of it.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript-lowest";

/** Puts the names that they stand for in place of these types, in the declarations of `root`. */
export function spellOut(root: string, aliases: Readonly<Record<string, readonly string[]>>): void {
  const program = ts.createProgram(
    ["index.d.ts", ...Object.keys(aliases)].map((file) => resolve(root, file)),
    {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  for (const [file, names] of Object.entries(aliases)) {
    const path = resolve(root, file);
    const source = program.getSourceFile(path)!;
    const spelled = names.map((name) => {
      const alias = source.statements.find((s) => ts.isTypeAliasDeclaration(s) && s.name.text === name);
      if (alias === undefined) throw new Error(`${file} has no type ${name}`);
      const { type } = alias as ts.TypeAliasDeclaration;
      const keys = checker.getTypeFromTypeNode(type);
      const each = keys.isUnion() ? keys.types : [keys];
      if (!each.every((key) => key.isStringLiteral())) throw new Error(`${name} in ${file} is no union of names`);
      return { type, text: each.map((key) => JSON.stringify((key as ts.StringLiteralType).value)).join(" | ") };
    });
    let text = readFileSync(path, "utf8");
    for (const { type, text: union } of spelled.sort((a, b) => b.type.pos - a.type.pos))
      text = `${text.slice(0, type.getStart(source))}${union}${text.slice(type.end)}`;
    writeFileSync(path, text);
  }
}
