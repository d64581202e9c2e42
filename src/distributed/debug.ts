// TORCH_DISTRIBUTED_DEBUG=DETAIL: ranks compare what they are about to do before they do it.
import { RuntimeError, ValueError } from "../base/errors.ts";
import { environment } from "../devices/cpu/environment.ts";
import { list } from "../base/layout.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ProcessGroup } from "./group.ts";
import { assertDone } from "./mpi.ts";
import { Work } from "./work.ts";

const LEVELS = ["OFF", "INFO", "DETAIL"] as const;
export type DebugLevel = (typeof LEVELS)[number];
let level: DebugLevel | null = null;
/** What TORCH_DISTRIBUTED_DEBUG says, unless `set_debug_level` has said otherwise: "OFF", "INFO" or "DETAIL". */
export function get_debug_level(): DebugLevel {
  if (level !== null) return level;
  const said = (environment("TORCH_DISTRIBUTED_DEBUG") ?? "OFF").toUpperCase() as DebugLevel;
  if (!LEVELS.includes(said))
    throw new ValueError(
      `The value of TORCH_DISTRIBUTED_DEBUG must be OFF, INFO, or DETAIL; but got '${environment("TORCH_DISTRIBUTED_DEBUG")}'.`,
    );
  return (level = said);
}
export function set_debug_level(level_: DebugLevel): void {
  level = level_;
}

/** Of a fixed length, so that ranks can compare whatever they are about to do. */
const LENGTH = 384;
/** Raises RuntimeError if another rank is at another collective, or at the same with other shapes or dtypes. */
export function verify(group: ProcessGroup, name: string, tensors: readonly Tensor[]): void {
  if (level === "OFF" || get_debug_level() !== "DETAIL" || group.mpi === null) return;
  const { mpi, comm } = group;
  // What each rank gives a scatter, or gets of a gather, is its own affair.
  const own = [
    group.sequence,
    name,
    ...tensors.map((t) => list(t.sizes)),
    tensors.map((t) => t.dtype.legacyName).join(),
  ];
  const size = group.size();
  const [from, to] = [new Uint8Array(LENGTH), new Uint8Array(LENGTH * size)];
  new TextEncoder().encodeInto(JSON.stringify(own), from);
  const request = mpi.handles(1);
  const [a, b] = [from, to].map((view) => Number(mpi.koffi.address(view)));
  const { uint8 } = mpi.types;
  assertDone(mpi, mpi.call.Iallgather(a, LENGTH, uint8, b, LENGTH, uint8, comm, request), "Iallgather");
  // MPI has their addresses alone until it is done.
  new Work(group, name, group.sequence, request, [], [], () => void [from, to]).wait();
  const texts = Array.from({ length: size }, (_, i) =>
    new TextDecoder().decode(to.subarray(i * LENGTH, (i + 1) * LENGTH)).replace(/\0+$/, ""),
  );
  const mine = texts[group.rank()];
  const other = texts.findIndex((text) => text !== mine);
  if (other < 0) return;
  const [x, y] = [mine, texts[other]].map((text) => fingerprint(text));
  const differ = [
    x.sequence !== y.sequence && `  Sequence number: ${x.sequence}vs ${y.sequence}`,
    x.name !== y.name && `  Op type: ${x.name}vs ${y.name}`,
    x.shapes !== y.shapes &&
      `  Tensor Tensor shapes: ${x.shapes.replace(/[[\]]/g, "")}vs ${y.shapes.replace(/[[\]]/g, "")}`,
    x.dtypes !== y.dtypes && `  Tensor Tensor dtypes: ${x.dtypes}vs ${y.dtypes}`,
  ].filter((line) => line !== false);
  throw new RuntimeError(
    `Detected mismatch between collectives on ranks. Rank ${group.rank()} is running collective: ${x.text}, but Rank ${other} is running collective: ${y.text}.Collectives differ in the following aspects: ${differ.join("")}`,
  );
}
function fingerprint(text: string): { sequence: string; name: string; shapes: string; dtypes: string; text: string } {
  const parts = (JSON.parse(text) as (string | number)[]).map(String);
  const [sequence, name] = parts;
  const [shapes, dtypes] = [parts.slice(2, -1).join(", "), parts[parts.length - 1]];
  const of = shapes === "" ? "" : `, TensorShape=${shapes}, TensorDtypes=${dtypes}`;
  return {
    sequence,
    name,
    shapes,
    dtypes,
    text: `CollectiveFingerPrint(SequenceNumber=${sequence}, OpType=${name}${of})`,
  };
}
