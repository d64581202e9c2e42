// What is saved comes back whole: values of every kind, and the old file whatever happens to the writer of the new one.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "tidu";
import type { Tensor } from "tidu";

const { decode, decodeSafetensors } = torch.serialization;
const encode = (value: unknown): Uint8Array => torch.serialization.encode(value, { format: "safetensors" });
const folder = mkdtempSync(join(tmpdir(), "whole-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = fileURLToPath(new URL("../..", import.meta.url));
const twice = <T>(value: T): T => decode<T>(encode(value));
const sharing = (a: Tensor, b: Tensor): boolean => a.storage.block === b.storage.block;

describe("values", () => {
  test("tied tensors come back tied, in a state dict and deep inside, and stand in the file under each name", () => {
    const w = torch.arange(6).reshape(2, 3).float();
    const state = new Map([
      ["embedding.weight", w],
      ["decoder.weight", w.detach()],
    ]);
    const loaded = twice(state);
    loaded.get("embedding.weight")![0] = torch.tensor(9);
    expect(loaded.get("decoder.weight")!.tolist()).toEqual([
      [9, 9, 9],
      [3, 4, 5],
    ]);
    expect([...decodeSafetensors(encode(state)).entries.keys()]).toEqual([...state.keys()]);

    const { a, b, c } = twice({ a: w, b: [w], c: { row: w[1], t: w.t() } });
    expect(b[0]).toBe(a);
    expect(sharing(a, c.row) && sharing(a, c.t)).toBe(true);
    expect([c.row.tolist(), c.t.stride(), c.t.tolist()]).toEqual([[3, 4, 5], [1, 3], w.t().tolist()]);
  });
  test("tensors of one memory that do not lie within one another stay apart, with their values", () => {
    const x = torch.arange(10).float();
    const { a, b } = twice({ a: x.narrow(0, 0, 6), b: x.narrow(0, 4, 6) });
    expect([a.tolist(), b.tolist()]).toEqual([x.narrow(0, 0, 6).tolist(), x.narrow(0, 4, 6).tolist()]);
  });
  test("a file whose tensors were changed apart by another program gives both", () => {
    const w = torch.ones(3);
    const bytes = encode(
      new Map([
        ["a", w],
        ["b", w.detach()],
      ]),
    );
    bytes[bytes.length - 1] ^= 0x40;
    const loaded = decode(bytes);
    expect(loaded.get("a")!.tolist()).toEqual([1, 1, 1]);
    expect(loaded.get("b")!.tolist()).not.toEqual([1, 1, 1]);
  });
  test("damaged news of shared memory is refused", () => {
    const w = torch.ones(4);
    const text = (json: string): Uint8Array =>
      torch.serialization.encodeSafetensors(
        new Map(
          ["a", "b"].map((name) => [
            name,
            { dtype: torch.float32, shape: [4], data: new Uint8Array(w.typed_array().buffer as ArrayBuffer) },
          ]),
        ),
        { "tidu.shared": json },
      );
    for (const json of [
      '{"b":["a",1,[1]]}',
      '{"b":["a",0,[1e300]]}',
      '{"b":["a",-1,[1]]}',
      '{"b":["x",0,[1]]}',
      '{"b":5}',
      "[",
    ])
      expect(() => decode(text(json)), json).toThrow("the metadata 'tidu.shared' is damaged");
    expect(decode(text('{"b":["a",0,[1]]}')).get("b")!.tolist()).toEqual([1, 1, 1, 1]);
  });
  test("an empty key, complex numbers of both widths and no dims come back", () => {
    const state = new Map([
      ["", torch.ones(2)],
      ["z", torch.complex(torch.tensor([1, 2]).double(), torch.tensor([3, -4]).double())],
      ["c", torch.complex(torch.tensor(1), torch.tensor(2))],
      ["tensor", torch.tensor(7)],
    ]);
    const loaded = twice(state);
    expect([...loaded.keys()]).toEqual([...state.keys()]);
    for (const [name, t] of state) {
      expect(String(loaded.get(name))).toBe(String(t));
      expect(loaded.get(name)!.dtype).toBe(t.dtype);
    }
  });
  test("what contains itself is refused by a sentence, where it stands", () => {
    const loop: Record<string, unknown> = { x: 1 };
    loop.self = [loop];
    expect(() => encode({ a: loop })).toThrow("save: cannot save what contains itself (at a.self.0)");
    expect(twice({ a: [1], b: [1] })).toEqual({ a: [1], b: [1] });
  });
  test("numbers of a million digits and tensors of a hundred thousand dims are refused at once", () => {
    const framed = (frame: unknown): Uint8Array =>
      torch.serialization.encodeSafetensors(new Map(), { "tidu.frame": JSON.stringify(frame) });
    expect(() => decode(framed({ bigint: "7".repeat(2e6) }))).toThrow("a bigint of 2000000 digits");
    const dims = new Array<number>(100_000).fill(1);
    const entry = { dtype: torch.uint8, shape: dims, data: new Uint8Array(1) };
    expect(() => decode(torch.serialization.encodeSafetensors(new Map([["x", entry]])))).toThrow(
      "at most 64 dims, got 100000",
    );
  });
});

/** A program beside this one. */
const program = (text: string): string[] => [
  "--import=tsx",
  "--conditions=source",
  "--input-type=module",
  "-e",
  `import * as torch from "tidu"; ${text}`,
];
describe("the old file stays", () => {
  const path = join(folder, "good.pt");
  const good = (): void => torch.save({ x: torch.full([1000], 7), all: "good" }, path);
  const expectGood = (): void => {
    expect(torch.load<{ all: string }>(path).all).toBe("good");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  };

  test("when the value cannot be saved, and when the path is none", () => {
    good();
    expect(() => torch.save({ f: () => 1 }, path)).toThrow(TypeError);
    expect(() => torch.save(torch.ones(1), 1 as never)).toThrow("save(): expected the path of a file as str, got int");
    expect(() => torch.load(0 as never)).toThrow("load(): expected the path of a file as str, got int");
    expectGood();
  });
  test("when the disk is full", () => {
    good();
    const { stderr } = spawnSync(
      "bash",
      [
        "-c",
        `ulimit -f 64; exec "$0" "$@"`,
        process.execPath,
        ...program(`torch.save(torch.ones(1e6), ${JSON.stringify(path)})`),
      ],
      { cwd: root, encoding: "utf8" },
    );
    expect(stderr).toMatch(/RuntimeError: save: Error: E(FBIG|NOSPC)/);
    expectGood();
  });
  test("when the folder may not be written to", () => {
    good();
    chmodSync(folder, 0o555);
    const asNobody = process.getuid?.() === 0 ? "process.setgid(65534); process.setuid(65534);" : "";
    // The library is loaded before: nobody may not read it.
    const { stderr } = spawnSync(
      process.execPath,
      program(`${asNobody} torch.save(torch.ones(9), ${JSON.stringify(path)})`),
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    chmodSync(folder, 0o755);
    expect(stderr).toMatch(/RuntimeError: save: Error: EACCES/);
    expectGood();
  });
  // A kill every now and then finds what writing in place costs within a few rounds; TIDU_KILLS=200 asks for more.
  const rounds = Number(process.env.TIDU_KILLS ?? 4);
  test(
    "or the new one is there, whole, when the writer is killed at any moment",
    { timeout: rounds * 600_000 },
    async () => {
      const big = join(folder, "big.safetensors");
      for (let round = 0; round < rounds; round++) {
        const child = spawn(
          process.execPath,
          program(
            `for (let i = 1; ; i++) { torch.save(torch.full([1 << 20], i), ${JSON.stringify(big)}); if (i === 1) console.log("ready"); }`,
          ),
          { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
        );
        await new Promise((resolve) => child.stdout.once("data", resolve));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        child.kill("SIGKILL");
        await new Promise((resolve) => child.once("close", resolve));
        const loaded = torch.load<Tensor>(big);
        expect(loaded.numel()).toBe(1 << 20);
        expect(loaded.eq(loaded[0]!).all().item()).toBe(true);
      }
      for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) rmSync(join(folder, name));
    },
  );
  test("whole for every reader while four write", async () => {
    const shared = join(folder, "shared.pt");
    torch.save(torch.full([1 << 16], 0), shared);
    const writers = [1, 2, 3, 4].map((n) =>
      spawn(
        process.execPath,
        program(`for (let i = 0; i < 40; i++) torch.save(torch.full([1 << 16], ${n}), ${JSON.stringify(shared)})`),
        {
          cwd: root,
          stdio: "inherit",
        },
      ),
    );
    let running = writers.length;
    const ended = writers.map(
      (w) => new Promise<number | null>((resolve) => w.once("close", (code) => (running--, resolve(code)))),
    );
    let reads = 0;
    while (running > 0) {
      const x = torch.load<Tensor>(shared);
      expect(x.eq(x[0]!).all().item()).toBe(true);
      reads++;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(reads).toBeGreaterThan(0);
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
  });
  test("a link goes on to lead to the file, and the file keeps who may read it", () => {
    mkdirSync(join(folder, "real"));
    const [real, link] = [join(folder, "real", "file"), join(folder, "link")];
    writeFileSync(real, "", { mode: 0o600 });
    symlinkSync(real, link);
    torch.save(torch.ones(2), link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(torch.load<Tensor>(real).tolist()).toEqual([1, 1]);
  });
});
