// Firefox by WebDriver BiDi: playwright drives only builds of its own, and what is needed of the protocol is five commands.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

/** Debian's Firefox, or the one that FIREFOX_PATH names. */
export const firefoxPath = process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr";
export const hasFirefox = existsSync(firefoxPath);

/** What takes so long hangs, on a slow machine too. */
const LIMIT = 300_000;

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly result?: unknown;
  readonly message?: string;
  readonly method?: string;
  readonly params?: { readonly level: string; readonly text: string };
}
type Remote = { readonly type: string; readonly value?: unknown };

export class Firefox {
  /** What the page said in its console as an error or a warning, and errors that nobody caught. */
  readonly faults: string[] = [];
  private readonly profile = mkdtempSync(join(tmpdir(), "tidu-firefox-"));
  private process: ChildProcess | null = null;
  private socket: WebSocket | null = null;
  private context = "";
  private count = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();

  async open(): Promise<this> {
    const args = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", this.profile];
    const child = (this.process = spawn(firefoxPath, args));
    const address = await new Promise<string>((resolve, reject) => {
      let told = "";
      child.stderr.on("data", (text: Buffer) => {
        told += String(text);
        const [, found] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(told) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.on("exit", () => reject(new Error(told)));
    });
    const socket = (this.socket = new WebSocket(`${address}/session`));
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    socket.on("message", (data: Buffer) => this.hear(JSON.parse(String(data)) as Answer));
    await this.ask("session.new", { capabilities: {} });
    await this.ask("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = await this.ask<{ contexts: { context: string }[] }>("browsingContext.getTree", {});
    this.context = contexts[0].context;
    return this;
  }
  async visit(url: string): Promise<void> {
    await this.ask("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }
  /** What an expression of the page comes to, awaited; texts, numbers and the like. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.ask<{ result?: Remote; exceptionDetails?: { text: string } }>(
      "script.evaluate",
      { expression, target: { context: this.context }, awaitPromise: true },
    );
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result?.value as T;
  }
  async until(condition: string): Promise<void> {
    const end = Date.now() + LIMIT;
    while (!(await this.evaluate<boolean>(`Boolean(${condition})`))) {
      if (Date.now() > end) throw new Error(`In ${LIMIT / 1000} s this did not become true: ${condition}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  /** Keys as somebody presses them. */
  async type(...keys: readonly string[]): Promise<void> {
    const actions = keys.flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    await this.ask("input.performActions", { context: this.context, actions: [{ type: "key", id: "keys", actions }] });
  }
  async close(): Promise<void> {
    this.socket?.close();
    const child = this.process;
    if (child !== null && child.exitCode === null)
      await new Promise<void>((resolve) => {
        child.on("exit", () => resolve());
        child.kill();
      });
    rmSync(this.profile, { recursive: true, force: true });
  }
  private async ask<T>(method: string, params: object): Promise<T> {
    const id = ++this.count;
    this.socket!.send(JSON.stringify({ id, method, params }));
    const answer = await new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    if (answer.type === "error") throw new Error(`${method}: ${answer.message}`);
    return answer.result as T;
  }
  private hear(answer: Answer): void {
    if (answer.id !== undefined) {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    } else if (answer.method === "log.entryAdded" && /error|warn/.test(answer.params!.level))
      this.faults.push(answer.params!.text);
  }
}
