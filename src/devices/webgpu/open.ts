// Starts the device's thread: with the engine's own WebGPU, or with Dawn's in Node.
import { RuntimeError } from "../../base/errors.ts";
import { findPackage } from "../../base/packages.ts";
import { Channel } from "./channel.ts";

/** Starts it. Raises RuntimeError where there can be none. */
export function openChannel(): Channel {
  return new Channel({ dawn: findDawn(), toggles: toggles() });
}
/** Where the package `webgpu` is in Node; null where the engine has WebGPU itself. */
function findDawn(): string | null {
  if ((globalThis.navigator as { gpu?: unknown } | undefined)?.gpu !== undefined) return null;
  const found = findPackage("webgpu");
  if (found === undefined) return null;
  if (found === null) throw new RuntimeError("the WebGPU device needs the package webgpu in Node: npm install webgpu");
  return found.require.resolve("webgpu");
}
/** What Dawn is told, in an environment variable: `TIDU_DAWN="disable-dawn-features=…"`, several after spaces. */
const toggles = (): string[] => globalThis.process?.env?.["TIDU_DAWN"]?.split(" ").filter(Boolean) ?? [];
