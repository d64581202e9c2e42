// What the page of browser.test.ts runs: a short training, seeded, the text of what came out, and work for all threads.
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice } from "../../src/devices/registry.ts";

const warnings: string[] = [];
torch.set_warning_listener((text) => warnings.push(text));
torch.manual_seed(0);
const x = torch.randn(64, 3);
const y = x.mul(x).sum(1, true);
const model = new nn.Sequential(new nn.Linear(3, 16), new nn.Tanh(), new nn.Linear(16, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
const losses: number[] = [];
for (let step = 0; step < 50; step++) {
  const loss = nn.functional.mse_loss(model(x), y);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
// Workers come up while the page awaits something; until then the page does all by itself.
torch.set_num_threads(3);
const { threads } = currentDevice() as CpuDevice;
const large = torch.randn(300, 1000);
const work = (): number => large.exp().add(large.sum(1, true)).matmul(large.t()).sum().item();
const first = work();
const until = performance.now() + 5_000;
while (threads.started < torch.get_num_threads() - 1 && performance.now() < until)
  await new Promise((resolve) => setTimeout(resolve, 1));
const sums = new Set([first]);
for (let i = 0; i < 100; i++) sums.add(work());

const prof = torch.profiler.profile({ profile_memory: true, with_flops: true }, () => large.matmul(large.t()));

/** Read by the test, in the page and in Node alike. */
export const result = {
  losses,
  text: String(torch.arange(4).reshape(2, 2)),
  workers: threads.started,
  threads: torch.get_num_threads(),
  warnings,
  sums: sums.size,
  shared: globalThis.crossOriginIsolated === true,
  config: torch.__config__.show(),
  profiled: prof.key_averages().map(({ key, count, cpu_memory_usage, flops }) => [key, count, cpu_memory_usage, flops]),
  trace: (JSON.parse(prof.export_chrome_trace()) as { traceEvents: object[] }).traceEvents.length,
};
(globalThis as { result?: typeof result }).result = result;
