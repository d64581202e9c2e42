// Optional packages in Node, found at once: by whoever cannot await an import.
interface NodeModule {
  createRequire(from: string): NodeJS.Require;
}
/** What requires a package, and the module or folder that it is found from: this library, or where the program runs. */
export interface Found {
  readonly require: NodeJS.Require;
  readonly from: string;
}
/** Null where it is not installed; undefined outside Node. */
export function findPackage(name: string): Found | null | undefined {
  const { process } = globalThis as { process?: NodeJS.Process };
  const { createRequire } = (process?.getBuiltinModule?.("node:module") ?? {}) as unknown as Partial<NodeModule>;
  if (process === undefined || createRequire === undefined) return undefined;
  for (const from of [import.meta.url, `${process.cwd()}/`])
    try {
      const require = createRequire(from);
      require.resolve(name);
      return { require, from };
    } catch {}
  return null;
}
