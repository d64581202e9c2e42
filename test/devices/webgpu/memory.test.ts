// The device's memory where nobody can tell within a task which tensors are dead, as in pages; and a device that is lost.
// The device of this file is one that finds the dead as pages do, and keeps little.
import "./as_in_pages.ts";
import { expect, test } from "vitest";
import { trainingSteps } from "../../../bench/scenarios/models.ts";
import * as torch from "../../../src/index.ts";
import { nn, optim } from "../../../src/index.ts";
import { decode, encode } from "../../../src/serialization/index.ts";
import { describeGpu, gpu } from "./adapter.ts";

const device = "webgpu";
const MIB = 2 ** 20;
const all = process.env["TIDU_WEBGPU"] === "all";
/** Enough to hold more than is allowed, were nothing found dead. */
const STEPS = all ? 40 : 5;
const stats = () => gpu().memoryStats();

describeGpu("where the dead are found between tasks only", () => {
  test("what was unused the longest moves out, and comes back as it was", () => {
    const tensors = Array.from({ length: 40 }, (_, i) => torch.full([65_536], i, { device }));
    expect(stats().movedOut).toBeGreaterThan(6 * MIB);
    const sums = tensors.map((t) => t.mean().item());
    expect(sums).toEqual(tensors.map((_, i) => i));
    expect(stats().broughtBack).toBeGreaterThan(6 * MIB);
    const joined = torch.stack(tensors.slice(0, 5)).t();
    expect(joined[0].tolist()).toEqual([0, 1, 2, 3, 4]);
  });
  test.each(Object.keys({ "MLP, Adam": 0, "CNN, Adam": 0, "LSTM, Adam": 0 }).filter((_, i) => all || i === 0))(
    "a training loop in one task gives the CPU's losses in little memory: %s",
    (name) => {
      const losses = (where: string): number[] => {
        torch.manual_seed(0);
        return torch.set_default_device(where, () => {
          const step = trainingSteps[name]();
          return Array.from({ length: STEPS }, () => Number(step().item()));
        });
      };
      const [got, want] = [losses(device), losses("cpu")];
      for (const [i, loss] of got.slice(0, 5).entries()) expect(loss).toBeCloseTo(want[i], 3);
      expect(stats().reserved).toBeLessThan(128 * MIB);
    },
  );
});

describeGpu("a device that is lost", () => {
  const sentence = /WebGPU error: the device was lost.*\nIts tensors are gone.*started anew/;
  test("says so where the program waits, leaves the CPU's tensors as they are, and starts anew", async () => {
    const [there, here] = [torch.ones(3, { device }), torch.ones(3)];
    gpu().lose();
    const made = there.add(1);
    expect(() => made.tolist()).toThrow(sentence);
    for (const t of [there, made]) {
      expect(() => t.tolist()).toThrow("this tensor was on a WebGPU device that failed (the device was lost");
      expect(() => t.add(1)).toThrow("Load it again, as from the last checkpoint.");
      await expect(t.cpu_async()).rejects.toThrow("this tensor was on a WebGPU device that failed");
    }
    expect(here.add(1).tolist()).toEqual([2, 2, 2]);
    expect(here.to(device).add(1).tolist()).toEqual([2, 2, 2]);
  });
  test("fails everything that was awaited, once", async () => {
    const x = torch.ones(3, { device });
    gpu().lose();
    const coming = [x.cpu_async(), x.add(1).cpu_async()];
    const [first, second] = await Promise.allSettled(coming);
    expect(String((first as PromiseRejectedResult).reason)).toMatch(sentence);
    expect(second.status).toBe("rejected");
    expect(torch.ones(2, { device }).sum().item()).toBe(2);
  });
  test("takes what ops kept there with it, which they make anew", () => {
    const x = torch.randn(1, 2, 24, 24);
    const spectrum = (on: string): torch.Tensor => torch.fft.fft2(x.to(on)).abs().cpu();
    const resized = (on: string): torch.Tensor =>
      torch.nn.functional.interpolate(x.to(on), { size: [7, 9], mode: "bilinear", antialias: true }).cpu();
    const want = [spectrum("cpu"), resized("cpu")];
    for (let round = 0; round < 2; round++) {
      for (const [i, found] of [spectrum("webgpu"), resized("webgpu")].entries())
        expect(found.sub(want[i]).abs().max().item()).toBeLessThan(1e-4);
      gpu().lose();
      expect(() => torch.zeros(2, { device: "webgpu" }).cpu()).toThrow("lost");
    }
  });
  test("in the middle of a run leaves the last checkpoint, and the resumed run ends as the whole one does", () => {
    const make = () => {
      torch.manual_seed(1);
      const model = new nn.Sequential(
        new nn.Conv2d(1, 4, 3, { padding: 1 }),
        new nn.ReLU(),
        new nn.Flatten(),
        new nn.Linear(4 * 6 * 6, 3),
      ).to(device);
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const [x, y] = [torch.randn(8, 1, 6, 6), torch.randint(0, 3, [8])];
      return {
        model,
        optimizer,
        step: () => {
          optimizer.zero_grad();
          const loss = nn.functional.cross_entropy(model(x.to(device)), y.to(device));
          loss.backward();
          optimizer.step();
          return loss;
        },
      };
    };
    const STEPS = 8;
    const whole = make();
    for (let i = 0; i < STEPS; i++) whole.step();
    const want = [...whole.model.parameters()].map((p) => p.tolist());

    let run = make();
    let saved: Uint8Array = new Uint8Array();
    let at = 0;
    let lost = 0;
    for (let i = 0; i < STEPS;) {
      try {
        if (i % 3 === 0) {
          saved = encode({ model: run.model.state_dict(), optimizer: run.optimizer.state_dict() });
          at = i;
        }
        if (i === 5 && lost === 0) gpu().lose();
        run.step().item();
        i++;
      } catch (error) {
        expect(String(error)).toMatch(sentence);
        lost++;
        run = make();
        const state = decode(saved) as { model: object; optimizer: object };
        run.model.load_state_dict(state.model as never);
        run.optimizer.load_state_dict(state.optimizer as never);
        i = at;
      }
    }
    expect(lost).toBe(1);
    expect([...run.model.parameters()].map((p) => p.tolist())).toEqual(want);
  });
});
