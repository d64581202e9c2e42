/** A file beside this one: a module in source, and a script of the build, where this one is part of `index.js`. */
export const beside = (name: string): URL =>
  new URL(`./${name}${/\.[jt]s$/.exec(import.meta.url)![0]}`, import.meta.url);
/** Whether Node runs TypeScript by itself. */
export function readsTypeScript(): boolean {
  return "typescript" in process.features && process.features.typescript !== false;
}
