// An MPI library of the system's, called through koffi: Open MPI, MPICH and its kin, or any that has MPI 5's standard ABI.
//
// Note [Handles]: what communicators, datatypes and operations are in C is each library's own affair: in Open MPI addresses of
// its variables, in MPICH numbers of 32 bits, in the standard ABI (chapter 20 of MPI 5.0) small numbers as wide as an
// address. Everything else is the same text for all three. Only operations that return at once are called, but for a few at
// the start: waiting is ours (work.ts), so that a program that waits in vain can be told why.
import { environment } from "../devices/cpu/environment.ts";
import { findKoffi, pin, setEnvironment } from "../devices/cpu/native.ts";
import type { Koffi, Native, NativeLibrary } from "../devices/cpu/native.ts";
import { ImportError, RuntimeError } from "../base/errors.ts";
import type { DtypeName } from "../base/dtype.ts";

/** A communicator, datatype, operation, group or request. */
export type Handle = number;
/** Handles that a library writes. */
export type Handles = Int32Array | BigInt64Array;
/** Dtypes whose elements a library can reduce; the others are sent as some of these. */
export type WireName = Exclude<DtypeName, "bool" | "float16" | "bfloat16" | "complex64" | "complex128">;
export type Operation = "SUM" | "PROD" | "MIN" | "MAX" | "LAND" | "LOR" | "LXOR" | "BAND" | "BOR" | "BXOR";

const PROTOTYPES = {
  Initialized: "void *flag",
  Init: "intptr_t argc, intptr_t argv",
  Finalize: "",
  Abort: "H comm, int code",
  Comm_rank: "H comm, void *rank",
  Comm_size: "H comm, void *size",
  Comm_dup: "H comm, void *made",
  Comm_group: "H comm, void *group",
  Group_incl: "H group, int n, void *ranks, void *made",
  Comm_create_group: "H comm, H group, int tag, void *made",
  Test: "void *request, void *flag, void *status",
  Testall: "int n, void *requests, void *flag, intptr_t statuses",
  Iprobe: "int source, int tag, H comm, void *flag, intptr_t status",
  Ibarrier: "H comm, void *request",
  Isend: "uintptr_t data, int n, H type, int to, int tag, H comm, void *request",
  Irecv: "uintptr_t data, int n, H type, int from, int tag, H comm, void *request",
  Ibcast: "uintptr_t data, int n, H type, int root, H comm, void *request",
  Iallreduce: "intptr_t from, uintptr_t to, int n, H type, H op, H comm, void *request",
  Ireduce: "intptr_t from, uintptr_t to, int n, H type, H op, int root, H comm, void *request",
  Ireduce_scatter_block: "intptr_t from, uintptr_t to, int n, H type, H op, H comm, void *request",
  Iallgather: "intptr_t from, int n, H type, uintptr_t to, int n, H type, H comm, void *request",
  Iallgatherv: "intptr_t from, int n, H type, uintptr_t to, void *counts, void *places, H type, H comm, void *request",
  Igather: "intptr_t from, int n, H type, uintptr_t to, int n, H type, int root, H comm, void *request",
  Iscatter: "intptr_t from, int n, H type, uintptr_t to, int n, H type, int root, H comm, void *request",
  Ialltoallv:
    "intptr_t from, void *counts, void *places, H type, uintptr_t to, void *counts, void *places, H type, H comm, void *request",
} as const;
type Functions = { readonly [K in keyof typeof PROTOTYPES]: Native };

