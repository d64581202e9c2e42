// What a profile tells of the device: its own time, launch by launch, and where the program waited for it.
import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { describeGpu, gpu } from "./adapter.ts";

const { profile, record_function } = torch.profiler;
const device = "webgpu";
const tells = (): boolean => gpu().adapter.features.includes("timestamp-query");

describeGpu("a profile", () => {
  test("shows the device's own time of each op, which those outside have too", () => {
    if (!tells()) return;
    const x = torch.rand(128, 128, { device });
    const y = torch.rand(4, { device });
    for (let i = 0; i < 2; i++) x.mm(x);
    const prof = profile(() => {
      record_function("products", () => {
        for (let i = 0; i < 3; i++) x.mm(x);
        y.exp();
      });
    });
    const rows = prof.key_averages();
    const [products, mm, exp] = ["products", "aten::mm", "aten::exp"].map((key) => rows.find((r) => r.key === key)!);
    // A clock may tick slowly; a product of 4 million operations takes some of it.
    expect(mm.device_time_total).toBeGreaterThan(0);
    expect(mm.device_time).toBeCloseTo(mm.device_time_total / 3, 6);
    expect(products.device_time_total).toBeCloseTo(mm.device_time_total + exp.device_time_total, 3);
    expect(products.self_device_time_total).toBeCloseTo(0, 3);
    expect(rows.self_device_time_total).toBeCloseTo(products.device_time_total, 3);
    const table = rows.table({ sort_by: "self_device_time_total" });
    expect(table).toMatch(/Self WEBGPU +Self WEBGPU % +WEBGPU total +WEBGPU time avg/);
    expect(table.split("\n")[3].trim()).toMatch(/^aten::mm /);
    expect(table).toContain("Self WEBGPU time total: ");
    expect(prof.export_chrome_trace()).toContain('"Device Time (us)":');
    // Nobody reads the clock any more, and nothing is kept for it.
    expect(x.mm(x).isfinite().all().item()).toBe(true);
  });
  test("of many launches tells each, in their order", () => {
    if (!tells()) return;
    const x = torch.zeros(8, { device });
    const prof = profile(() => {
      for (let i = 0; i < 300; i++) x.add_(1);
    });
    expect(prof.events().length).toBe(300);
    expect(prof.events().every((e) => e.device_time >= 0 && e.device_time < 1e6)).toBe(true);
    expect(x.tolist()).toEqual(Array(8).fill(300));
  });
  test("says which ops the program waited in", () => {
    const x = torch.rand(4, { device }).add(1);
    const table = profile(() => x.lgamma().sum().item())
      .key_averages()
      .table();
    if (!tells()) return;
    expect(table).toMatch(/aten::lgamma waited for WEBGPU \d+ times: it reads values, or runs on the CPU/);
    expect(table).not.toMatch(/aten::sum waited/);
  });
});
