// A page whose loader has workers.
import * as torch from "tidu";
import { DataLoader } from "tidu/data";
import { drawn } from "./loader_samples.ts";

torch.manual_seed(0);
const seen: unknown[] = [];
for (let epoch = 0; epoch < 2; epoch++)
  for await (const [x, ids] of new DataLoader(drawn(), { batch_size: 2, shuffle: true, num_workers: 2 }))
    seen.push([x.select(1, 0).select(1, 0).tolist(), ids.tolist()]);
let refused = "";
try {
  for (const batch of new DataLoader(drawn(), { num_workers: 1 })) seen.push(batch);
} catch (error) {
  refused = String(error);
}
export const result = { seen, refused, isolated: globalThis.crossOriginIsolated };
Object.assign(globalThis, { result });
