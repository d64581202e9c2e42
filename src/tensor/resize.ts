// Another shape over the same memory, of which there may then be more.
import { input } from "../kernel/expr.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import { uint8 } from "../base/dtype.ts";
import { numel } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import type { Tensor } from "./tensor.ts";

const copying = new Kernel({ inputs: [uint8], outputs: [{ dtype: uint8, value: input(0, uint8) }] });
/** Elements stay as they lie in memory; what is new is uninitialised. */
export function resize(self: Tensor, size: Shape, strides: readonly number[]): void {
  const needed = (self.offset + numel(size)) * self.dtype.itemsize;
  const { storage } = self;
  if (numel(size) > 0 && needed > storage.block.nbytes) {
    const { device, block } = storage;
    const larger = device.allocate(needed);
    const operands = [block, larger].map((of) => operand({ block: of, offset: 0 }, [1]));
    device.launch(copying, { shape: [block.nbytes], reduced: 0, operands, params: [] });
    storage.block = larger;
  }
  self.sizes = size;
  self.strides = strides;
}
