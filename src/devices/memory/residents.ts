// Which spans may move out of the memory, where nobody can tell within a task which are dead.
import { clock } from "./span.ts";
import type { Span } from "./span.ts";

/** References to spans of earlier tasks beyond which the emptied ones are cleared away. */
const CROWD = 1024;

/**
 * Spans that lie in the memory. Those made in the running task are held, or they could not be told any more. At its end
 * they are left to the finalizers: a weak reference made within a task holds what it refers to until the task ends.
 */
export class Residents {
  private made: Span[] = [];
  private earlier: WeakRef<Span>[] = [];
  private crowd = CROWD;
  private waiting = false;

  add(span: Span): void {
    if (span.listed) return;
    span.listed = true;
    this.made.push(span);
    if (!this.waiting) this.awaitTurn();
  }
  unused(): Span[] {
    for (const reference of this.earlier) {
      const span = reference.deref();
      if (span !== undefined) this.add(span);
    }
    this.earlier = [];
    this.made = this.made.filter((span) => (span.listed = span.extent.nbytes > 0));
    return unused(this.made);
  }

  private awaitTurn(): void {
    this.waiting = true;
    const timer = globalThis.setTimeout?.(() => this.turn(), 0) as { unref?: () => void } | undefined;
    timer?.unref?.();
  }
  private turn(): void {
    this.waiting = false;
    for (const span of this.made) {
      span.listed = false;
      if (span.extent.nbytes > 0) this.earlier.push(new WeakRef(span));
    }
    this.made = [];
    if (this.earlier.length < this.crowd) return;
    this.earlier = this.earlier.filter((reference) => reference.deref() !== undefined);
    this.crowd = 2 * this.earlier.length + CROWD;
  }
}
/** Those that nobody has asked for since the last allocation, the longest unused first. */
export const unused = (spans: readonly Span[]): Span[] =>
  spans
    .filter((span) => span.readAt !== clock.now && span.extent.nbytes > 0 && !span.pinned)
    .sort((a, b) => b.age - a.age);
