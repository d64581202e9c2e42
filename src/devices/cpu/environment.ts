// Settings from outside the program.

/** What an environment variable says, if there is one and the program may read it: Deno wants a permission for that. */
export function environment(name: string): string | undefined {
  try {
    return (globalThis as Partial<typeof globalThis>).process?.env?.[name];
  } catch {
    return undefined;
  }
}
