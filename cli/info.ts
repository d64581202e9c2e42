import { createRequire } from "node:module";
import * as torch from "tidu";

/** What `tidu info` prints. */
export function info(version: string): string {
  return `tidu ${version}\n${torch.__config__.show()}  - Devices: cpu\n  - Python: ${python()}`;
}
function python(): string {
  try {
    const { version } = createRequire(import.meta.url)("pyodide/package.json") as { version: string };
    return `pyodide ${version}`;
  } catch {
    return "none (npm install pyodide)";
  }
}
