// Programs that ask for "cuda" get the WebGPU device where they are told to, in both languages.
import { expect, test } from "vitest";
import { as_cuda } from "../../../src/devices/webgpu/index.ts";
import * as torch from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { loadPython } from "../../../src/python/index.ts";
import { folder, useSwiftShader } from "../../../tools/swiftshader.ts";

useSwiftShader();
const before = torch.cuda.is_available();
as_cuda();
const available = torch.cuda.is_available();
test("there is such a device wherever Chromium is installed, and none before it is asked for", () => {
  expect(before).toBe(false);
  expect(available || folder === undefined).toBe(true);
});

test.skipIf(!available)("TypeScript sees it as PyTorch's programs do", async () => {
  const x = torch.ones(2).cuda();
  expect(x.device).toBe(torch.device("cuda:0"));
  expect([x.is_cuda, x.is_cpu, torch.cuda.device_count()]).toEqual([true, false, 1]);
  expect(String(x)).toBe("tensor([1., 1.], device='cuda:0')");
  expect(torch.zeros(2, { device: "webgpu" }).device).toBe(x.device);
  expect(() => x.add(torch.ones(2))).toThrow("Tensor on device cpu is not on the expected device cuda:0!");
  expect(String(torch.accelerator.current_accelerator())).toBe("cuda");
  expect(torch.cuda.memory_allocated()).toBeGreaterThan(0);
  // Casts what is there, and nothing that is not.
  const [there, here] = torch.autocast("cuda", () => [torch.ones(2, 2).cuda(), torch.ones(2, 2)].map((t) => t.mm(t)));
  expect([there.dtype, here.dtype]).toEqual([torch.float16, torch.float32]);
  // Restored where it was, in PyTorch's words, or where it is asked for.
  const bytes = torch.serialization.encode({ x });
  expect((torch.serialization.decode(bytes) as { x: Tensor }).x.device).toBe(x.device);
  expect((torch.serialization.decode(bytes, { map_location: "cpu" }) as { x: Tensor }).x.is_cpu).toBe(true);
  const loaded = torch.serialization.decode(bytes, { map_location: "cuda" }) as { x: Tensor };
  expect(loaded.x.device).toBe(x.device);
  expect(loaded.x.tolist()).toEqual([1, 1]);
  torch.cuda.synchronize();
});

/** What PyTorch prints for it on the CPU, but for what says where it is. */
const PROGRAM = `import io, torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(device, torch.cuda.device_count())
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)).to(device)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(32, 4).cuda()
y = torch.randint(0, 3, (32,)).to(device, non_blocking=True)
for i in range(20):
    opt.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    opt.step()
    if i % 5 == 0:
        print(i, round(loss.item(), 4))
print(x.device, x.is_cuda, next(model.parameters()).device)
print(torch.ones(2, device="cuda"), torch.zeros(2, device=device).cpu())
scaler = torch.amp.GradScaler("cuda")
with torch.autocast(device_type="cuda", dtype=torch.float16):
    out = model(x)
    loss = F.cross_entropy(out, y)
opt.zero_grad()
scaler.scale(loss).backward()
scaler.step(opt)
scaler.update()
print(out.dtype, scaler.get_scale())
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
print(torch.load(file, map_location="cuda")["0.weight"].device)
file = io.BytesIO()
torch.save(model, file)
file.seek(0)
again = torch.load(file, weights_only=False)
print(again[0].weight.device, again(x).device, model.to("cpu").to(0)[2].bias.device, torch.device(1))
data = torch.utils.data.TensorDataset(torch.ones(4, 2))
print(sum(batch.to(0).sum().item() for (batch,) in torch.utils.data.DataLoader(data, pin_memory=True)))
other = torch.optim.Adam(model.parameters())
saved = io.BytesIO()
torch.save(opt.state_dict(), saved)
saved.seek(0)
other.load_state_dict(torch.load(saved, map_location="cpu"))
other.step()
print({k: v.device.type for k, v in other.state[model[0].weight].items()})
with torch.profiler.profile(activities=torch.profiler.supported_activities()) as prof:
    (x @ x.t()).sum().item()
rows = prof.key_averages()
table = rows.table(sort_by="self_cuda_time_total")
print("Self CUDA" in table, "aten::mm" in table, rows[0].self_device_time_total >= 0)
start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
start.record()
end.record()
torch.cuda.synchronize()
print(start.elapsed_time(end) >= 0, torch.cuda.memory_allocated() > 0)
lstm = nn.LSTM(4, 8, batch_first=True).cuda()
print(lstm(x.view(8, 4, 4))[0].device, isinstance(next(lstm.parameters()), nn.Parameter))
try:
    x + torch.ones(32, 4)
except RuntimeError as error:
    print(str(error).split("\\n")[0])
`;
const PRINTED = `cuda 1
0 1.1083
5 1.0331
10 0.9861
15 0.9362
cuda:0 True cuda:0
tensor([1., 1.], device='cuda:0') tensor([0., 0.])
torch.float16 65536.0
cuda:0
cuda:0 cuda:0 cuda:0 cuda:1
8.0
{'step': 'cpu', 'exp_avg': 'cuda', 'exp_avg_sq': 'cuda'}
True True True
True True
cuda:0 True
Tensor on device cpu is not on the expected device cuda:0!
`;
test.skipIf(!available)("Python programs run there unchanged", async () => {
  let [printed, warned] = ["", ""];
  const stdout = (text: string): void => void (printed += text);
  const python = await loadPython({ cuda: "webgpu", stdout, stderr: (text) => void (warned += text) });
  await python.run(PROGRAM);
  expect(printed).toBe(PRINTED);
  expect(warned).toBe("");
});
test("another name than webgpu for it is refused", async () => {
  await expect(loadPython({ cuda: "vulkan" as never })).rejects.toThrow('cuda must be "webgpu", got "vulkan"');
});
