// Turns of the event loop, for loops that await nothing else.

/** Milliseconds without a turn after which one is due: a frame of a page's. */
const DUE = 16;

interface Immediate {
  setImmediate?: (f: () => void) => unknown;
}
/** Resolves in a task of its own, so that timers, events and whatever else waits come first. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { setImmediate } = globalThis as Immediate;
    if (setImmediate !== undefined) return void setImmediate(resolve);
    // Browsers make a timer within a timer wait 4 ms; not so a message.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** What an asynchronous loop awaits at every step to give the event loop a turn now and then: promises alone give none. */
export function turns(): () => Promise<void> | null {
  let last = performance.now();
  return () => {
    if (performance.now() - last < DUE) return null;
    return turn().then(() => void (last = performance.now()));
  };
}
