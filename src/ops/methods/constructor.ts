// new torch.Tensor(...): PyTorch's old constructor, of sizes or of data.
import { TypeError } from "../../base/errors.ts";
import { empty } from "../../tensor/allocate.ts";
import { get_default_dtype } from "../../base/dtype.ts";
import { bind } from "../../dispatch/bind.ts";
import { parseSchema } from "../../dispatch/schema.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { checkSize, tensor } from "../creation/from_data.ts";
import type { TensorData } from "../creation/from_data.ts";

const NEW = parseSchema("new(SymInt[] size) -> Tensor");
Tensor.legacy = (given, dtype = get_default_dtype()) => {
  const [data] = given;
  if (given.length === 0) return empty([0], dtype);
  if (given.length === 1 && data instanceof Tensor) return data.detach();
  if (given.length === 1 && (Array.isArray(data) || ArrayBuffer.isView(data)))
    return tensor(data as TensorData, { dtype });
  if (given.length === 1 && typeof data !== "number" && typeof data !== "bigint")
    throw new TypeError(`new(): data must be a sequence (got ${typeWord(data)})`);
  const [sizes] = bind(NEW, [given]) as [number[]];
  return empty(checkSize(sizes), dtype);
};
