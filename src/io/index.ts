// Readers of files that hold data: tables, images, sound, text; and datasets in folders.
import "../ops/methods/index.ts";

export { encode_wav, read_wav } from "./audio.ts";
export { CIFAR10, CIFAR100, download, ImageFolder } from "./datasets.ts";
export type { Transforms } from "./datasets.ts";
export { decode_image, from_pixels, read_image, to_image_data } from "./image.ts";
export type { ImageReadMode, Pixels } from "./image.ts";
export { read_bytes, read_lines, read_text } from "./source.ts";
export type { Source } from "./source.ts";
export { read_arrow, read_csv, read_jsonl, read_parquet } from "./table.ts";
export type { CsvOptions, Table, TableOptions } from "./table.ts";
