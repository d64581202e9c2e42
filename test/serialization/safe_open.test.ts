import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { serialization } from "../../src/index.ts";

const { encodeSafetensors, safe_open, safe_open_url } = serialization;
const folder = mkdtempSync(join(tmpdir(), "safe-open-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const state = new Map([
  ["a", torch.arange(24).reshape(4, 3, 2).float()],
  ["b", torch.tensor([true, false])],
  ["none", torch.zeros(0, 3)],
  ["one", torch.tensor(2.5)],
]);
torch.save(state, file("model.safetensors"));

test("a file is read one tensor at a time, or some rows of one", () => {
  using f = safe_open(file("model.safetensors"));
  expect([f.keys(), f.metadata()]).toEqual([["a", "b", "none", "one"], { format: "pt" }]);
  for (const [name, t] of state) expect(f.get_tensor(name).equal(t), name).toBe(true);
  const a = f.get_slice("a");
  expect([a.get_shape(), a.get_dtype()]).toEqual([[4, 3, 2], "F32"]);
  const whole = state.get("a")!;
  for (const [from, to] of [
    [1, 3],
    [0, 1],
    [-2, 4],
    [2, 2],
    [3, 1],
    [0, 99],
  ]) {
    // prettier-ignore
    const [start, stop] = [from < 0 ? from + 4 : from, Math.min(to, 4)];
    expect(a.rows(from, to).equal(whole.narrow(0, start, Math.max(0, stop - start))), `${from} ${to}`).toBe(true);
  }
  expect(a.rows().equal(whole)).toBe(true);
  expect([...f.get_slice("none").rows(0, 1).shape]).toEqual([0, 3]);
  expect(() => f.get_slice("one").rows(0, 1)).toThrow("has no dims");
  expect(() => f.get_tensor("x")).toThrow(new torch.KeyError("'x'"));
  expect(() => safe_open(file("none"))).toThrow(torch.FileNotFoundError);
  writeFileSync(file("short"), readFileSync(file("model.safetensors")).subarray(0, 300));
  expect(() => safe_open(file("short"))).toThrow(/cut off\?\nin .*short/);
});

test("dtypes that tensors do not have are read as wider ones, rows as wholes, or named", () => {
  const entries = new Map([
    ["n", { dtype: torch.int16, shape: [2], data: Uint8Array.of(255, 255, 1, 0) }],
    ["m", { dtype: torch.uint8, shape: [2], data: Uint8Array.of(0x38, 0xfe) }],
  ]);
  const text = Buffer.from(encodeSafetensors(entries)).toString("latin1");
  const as = (m: string): string => text.replace("I16", "U16").replace(/"U8",/, `"${m}",`).replace(/ {3,}/, (x) => x.slice(m.length - 2)); // prettier-ignore
  writeFileSync(file("u16.safetensors"), Buffer.from(as("F8_E4M3"), "latin1"));
  using f = safe_open(file("u16.safetensors"));
  expect(f.get_slice("n").get_dtype()).toBe("U16");
  expect(f.get_tensor("n").tolist()).toEqual([65535, 1]);
  expect(f.get_slice("n").rows(1).tolist()).toEqual([1]);
  expect(f.get_tensor("m").tolist()).toEqual([1, -448]);
  expect(String(f.get_tensor("m").dtype)).toBe("torch.float16");
  writeFileSync(file("f4.safetensors"), Buffer.from(as("F4"), "latin1"));
  expect(() => torch.load(file("f4.safetensors"))).toThrow('"m" is of dtype F4 (torch.float4_e2m1fn_x2)');
});

test("a model in several files opens and loads by its index", () => {
  torch.save(new Map([["x", torch.ones(2)]]), file("model-00001-of-00002.safetensors"));
  torch.save(new Map([["y", torch.zeros(3)]]), file("model-00002-of-00002.safetensors"));
  const index = (weight_map: unknown): string => {
    writeFileSync(file("model.safetensors.index.json"), JSON.stringify({ metadata: { total_size: 20 }, weight_map }));
    return file("model.safetensors.index.json");
  };
  const good = { y: "model-00002-of-00002.safetensors", x: "model-00001-of-00002.safetensors" };
  const path = index(good);
  using f = safe_open(path);
  expect([f.keys(), f.get_tensor("x").tolist()]).toEqual([
    ["y", "x"],
    [1, 1],
  ]);
  expect([...torch.load(path)].map(([k, t]) => [k, t.tolist()])).toEqual([
    ["y", [0, 0, 0]],
    ["x", [1, 1]],
  ]);
  expect(() => safe_open(index({ ...good, z: good.x }))).toThrow(
    '"z" is in model-00001-of-00002.safetensors, which has it not',
  );
  expect(() => safe_open(index({ x: "../secret.safetensors" }))).toThrow("names no file");
  expect(() => safe_open(index({ x: "missing.safetensors" }))).toThrow(torch.FileNotFoundError);
  expect(() => safe_open(index(null))).toThrow("to have a weight_map");
});

test("a file elsewhere is fetched by ranges, as much of it as is asked for", async () => {
  const big = new Map([...state, ["big", torch.arange(100_000)], ...Array.from({ length: 900 }, (_, i) => [`long name of tensor ${i}`, torch.ones(1)] as const)]); // prettier-ignore
  const bytes = Buffer.from(serialization.encode(big, { format: "safetensors" }));
  let sent = 0;
  const server = createServer((request, response) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    if (request.url === "/missing") return void response.writeHead(404).end();
    if (request.url === "/whole") return void response.writeHead(200).end(bytes);
    const piece = bytes.subarray(Number(from), Number(to) + 1);
    sent += piece.length;
    response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${bytes.length}` }).end(piece);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const f = await safe_open_url(`${url}/model.safetensors`);
    expect(f.keys()).toEqual([...big.keys()]);
    expect((await f.get_tensor("a")).equal(state.get("a")!)).toBe(true);
    expect((await f.get_slice("big").rows(5, 8)).tolist()).toEqual([5, 6, 7]);
    expect((await f.get_tensor("none")).shape).toEqual([0, 3]);
    expect(sent).toBeLessThan(bytes.length / 4);
    await expect(f.get_tensor("x")).rejects.toThrow("'x'");
    await expect(safe_open_url(`${url}/missing`)).rejects.toThrow("404");
    await expect(safe_open_url(`${url}/whole`)).rejects.toThrow("the server gives no ranges");
  } finally {
    server.close();
  }
});
