import { existsSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beside, readsTypeScript } from "./beside.ts";
import { runPython } from "./run_python.ts";
import { load } from "./written_as_module.ts";

/** `tidu run program args...`: the program finds its arguments where `python` and `node` put them. */
export async function run(
  program: string,
  args: string[],
  { mount, device }: { mount: readonly string[]; device: string },
): Promise<void> {
  const path = resolve(program);
  const missing = mount.find((folder) => !statSync(folder, { throwIfNoEntry: false })?.isDirectory());
  if (missing !== undefined) {
    console.error(`tidu: --mount: there is no folder '${missing}'`);
    process.exitCode = 2;
    return;
  }
  if (device !== "cpu" && device !== "webgpu") {
    console.error(`tidu: --device: expected cpu or webgpu, got '${device}'`);
    process.exitCode = 2;
  } else if (!existsSync(path)) {
    console.error(`tidu: can't open file '${path}': [Errno 2] No such file or directory`);
    process.exitCode = 2;
  } else if (extname(path) === ".py") {
    await runPython(path, [program, ...args], mount, device);
  } else {
    process.argv = [process.argv[0], path, ...args];
    if (/^\.[mc]?tsx?$/.test(extname(path)) && !readsTypeScript() && !(await useTsx(path))) return;
    loadAsModules();
    if (device === "webgpu") (await import("tidu/webgpu")).as_cuda();
    await import(pathToFileURL(path).href);
  }
}
/** What cli/written_as_module.ts says holds for the program and for what it imports. */
function loadAsModules(): void {
  const { registerHooks } = nodeModule as unknown as { registerHooks?: (hooks: { load: typeof load }) => void };
  if (registerHooks) registerHooks({ load });
  else nodeModule.register(beside("written_as_module")); // before Node 22.15
}
/** Lets a Node that does not know TypeScript load it, by the tsx beside the program; says so where there is none. */
async function useTsx(path: string): Promise<boolean> {
  let tsx: string;
  try {
    tsx = nodeModule.createRequire(path).resolve("tsx");
  } catch {
    console.error(
      `tidu: Node ${process.version} runs no TypeScript by itself.\nInstall tsx beside the program (npm install tsx), or use Node 22.18 or newer.`,
    );
    process.exitCode = 1;
    return false;
  }
  await import(pathToFileURL(tsx).href);
  return true;
}
