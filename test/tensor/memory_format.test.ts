import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { channels_last, channels_last_3d, contiguous_format, preserve_format } = torch;
const x = torch.arange(120).float().view(2, 3, 4, 5);
const last = x.contiguous({ memory_format: channels_last });

describe("memory formats", () => {
  test("say how elements lie, and change none", () => {
    expect(last.stride()).toEqual([60, 1, 15, 3]);
    expect(last.equal(x)).toBe(true);
    expect(String(channels_last)).toBe("torch.channels_last");
    const deep = torch.rand(2, 3, 4, 5, 6).contiguous({ memory_format: channels_last_3d });
    expect(deep.stride()).toEqual([360, 1, 90, 18, 3]);
    expect([x, last].map((t) => [t.is_contiguous(), t.is_contiguous({ memory_format: channels_last })])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(torch.rand(2, 1, 4, 5).is_contiguous({ memory_format: channels_last })).toBe(true);
  });
  test("are kept by copies, casts and elementwise functions, or changed on request", () => {
    const kept = [last.clone(), last.add(1), last.double(), last.to(torch.float64), torch.empty_like(last)];
    for (const t of kept) expect(t.stride()).toEqual([60, 1, 15, 3]);
    const rows = [
      last.clone({ memory_format: contiguous_format }),
      last.to({ memory_format: contiguous_format }),
      last.double({ memory_format: contiguous_format }),
      last.to("cpu", torch.float64, false, false, { memory_format: contiguous_format }),
      torch.ones_like(last, { memory_format: contiguous_format }),
    ];
    for (const t of rows) expect(t.stride()).toEqual([60, 20, 5, 1]);
    expect(x.to(torch.float64, { memory_format: channels_last }).stride()).toEqual([60, 1, 15, 3]);
    expect(last.to({ memory_format: channels_last }) === last).toBe(true);
    expect(x.to("cpu", torch.float32) === x).toBe(true);
    expect(x.to("cpu", torch.float32, false, true) === x).toBe(false);
  });
  test("let gradients through", () => {
    const leaf = torch.ones(1, 2, 2, 2, { requires_grad: true });
    leaf.contiguous({ memory_format: channels_last }).mul(x.narrow(1, 0, 2).narrow(0, 0, 1).narrow(2, 0, 2).narrow(3, 0, 2)).sum().backward(); // prettier-ignore
    expect(leaf.grad!.tolist()).toEqual([[[[0, 1], [5, 6]], [[20, 21], [25, 26]]]]); // prettier-ignore
  });
  test("are refused in PyTorch's words where they do not fit", () => {
    expect(() => x.select(0, 0).contiguous({ memory_format: channels_last })).toThrow(
      "required rank 4 tensor to use channels_last format",
    );
    expect(() => x.t.call(x.select(0, 0).select(0, 0)).contiguous({ memory_format: preserve_format })).toThrow(
      "preserve memory format is unsupported by the contiguous operator",
    );
    expect(() => x.contiguous({ memory_format: "x" as never })).toThrow(
      "contiguous(): argument 'memory_format' must be torch.memory_format, not str",
    );
  });
});

describe("resize_", () => {
  test("keeps what lies in memory, and makes room for more", () => {
    const t = torch.arange(6).float();
    expect(t.resize_(2, 2).tolist()).toEqual([[0, 1], [2, 3]]); // prettier-ignore
    expect(t.resize_([3, 3]).flatten().narrow(0, 0, 6).tolist()).toEqual([0, 1, 2, 3, 4, 5]);
    const view = torch.arange(6).narrow(0, 1, 2);
    expect(view.resize_(4).tolist()).toEqual([1, 2, 3, 4]);
    const turned = torch.arange(6).view(2, 3).t();
    expect(turned.resize_(2, 2).tolist()).toEqual([[0, 1], [2, 3]]); // prettier-ignore
    expect(turned.resize_as_(torch.rand(3)).shape).toEqual(torch.rand(3).shape);
    expect(torch.rand(24).resize_([2, 3, 2, 2], { memory_format: channels_last }).stride()).toEqual([12, 1, 6, 3]);
  });
  test("shows other views of the memory what it holds", () => {
    const base = torch.arange(4);
    const view = base.view(2, 2);
    base.resize_(100).fill_(7);
    expect(view.tolist()).toEqual([[7, 7], [7, 7]]); // prettier-ignore
  });
  test("refuses tensors that require grad, and counts as a change", () => {
    expect(() => torch.rand(3, { requires_grad: true }).resize_(2)).toThrow(
      "cannot resize variables that require grad",
    );
    const t = torch.rand(3);
    const before = t._version;
    t.resize_(2);
    expect(t._version).toBe(before + 1);
  });
});