/** What differs between libraries. */
interface Abi {
  /** The C type of handles. */
  readonly handle: "int" | "uintptr_t";
  readonly world: Handle;
  readonly types: Readonly<Record<WireName, Handle>>;
  readonly ops: Readonly<Record<Operation, Handle>>;
  /** In place of the address of what is sent: it lies where the result will. */
  readonly inPlace: number;
  readonly anySource: number;
  /** Nobody wants to know of the status. */
  readonly ignore: number;
  /** Which of the ints of a status has the sender's rank. */
  readonly sourceAt: number;
}
const STANDARD: Abi = {
  handle: "uintptr_t",
  world: 0x101,
  types: {
    int8: 0x240,
    uint8: 0x241,
    int16: 0x248,
    int32: 0x250,
    int64: 0x258,
    float32: 0x210,
    float64: 0x214,
  },
  ops: {
    SUM: 0x21,
    MIN: 0x22,
    MAX: 0x23,
    PROD: 0x24,
    BAND: 0x28,
    BOR: 0x29,
    BXOR: 0x2a,
    LAND: 0x30,
    LOR: 0x31,
    LXOR: 0x32,
  },
  inPlace: 1,
  anySource: -1,
  ignore: 0,
  sourceAt: 0,
};
const MPICH: Abi = {
  handle: "int",
  world: 0x44000000,
  types: {
    int8: 0x4c000137,
    uint8: 0x4c00013b,
    int16: 0x4c000238,
    int32: 0x4c000439,
    int64: 0x4c00083a,
    float32: 0x4c00040a,
    float64: 0x4c00080b,
  },
  ops: {
    MAX: 0x58000001,
    MIN: 0x58000002,
    SUM: 0x58000003,
    PROD: 0x58000004,
    LAND: 0x58000005,
    BAND: 0x58000006,
    LOR: 0x58000007,
    BOR: 0x58000008,
    LXOR: 0x58000009,
    BXOR: 0x5800000a,
  },
  inPlace: -1,
  anySource: -2,
  ignore: 1,
  sourceAt: 2,
};
/** Open MPI's handles are addresses, of variables whose names are regular. */
function openMpi(address: (symbol: string) => Handle): Abi {
  const named = <K extends string>(names: readonly K[], symbol: (name: K) => string): Record<K, Handle> =>
    Object.fromEntries(names.map((name) => [name, address(symbol(name))])) as Record<K, Handle>;
  const types = Object.keys(STANDARD.types) as WireName[];
  return {
    ...STANDARD,
    world: address("ompi_mpi_comm_world"),
    types: named(types, (name) => `ompi_mpi_${{ float32: "float", float64: "double" }[name as string] ?? `${name}_t`}`),
    ops: named(Object.keys(STANDARD.ops) as Operation[], (name) => `ompi_mpi_op_${name.toLowerCase()}`),
  };
}

export interface Mpi extends Abi {
  readonly koffi: Koffi;
  readonly call: Functions;
  /** As the library tells it: "Open MPI v4.1.4, ...". */
  readonly version: string;
  /** Gives the rest of the time slice to others: on a machine with more ranks than cores the one waited for is among them. */
  readonly pause: () => void;
  handles(n: number): Handles;
}

/** By the names that systems' packages install; a standard one first, which serves every implementation. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "libmpi_abi.so.1",
    "libmpi_abi.so.0",
    "libmpi_abi.so",
    "libmpi.so.40",
    "libmpich.so.12",
    "libmpi.so.12",
    "libmpi.so",
  ],
  darwin: [
    "libmpi_abi.1.dylib",
    "libmpi_abi.0.dylib",
    "libmpi_abi.dylib",
    "libmpi.40.dylib",
    "libmpi.12.dylib",
    "libmpi.dylib",
  ],
};
const INSTALL = [
  "  Debian, Ubuntu: apt install openmpi-bin (or mpich)",
  "  macOS:          brew install open-mpi (or mpich)",
  "  conda:          conda install -c conda-forge openmpi (or mpich)",
  "and `npm install koffi`. TIDU_MPI=/path/to/libmpi.so names a library that is elsewhere.",
].join("\n");

/** Which implementation's launcher started this process, and as one of how many; null if none did. */
export function launcher(): { of: "Open MPI" | "MPICH" | null; size: number } | null {
  const number = (name: string): number => Number(environment(name) ?? NaN);
  const [openMpis, mpichs] = [number("OMPI_COMM_WORLD_SIZE"), number("PMI_SIZE")];
  if (openMpis >= 1) return { of: "Open MPI", size: openMpis };
  if (mpichs >= 1) return { of: "MPICH", size: mpichs };
  // srun sets these for the steps that it starts, and for the shell of an allocation another number of tasks.
  if (environment("SLURM_PROCID") !== undefined && environment("SLURM_STEP_NUM_TASKS") !== undefined)
    return { of: null, size: number("SLURM_STEP_NUM_TASKS") };
  const world = number("WORLD_SIZE");
  if (world >= 1) return { of: null, size: world };
  // Other launchers: how many there are only MPI itself can tell.
  const others = [
    "PMIX_RANK",
    "PMI_RANK",
    "PMI_FD",
    "MPI_LOCALNRANKS",
    "MV2_COMM_WORLD_SIZE",
    "PALS_RANKID",
    "FLUX_JOB_SIZE",
  ];
  return others.some((name) => environment(name) !== undefined) ? { of: null, size: NaN } : null;
}

/**
 * The system's MPI, not yet started: of several libraries the one that belongs to the launcher. Raises ImportError, with what
 * to install, where there is none.
 */
