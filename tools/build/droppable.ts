// Lets bundlers drop single ops, not only files of them.
import { parseAst } from "rolldown/parseAst";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}
interface Call extends Node {
  readonly callee: { readonly name?: string };
  readonly arguments: readonly Node[];
}
interface Statement extends Node {
  readonly declaration?: Statement | null;
  readonly declarations?: readonly { readonly id: { readonly name?: string }; readonly init: Node | null }[];
  readonly expression?: Node;
  readonly superClass?: Node | null;
}
const PURE = "/*#__PURE__*/ ";
const isCall = (x: Node | null | undefined, name: string): x is Call =>
  x?.type === "CallExpression" && (x as Call).callee.name === name;

/**
 * A module in which a value that nobody asks for can go, with what it is made from. In the sources an op is declared by one
 * statement and defined by another (its type must not depend on its formula), and a bundler has to keep the second, for it
 * cannot know that it changes nothing but the first: so who adds two tensors gets every function in the file. Here the two
 * become one value, in the place of the second; and the calls that make constants and base classes are said to be without
 * effects, as `sideEffects` in package.json says of the whole file.
 */
export function droppable(code: string): string {
  const edits: (readonly [start: number, end: number, text: string])[] = [];
  const mark = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(mark);
    if (typeof value !== "object" || value === null) return;
    const { type, start } = value as Node;
    if (/Function/.test(type)) return;
    if (type === "CallExpression" || type === "NewExpression") edits.push([start, start, PURE]);
    Object.values(value).forEach(mark);
  };
  const ops = new Map<string, readonly [Statement, Node]>();
  for (const statement of parseAst(code).body as readonly Statement[]) {
    const { declarations, superClass, expression } = statement.declaration ?? statement;
    if (isCall(expression, "define")) {
      const [of, definition] = expression.arguments.map(({ start, end }) => code.slice(start, end));
      const [declared, op] = ops.get(of) ?? [];
      if (declared === undefined || op === undefined) continue;
      ops.delete(of);
      const start = code.slice(declared.start, op.start);
      edits.push([declared.start, declared.end, ""]);
      const value = `${PURE}define(${PURE}${code.slice(op.start, op.end)}, () => (${definition}))`;
      edits.push([statement.start, statement.end, `${start}${value};`]);
      continue;
    }
    mark(superClass);
    const [first, ...others] = declarations ?? [];
    if (others.length === 0 && isCall(first?.init, "op")) ops.set(first.id.name!, [statement, first.init]);
    else for (const { init } of declarations ?? []) mark(init);
  }
  // Of edits in one place the later one stands first.
  for (const [start, end, text] of edits.sort(([a], [b]) => b - a))
    code = code.slice(0, start) + text + code.slice(end);
  return code;
}
