// Modes belong to what runs: to a body, its awaits and its generators, and to nothing beside it.
import { afterEach, describe, expect, test, vi } from "vitest";
import * as torch from "tidu";

const wait = (ms = 1): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const warnings: string[] = [];
const before = torch.set_warning_listener((text) => warnings.push(text));
afterEach(() => {
  warnings.length = 0;
  expect(torch.is_grad_enabled()).toBe(true);
  expect(torch.is_inference_mode_enabled()).toBe(false);
  expect(torch.is_anomaly_enabled()).toBe(false);
});
process.on("exit", () => torch.set_warning_listener(before));

const modes = {
  no_grad: [torch.no_grad, () => !torch.is_grad_enabled()],
  inference_mode: [torch.inference_mode, torch.is_inference_mode_enabled],
  detect_anomaly: [torch.autograd.detect_anomaly, torch.is_anomaly_enabled],
  "set_grad_enabled(false)": [
    <T>(body: () => T): T => torch.set_grad_enabled(false, body),
    () => !torch.is_grad_enabled(),
  ],
  "set_detect_anomaly(true)": [
    <T>(body: () => T): T => torch.autograd.set_detect_anomaly(true, true, body),
    torch.is_anomaly_enabled,
  ],
} satisfies Record<string, [<T>(body: () => T) => T, () => boolean]>;

describe.each(Object.entries(modes))("%s", (_, [enter, on]) => {
  test("holds in an asynchronous body to its end and nowhere else", async () => {
    const seen: boolean[] = [];
    const body = enter(async () => {
      seen.push(on());
      await wait();
      seen.push(on());
      await Promise.all([wait(), (async () => void (await wait(), seen.push(on())))()]);
      return 7;
    });
    expect(on()).toBe(false);
    await wait(0);
    expect(on()).toBe(false);
    expect(await body).toBe(7);
    expect(seen).toEqual([true, true, true]);
    expect(on()).toBe(false);
  });
  test("two bodies that overlap leave nothing behind, whichever ends first", async () => {
    for (const [first, second] of [
      [4, 12],
      [12, 4],
    ]) {
      const a = enter(async () => (await wait(first), on()));
      await wait();
      const b = enter(async () => (await wait(second), on()));
      expect(await Promise.all([a, b])).toEqual([true, true]);
      expect(on()).toBe(false);
    }
  });
  test("a plain function that returns a promise is an asynchronous body, too, and so is one that fails", async () => {
    const evaluate = async (): Promise<boolean> => (await wait(), on());
    expect(await enter(() => evaluate())).toBe(true);
    await expect(
      enter(async () => {
        await wait();
        throw new Error("inside");
      }),
    ).rejects.toThrow("inside");
    expect(on()).toBe(false);
  });
  test("holds in each step of a generator, not where its values are used", async () => {
    const seen: boolean[] = [];
    const sent: unknown[] = [];
    const values = enter(function* () {
      for (let i = 0; i < 3; i++) {
        seen.push(on());
        sent.push(yield i);
      }
      return 5;
    });
    expect(values.next()).toEqual({ value: 0, done: false });
    expect(on()).toBe(false);
    values.next("a");
    expect([...values]).toEqual([2]);
    expect(seen).toEqual([true, true, true]);
    expect(sent).toEqual(["a", undefined, undefined]);

    const later = enter(async function* () {
      await wait();
      yield on();
      await wait();
      yield on();
    });
    for await (const value of later) {
      expect(value).toBe(true);
      expect(on()).toBe(false);
    }
  });
});

test("a training loop beside an asynchronous evaluation records every step", async () => {
  const w = torch.ones(2, { requires_grad: true });
  const evaluate = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      expect(w.mul(2).requires_grad).toBe(false);
      await wait(0);
    }
  };
  const evaluation = torch.no_grad(evaluate);
  for (let i = 0; i < 10; i++) {
    w.mul(2).sum().backward();
    await wait(0);
  }
  await evaluation;
  expect(w.grad!.tolist()).toEqual([20, 20]);
});

test("what packs saved tensors follows its asynchronous body", async () => {
  const packed: string[] = [];
  const x = torch.ones(2, { requires_grad: true });
  const hooked = torch.autograd.graph.saved_tensors_hooks(
    (t) => (packed.push("inside"), t),
    (t) => t,
    async () => (await wait(), x.exp()),
  );
  x.exp().sum().backward();
  expect(packed).toEqual([]);
  (await hooked).sum().backward();
  expect(packed.length).toBe(1);
});

test("guards may end in any order", () => {
  const a = torch.no_grad();
  const b = torch.no_grad();
  const c = torch.autograd.detect_anomaly();
  a[Symbol.dispose]();
  expect(torch.is_grad_enabled()).toBe(false);
  b[Symbol.dispose]();
  expect(torch.is_grad_enabled()).toBe(true);
  expect(torch.is_anomaly_enabled()).toBe(true);
  c[Symbol.dispose]();
  c[Symbol.dispose]();

  torch.set_grad_enabled(false);
  const d = torch.enable_grad();
  torch.set_grad_enabled(true);
  d[Symbol.dispose]();
  expect(torch.is_grad_enabled()).toBe(true);
});

test("a guard held over an await is told of, for other code was in its mode", async () => {
  const evaluate = async (): Promise<void> => {
    const guard = torch.no_grad();
    await wait();
    guard[Symbol.dispose]();
  };
  const a = evaluate();
  await Promise.all([a, evaluate()]);
  expect(warnings[0]).toMatch(/^A guard of no_grad\(\) was held while the program waited/);
});

test("a guard inside an asynchronous body stays inside", async () => {
  const body = torch.no_grad(async () => {
    const guard = torch.enable_grad();
    await wait();
    expect(torch.is_grad_enabled()).toBe(true);
    guard[Symbol.dispose]();
    expect(torch.is_grad_enabled()).toBe(false);
  });
  await wait(0);
  await body;
  expect(warnings).toEqual([]);
});

test("an engine without asynchronous contexts refuses asynchronous bodies, before they run where they can be told", async () => {
  vi.resetModules();
  vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
  const { no_grad, is_grad_enabled } = await import("../../src/settings/modes.ts");
  vi.unstubAllGlobals();
  let ran = false;
  expect(() => no_grad(async () => void (ran = true))).toThrow(/^no_grad\(\) got an asynchronous body/);
  expect(ran).toBe(false);
  expect(() => no_grad(() => wait())).toThrow(/Put no_grad\(\(\) => …\) around each synchronous part/);
  expect(is_grad_enabled()).toBe(true);
  expect(no_grad(() => is_grad_enabled())).toBe(false);
});
