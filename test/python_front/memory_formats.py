import torch
import torch.nn.functional as F
from torch import nn

# --- images whose channels are last in memory keep them so
def strides(result):
    return [t.stride() for t in (result if isinstance(result, tuple) else (result,))]
x = torch.randn(2, 3, 8, 8).to(memory_format=torch.channels_last)
plain = torch.randn(2, 3, 8, 8)
kernel = torch.ones(4, 3, 3, 3)
for result in (
    F.max_pool2d(x, 2), F.max_pool2d(x, 3, 2, 1, ceil_mode=True, return_indices=True), F.avg_pool2d(x, 2), F.avg_pool2d(x, 3, 2, 1),
    F.lp_pool2d(x, 2, 2), F.adaptive_avg_pool2d(x, 3), F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 3, return_indices=True),
    F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2), F.fractional_max_pool2d(x, 2, output_size=3),
    F.interpolate(x, scale_factor=2), F.interpolate(x, scale_factor=2, mode="bilinear"), F.interpolate(x, scale_factor=2, mode="bicubic"),
    F.interpolate(x, size=(3, 3), mode="area"), F.interpolate(x, size=(3, 3), mode="bilinear", antialias=True),
    F.interpolate(x, size=(3, 3), mode="nearest-exact"), F.batch_norm(x, torch.zeros(3), torch.ones(3)),
    F.batch_norm(x, None, None, training=True), F.group_norm(x, 3), F.instance_norm(x), F.layer_norm(x, (8,)), F.rms_norm(x, (8,)),
    F.local_response_norm(x, 2), F.pad(x, (1, 1, 1, 1)), F.pad(x, (-1, 0)), F.pad(x, (1, 1, 1, 1), mode="reflect"),
    F.pad(x, (1, 1, 1, 1), mode="replicate"), F.pad(x, (1, 1, 1, 1), mode="circular"), F.pixel_shuffle(torch.cat([x] * 4, 1), 2),
    F.pixel_unshuffle(x, 2), F.channel_shuffle(x, 3), torch.cat([x, x], 1), torch.cat([x, plain]), torch.cat([plain, x]),
    F.conv2d(x, kernel), F.conv2d(x, kernel, padding="same"), F.conv2d(plain, kernel.to(memory_format=torch.channels_last)),
    F.conv2d(plain, kernel), F.conv2d(x, torch.ones(3, 1, 3, 3), groups=3), F.conv_transpose2d(x, torch.ones(3, 4, 3, 3)),
    F.conv2d(x.double(), kernel.double()), F.conv2d(x.half(), kernel.half()),
    F.conv2d(x[0], kernel), F.max_pool2d(x[0], 2), F.avg_pool2d(x[0], 2),
):
    print(strides(result))
# --- and volumes
x = torch.randn(2, 3, 4, 4, 4).to(memory_format=torch.channels_last_3d)
for result in (
    F.max_pool3d(x, 2, return_indices=True), F.avg_pool3d(x, 2), F.adaptive_avg_pool3d(x, 2), F.adaptive_avg_pool3d(x, 1),
    F.adaptive_max_pool3d(x, 2), F.conv3d(x, torch.ones(2, 3, 2, 2, 2)), F.conv_transpose3d(x, torch.ones(3, 2, 2, 2, 2)),
    F.batch_norm(x, None, None, training=True), F.group_norm(x, 3), F.interpolate(x, scale_factor=2),
    F.interpolate(x, scale_factor=2, mode="trilinear"), F.pad(x, (1,) * 6), F.pad(x, (1,) * 6, mode="reflect"), torch.cat([x, x]),
):
    print([t.stride() for t in (result if isinstance(result, tuple) else (result,))])
# --- a network keeps the format of its images, and its gradients are right
torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.GroupNorm(2, 4), nn.Upsample(scale_factor=2),
    nn.AvgPool2d(2), nn.ReflectionPad2d(1), nn.PixelShuffle(2), nn.AdaptiveAvgPool2d(2),
)
images = torch.randn(2, 3, 8, 8)
found = []
for memory_format in (torch.contiguous_format, torch.channels_last):
    x = images.clone(memory_format=memory_format).requires_grad_()
    y = net(x)
    net.zero_grad()
    (y * torch.arange(y.numel()).view(y.shape)).sum().backward()
    found.append([y.detach(), x.grad, *(p.grad.clone() for p in net.parameters())])
    print(y.stride(), x.grad.stride(), type(y.grad_fn).__name__)
print(all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*found)))
