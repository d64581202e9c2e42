// Files of Python's file system: read where they lie, so that no byte goes through Python.
import { decodeCheckpoint } from "../serialization/checkpoint.ts";
import { FileSource } from "../serialization/source.ts";
import { openTorchFile } from "../serialization/torch_file.ts";
import type { TorchFile } from "../serialization/torch_file.ts";

interface Stream {
  readonly node: unknown;
}
/** What is used here of pyodide's FS, emscripten's file system. */
export interface PythonFiles {
  open(path: string, flags: string): Stream;
  stat(path: string): { size: number };
  read(stream: Stream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  close(stream: Stream): void;
}
function openSource(fs: PythonFiles, path: string): FileSource {
  const { size } = fs.stat(path);
  const stream = fs.open(path, "r");
  return new FileSource("load", {
    length: size,
    // Folders of Node's take the buffer below and no view of it.
    read: (into, at, length, position) =>
      fs.read(stream, new Uint8Array(into.buffer), into.byteOffset + at, length, position),
    close: () => fs.close(stream),
  });
}

const sources = new WeakMap<TorchFile, FileSource>();
/** A file of torch.save; `closeFile` when its storages are claimed. */
export function openPath(fs: PythonFiles, path: string): TorchFile {
  const source = openSource(fs, path);
  try {
    const file = openTorchFile(source);
    sources.set(file, source);
    return file;
  } catch (error) {
    source.close();
    throw error;
  }
}
export function closeFile(file: TorchFile): void {
  sources.get(file)?.close();
  sources.delete(file);
}
export function readSafetensors(fs: PythonFiles, path: string): unknown {
  const source = openSource(fs, path);
  try {
    return decodeCheckpoint(source.bytes(0, source.length));
  } finally {
    source.close();
  }
}
