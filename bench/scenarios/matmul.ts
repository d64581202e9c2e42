import * as torch from "tidu";
import type { Scenario } from "../scenario.ts";
import { gflops } from "../scenario.ts";

export const matmul: Scenario = {
  title: "matmul of n x n",
  unit: "GFLOP/s",
  measure: "seconds",
  cases: [64, 128, 256, 512, 1024, 2048, 4096].map((n) => ({
    name: `matmul ${n}`,
    show: gflops(2 * n ** 3),
    prepare: () => {
      const [a, b] = [torch.rand(n, n), torch.rand(n, n)];
      return () => a.matmul(b);
    },
  })),
};
