// torch.serialization
export { decode, encode } from "./checkpoint.ts";
export { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
export type { SafetensorsEntry } from "./safetensors.ts";
export { load, save } from "./save.ts";
