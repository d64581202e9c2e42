import * as torch from "tidu";
import { ModuleBuilder } from "../../src/devices/cpu/code/assembler.ts";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import type { Scenario } from "../scenario.ts";
import { microseconds, milliseconds } from "../scenario.ts";

export const overhead: Scenario = {
  title: "small ops, 16 elements",
  unit: "µs",
  measure: "seconds",
  cases: [
    {
      name: "add, no_grad",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16), torch.rand(16)];
        return () => x.add(y);
      },
    },
    {
      name: "add, recorded",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16, { requires_grad: true }), torch.rand(16)];
        return () => x.add(y);
      },
    },
    {
      name: "add and its backward",
      show: microseconds,
      prepare: () => {
        const [x, y] = [torch.rand(16, { requires_grad: true }), torch.rand(16)];
        const grad = torch.ones(16);
        return () => {
          x.grad = null;
          x.add(y).backward(grad);
        };
      },
    },
  ],
};

export const sharing: Scenario = {
  title: "sharing nothing among threads",
  unit: "µs",
  measure: "seconds",
  cases: [
    {
      name: "empty work",
      show: microseconds,
      prepare: () => {
        const { threads, memory } = currentDevice() as CpuDevice;
        const { shared, maximum } = memory;
        const module = new ModuleBuilder({ shared, maximum });
        module.func(["i32", "i32", "i32", "i32"], [], () => {}, "run");
        const task = threads.compile(module.build());
        // A millisecond each, it claims, so that all threads are called.
        return () => threads.parallelFor(task, 0, torch.get_num_threads(), 1e6);
      },
    },
  ],
};

export const coldStart: Scenario = {
  title: "cold start: import, one product of 64 x 64, exit",
  unit: "ms",
  measure: "start",
  cases: [{ name: "cold start", show: milliseconds, prepare: null }],
};
