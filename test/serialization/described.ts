// A value as JSON, as tools/record/torch_files.py describes it in Python.
import * as torch from "../../src/index.ts";
import { nn, Tensor } from "../../src/index.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** A number as its text if it is whole, else as its bits. */
function numberText(x: number): string {
  if (Number.isInteger(x)) return String(BigInt(x));
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(x);
  return bits.toString("hex");
}

export function described(x: unknown, storages = new Map<object, number>()): unknown {
  const inner = (y: unknown): unknown => described(y, storages);
  if (x instanceof Tensor) {
    const told = {
      dtype: String(x.dtype),
      shape: [...x.shape],
      requires_grad: x.requires_grad,
      ...(x instanceof nn.Parameter && { parameter: true }),
    };
    const stride = [...x.stride()];
    if (x.is_meta) return { tensor: { ...told, meta: true, stride } };
    const { block } = x.storage;
    if (block.nbytes > 0 && !storages.has(block)) storages.set(block, storages.size);
    const values = x.detach().typed_array();
    const bytes = hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const own = Object.entries(x).filter(([k]) => !(k in torch.ones(1)));
    return {
      tensor: {
        ...told,
        stride,
        offset: x.storage_offset(),
        storage: block.nbytes > 0 ? storages.get(block) : null,
        nbytes: block.nbytes,
        bytes,
        ...(own.length > 0 && { attributes: Object.fromEntries(own.map(([k, y]) => [k, inner(y)])) }),
      },
    };
  }
  if (x === null || typeof x === "boolean" || typeof x === "string") return x;
  if (typeof x === "bigint") return { number: String(x) };
  if (typeof x === "number") return { number: numberText(x) };
  if (x instanceof torch.Complex) return { complex: [inner(x.re), inner(x.im)] };
  if (x instanceof Uint8Array) return { bytes: hex(x) };
  if (x instanceof torch.Dtype || x instanceof torch.Device || x instanceof torch.Layout) return { named: String(x) };
  if (x instanceof torch.Size) return { size: [...x] };
  if (Array.isArray(x)) return Object.isFrozen(x) ? { tuple: x.map(inner) } : x.map(inner);
  if (x instanceof Set) return { set: [...x].map(String).sort() };
  if (x instanceof Map) {
    const told = { ordered: [...x].map(([k, v]) => [inner(k), inner(v)]) };
    return "_metadata" in x ? { ...told, metadata: inner(x._metadata) } : told;
  }
  const key = (k: string): unknown => (/^\d+$/.test(k) ? { number: k } : k);
  const dict = { dict: Object.entries(x as object).map(([k, v]) => [key(k), inner(v)]) };
  const name = (x as object).constructor.name;
  return name === "Object" ? dict : { object: name, fields: dict };
}
