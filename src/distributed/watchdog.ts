// What is told of operations that do not end: who is not there, and what the others wait for.
import { programStack } from "../base/errors.ts";
import type { ProcessGroup } from "./group.ts";
import { runtime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";
import type { Work } from "./work.ts";

/** Ranks that wait tell each other what for, in messages on MPI's own world, where nothing else is sent. */
const TAG = 1;
const LENGTH = 512;
const PATIENCE = 3000; // ms
/** What each rank said it waits for. */
const said = new Map<number, string>();
/** Whom this rank has told what it waits for, and what that was. */
const told = new Map<number, string>();
let waitsFor = "";
/** Messages on their way out, kept from the collector: nobody waits for them. */
const letters: object[] = [];

/** Reads what others say while this rank waits in `work`, and tells them what that is. */
export function attend(group: ProcessGroup, work: { name: string; sequence: number }): void {
  const { mpi } = runtime()!;
  const [flag, status] = [new Int32Array(1), new Int32Array(16)];
  for (;;) {
    mpi.call.Iprobe(mpi.anySource, TAG, mpi.world, flag, addressOf(status));
    if (flag[0] === 0) return;
    const from = status[mpi.sourceAt];
    said.set(from, receive(from));
    waitsFor = `${work.name} number ${work.sequence} of group ${group.group_name} (${programStack.place()})`;
    if (told.get(from) !== waitsFor) tell(from);
  }
}
/** The sentence of a work that took too long. */
export function late(group: ProcessGroup, work: Work, seconds: number): string {
  const { rank } = runtime()!;
  const place = programStack.place();
  waitsFor = `${work.name} number ${work.sequence} of group ${group.group_name} (${place})`;
  said.clear();
  const others = group.ranks.filter((r) => r !== rank);
  for (const other of others) tell(other);
  const start = performance.now();
  while (performance.now() - start < PATIENCE && others.some((r) => !said.has(r))) {
    attend(group, work);
    runtime()!.mpi.pause();
  }
  const silent = others.filter((r) => !said.has(r));
  const elsewhere = others.filter((r) => said.has(r) && !said.get(r)!.startsWith(waitsFor.replace(/ \(.*/, " (")));
  const lines = [
    `[Rank ${rank}] Watchdog caught collective operation timeout: WorkMPI(SeqNum=${work.sequence}, OpType=${work.name}, Timeout(ms)=${Math.round(group.timeout * 1000)}) ran for ${Math.round(seconds * 1000)} milliseconds before timing out.`,
    `It waits at ${place}.`,
    ...elsewhere.map((r) => `Rank ${r} waits for something else: ${said.get(r)!}.`),
  ];
  if (silent.length > 0)
    lines.push(
      `${silent.length > 1 ? "Ranks" : "Rank"} ${silent.join(", ")} ${silent.length > 1 ? "are" : "is"} missing: still computing, or ended. They must come to the same collective, in the same order.`,
    );
  else if (elsewhere.length === 0) lines.push("All ranks are there: the network is slower than the time allowed.");
  return lines.join("\n");
}

function tell(to: number): void {
  const { mpi } = runtime() as Runtime;
  const bytes = new Uint8Array(LENGTH);
  new TextEncoder().encodeInto(waitsFor, bytes);
  const request = mpi.handles(1);
  mpi.call.Isend(addressOf(bytes), LENGTH, mpi.types.uint8, to, TAG, mpi.world, request);
  told.set(to, waitsFor);
  letters.push({ bytes, request });
}
function receive(from: number): string {
  const { mpi } = runtime() as Runtime;
  const bytes = new Uint8Array(LENGTH);
  const request = mpi.handles(1);
  mpi.call.Irecv(addressOf(bytes), LENGTH, mpi.types.uint8, from, TAG, mpi.world, request);
  for (const flag = new Int32Array(1); flag[0] === 0;) mpi.call.Test(request, flag, new Int32Array(16));
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}
const addressOf = (view: Uint8Array | Int32Array): number => Number(runtime()!.mpi.koffi.address(view));
