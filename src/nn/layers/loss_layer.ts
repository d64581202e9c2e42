// Losses from the signature of their constructor.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";

/**
 * A base class whose constructor takes the arguments of `signature`. Tensors among them, which are weights, become
 * buffers; the others are fields.
 */
export function loss<S extends string>(signature: S): new (...args: Arguments<S>) => Module & Values<S> {
  class Loss extends Module {
    constructor(...given: readonly unknown[]) {
      super();
      const values: Record<string, unknown> = bindArguments(signature, given, new.target.name);
      for (const [name, value] of Object.entries(values))
        if (name.endsWith("weight")) this.register_buffer(name, value as Tensor | null);
        else (this as unknown as Record<string, unknown>)[name] = value;
    }
  }
  return Loss as unknown as new (...args: Arguments<S>) => Module & Values<S>;
}
