// Groups of processes, the first of which is the world.
import { environment } from "../devices/cpu/environment.ts";
import { AssertionError, RuntimeError, ValueError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";
import { world } from "../settings/world.ts";
import { launcher, localRank, startMpi } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";
import { attend, late } from "./watchdog.ts";
import type { Handle, Mpi } from "./mpi.ts";
import { assertDone } from "./mpi.ts";
import type { Work } from "./work.ts";

/** Seconds that an operation may take unless a group says otherwise: PyTorch's half an hour. */
export const default_pg_timeout = 1800;
const NOT_INITIALIZED = "Default process group has not been initialized, please make sure to call init_process_group.";

/** Processes that talk to each other. Made by `init_process_group` and `new_group`. */
export class ProcessGroup {
  readonly group_name: string;
  readonly group_desc: string;
  /** @internal Of its members in the world, in order. */
  readonly ranks: readonly number[];
  /** @internal null for one process alone, which has nobody to talk to. */
  readonly mpi: Mpi | null;
  /** @internal */ readonly comm: Handle;
  /** @internal */ timeout: number;
  /** @internal How many collectives were begun. */
  sequence = 0;
  private readonly own: number;
  private readonly backend: string;
  /** @internal */
  constructor(
    fields: { name: string; desc: string; backend: string; ranks: readonly number[]; own: number; timeout: number },
    mpi: Mpi | null,
    comm: Handle,
  ) {
    this.group_name = fields.name;
    this.group_desc = fields.desc;
    this.backend = fields.backend;
    this.ranks = fields.ranks;
    this.own = fields.own;
    this.timeout = fields.timeout;
    this.mpi = mpi;
    this.comm = comm;
  }
  /** This process's number in the group. */
  rank(): number {
    return this.own;
  }
  /** How many processes there are. */
  size(): number {
    return this.ranks.length;
  }
  /** What it talks by. */
  name(): string {
    return this.backend;
  }
  /** @internal */
  attend(work: Work): void {
    attend(this, work);
  }
  /** @internal */
  late(work: Work, seconds: number): string {
    return late(this, work, seconds);
  }
}

/** What `new_group` returns to processes that are not in it. */
const NON_GROUP_MEMBER = -100;
export const GroupMember = { NON_GROUP_MEMBER } as const;
/** A group as functions take it: null or nothing for the world. */
export type Group = ProcessGroup | typeof NON_GROUP_MEMBER;

let first: ProcessGroup | null = null;
const groups = new Set<ProcessGroup>();
let made = 0;
export const group = {
  /** The group of all processes, null before `init_process_group`. */
  get WORLD(): ProcessGroup | null {
    return first;
  },
};

/** The group meant, the world if none is named. Raises ValueError before there is one. */
export function groupOf(given: Group | null): ProcessGroup {
  if (first === null) throw new ValueError(NOT_INITIALIZED);
  if (given === null) return first;
  if (!(given instanceof ProcessGroup) || !groups.has(given)) throw new ValueError("Invalid process group specified");
  return given;
}
/** Whether this process has no part in a group. */
export const isOutside = (given: Group | null): given is typeof NON_GROUP_MEMBER => given === NON_GROUP_MEMBER;

const BACKENDS = ["mpi", "gloo", "nccl", "ucc", "xccl"];
/** The names of a backend: "gloo", "cpu:gloo,cuda:nccl". */
function checkBackend(backend: string | null): string {
  const name = (backend ?? "undefined").toLowerCase();
  const parts = backend === null ? [] : name.split(",").map((part) => part.replace(/^\w+:/, ""));
  for (const part of parts) if (!BACKENDS.includes(part)) throw new AssertionError(`Unknown backend type ${part}`);
  for (const part of ["nccl", "ucc", "xccl"])
    if (parts.includes(part) && !name.includes("cpu:"))
      throw new RuntimeError(
        `Distributed package doesn't have ${part.toUpperCase()} built in\nProcesses talk by MPI here: init_process_group("mpi").`,
      );
  return backend === null ? name : name.includes("cpu:") ? /cpu:(\w+)/.exec(name)![1] : name;
}
function fromEnvironment(name: string, given: number): number {
  if (given >= 0) return given;
  const value = environment(name);
  if (value === undefined)
    throw new ValueError(
      `Error initializing torch.distributed using env:// rendezvous: environment variable ${name} expected, but not set\nWith init_process_group("mpi") the launcher tells (mpirun, srun), and without one there is a single process.`,
    );
  return Number(value);
}

interface InitTypes {
  store: unknown;
  pg_options: unknown;
  device_id: unknown;
}
/**
 * Starts the group of all processes that the launcher has started: mpirun, srun, torchrun. The processes talk by MPI, whatever
 * `backend` names ("mpi", "gloo"); rank and size are MPI's. Without a launcher there is one process, this one, for which
 * no MPI is needed. `timeout`: seconds that an operation may take.
 *
 * Raises ImportError, with what to install, if there are several processes and no MPI; ValueError if the group is there
 * already.
 * @example
 * import * as dist from "tidu/distributed";
 * dist.init_process_group("mpi");
 * console.log(dist.get_rank(), dist.get_world_size());
 */
export const init_process_group = callable<InitTypes>()(
  "init_process_group(str? backend=None, str? init_method=None, float? timeout=None, int world_size=-1, int rank=-1, object store=None, str group_name='', object pg_options=None, object device_id=None) -> None",
  ({ backend, init_method, timeout, world_size, rank, store }): void => {
    if (first !== null) throw new ValueError("trying to initialize the default process group twice!");
    const name = checkBackend(backend);
    const started = launcher();
    let size = started?.size ?? 1;
    if (started === null || (started.of === null && environment("WORLD_SIZE") !== undefined)) {
      const isEnv = store === null && (init_method === null || init_method.startsWith("env://"));
      if (name !== "mpi" && isEnv) {
        fromEnvironment("RANK", rank);
        size = fromEnvironment("WORLD_SIZE", world_size);
      } else if (world_size > 0) size = world_size;
    }
    const run = size === 1 ? null : startMpi(size);
    if (run !== null && world_size > 0 && world_size !== run.size)
      throw new RuntimeError(`init_process_group: world_size is ${world_size}, but ${run.size} processes were started`);
    first = begin(run, name, timeout ?? default_pg_timeout);
    [world.rank, world.size] = [first.rank(), first.size()];
  },
);
function begin(run: Runtime | null, backend: string, timeout: number): ProcessGroup {
  const size = run?.size ?? 1;
  const ranks = Array.from({ length: size }, (_, i) => i);
  const fields = { name: "0", desc: "default_pg", backend, ranks, own: run?.rank ?? 0, timeout };
  const made = new ProcessGroup(fields, run?.mpi ?? null, run === null ? 0 : duplicate(run.mpi));
  groups.add(made);
  return made;
}
function duplicate(mpi: Mpi): Handle {
  const comm = mpi.handles(1);
  assertDone(mpi, mpi.call.Comm_dup(mpi.world, comm), "Comm_dup");
  return Number(comm[0]);
}

/** Ends a group, or all of them with the world. MPI itself ends with the process. Raises AssertionError if there is none. */
export const destroy_process_group = callable<{ group: Group | null }>()(
  "destroy_process_group(object group=None) -> None",
  ({ group: given }): void => {
    if (isOutside(given)) return;
    if (first === null) throw new AssertionError("Process group cannot be None");
    if (given !== null && given !== first) {
      groups.delete(groupOf(given));
      return;
    }
    groups.clear();
    first = world.rank = world.size = null;
    made = 0;
  },
);

interface NewTypes extends InitTypes {
  ranks: readonly number[] | null;
}
/**
 * A group of some of the processes, which all must call this, in the same order. Gives `GroupMember.NON_GROUP_MEMBER` to those
 * that are not in it. Without `ranks` it has all. Raises ValueError for ranks that are not there or come twice.
 * @example const evens = dist.new_group([0, 2]);
 */
export const new_group = callable<NewTypes>()(
  "new_group(object ranks=None, float? timeout=None, str? backend=None, object pg_options=None, bool use_local_synchronization=False, str? group_desc=None, object device_id=None) -> ProcessGroup",
  ({ ranks: given, timeout, backend, group_desc }): Group => {
    const all = groupOf(null);
    const size = all.size();
    const ranks = [...(given ?? all.ranks)].sort((a, b) => a - b);
    if (new Set(ranks).size < ranks.length)
      throw new ValueError(`ranks list must not contain duplicate entries, got [${given!.join(", ")}]`);
    for (const r of ranks)
      if (r < 0 || r >= size)
        throw new ValueError(`Rank ${r} is out of range. Valid ranks are 0 to ${size - 1} (world_size=${size})`);
    const name = String(++made);
    const own = ranks.indexOf(all.rank());
    if (own < 0) return NON_GROUP_MEMBER;
    const fields = {
      name,
      desc: group_desc ?? "undefined",
      backend: backend === null ? all.name() : checkBackend(backend),
      ranks,
      own,
      timeout: timeout ?? all.timeout,
    };
    const mpi = ranks.length > 1 ? all.mpi : null;
    const result = new ProcessGroup(fields, mpi, mpi === null ? 0 : commOf(mpi, ranks));
    groups.add(result);
    return result;
  },
);
/** Only the members call this. Groups are told apart by a tag, which follows from who is in them. */
function commOf(mpi: Mpi, ranks: readonly number[]): Handle {
  const [whole, part, comm] = [mpi.handles(1), mpi.handles(1), mpi.handles(1)];
  assertDone(mpi, mpi.call.Comm_group(mpi.world, whole), "Comm_group");
  assertDone(mpi, mpi.call.Group_incl(Number(whole[0]), ranks.length, Int32Array.from(ranks), part), "Group_incl");
  const tag = ranks.reduce((hash, r) => (hash * 31 + r + 1) % 30011, 7);
  assertDone(mpi, mpi.call.Comm_create_group(mpi.world, Number(part[0]), tag, comm), "Comm_create_group");
  return Number(comm[0]);
}

/** Whether `torch.distributed` can be used: where there are processes. */
export const is_available = (): boolean => globalThis.process?.getBuiltinModule?.("node:module") !== undefined;
/** Whether the group of all processes was started. */
export const is_initialized = (): boolean => first !== null;
export const is_mpi_available = (): boolean => is_available();
export const is_gloo_available = (): boolean => is_available();
export const is_nccl_available = (): boolean => false;
export const is_ucc_available = (): boolean => false;
export const is_xccl_available = (): boolean => false;
/** Whether torchrun started this process. */
export const is_torchelastic_launched = (): boolean => environment("TORCHELASTIC_RUN_ID") !== undefined;
export const is_backend_available = callable("is_backend_available(str backend) -> bool", ({ backend }): boolean =>
  ["mpi", "gloo"].includes(backend.toLowerCase()),
);

interface OfGroup {
  group: Group | null;
}
/** This process's number in a group, -1 if it is not in it. */
export const get_rank = callable<OfGroup>()("get_rank(object group=None) -> int", ({ group: given }) =>
  isOutside(given) ? -1 : groupOf(given).rank(),
);
/** How many processes a group has, -1 if this one is not in it. */
export const get_world_size = callable<OfGroup>()("get_world_size(object group=None) -> int", ({ group: given }) =>
  isOutside(given) ? -1 : groupOf(given).size(),
);
export const get_backend = callable<OfGroup>()("get_backend(object group=None) -> str", ({ group: given }) =>
  groupOf(given).name(),
);
/** Ranks in the world of a group's members. */
export const get_process_group_ranks = callable<OfGroup>()(
  "get_process_group_ranks(object group) -> object",
  ({ group: given }) => [...groupOf(given).ranks],
);
/** The rank in the world of a group's member. */
export const get_global_rank = callable<{ group: Group }>()(
  "get_global_rank(object group, int group_rank) -> int",
  ({ group: given, group_rank }) => {
    const found = groupOf(given).ranks[group_rank];
    if (found === undefined) throw new ValueError(`Group rank ${group_rank} is not part of group ${String(given)}`);
    return found;
  },
);
/** The rank in a group of a process of the world. */
export const get_group_rank = callable<{ group: Group }>()(
  "get_group_rank(object group, int global_rank) -> int",
  ({ group: given, global_rank }) => {
    const found = groupOf(given).ranks.indexOf(global_rank);
    if (found < 0) throw new ValueError(`Global rank ${global_rank} is not part of group ${String(given)}`);
    return found;
  },
);
/** This process's number among those of its machine, as launchers tell it. */
export const get_node_local_rank = callable(
  "get_node_local_rank(int? fallback_rank=None) -> int",
  ({ fallback_rank }): number => {
    const found = localRank() ?? fallback_rank;
    if (found === null)
      throw new RuntimeError(
        "LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow `get_node_local_rank` to work, assuming you are not running in a multi-device context and want the code to run locally instead.",
      );
    return found;
  },
);
export const get_pg_count = (): number => groups.size;
