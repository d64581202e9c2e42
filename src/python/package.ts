// The Python package that Python programs import, as text.
import type * as NodeFs from "node:fs";

/** Its files; a test holds the list to the folder. */
export const FILES = [
  "torch/__init__.py",
  "torch/_bridge.py",
  "torch/_tensor.py",
  "torch/autograd/__init__.py",
  "torch/autograd/functional.py",
  "torch/nn/__init__.py",
  "torch/nn/containers.py",
  "torch/nn/functional.py",
  "torch/nn/init.py",
  "torch/nn/layers.py",
  "torch/nn/module.py",
  "torch/nn/modules/__init__.py",
  "torch/nn/modules/module.py",
  "torch/nn/parameter.py",
  "torch/nn/utils.py",
  "torch/optim/__init__.py",
  "torch/optim/lr_scheduler.py",
  "torch/utils/__init__.py",
  "torch/utils/checkpoint.py",
  "torch/utils/data.py",
];

/** The files by path: read from disk in Node, fetched elsewhere. */
export async function readPackage(from?: string): Promise<Record<string, string>> {
  const base = from ?? new URL("../../python/", import.meta.url).href;
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const fs = base.startsWith("file:") ? (process?.getBuiltinModule?.("node:fs") as typeof NodeFs) : undefined;
  const read = async (path: string): Promise<string> => {
    const url = new URL(path, base);
    if (fs !== undefined) return fs.readFileSync(url, "utf8");
    const response = await fetch(url);
    if (!response.ok) throw new Error(`python: ${url.href} could not be fetched: ${response.status}`);
    return response.text();
  };
  return Object.fromEntries(await Promise.all(FILES.map(async (path) => [path, await read(path)] as const)));
}
