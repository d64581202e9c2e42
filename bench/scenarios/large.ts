// What is bound by memory, on operands larger than any cache: a device's bandwidth.
import * as torch from "tidu";
import type { Case, Scenario } from "../scenario.ts";
import { gigabytesPerSecond, microseconds } from "../scenario.ts";

const [ROWS, COLUMNS] = [16384, 1024];
const N = ROWS * COLUMNS;
/** A case that reads and writes so many arrays of N float32 at least. */
const moving = (name: string, arrays: number, prepare: Case["prepare"]): Case => ({
  name,
  show: gigabytesPerSecond(arrays * N * 4),
  prepare,
});

export const large: Scenario = {
  title: `over ${ROWS} x ${COLUMNS} elements, bytes read and written`,
  unit: "GB/s",
  measure: "seconds",
  cases: [
    moving("large add", 3, () => {
      const [x, y] = [torch.rand(N), torch.rand(N)];
      return () => x.add(y);
    }),
    moving("large gelu", 2, () => {
      const x = torch.randn(N);
      return () => torch.nn.functional.gelu(x);
    }),
    moving("large sum", 1, () => {
      const x = torch.rand(N);
      return () => x.sum();
    }),
    moving("large sum of rows", 1, () => {
      const x = torch.rand(ROWS, COLUMNS);
      return () => x.sum(1);
    }),
    moving("large sum of columns", 1, () => {
      const x = torch.rand(ROWS, COLUMNS);
      return () => x.sum(0);
    }),
    moving("large softmax", 2, () => {
      const x = torch.randn(ROWS, COLUMNS);
      return () => x.softmax(-1);
    }),
    moving("large layer_norm", 2, () => {
      const x = torch.randn(ROWS, COLUMNS);
      return () => torch.nn.functional.layer_norm(x, [COLUMNS]);
    }),
    moving("large transposed copy", 2, () => {
      const x = torch.rand(ROWS, COLUMNS);
      return () => x.t().contiguous();
    }),
    moving("large dropout", 2, () => {
      const x = torch.rand(N);
      const keep = torch.rand(N).gt(0.1);
      return () => x.mul(keep);
    }),
  ],
};

export const roundTrip: Scenario = {
  title: "a value that the program waits for",
  unit: "µs",
  measure: "seconds",
  cases: [
    {
      name: "item",
      show: microseconds,
      prepare: () => {
        const x = torch.rand(16);
        return () => x.sum().item();
      },
    },
  ],
};
