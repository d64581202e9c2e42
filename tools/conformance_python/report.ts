/** What agreed and what did not, by topic; as JSON `{ topics: { [topic]: { passed, failed } }, failures }`. */
export class PythonReport {
  readonly topics: Record<string, { passed: number; failed: number }> = {};
  readonly failures: { id: string; why: string }[] = [];

  /** `why`: what differs, or null where nothing does. */
  add(topic: string, id: string, why: string | null): void {
    const counts = (this.topics[topic] ??= { passed: 0, failed: 0 });
    if (why === null) counts.passed++;
    else {
      counts.failed++;
      this.failures.push({ id, why });
    }
  }
  toString(): string {
    const share = (passed: number, failed: number): string =>
      `${passed} of ${passed + failed}, ${((100 * passed) / (passed + failed)).toFixed(1)} %`;
    const sum = { passed: 0, failed: 0 };
    const lines = this.failures.map(({ id, why }) => `${id}\n${why.replace(/^/gm, "    ")}`);
    for (const [topic, { passed, failed }] of Object.entries(this.topics).sort(([a], [b]) => (a < b ? -1 : 1))) {
      sum.passed += passed;
      sum.failed += failed;
      lines.push(`${topic.padEnd(24)} ${share(passed, failed)}`);
    }
    return [...lines, `${"in all".padEnd(24)} ${share(sum.passed, sum.failed)}`].join("\n");
  }
}
