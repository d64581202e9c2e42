// Ctrl-C, and the request to end that a machine sends which is about to stop.

/** Exit codes, as shells tell them: 128 and the signal's number. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof CODES;

/** What is asked between two steps: the exit code that somebody wants. */
export interface Interrupting {
  readonly code: number | null;
  close(): void;
}
/** Listens until it is closed: the first signal is noted, a second one ends the program at once. */
export class Interrupts implements Interrupting {
  /** The exit code that is asked for. */
  code: number | null = null;
  private readonly listeners: (readonly [Signal, () => void])[] = [];
  constructor() {
    const { process } = globalThis;
    if (typeof process?.on !== "function") return;
    for (const signal of Object.keys(CODES) as Signal[]) {
      const listener = (): void => {
        if (this.code !== null) process.exit(CODES[signal]);
        this.code = CODES[signal];
      };
      process.on(signal, listener);
      this.listeners.push([signal, listener]);
    }
  }
  close(): void {
    for (const [signal, listener] of this.listeners) globalThis.process.off(signal, listener);
  }
}
