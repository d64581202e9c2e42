// A page whose main thread trains on the WebGPU device, without a turn of its event loop after the start; run in Node, too.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as webgpu from "../../src/devices/webgpu/index.ts";

function losses(device: string): number[] {
  torch.manual_seed(0);
  const { nn } = torch;
  const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 1)).to(device);
  const x = torch.randn(32, 4, { device });
  const y = x.pow(2).sum(1, true);
  const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.05 });
  return Array.from({ length: 10 }, () => {
    optimizer.zero_grad();
    const loss = nn.functional.mse_loss(model(x) as Tensor, y);
    loss.backward();
    optimizer.step();
    return Number(loss.item());
  });
}
await webgpu.ready();
export const result = {
  isolated: (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? false,
  text: String(torch.arange(4, { device: "webgpu" }).view(2, 2)),
  losses: losses("webgpu"),
  expected: losses("cpu"),
};
(globalThis as { result?: typeof result }).result = result;
