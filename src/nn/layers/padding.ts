// Layers that pad the last dims. `padding`: one width for all sides, or (left, right, top, bottom, front, back).
import { ValueError } from "../../base/errors.ts";
import { tupleText } from "../../base/layout.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { pad } from "../functional/index.ts";
import type { Module } from "../module/module.ts";
import { forAllDims, layer, pythonText } from "./layer.ts";

const PAD = "Pad(int[] padding) -> Module";
const CONSTANT = "ConstantPad(int[] padding, float value) -> Module";
type Layer<S extends string> = new (...args: Arguments<S>) => Module & Values<S> & { forward(input: Tensor): Tensor };

/** The base of the layers that pad `dims` dims in `mode`. */
function padding(dims: number, mode: string): Layer<typeof PAD> {
  return class Padding extends layer(PAD) {
    constructor(...args: Arguments<typeof PAD>) {
      super(...args);
      this.padding = forAllDims(this.padding, 2 * dims);
    }
    override forward(input: Tensor): Tensor {
      const n = input.sizes.length;
      if (mode === "circular" && n !== dims + 1 && n !== dims + 2)
        throw new ValueError(`expected ${dims + 1}D or ${dims + 2}D input (got ${n}D input)`);
      return pad(input, this.padding, mode);
    }
    override extra_repr(): string {
      return tupleText(this.padding);
    }
  };
}
function constantPadding(dims: number): Layer<typeof CONSTANT> {
  return class Padding extends layer(CONSTANT) {
    constructor(...args: Arguments<typeof CONSTANT>) {
      super(...args);
      this.padding = forAllDims(this.padding, 2 * dims);
    }
    override forward(input: Tensor): Tensor {
      return pad(input, this.padding, "constant", this.value);
    }
    override extra_repr(): string {
      return `padding=${tupleText(this.padding)}, value=${pythonText(this.value, "Scalar")}`;
    }
  };
}
/** `value` around the last dim. As `torch.nn.ConstantPad1d`. */
export class ConstantPad1d extends constantPadding(1) {}
/** `value` around the last two dims. As `torch.nn.ConstantPad2d`. */
export class ConstantPad2d extends constantPadding(2) {}
/** `value` around the last three dims. As `torch.nn.ConstantPad3d`. */
export class ConstantPad3d extends constantPadding(3) {}
/** Zeros around the last dim. As `torch.nn.ZeroPad1d`. */
export class ZeroPad1d extends padding(1, "constant") {}
/** Zeros around the last two dims. As `torch.nn.ZeroPad2d`. */
export class ZeroPad2d extends padding(2, "constant") {}
/** Zeros around the last three dims. As `torch.nn.ZeroPad3d`. */
export class ZeroPad3d extends padding(3, "constant") {}
/** The last dim mirrored at its ends. As `torch.nn.ReflectionPad1d`. */
export class ReflectionPad1d extends padding(1, "reflect") {}
/** The last two dims mirrored at their ends. As `torch.nn.ReflectionPad2d`. */
export class ReflectionPad2d extends padding(2, "reflect") {}
/** The last three dims mirrored at their ends. As `torch.nn.ReflectionPad3d`. */
export class ReflectionPad3d extends padding(3, "reflect") {}
/** The ends of the last dim repeated. As `torch.nn.ReplicationPad1d`. */
export class ReplicationPad1d extends padding(1, "replicate") {}
/** The ends of the last two dims repeated. As `torch.nn.ReplicationPad2d`. */
export class ReplicationPad2d extends padding(2, "replicate") {}
/** The ends of the last three dims repeated. As `torch.nn.ReplicationPad3d`. */
export class ReplicationPad3d extends padding(3, "replicate") {}
/** The last dim wrapped around. As `torch.nn.CircularPad1d`. */
export class CircularPad1d extends padding(1, "circular") {}
/** The last two dims wrapped around. As `torch.nn.CircularPad2d`. */
export class CircularPad2d extends padding(2, "circular") {}
/** The last three dims wrapped around. As `torch.nn.CircularPad3d`. */
export class CircularPad3d extends padding(3, "circular") {}
