// Programs as the ranks of a launcher: those of Open MPI and of MPICH, as Debian installs them beside each other.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Launcher {
  readonly name: string;
  readonly command: readonly string[];
}
const root = process.getuid?.() === 0;
/** Those that are installed. */
export const launchers: readonly Launcher[] = [
  {
    name: "Open MPI",
    command: [
      "/usr/bin/mpirun.openmpi",
      "--oversubscribe",
      "--bind-to",
      "none",
      ...(root ? ["--allow-run-as-root"] : []),
    ],
  },
  { name: "MPICH", command: ["/usr/bin/mpirun.mpich"] },
].filter(({ command: [path] }) => existsSync(path));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}
const here = fileURLToPath(new URL("../../", import.meta.url));
/** Runs a program of this folder, from source, as so many ranks; `null` as launcher is none. */
export function runRanks(
  launcher: Launcher | null,
  ranks: number,
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const node = [
    process.execPath,
    "--import",
    "tsx",
    "--conditions=source",
    `test/distributed/ranks/${program}`,
    ...args,
  ];
  return run(launcher === null ? node : [...launcher.command, "-n", String(ranks), ...node], env);
}
/** The same with a program in Python, by `tidu run`, which sees a folder more. */
export function runPython(
  launcher: Launcher | null,
  ranks: number,
  program: string,
  args: readonly string[],
  folder: string,
): Promise<Ended> {
  const cli = ["--import", "tsx", "--conditions=source", "cli/index.ts", "run", "--mount", folder];
  const tidu = [process.execPath, ...cli, `test/distributed/ranks/${program}`, ...args];
  return run(launcher === null ? tidu : [...launcher.command, "-n", String(ranks), ...tidu]);
}
export function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const [file, ...args] = command;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: here,
      // Messages between ranks of one machine need no network, and a test no core of its own.
      env: { ...process.env, TIDU_NUM_THREADS: "1", TIDU_BLAS: "0", OMPI_MCA_mpi_yield_when_idle: "1", ...env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += String(text)));
    child.stderr.on("data", (text: Buffer) => (stderr += String(text)));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr, seconds: (performance.now() - start) / 1000 }));
  });
}
