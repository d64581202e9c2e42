// Stands for src/viz/pages.ts in the playground: scripts of pages, which come when one is asked for.
export let graphPage = "";
export let runPage = "";
export async function pages(): Promise<void> {
  ({ graphPage, runPage } = await import("../../src/viz/pages.ts"));
}
