// Values as files that torch.load of PyTorch reads.
import { uint8 } from "../base/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Storage } from "../tensor/storage.ts";
import { pickle } from "./pickler.ts";
import { zip } from "./zip.ts";

/** Hands a value to `write`, piece by piece, as the file that PyTorch's own torch.save would write. */
export function writeTorch(value: unknown, write: (piece: Uint8Array) => void): void {
  const { bytes, storages } = pickle(value);
  writeTorchFile(
    bytes,
    storages.map(({ storage }) => storage),
    write,
  );
}
/** The container alone, of a pickle and of the storages that it names 0, 1, … */
export function writeTorchFile(
  pickled: Uint8Array,
  storages: readonly Storage[],
  write: (piece: Uint8Array) => void,
): void {
  zip(records(pickled, storages), write);
}
/** One after the other, so that no more than one storage is there twice. */
function* records(pickled: Uint8Array, storages: readonly Storage[]): Generator<readonly [string, Uint8Array]> {
  const text = (name: string, content: string) => [`archive/${name}`, new TextEncoder().encode(content)] as const;
  yield ["archive/data.pkl", pickled];
  yield text("byteorder", "little");
  for (const [key, storage] of storages.entries()) {
    const bytes = new Tensor(storage, uint8, [storage.block.nbytes], [1], 0).typed_array() as Uint8Array;
    yield [`archive/data/${key}`, bytes];
  }
  yield text("version", "3\n");
}
