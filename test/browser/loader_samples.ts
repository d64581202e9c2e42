// A dataset that workers make, in a script of its own.
import * as torch from "tidu";
import { Dataset, get_worker_info, worker_dataset } from "tidu/data";

class Drawn extends Dataset<[torch.Tensor, number]> {
  readonly length = 6;
  at(i: number): [torch.Tensor, number] {
    return [torch.full([64, 64], i).add(torch.rand(1)), get_worker_info()?.id ?? -1];
  }
}
export const drawn = worker_dataset(
  () => new Worker(new URL("./samples.js", import.meta.url), { type: "module" }),
  () => new Drawn(),
  "drawn",
);
