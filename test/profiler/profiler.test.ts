import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import { observer } from "../../src/base/observer.ts";

const { profile, record_function } = torch.profiler;
const named = (prof: torch.profiler.Profile, key: string): torch.profiler.FunctionEventAvg =>
  prof.key_averages().find((row) => row.key === key)!;

test("ops are counted and nest, and self times add up to the time of the outermost", () => {
  const x = torch.rand(8, 8);
  const layer = new nn.Linear(8, 8);
  const prof = profile(() => {
    for (let i = 0; i < 3; i++) layer(x);
    x.exp().add_(1);
  });
  const keys = prof.key_averages().map((row) => row.key);
  expect(keys).toEqual(expect.arrayContaining(["aten::linear", "aten::addmm", "aten::exp", "aten::add_"]));
  expect(named(prof, "aten::linear").count).toBe(3);
  expect(named(prof, "aten::add_").count).toBe(1);
  const addmm = prof.events().find((e) => e.name === "aten::addmm")!;
  expect(addmm.parent!.name).toBe("aten::linear");
  expect(addmm.start).toBeGreaterThanOrEqual(addmm.parent!.start);
  expect(addmm.end).toBeLessThanOrEqual(addmm.parent!.end);
  const outermost = prof.events().filter((e) => e.parent === null);
  const total = outermost.reduce((sum, e) => sum + e.end - e.start, 0);
  expect(prof.key_averages().self_cpu_time_total).toBeCloseTo(total, 3);
});

test("a backward pass shows its nodes under PyTorch's names, with the ops of their formulas inside", () => {
  const w = torch.rand(4, 4, { requires_grad: true });
  const loss = torch.rand(4, 4).mm(w).tanh().sum();
  const prof = profile(() => loss.backward());
  const names = prof.events().flatMap((e) => (e.kind === "backward" ? [e.name] : []));
  const evaluate = "autograd::engine::evaluate_function: ";
  expect(names).toEqual(
    ["SumBackward0", "TanhBackward0", "MmBackward0", "torch::autograd::AccumulateGrad"].flatMap((name) => [
      evaluate + name,
      name,
    ]),
  );
  const mm = prof.events().find((e) => e.name === "aten::mm")!;
  expect(mm.parent!.name).toBe("MmBackward0");
  expect(mm.parent!.parent!.name).toBe(`${evaluate}MmBackward0`);
});

test("bytes are those that an op asked for and did not give back, whether dead tensors are found meanwhile or not", () => {
  const x = torch.rand(256, 256);
  const bytes = 4 * 256 * 256;
  const prof = profile({ profile_memory: true }, () => {
    record_function("outer", () => {
      x.exp();
      torch.cpu.memory_allocated();
      return x.softmax(1);
    });
  });
  expect(prof.events().find((e) => e.name === "aten::exp")!.memory).toBe(bytes);
  expect(named(prof, "outer").cpu_memory_usage).toBe(2 * bytes);
  expect(named(prof, "outer").self_cpu_memory_usage).toBe(0);
});

test("operations of products and convolutions are counted as PyTorch counts them", () => {
  const flops = (key: string, body: () => unknown): number => named(profile({ with_flops: true }, body), key).flops;
  expect(flops("aten::mm", () => torch.rand(3, 5).mm(torch.rand(5, 7)))).toBe(2 * 3 * 5 * 7);
  expect(flops("aten::bmm", () => torch.rand(2, 3, 5).bmm(torch.rand(2, 5, 7)))).toBe(2 * 2 * 3 * 5 * 7);
  expect(flops("aten::addmm", () => torch.rand(7).addmm(torch.rand(3, 5), torch.rand(5, 7)))).toBe(2 * 3 * 5 * 7);
  const [x, w] = [torch.rand(2, 4, 9, 9), torch.rand(6, 2, 3, 3)];
  // torch.profiler counts 2 * batch * channels out * places * channels in * kernel / groups.
  expect(flops("aten::convolution", () => nn.functional.conv2d(x, w, null, 1, 0, 1, 2))).toBe(
    (2 * 2 * 6 * 49 * 4 * 9) / 2,
  );
  expect(flops("aten::exp", () => x.exp())).toBe(0);
});

