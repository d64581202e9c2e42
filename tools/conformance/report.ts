// Counts by kind and by op, as text and as JSON.
export interface Failure {
  readonly id: string;
  readonly why: string;
}
export interface Tally {
  passed: number;
  failed: number;
  missing: number;
}
export interface OpTally extends Tally {
  readonly failures: Failure[];
  /** Why cases are missing, each reason once. */
  readonly absent: string[];
}
export interface Outcome {
  readonly status: "passed" | "failed" | "missing";
  readonly why: string;
  /** What is worth counting without failing. */
  readonly notes?: readonly string[];
}

/** Everything counted so far. Serialises to `{ kinds, ops }`. */
export class Report {
  readonly kinds: Record<string, Tally> = {};
  readonly ops: Record<string, OpTally> = {};
  /** How many passed cases have each remark. */
  readonly notes: Record<string, number> = {};

  add(kind: string, op: string, id: string, { status, why, notes = [] }: Outcome): void {
    const ofKind = (this.kinds[kind] ??= { passed: 0, failed: 0, missing: 0 });
    const ofOp = (this.ops[op] ??= { passed: 0, failed: 0, missing: 0, failures: [], absent: [] });
    ofKind[status]++;
    ofOp[status]++;
    if (status === "passed") for (const note of notes) this.notes[note] = (this.notes[note] ?? 0) + 1;
    if (status === "failed") ofOp.failures.push({ id, why });
    else if (status === "missing" && !ofOp.absent.includes(why)) ofOp.absent.push(why);
  }
  /** Ops with failures first, most failures first; then what is missing; then a line for each kind. */
  toString(): string {
    const ops = Object.entries(this.ops);
    const failing = ops.filter(([, t]) => t.failed > 0).sort((a, b) => b[1].failed - a[1].failed);
    const missing = ops.filter(([, t]) => t.missing > 0 && t.failed === 0).sort((a, b) => b[1].missing - a[1].missing);
    const line = (name: string, { passed, failed, missing }: Tally): string =>
      `${name.padEnd(44)}${String(passed).padStart(7)}${String(failed).padStart(7)}${String(missing).padStart(8)}`;
    return [
      `${"".padEnd(44)} passed failed missing`,
      ...failing.flatMap(([name, t]) => [line(name, t), ...t.failures.slice(0, 3).map((f) => `    ${f.id}: ${f.why}`)]),
      ...missing.map(([name, t]) => `${line(name, t)}  ${t.absent[0]}`),
      "",
      ...Object.entries(this.kinds).map(([name, t]) => line(name, t)),
      ...Object.entries(this.notes).map(([note, n]) => `of the passed ones ${n} ${note}`),
    ].join("\n");
  }
}
