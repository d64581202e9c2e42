// npm run bench -- distributed [--python PATH]: messages between two processes of this machine, by each MPI that is installed and
// by PyTorch's gloo; what a training step takes in one and in two processes; and how much of the communication backward hides.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";

export interface Measured {
  /** Seconds of an all_reduce of so many bytes: median. */
  readonly messages: readonly (readonly [bytes: number, seconds: number])[];
  readonly steps: readonly { name: string; seconds: number; alone: number; communication: number }[];
}
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const root = process.getuid?.() === 0 ? ["--allow-run-as-root"] : [];
const launchers: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["Open MPI", ["/usr/bin/mpirun.openmpi", "--oversubscribe", ...root]],
  ["MPICH", ["/usr/bin/mpirun.mpich"]],
].filter(([, [file]]) => existsSync(file)) as [string, string[]][];

function measure(command: readonly string[]): Measured | null {
  const { stdout, status, stderr } = spawnSync(command[0], command.slice(1), { encoding: "utf8", timeout: 600_000 });
  const line = stdout?.split("\n").find((text) => text.startsWith("{"));
  if (status === 0 && line !== undefined) return JSON.parse(line) as Measured;
  console.error(stderr?.split("\n").slice(0, 3).join("\n"));
  return null;
}
const rank = [process.execPath, "--import", "tsx", "--conditions=source", path("./ranks/distributed.ts")];

/** All of it; `python`, where there is one with torch, for gloo. */
export function distributed(python: string | undefined): void {
  const runs: [string, Measured][] = [];
  for (const [name, command] of launchers) {
    const got = measure([...command, "-n", "2", ...rank]);
    if (got !== null) runs.push([`tidu, ${name}`, got]);
  }
  if (python !== undefined) {
    const got = measure([python, "-m", "torch.distributed.run", "--nproc-per-node", "2", path("./peers/gloo.py")]);
    if (got !== null) runs.push(["PyTorch, gloo", got]);
  }
  if (runs.length === 0) {
    console.log("No MPI is installed (Debian: apt install openmpi-bin mpich).");
    return;
  }
  const messages = new Table({ head: ["all_reduce, 2 ranks", ...runs.map(([name]) => name)] });
  for (const [i, [bytes]] of runs[0][1].messages.entries())
    messages.push([
      `${bytes} B`,
      ...runs.map(([, { messages: of }]) => {
        const seconds = of[i][1];
        return `${(seconds * 1e6).toFixed(1)} us  ${(bytes / seconds / 1e9).toFixed(3)} GB/s`;
      }),
    ]);
  console.log(messages.toString());
  const alone = measure(rank);
  const steps = new Table({ head: ["training step", "1 rank", "2 ranks", "ratio", "communication", "hidden"] });
  for (const [name, { steps: of }] of runs)
    for (const [i, { name: model, seconds, alone: quiet, communication }] of of.entries()) {
      const one = alone?.steps[i]?.seconds ?? NaN;
      // Two ranks do the batch of one in halves.
      const hidden = 1 - Math.max(0, seconds - quiet) / communication;
      steps.push([
        `${model} (${name})`,
        `${(one * 1e3).toFixed(2)} ms`,
        `${(seconds * 1e3).toFixed(2)} ms`,
        `${(one / seconds).toFixed(2)}x`,
        `${(communication * 1e3).toFixed(2)} ms`,
        `${(100 * Math.max(0, hidden)).toFixed(0)} %`,
      ]);
    }
  console.log(steps.toString());
}
