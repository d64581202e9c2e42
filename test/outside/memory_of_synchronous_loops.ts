// A loop that never leaves its task: the memory of what it dropped is used again.
// source: https://github.com/tensorflow/tfjs/issues/8326 · https://github.com/tensorflow/tfjs/issues/200
import * as torch from "tidu";
import { show } from "./show.ts";

const x = torch.ones(512, 512);
let y = x;
for (let i = 0; i < 3000; i++) y = x.mul(1.0001).add(1);
show(() => y.sum().isfinite());
show(() => torch.cpu.memory_stats()["reserved_bytes.all.current"] < 400 * 2 ** 20);
