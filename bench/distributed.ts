// npm run bench -- distributed [--python PATH]: messages between two processes of this machine, by each MPI that is installed and
// by PyTorch's gloo; what a training step takes in one and in two processes; how much of the communication backward hides; and
// what the model of docs/distributed.md says of one to four processes beside what they took.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";

interface Step {
  readonly name: string;
  readonly batch: number;
  /** Of its gradients. */
  readonly bytes: number;
  readonly layers: number;
  /** Of the whole batch by the first rank while the others sleep: what the ranks' own steps are compared with. */
  readonly whole: number;
  /** Of a step, of one without communication, of a sum of all gradients at once, and of a step with parameters in shards. */
  readonly seconds: number;
  readonly silent: number;
  readonly communication: number;
  readonly sharded?: number;
}
interface Measured {
  /** Seconds of an all_reduce of so many bytes: median. */
  readonly messages: readonly (readonly [bytes: number, seconds: number])[];
  readonly steps: readonly Step[];
}
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const root = process.getuid?.() === 0 ? ["--allow-run-as-root"] : [];
const launchers: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["Open MPI", ["/usr/bin/mpirun.openmpi", "--oversubscribe", "--bind-to", "none", ...root]],
  ["MPICH", ["/usr/bin/mpirun.mpich"]],
].filter(([, [file]]) => existsSync(file)) as [string, string[]][];

function measure(command: readonly string[]): Measured | null {
  // A product by the system's BLAS on one side only would compare that; PyTorch has its own.
  const env = { ...process.env, TIDU_NUM_THREADS: "1", OMP_NUM_THREADS: "1", OMPI_MCA_mpi_yield_when_idle: "1" };
  const { stdout, status, stderr } = spawnSync(command[0], command.slice(1), {
    encoding: "utf8",
    timeout: 900_000,
    env,
  });
  const line = stdout?.split("\n").find((text) => text.startsWith("{"));
  if (status === 0 && line !== undefined) return JSON.parse(line) as Measured;
  console.error(`${command.join(" ")}: ${stderr?.split("\n").slice(0, 3).join("\n")}`);
  return null;
}
const rank = [process.execPath, "--import", "tsx", "--conditions=source", path("./ranks/distributed.ts")];
const gloo = (python: string, ranks: number): string[] => {
  const torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", String(ranks)];
  return [python, ...torchrun, path("./peers/gloo.py")];
};
const ms = (seconds: number): string => `${(seconds * 1e3).toFixed(2)} ms`;

/** All of it; `python`, where there is one with torch, for gloo. */
export function distributed(python: string | undefined): void {
  if (launchers.length === 0) {
    console.log("No MPI is installed (Debian: apt install openmpi-bin mpich).");
    return;
  }
  console.log(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} at the start`);
  const sides = launchers.map(([name, command]) => ({
    name: `tidu, ${name}`,
    ranks: [measure(rank), ...[2, 3, 4].map((n) => measure([...command, "-n", String(n), ...rank]))],
  }));
  if (python !== undefined) sides.push({ name: "PyTorch, gloo", ranks: [null, measure(gloo(python, 2))] });

  const two = sides.flatMap(({ name, ranks: [, of] }) => (of ? [{ name, of }] : []));
  const messages = new Table({ head: ["all_reduce, 2 ranks", ...two.map(({ name }) => name)] });
  for (const [i, [bytes]] of two[0].of.messages.entries())
    messages.push([
      `${bytes} B`,
      ...two.map(({ of }) => {
        const seconds = of.messages[i][1];
        return `${(seconds * 1e6).toFixed(1)} us  ${(bytes / seconds / 1e9).toFixed(3)} GB/s`;
      }),
    ]);
  console.log(messages.toString());

  // Two ranks do the batch of one in halves, turn by turn with one rank that does all of it while the other sleeps. What two
  // processes cost that never talk is the machine's: its cores share caches, memory, or (of a rented machine) each other.
  const steps = new Table({
    head: ["training step", "batch", "1 rank", "2, silent", "2 ranks", "ratio", "silent", "of it", "sum", "hidden"],
  });
  for (const { name, ranks } of sides)
    for (const step of ranks[1]?.steps ?? [])
      steps.push([
        `${step.name} (${name})`,
        step.batch,
        ms(step.whole),
        ms(step.silent),
        ms(step.seconds),
        `${(step.whole / step.seconds).toFixed(2)}x`,
        `${(step.whole / step.silent).toFixed(2)}x`,
        `${((100 * step.silent) / step.seconds).toFixed(0)} %`,
        ms(step.communication),
        `${(100 * hidden(step)).toFixed(0)} %`,
      ]);
  console.log(steps.toString());

  const model = new Table({
    head: ["the model beside what was measured", "sum of gradients", "model", "step", "model", "sharded", "model"],
  });
  for (const { name, ranks } of sides) {
    const of2 = ranks[1];
    if (!of2) continue;
    const network = networkOf(of2);
    for (const [i, of] of ranks.entries())
      for (const [k, step] of (of?.steps ?? []).entries()) {
        const n = i + 1;
        const sum = sumOf(network, n, step.bytes);
        const late = sum * (1 - hidden(of2.steps[k]));
        model.push([
          `${step.name} ${step.batch}, ${n} ranks (${name})`,
          ms(step.communication),
          ms(sum),
          ms(step.seconds),
          ms(step.silent + late),
          ...(step.sharded === undefined
            ? ["", ""]
            : [ms(step.sharded), ms(step.silent + shardedOf(network, n, step.bytes, step.layers))]),
        ]);
      }
  }
  console.log(model.toString());
}
/** Of a sum of all gradients, how much a step that communicates does not take longer than one that does not. */
const hidden = ({ seconds, silent, communication }: Step): number =>
  communication === 0 ? 1 : Math.min(1, Math.max(0, 1 - (seconds - silent) / communication));

interface Network {
  /** Seconds of a message. */
  readonly a: number;
  /** Bytes a second. */
  readonly b: number;
}
/** From an all_reduce of 4 bytes and the largest one, in two ranks. */
function networkOf({ messages }: Measured): Network {
  const a = messages[0][1] / 2;
  const [bytes, seconds] = messages[messages.length - 1];
  return { a, b: bytes / (seconds - 2 * a) };
}
/** A ring's sum. */
const sumOf = ({ a, b }: Network, n: number, bytes: number): number =>
  2 * (n - 1) * a + ((2 * (n - 1)) / n) * (bytes / b);
/** Parameters gathered twice, gradients summed once, layer by layer. */
const shardedOf = ({ a, b }: Network, n: number, bytes: number, layers: number): number =>
  n === 1 ? 0 : 3 * layers * (n - 1) * a + ((3 * (n - 1)) / n) * (bytes / b);
