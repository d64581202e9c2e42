// What tests gave, a line of JSON each, in a file that a later run goes on with.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Result {
  readonly id: string;
  /** `needs`: a package that is not there, named in `error`. */
  readonly outcome: "pass" | "fail" | "skip" | "needs" | "time" | "crash" | "absent";
  /** The exception's type and text. */
  readonly error?: string;
  /** The line of the test file where it was raised. */
  readonly line?: number;
  readonly seconds?: number;
}
const END = { id: "", outcome: "pass" } as const satisfies Result;

export class Results {
  private readonly path: string;
  private readonly byId = new Map<string, Result>();

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n")) {
      if (line === "") continue;
      const result = JSON.parse(line) as Result;
      this.byId.set(result.id, result);
    }
  }
  add(result: Result): void {
    this.byId.set(result.id, result);
    appendFileSync(this.path, `${JSON.stringify(result)}\n`);
  }
  /** All tests of the file have been run. */
  end(): void {
    this.add(END);
  }
  get isWhole(): boolean {
    return this.byId.has(END.id);
  }
  forget(which: (result: Result) => boolean): void {
    for (const result of this.byId.values()) if (which(result)) this.byId.delete(result.id);
    writeFileSync(this.path, Array.from(this.byId.values(), (result) => `${JSON.stringify(result)}\n`).join(""));
  }
  of(id: string): Result | undefined {
    return this.byId.get(id);
  }
  get passed(): string[] {
    return [...this.byId.values()].filter((r) => r.outcome === "pass" && r.id !== END.id).map((r) => r.id);
  }
}
