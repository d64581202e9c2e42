// PyTorch as a child process that times one case at a time, so that both sides can be interleaved in one run.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Peer {
  readonly version: string;
  /** Seconds per call, over `calls` calls of a case. */
  time(name: string, calls: number): Promise<number>;
  close(): void;
}

/** A python3 with torch (or the interpreter named by TIDU_BENCH_PYTHON), or null where there is none. */
export async function startPytorch(): Promise<Peer | null> {
  const python = process.env["TIDU_BENCH_PYTHON"] ?? "python3";
  const child = spawn(python, [new URL("./pytorch.py", import.meta.url).pathname], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string | null> => {
    const { value, done } = await lines.next();
    return done === true ? null : (value as string);
  };
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const hello = await next();
  if (hello === null) return null;
  return {
    version: (JSON.parse(hello) as { torch: string }).torch,
    async time(name, calls) {
      child.stdin.write(`${JSON.stringify({ case: name, calls })}\n`);
      const answer = await next();
      if (answer === null) throw new Error(`bench: PyTorch stopped at '${name}'`);
      return JSON.parse(answer) as number;
    },
    close: () => void child.kill(),
  };
}