test("the table has PyTorch's columns, aligned, sorted and cut as asked", () => {
  const prof = profile({ profile_memory: true, with_flops: true }, () => {
    torch.rand(64, 64).mm(torch.rand(64, 64));
    for (let i = 0; i < 5; i++) torch.rand(2).exp();
  });
  const lines = prof.key_averages().table({ sort_by: "count", row_limit: 2 }).split("\n");
  expect(lines).toHaveLength(8); // three rules, the titles, two rows, the total, the end
  expect(lines[1].trim().split(/ {2,}/)).toEqual(
    "Name|Self CPU %|Self CPU|CPU total %|CPU total|CPU time avg|CPU Mem|Self CPU Mem|# of Calls".split("|"),
  );
  expect(lines[0]).toMatch(/^(-+ {2})+$/);
  for (const line of lines.slice(1, 6)) expect(line).toHaveLength(lines[0].length);
  expect(lines[3]).toContain("aten::rand ");
  expect(lines[4]).toContain("aten::exp ");
  expect(lines[6]).toMatch(/^Self CPU time total: \d+\.\d{3}(us|ms|s)$/);
  const all = prof.key_averages().table();
  expect(all).toMatch(/Total KFLOPs {7}GFLOP\/s/);
  expect(all).toMatch(/aten::mm .* 524\.288 +\d+\.\d{3} {2}\n/);
  expect(() => prof.key_averages().table({ sort_by: "foo" as "count" })).toThrow(
    "'FunctionEventAvg' object has no attribute 'foo'",
  );
});

test("rows can be told apart by the shapes of what went in", () => {
  const prof = profile({ record_shapes: true }, () => {
    torch.ones(2, 3).add(1);
    torch.ones(2, 3).add(torch.ones(3));
    torch.ones(2, 3).add(1);
  });
  const rows = prof.key_averages({ group_by_input_shape: true }).filter((row) => row.key === "aten::add");
  expect(rows.map((row) => [row.count, row.input_shapes.slice(0, 2)])).toEqual([
    [2, [[2, 3], []]],
    [1, [[2, 3], [3]]],
  ]);
  expect(named(prof, "aten::add").count).toBe(3);
});

test("the trace is a file of complete events that Chrome and Perfetto read", () => {
  const dir = mkdtempSync(join(tmpdir(), "tidu-trace-"));
  try {
    const begin = Date.now();
    const prof = profile({ record_shapes: true }, () => record_function("mine", () => torch.rand(4).exp()));
    const end = Date.now();
    const text = prof.export_chrome_trace(join(dir, "trace.json"));
    expect(readFileSync(join(dir, "trace.json"), "utf8")).toBe(text);
    const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
    const complete = traceEvents.filter((e) => e["ph"] === "X");
    expect(complete.map((e) => [e["name"], e["cat"]])).toEqual([
      ["mine", "user_annotation"],
      ["aten::rand", "cpu_op"],
      ["aten::exp", "cpu_op"],
    ]);
    for (const e of complete) {
      expect(Object.keys(e)).toEqual(["ph", "cat", "name", "pid", "tid", "ts", "dur", "args"]);
      // Two clocks.
      expect(Number(e["ts"]) / 1000).toBeGreaterThan(begin - 60_000);
      expect(Number(e["ts"]) / 1000).toBeLessThan(end + 60_000);
      expect(e["dur"]).toBeGreaterThanOrEqual(0);
    }
    expect(complete[2]["args"]).toMatchObject({ "Input Dims": [[4]] });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("an asynchronous body is waited for, and stretches that overlap keep their own ends", async () => {
  const gates: (() => void)[] = [];
  const gate = (): Promise<void> => new Promise((open) => void gates.push(open));
  const running = profile(async () => {
    const first = record_function("first", async () => {
      await gate();
      torch.rand(3).exp();
    });
    const second = record_function("second", gate);
    gates[0]();
    await first;
    gates[1]();
    await second;
  });
  const prof = await running;
  expect(observer.current).toBeNull();
  const [first, second] = ["first", "second"].map((name) => prof.events().find((e) => e.name === name)!);
  expect(second.start).toBeGreaterThanOrEqual(first.start);
  expect(second.end).toBeGreaterThanOrEqual(first.end);
  expect(named(prof, "aten::exp").count).toBe(1);
});

test("without a body a profile runs until it is stopped, two at once are refused, and errors end one", () => {
  const x = torch.rand(3);
  const prof = profile();
  x.exp();
  expect(() => profile()).toThrow("Profiler is already enabled on this thread");
  const guard = record_function("guarded");
  x.sin();
  guard[Symbol.dispose]();
  prof.stop();
  x.cos();
  expect(prof.events().map((e) => e.name)).toEqual(["aten::exp", "guarded", "aten::sin"]);
  expect(() =>
    profile(() => {
      throw new Error("mine");
    }),
  ).toThrow("mine");
  expect(() => profile(() => x.mm(x))).toThrow("self must be a matrix");
  expect(observer.current).toBeNull();
});

test("a step of an optimizer is named as PyTorch names it", () => {
  const layer = new nn.Linear(2, 2);
  const optimizer = new torch.optim.Adam(layer.parameters());
  layer(torch.rand(1, 2)).sum().backward();
  const prof = profile(() => optimizer.step());
  expect(prof.events()[0].name).toBe("Optimizer.step#Adam.step");
});
