// MPI in this process: its start, its end, and an end of all ranks when one fails.
import { environment } from "../devices/cpu/environment.ts";
import { set_num_threads } from "../devices/cpu/threads/num_threads.ts";
import { RuntimeError } from "../base/errors.ts";
import { assertDone, findMpi, launcher } from "./mpi.ts";
import type { Mpi } from "./mpi.ts";
import { wireUp } from "./process_manager.ts";

export interface Runtime {
  readonly mpi: Mpi;
  readonly rank: number;
  readonly size: number;
}
let running: Runtime | null = null;
export const runtime = (): Runtime | null => running;

/** MPI as started, once in a process: it cannot be started again. Raises ImportError where there is none. */
export function startMpi(expected: number): Runtime {
  if (running !== null) return running;
  const mpi = findMpi();
  prepare(mpi);
  const [flag, rank, size] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
  mpi.call.Initialized(flag);
  if (flag[0] === 0) assertDone(mpi, mpi.call.Init(0, 0), "Init");
  mpi.call.Comm_rank(mpi.world, rank);
  mpi.call.Comm_size(mpi.world, size);
  running = { mpi, rank: rank[0], size: size[0] };
  endWithProcess(running);
  if (expected > 1 && running.size !== expected)
    throw new RuntimeError(
      [
        `init_process_group: the launcher started ${expected} processes, but MPI knows of ${running.size}.`,
        `The library is ${firstLine(mpi.version)}. Start the program with the launcher of the same installation (mpirun --version tells which it is), or name its library: TIDU_MPI=/path/to/libmpi.so`,
      ].join("\n"),
    );
  shareCores();
  return running;
}
/** Where torchrun started the ranks, nobody has told the library of the others. */
function prepare(mpi: Mpi): void {
  const [size, rank] = [Number(environment("WORLD_SIZE") ?? 1), Number(environment("RANK") ?? 0)];
  if (size === 1 || launcher()?.of !== null || environment("SLURM_PROCID") !== undefined) return;
  if (!mpi.version.includes("MPICH"))
    throw new RuntimeError(
      "init_process_group: torchrun starts processes, but wires no MPI up, and of the libraries only MPICH lets itself be wired up without its own launcher.\nInstall MPICH (Debian: apt install mpich), or start the program by mpirun.",
    );
  wireUp(mpi.koffi, rank, size);
}
const firstLine = (text: string): string => text.split("\n")[0].replace(/\s+/g, " ").replace(/,.*/, "");

/** Ranks of one machine share its cores, unless the program or its environment says otherwise. */
function shareCores(): void {
  if (environment("TIDU_NUM_THREADS")) return;
  const names = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "LOCAL_WORLD_SIZE", "SLURM_NTASKS_PER_NODE"];
  const neighbours = Number(names.map(environment).find((value) => value) ?? NaN);
  const { cpus, availableParallelism } = process.getBuiltinModule("node:os");
  // Launchers that bind ranks to cores have seen to it already.
  if (neighbours > 1 && availableParallelism() >= cpus().length)
    set_num_threads(Math.max(1, Math.floor(cpus().length / neighbours)));
}

/**
 * At the end of the process MPI is ended, too; a process that fails ends all. Its error is printed first, with its rank, as
 * PyTorch prints it: Node would print it after the listeners of "exit" have run, and by then the launcher has ended all.
 */
function endWithProcess({ mpi, rank }: Runtime): void {
  process.on("uncaughtExceptionMonitor", (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? String(error)) : `Uncaught ${String(error)}`;
    const fs = process.getBuiltinModule("node:fs");
    fs.writeSync(2, `${text.replace(/^/gm, `[rank${rank}]: `)}\n`);
    fail(1);
  });
  process.on("exit", (code) => (code === 0 ? void mpi.call.Finalize() : fail(code)));
}
/** Ends all ranks. */
export function fail(code: number): void {
  if (running !== null) running.mpi.call.Abort(running.mpi.world, code);
}

/** Which of the ranks on its machine this is, as launchers tell it; null if none does. */
export function localRank(): number | null {
  for (const name of ["LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"]) {
    const value = environment(name);
    if (value !== undefined) return Number(value);
  }
  return null;
}
export { launcher };
