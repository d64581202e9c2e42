// Programs in addresses: the text, deflated, behind the #, which browsers send to nobody.
import type { Language } from "./told.ts";

export interface Shared {
  readonly language: Language;
  readonly text: string;
}
const through = async (bytes: Uint8Array<ArrayBuffer>, by: GenericTransformStream): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await new Response(
      new Blob([bytes]).stream().pipeThrough(by as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>),
    ).arrayBuffer(),
  );

export async function addressOf({ language, text }: Shared, base: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const base64 = btoa(String.fromCharCode(...bytes));
  return `${base.replace(/#.*/, "")}#${language}=${base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}
/** What an address brings; null if it brings nothing, or nothing that can be read. */
export async function sharedIn(hash: string): Promise<Shared | null> {
  const [, language, base64] = /^#(ts|py)=([\w-]+)$/.exec(hash) ?? [];
  if (language === undefined) return null;
  try {
    const packed = Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    return { language: language as Language, text: new TextDecoder().decode(bytes) };
  } catch {
    return null;
  }
}
/** The last program of each language, kept by the browser; nothing where it keeps nothing. */
export const kept = {
  get(name: string): string | null {
    try {
      return localStorage.getItem(`tidu-playground.${name}`);
    } catch {
      return null;
    }
  },
  set(name: string, text: string): void {
    try {
      localStorage.setItem(`tidu-playground.${name}`, text);
    } catch {
      // A browser that keeps nothing: the program stays as long as the page does.
    }
  },
};
