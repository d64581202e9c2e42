// A hook of Node's loader: what is written as a module is loaded as one, whatever the package around it says: `npm init`
// writes "type": "commonjs". A file of its own, because older versions of Node run hooks on a thread of their own.
import { readFileSync } from "node:fs";

interface Loaded {
  readonly format?: string | null;
}
export function load<T>(url: string, context: Loaded, next: (url: string, context: Loaded) => T): T {
  const { format } = context;
  const isOwn = /^file:(?!.*\/node_modules\/).*\.[jt]sx?$/.test(url);
  const written = isOwn && format?.startsWith("commonjs") ? readFileSync(new URL(url), "utf8") : "";
  const isModule = /^(import\s*[\w{*"']|export\s*[\w{*])/m.test(written);
  return next(url, isModule ? { ...context, format: format!.replace("commonjs", "module") } : context);
}
