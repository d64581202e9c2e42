// How many of the tensors that a program computes have a shape that the type checker knows.
import { check, tensorsIn, ts } from "./checked.ts";

export interface Coverage {
  readonly known: number;
  readonly all: number;
  /** The expressions whose shape is not known. */
  readonly unknown: readonly string[];
  readonly faults: readonly string[];
}
/** Counts every call that gives tensors, and every T and mT. */
export function coverage(text: string): Coverage {
  const { checker, source, faults } = check(text);
  let known = 0;
  const unknown: string[] = [];
  const visit = (node: ts.Node): void => {
    const isTurned = ts.isPropertyAccessExpression(node) && ["T", "mT"].includes(node.name.text);
    if (ts.isCallExpression(node) || isTurned)
      for (const { shape } of tensorsIn(checker, checker.getTypeAtLocation(node)))
        if (shape !== null && !shape.includes(null)) known++;
        else unknown.push(node.getText().replace(/\s+/g, " "));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    known,
    all: known + unknown.length,
    unknown,
    faults: faults.map(({ line, text: t }) => `${line + 1}: ${t}`),
  };
}
