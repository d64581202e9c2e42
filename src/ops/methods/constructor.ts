// new torch.Tensor(...): PyTorch's old constructor, of sizes or of data.
import { TypeError } from "../../errors.ts";
import { empty } from "../../allocate.ts";
import { get_default_dtype } from "../../dtype.ts";
import { bind } from "../../op/bind.ts";
import { parseSchema } from "../../op/schema.ts";
import { Tensor } from "../../tensor.ts";
import { typeWord } from "../../type_word.ts";
import { checkSize, tensor } from "../data.ts";
import type { TensorData } from "../data.ts";

const NEW = parseSchema("new(int[] size) -> Tensor");
Tensor.legacy = (given) => {
  const [data] = given;
  const dtype = get_default_dtype();
  if (given.length === 0) return empty([0], dtype);
  if (given.length === 1 && data instanceof Tensor) return data.detach();
  if (given.length === 1 && (Array.isArray(data) || ArrayBuffer.isView(data)))
    return tensor(data as TensorData, { dtype });
  if (given.length === 1 && typeof data !== "number" && typeof data !== "bigint")
    throw new TypeError(`new(): data must be a sequence (got ${typeWord(data)})`);
  const [sizes] = bind(NEW, [given]) as [number[]];
  return empty(checkSize(sizes), dtype);
};
