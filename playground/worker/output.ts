// What a program prints, sent in bundles: a message for every line would drown the page.
import type { Channel, FromWorker } from "../told.ts";

/** Characters that a program may print; a page shows no more. */
const MOST = 400_000;
const EVERY = 40;

export const send = (message: FromWorker): void => postMessage(message);

let pieces: [Channel, string][] = [];
let printed = 0;
let sent = 0;

export function begin(): void {
  pieces = [];
  printed = 0;
}
export function write(channel: Channel, text: string): void {
  if (printed > MOST) return;
  printed += text.length;
  const last = pieces.at(-1);
  if (last?.[0] === channel) last[1] += text;
  else pieces.push([channel, text]);
  if (printed > MOST) pieces.push(["note", "\nThe rest of what it prints is not shown.\n"]);
  // A program that never ends its task lets no timer of ours run.
  if (performance.now() - sent > EVERY) flush();
}
export function flush(): void {
  sent = performance.now();
  if (pieces.length > 0) send({ type: "out", pieces });
  pieces = [];
}
