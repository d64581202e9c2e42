// A page that is not isolated: what its tensors on the WebGPU device are is awaited.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { WebGpuDevice } from "../../src/devices/webgpu/device.ts";
import { getDevice } from "../../src/devices/registry.ts";
import * as webgpu from "../../src/devices/webgpu/index.ts";

const { nn } = torch;
async function losses(device: string): Promise<number[]> {
  torch.manual_seed(0);
  const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 3)).to(device);
  const x = torch.randn(32, 4, { device });
  const y = torch.randint(0, 3, [32], { device });
  const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.05 });
  const seen: Tensor[] = [];
  for (let i = 0; i < 300; i++) {
    optimizer.zero_grad();
    const loss = nn.functional.cross_entropy(model(x) as Tensor, y);
    loss.backward();
    optimizer.step();
    if (i % 30 === 0) seen.push(loss.detach());
  }
  return Promise.all(seen.map((loss) => loss.item_async()));
}
const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const raised = (f: () => unknown): string => {
  try {
    return `nothing, but ${String(f())}`;
  } catch (error) {
    return message(error);
  }
};
await webgpu.ready();
const device = "webgpu";
const x = torch.ones(2, 3, { device });
const weight = torch.ones(4, 3, { device });
const wrong = torch.nn.functional.embedding(torch.tensor([1n, 9n]).to(device), weight);
const indexed = await wrong.sum().item_async().then(String, message);
const trained = await losses(device);
const [waited, printed] = [raised(() => x.sum().item()), raised(() => String(x))];
(getDevice(device) as WebGpuDevice).lose();
const lost = await x.cpu_async().then(String, message);
export const result = {
  isolated: (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? false,
  trained,
  expected: await losses("cpu"),
  waited,
  printed,
  indexed,
  lost,
  after: await torch
    .ones(2, { device })
    .add(1)
    .cpu_async()
    .then((t) => t.tolist()),
};
(globalThis as { result?: typeof result }).result = result;
