import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** What of pyodide's interface is used. */
interface Pyodide {
  readonly FS: { mkdirTree(path: string): void; writeFile(path: string, text: string): void };
  runPython(source: string): unknown;
}
/** What the translator gives: the program in TypeScript, and lines with the reason why they were left as comments. */
export interface Translation {
  readonly text: string;
  readonly left: readonly (readonly [line: number, reason: string])[];
}

/**
 * `tidu translate model.py [-o model.ts]`: the program in TypeScript. What has no twin is left in it as a comment and told
 * by line; ends with 1 if there was any.
 */
export async function translateFile(program: string, { output }: { output?: string }): Promise<void> {
  if (!existsSync(program)) {
    console.error(`tidu: can't open file '${program}': [Errno 2] No such file or directory`);
    process.exitCode = 2;
    return;
  }
  const [result] = await translate([[program, readFileSync(program, "utf8")]]);
  if (typeof result === "string") {
    console.error(result);
    process.exitCode = 2;
    return;
  }
  if (output === undefined) process.stdout.write(result.text);
  else writeFileSync(output, result.text);
  for (const [line, reason] of result.left) console.error(`${program}:${line}: ${reason}`);
  const { length } = result.left;
  if (length === 0) return;
  console.error(`${length} ${length === 1 ? "statement is" : "statements are"} left to you, as comments`);
  process.exitCode = 1;
}

/** Programs, each with its name, in TypeScript; or what is wrong with their Python. */
export async function translate(programs: readonly (readonly [string, string])[]): Promise<(Translation | string)[]> {
  const { loadPython } = await import("tidu/python");
  const pyodide = (await loadPython()).pyodide as Pyodide;
  const folder = new URL("./translate/", import.meta.url);
  pyodide.FS.mkdirTree("/translator/translate");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".py")))
    pyodide.FS.writeFile(`/translator/translate/${file}`, readFileSync(new URL(file, folder), "utf8"));
  pyodide.FS.writeFile("/translator/programs.json", JSON.stringify(programs));
  return JSON.parse(String(pyodide.runPython(TRANSLATE))) as (Translation | string)[];
}
const TRANSLATE = `
import json, sys
import _tidu
from torch._bridge import run
sys.path.insert(0, "/translator")
from translate import translate as _translate

def _signature(path):
    """The signature of an op or an optimizer, or "". """
    name = path.rpartition(".")[2]
    if path.startswith("torch.optim."):
        return run("bridge.signatureOf", path.removeprefix("torch.")) if name[:1].isupper() else ""
    for where in (path.removeprefix("torch."), f"torch.{name}", f"Tensor.{name}", f"nn.functional.{name}"):
        number = _tidu.lookup(where)
        text = _tidu.signature(number) if number >= 0 else ""
        if text:
            return text
    return ""

def _each(name, source):
    try:
        text, left = _translate(source, name, _signature)
    except SyntaxError as error:
        return f"{name}:{error.lineno}: {error.msg}"
    return {"text": text, "left": left}

json.dumps([_each(*program) for program in json.load(open("/translator/programs.json"))])
`;
