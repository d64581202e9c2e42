// Starts the device's thread: with the engine's own WebGPU, or with Dawn's in Node.
import { RuntimeError } from "../../base/errors.ts";
import { Channel } from "./channel.ts";

/** Starts it. Raises RuntimeError where there can be none. */
export function openChannel(): Channel {
  return new Channel({ dawn: findDawn(), toggles: toggles() });
}
interface NodeModule {
  createRequire(from: string): NodeJS.Require;
}
/** Where the package `webgpu` is in Node; null where the engine has WebGPU itself. */
function findDawn(): string | null {
  const { createRequire } = (globalThis.process?.getBuiltinModule?.("node:module") ??
    {}) as unknown as Partial<NodeModule>;
  if (createRequire === undefined || (globalThis.navigator as { gpu?: unknown } | undefined)?.gpu !== undefined)
    return null;
  const found = [import.meta.url, `${process.cwd()}/`].flatMap((from) => {
    try {
      return [createRequire(from).resolve("webgpu")];
    } catch {
      return [];
    }
  });
  if (found.length === 0)
    throw new RuntimeError("the WebGPU device needs the package webgpu in Node: npm install webgpu");
  return found[0];
}
/** What Dawn is told, in an environment variable: `TIDU_DAWN="disable-dawn-features=…"`, several after spaces. */
const toggles = (): string[] => globalThis.process?.env?.["TIDU_DAWN"]?.split(" ").filter(Boolean) ?? [];
