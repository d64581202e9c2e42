// A program with a loader's workers that ends in the middle of its batches; workers.test.ts says how.
import * as torch from "tidu";
import { DataLoader } from "tidu/data";
import { squares } from "./samples.ts";

const [, , mode] = process.argv;
torch.set_warning_listener(() => {});
const loader = new DataLoader(squares(1_000_000), { batch_size: 4, num_workers: 2, persistent_workers: true });
let isAsked = false;
if (mode === "handled") process.once("SIGINT", () => (isAsked = true));
let count = 0;
/** Whether to leave. */
function seen(batch: readonly torch.Tensor[]): boolean {
  if (batch[0].size(0) !== 4) throw new Error("no batch");
  if (count++ === 0) process.stdout.write("begun\n");
  if (count < 5) return false;
  if (mode === "exit") process.exit(3);
  if (mode === "thrown") throw new Error("enough");
  return mode === "left early" || isAsked;
}
if (mode === "at once") {
  for (const batch of loader) if (seen(batch)) break;
} else {
  for await (const batch of loader) if (seen(batch)) break;
}
if (mode === "handled") process.stdout.write("done\n");
