// The recipes of docs/files.md for models of hubs, run against a hub of one's own: a server over a folder.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as torch from "tidu";
import { nn } from "tidu";

const [hub, modelScope] = [...readFileSync("docs/files.md", "utf8").matchAll(/```ts network\n([^]*?)```/g)].map(
  ([, text]) => text,
);
const folder = mkdtempSync(join(tmpdir(), "hubs-"));
const files = new Map<string, Uint8Array>();
const asked: string[] = [];
let server: Server;
/** The model that both recipes load. */
class Classifier extends nn.Module {
  embed = new nn.Embedding(8, 4);
  head = new nn.Linear(4, 2);
  override forward(ids: torch.Tensor): torch.Tensor {
    return this.head(this.embed(ids).mean(1)) as torch.Tensor;
  }
}
const words = ["[PAD]", "[UNK]", "a", "good", "bad", "film", "very", "!"];
const tokenizer = {
  version: "1.0",
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, i) => [word, i])), unk_token: "[UNK]" },
  decoder: null,
  post_processor: null,
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url!, "http://hub");
  asked.push(`${request.method} ${pathname}`);
  const sum = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");
  if (pathname.startsWith("/api/models/")) {
    let text = "";
    request.on("data", (part) => (text += String(part)));
    request.on("end", () => {
      const { paths } = JSON.parse(text) as { paths: string[] };
      const known = paths.map((path) => ({ path, bytes: files.get(path)! }));
      const lastCommit = { id: "0".repeat(40), title: "", date: "2026-01-01" };
      response.setHeader("Content-Type", "application/json");
      response.end(
        JSON.stringify(
          known.map(({ path, bytes }) => ({ path, type: "file", size: bytes.length, oid: sum(bytes), lastCommit })),
        ),
      );
    });
    return;
  }
  const found = files.get(/resolve\/(?:main|master)\/(.+)$/.exec(pathname)?.[1] ?? "");
  if (found === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const [from, to] =
    range === null ? [0, found.length] : [Number(range[1]), Math.min(Number(range[2]) + 1, found.length)];
  if (range !== null) {
    response.statusCode = 206;
    response.setHeader("Content-Range", `bytes ${from}-${to - 1}/${found.length}`);
  }
  response.setHeader("ETag", `"${sum(found)}"`);
  response.setHeader("Content-Length", to - from);
  response.end(found.subarray(from, to));
}
beforeAll(async () => {
  torch.manual_seed(0);
  const model = new Classifier();
  files.set("model.safetensors", torch.serialization.encode(model.state_dict(), { format: "safetensors" }));
  files.set("tokenizer.json", new TextEncoder().encode(JSON.stringify(tokenizer)));
  files.set("tokenizer_config.json", new TextEncoder().encode('{ "unk_token": "[UNK]" }'));
  server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  for (const name of ["node_modules", "src"]) symlinkSync(resolve(name), join(folder, name));
  writeFileSync(join(folder, "package.json"), readFileSync("package.json"));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
async function run(name: string, program: string): Promise<string> {
  writeFileSync(join(folder, `${name}.ts`), program);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, HF_ENDPOINT: address, MODELSCOPE_ENDPOINT: address, HF_HOME: join(folder, "cache") };
  const child = spawn(process.execPath, ["--import=tsx", "--conditions=source", `${name}.ts`], { cwd: folder, env });
  let [text, errors] = ["", ""];
  child.stdout.on("data", (part) => (text += String(part)));
  child.stderr.on("data", (part) => (errors += String(part)));
  expect(await new Promise((done) => child.once("close", done)), errors).toBe(0);
  return text;
}
/** What the model says of two texts, whose words are looked up by hand. */
function expected(): string {
  const model = new Classifier();
  model.load_state_dict(torch.serialization.decode(files.get("model.safetensors")!));
  const ids = torch.tensor([
    [2n, 3n, 5n, 7n],
    [2n, 6n, 4n, 5n],
  ]);
  return JSON.stringify((model(ids) as torch.Tensor).argmax(1).tolist());
}

test("a model and its tokenizer from the Hugging Face hub, through its cache", async () => {
  expect((await run("hub", hub)).trim().split("\n").at(-1)).toBe(expected());
  const snapshot = join(folder, "cache", "hub", "models--someone--classifier", "snapshots", "0".repeat(40));
  for (const [name, bytes] of files) expect(new Uint8Array(readFileSync(join(snapshot, name)))).toEqual(bytes);
  // Again, by the snapshot's name: nothing is asked for.
  asked.length = 0;
  const again = hub.replace(`repo: "someone/classifier"`, `repo: "someone/classifier", revision: "${"0".repeat(40)}"`);
  expect((await run("again", again)).trim().split("\n").at(-1)).toBe(expected());
  expect(asked).toEqual([]);
});
test("a model from ModelScope, whole and by ranges", async () => {
  mkdirSync(join(folder, "models"), { recursive: true });
  expect((await run("modelscope", modelScope)).trim().split("\n")).toEqual(["[ 8, 4 ]", "[ 2, 4 ]"]);
  expect(existsSync(join(folder, "models", "classifier.safetensors"))).toBe(true);
});
