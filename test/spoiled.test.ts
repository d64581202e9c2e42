import { afterEach, expect, test } from "vitest";
import * as torch from "../src/index.ts";

/** The lines below PyTorch's sentence. */
function help(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return (error as Error).message.split("\n").slice(1).join("\n");
  }
  throw new Error("nothing was raised");
}
const leaf = (): torch.Tensor => torch.tensor([1, 2, 3], { requires_grad: true });

test("a spoiled gradient names who kept its result, who changed it, and the op without underscore", () => {
  const y = leaf().exp();
  y.mul_(2);
  const text = help(() => y.sum().backward());
  expect(text).toContain("ExpBackward0 kept its result at version 0");
  expect(text).toContain("last written to by mul_().");
  expect(text).toContain("y = x.mul(...) in place of x.mul_(...)");
});

test.each<[string, torch.Index, string]>([
  ["an element", 0, "copy_"],
  ["a slice", "0:2", "copy_"],
  ["a list of indices", [0, 2], "index_put_"],
])("a write to %s is named as the user wrote it, with the way out by torch.cat", (_name, index, op) => {
  const y = leaf().exp();
  y.index_put_([index], 5);
  const text = help(() => y.sum().backward());
  expect(text).toContain(`last written to by x[...] = y (${op}).`);
  expect(text).toContain("torch.cat");
});

test("a kept argument is told apart from a kept result", () => {
  const x = leaf();
  const factor = torch.tensor([1, 2, 3]);
  const y = x.mul(factor);
  factor.add_(1);
  expect(help(() => y.sum().backward())).toContain("MulBackward0 kept this tensor at version 0");
});

test("the ways out that the help names do work", () => {
  const x = leaf();
  const e = x.exp();
  const copied = e.clone();
  copied[0] = torch.tensor(5);
  const detached = e.detach().clone().zero_();
  const renamed = torch.cat([e.mul(2), torch.stack([e[0], e[1]])]);
  copied.sum().add(renamed.sum()).add(detached.sum()).backward();
  expect(x.grad!.div(e.detach()).tolist()).toEqual([3, 4, 3]);
});

const listen = (f: torch.WarningListener | null): void => void torch.set_warning_listener(f);
afterEach(() => listen(null));

test("under anomaly detection both places are named by file and line", () => {
  const warnings: string[] = [];
  listen((text) => warnings.push(text));
  const text = torch.autograd.detect_anomaly(() => {
    const y = leaf().exp();
    y.mul_(2);
    return help(() => y.sum().backward());
  });
  const place = (shown: string): number => Number(/spoiled\.test\.ts:(\d+):\d+/.exec(shown)![1]);
  expect(warnings.join()).toContain("Error detected in ExpBackward0.");
  expect(place(text)).toBe(place(warnings.join()) + 1);
});

test("a leaf is protected, directly and through a view, and both errors tell how to write into it", () => {
  const x = leaf();
  const direct = help(() => x.add_(1));
  const throughView = help(() => x.index_put_([2], 1));
  expect(direct).toBe(throughView);
  expect(direct).toContain("torch.no_grad(() => ...)");
  expect([x.tolist(), x._version]).toEqual([[1, 2, 3], 0]);
  torch.no_grad(() => x.index_put_([2], 1));
  expect(x.tolist()).toEqual([1, 2, 1]);
});