export function findMpi(): Mpi {
  const found = findKoffi();
  if (typeof found === "string")
    throw new ImportError(`torch.distributed needs koffi and an MPI library: ${found}.\n${INSTALL}`);
  const { koffi } = found;
  const { platform } = process;
  leaveHeapAlone(koffi);
  const asked = environment("TIDU_MPI");
  const prefixes = platform === "darwin" ? ["/opt/homebrew/lib/", "/usr/local/lib/", ""] : [""];
  const conda = environment("CONDA_PREFIX");
  if (conda !== undefined) prefixes.unshift(`${conda}/lib/`);
  const names = asked ? [asked] : (NAMES[platform] ?? []).flatMap((name) => prefixes.map((p) => p + name));
  const started = launcher();
  // The launcher's own first: what is loaded stays, and of two libraries one is too much.
  const isMpich = (name: string): boolean => /mpich|mpi\.so\.12|mpi\.12/.test(name);
  if (started !== null && (started.of === "MPICH" || isByTorchrun())) names.sort((a, b) => +isMpich(b) - +isMpich(a));
  const others: Found[] = [];
  for (const name of names) {
    const library = open(koffi, name);
    if (library === null) continue;
    if (belongs(library, started)) return bind(koffi, library);
    others.push(library);
  }
  if (others.length > 0) return bind(koffi, others[0]);
  throw new ImportError(
    `torch.distributed needs an MPI library, and found none (${names.join(", ") || `no names are known on ${platform}`}).\n${INSTALL}`,
  );
}

/** A library that is there. */
interface Found {
  readonly name: string;
  readonly library: NativeLibrary;
  readonly version: string;
}
const isByTorchrun = (): boolean =>
  environment("WORLD_SIZE") !== undefined && environment("SLURM_PROCID") === undefined;
/** Whether a library is the launcher's. torchrun has none, see process_manager.ts. */
function belongs({ version }: Found, started: ReturnType<typeof launcher>): boolean {
  if (started === null) return true;
  if (started.of !== null) return version.includes(started.of);
  return !isByTorchrun() || version.includes("MPICH");
}

function open(koffi: Koffi, name: string): Found | null {
  try {
    if (!pin(koffi, name, process.platform)) return null;
    const library = koffi.load(name);
    const [text, length] = [new Uint8Array(8192), new Int32Array(1)];
    library.func("int MPI_Get_library_version(void *text, void *length)")(text, length);
    const version = new TextDecoder().decode(text.subarray(0, length[0])).replace(/[\0\s]+$/, "");
    return { name, library, version };
  } catch {
    return null;
  }
}
/**
 * Note [Heaps that cannot grow]: UCX, which MPICH talks by, tries its hooks on memory when it is loaded: it asks the system for one
 * more page of the process's heap and gives one back, whether it got one or not. V8 lays its code right behind that heap, so
 * that in one process of some sixty there is no page to be had, and a page in use is lost. Who has a network that remembers
 * memory (InfiniBand) may set UCX_MEM_EVENTS=yes, and takes that chance.
 */
function leaveHeapAlone(koffi: Koffi): void {
  if (environment("UCX_MEM_EVENTS") === undefined) setEnvironment(koffi, "UCX_MEM_EVENTS", "no");
}
function bind(koffi: Koffi, { name, library, version }: Found): Mpi {
  // Open MPI's plugins look for its symbols among those that are there for all. Not before the choice: of two libraries with the same
  // names the first that all see would be called by the second.
  pin(koffi, name, process.platform, true);
  const address = (symbol: string): Handle => Number(koffi.address(library.symbol(symbol, "char")));
  const abi = name.includes("mpi_abi") ? STANDARD : has(address, "ompi_mpi_comm_world") ? openMpi(address) : MPICH;
  const call = Object.fromEntries(
    Object.entries(PROTOTYPES).map(([f, args]) => [
      f,
      library.func(
        `int MPI_${f}(${args.replace(/\bH\b/g, abi.handle).replace(/(\bn|type|counts|places)\b(?=,)/g, "")})`,
      ),
    ]),
  ) as Functions;
  const libc = koffi.load(null);
  return {
    ...abi,
    koffi,
    call,
    version,
    pause: libc.func("int sched_yield()") as () => void,
    handles: (n) => (abi.handle === "int" ? new Int32Array(n) : new BigInt64Array(n)),
  };
}
function has(address: (symbol: string) => Handle, symbol: string): boolean {
  try {
    return address(symbol) !== 0;
  } catch {
    return false;
  }
}

/** An error code of a library's, which its own handler has not dealt with. */
export function assertDone(mpi: Mpi, code: unknown, name: string): void {
  if (code !== 0) throw new RuntimeError(`MPI_${name} failed with error ${String(code)} (${mpi.version})`);
}
