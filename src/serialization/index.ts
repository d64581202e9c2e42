// torch.serialization
export { decode, encode } from "./formats.ts";
export { decodeGguf, Gguf, load_gguf } from "./gguf.ts";
export type { GgufValue } from "./gguf.ts";
export { add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals } from "./globals.ts";
export type { SafeGlobal } from "./globals.ts";
export { decodeNpy, decodeNpz, encodeNpy, encodeNpz, load_npy, load_npz, save_npy, save_npz } from "./npy.ts";
export { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
export type { SafetensorsEntry } from "./safetensors.ts";
export { safe_open, safe_open_url, SafeOpen, SafeOpenUrl, SafeSlice } from "./safe_open.ts";
export { load, save } from "./save.ts";
export type { MapLocation } from "./torch_load.ts";
