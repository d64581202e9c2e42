// TypeScript to what an engine runs. Sucrase takes types off token by token: lines stay where they are, nothing is checked, and
// it is a twentieth of a compiler. (ts-blank-space needs the compiler itself, which since TypeScript 7 is no JavaScript.)
import { transform } from "sucrase";

export interface Compiled {
  /** The names that it imports. */
  readonly imports: readonly string[];
  run(require: (name: string) => unknown): Promise<void>;
}
/** Raises SyntaxError with the line, as `program.ts:3`, in its stack. */
export function compile(source: string): Compiled {
  let code: string;
  try {
    ({ code } = transform(source, {
      transforms: ["typescript", "imports"],
      disableESTransforms: true,
      production: true,
      filePath: "program.ts",
    }));
  } catch (error) {
    throw syntaxError(String((error as Error).message));
  }
  const imports = [...code.matchAll(/\brequire\(\s*(["'])(.+?)\1\s*\)/g)].map(([, , name]) => name);
  return {
    imports: [...new Set(imports)],
    async run(require) {
      const text = `(async (require, exports) => {${code}\n})\n//# sourceURL=program.ts`;
      let main: (require: (name: string) => unknown, exports: object) => Promise<void>;
      try {
        // Indirect, so that the program sees none of our names.
        // oxlint-disable-next-line no-eval -- to run the visitor's own program is what this worker is for
        main = (0, eval)(text) as typeof main;
      } catch (error) {
        throw syntaxError((error as Error).message);
      }
      await main(require, {});
    },
  };
}
function syntaxError(message: string): SyntaxError {
  const [, line] = /\((\d+):\d+\)/.exec(message) ?? [];
  const error = new SyntaxError(message.replace(/^Error transforming program\.ts: /, "").replace(/ \(\d+:\d+\)$/, ""));
  error.stack = line === undefined ? "" : `SyntaxError\n    at program.ts:${line}:1`;
  return error;
}
