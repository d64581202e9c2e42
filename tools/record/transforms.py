"""Records what torchvision's transforms give: test/recorded/transforms.json.gz.

    python tools/record/transforms.py

Needs torchvision beside PyTorch 2.13.
"""
import gzip
import json
import pathlib

import torch

try:
    import torchvision.transforms.v2 as v2
except RuntimeError:
    # A build whose operators do not load here: transforms need none of them.
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision.transforms.v2 as v2

generator = torch.Generator().manual_seed(0)
IMAGES = {
    "bytes": torch.randint(0, 256, (3, 9, 12), generator=generator, dtype=torch.uint8),
    "floats": torch.rand(3, 9, 12, generator=generator),
    "gray": torch.randint(0, 256, (1, 8, 8), generator=generator, dtype=torch.uint8),
    "batch": torch.rand(2, 3, 6, 7, generator=generator),
}
ALL, COLOR = list(IMAGES), ["bytes", "floats", "batch"]
FUNCTIONS = [
    ("resize", ALL, [[5]]), ("resize", ALL, [[[4, 10]]]), ("resize", ALL, [[20]]),
    ("resize", ["bytes", "floats"], [[6], {"interpolation": "nearest"}]),
    ("resize", ["bytes", "floats"], [[6], {"interpolation": "nearest-exact"}]),
    ("resize", ["floats"], [[6], {"interpolation": "bicubic"}]),
    ("resize", ["bytes", "floats"], [[15], {"antialias": False}]),
    ("resize", ["floats"], [[6], {"max_size": 7}]), ("resize", ["floats"], [[None], {"max_size": 7}]),
    ("crop", ALL, [[1, 2, 4, 3]]), ("crop", ALL, [[-2, -1, 5, 6]]), ("crop", ALL, [[5, 6, 10, 9]]),
    ("center_crop", ALL, [[4]]), ("center_crop", ALL, [[[5, 20]]]), ("center_crop", ALL, [[[11, 3]]]),
    ("resized_crop", ALL, [[1, 1, 4, 5, [6, 6]]]),
    ("horizontal_flip", ALL, [[]]), ("vertical_flip", ALL, [[]]),
    ("pad", ALL, [[2]]), ("pad", ALL, [[[1, 2]]]), ("pad", ALL, [[[1, 2, 3, 0]]]),
    ("pad", COLOR, [[[1, 2, 3, 0]], {"fill": 1}]),
    ("pad", ["bytes", "floats"], [[[1, 2]], {"fill": [1, 0.0, 1]}]),
    *[("pad", ALL, [[[1, 2, 3, 0]], {"padding_mode": m}]) for m in ("edge", "reflect", "symmetric")],
    ("to_dtype", ["bytes", "gray"], [["float32"], {"scale": True}]),
    ("to_dtype", ["floats"], [["uint8"], {"scale": True}]), ("to_dtype", ["floats"], [["int16"], {"scale": True}]),
    ("to_dtype", ["bytes"], [["int16"], {"scale": True}]), ("to_dtype", ["bytes"], [["float32"]]),
    ("normalize", ["floats", "batch"], [[[0.5, 0.4, 0.3], [0.2, 0.3, 0.4]]]),
    ("rgb_to_grayscale", ALL, [[]]), ("rgb_to_grayscale", ALL, [[3]]),
    *[(n, ALL, [[f]]) for n in ("adjust_brightness", "adjust_contrast", "adjust_saturation", "adjust_sharpness") for f in (0.0, 0.4, 1.7)],
    *[("adjust_hue", ALL, [[f]]) for f in (-0.3, 0.1, 0.5)],
    ("invert", ALL, [[]]), ("posterize", ALL, [[3]]), ("solarize", ["bytes", "gray"], [[100]]), ("solarize", ["floats"], [[0.4]]),
    ("autocontrast", ALL, [[]]), ("equalize", ALL, [[]]),
    ("affine", ALL, [[20.0, [1, -2], 1.2, [10.0, 5.0]]]),
    ("affine", ALL, [[-30.0, [0, 1], 0.7, 3.0], {"interpolation": "bilinear", "fill": [0.5]}]),
    ("affine", COLOR, [[15.0, [0, 0], 1.0, [0.0, 0.0]], {"interpolation": "bilinear", "fill": [0.5, 0.1, 1], "center": [2, 3]}]),
    *[("rotate", ALL, [[a]]) for a in (0, 30.0, 90, 180, -90, 400)],
    ("rotate", ALL, [[33.0], {"expand": True, "interpolation": "bilinear"}]), ("rotate", ALL, [[90], {"expand": True}]),
    ("rotate", ALL, [[33.0], {"center": [0, 0], "fill": 0.3}]),
    ("gaussian_blur", ALL, [[3]]), ("gaussian_blur", ALL, [[[5, 3]], {"sigma": [1.5, 0.7]}]),
]
TRANSFORMS = [
    ("Resize", ALL, [[5], 6]), ("CenterCrop", ALL, [[4]]), ("Pad", ALL, [[2]]),
    ("RandomCrop", ALL, [[4]]), ("RandomCrop", ALL, [[[8, 10]], {"padding": 2, "pad_if_needed": True, "padding_mode": "edge"}]),
    ("RandomResizedCrop", ALL, [[6]]), ("RandomResizedCrop", ["floats"], [[5], {"scale": [0.9, 1.0], "ratio": [3.0, 4.0]}]),
    ("RandomHorizontalFlip", ALL, [[]]), ("RandomVerticalFlip", ALL, [[0.3]]),
    ("Grayscale", ALL, [[]]), ("RandomGrayscale", ALL, [[0.5]]), ("Normalize", ["floats"], [[[0.5], [0.25]]]),
    ("ColorJitter", ALL, [[0.4, 0.3, 0.5, 0.1]]), ("ColorJitter", ALL, [[], {"contrast": [0.5, 1.5], "hue": [-0.2, 0.1]}]),
    ("RandomRotation", ALL, [[30]]), ("RandomRotation", ALL, [[[10, 80]], {"expand": True, "interpolation": "bilinear"}]),
    ("RandomAffine", ALL, [[20, [0.2, 0.1], [0.8, 1.2], 10]]), ("RandomAffine", ALL, [[0], {"shear": [-5, 5, -10, 10], "fill": None, "interpolation": "bilinear"}]),
    ("GaussianBlur", ALL, [[3]]), ("GaussianBlur", ALL, [[[3, 5], [0.5, 1.0]]]),
    ("RandomErasing", ALL, [[]]), ("RandomErasing", ["floats"], [[0.9, [0.1, 0.4], [0.5, 2.0], "random"]]), ("RandomErasing", ["floats"], [[1.0], {"value": [0.1, 0.2, 0.3]}]),
    ("RandAugment", ["bytes", "gray", "floats"], [[]]), ("RandAugment", ["bytes"], [[3, 15], {"fill": [7]}]),
]


def dtypes(args):
    return [getattr(torch, a) if isinstance(a, str) and hasattr(torch, a) else a for a in args]


def shown(x):
    return {"dtype": str(x.dtype), "size": list(x.shape), "values": x.flatten().tolist()}


found = {"images": {k: shown(x) for k, x in IMAGES.items()}, "functions": [], "transforms": []}
for name, images, (args, *options) in FUNCTIONS:
    options = options[0] if options else {}
    for image in images:
        out = getattr(v2.functional, name)(IMAGES[image].clone(), *dtypes(args), **options)
        found["functions"].append({"name": name, "image": image, "args": args, "options": options, "out": shown(out)})
for name, images, (args, *options) in TRANSFORMS:
    options = options[0] if options and isinstance(options[0], dict) else {}
    transform = getattr(v2, name)(*args, **options)
    for image in images:
        torch.manual_seed(3)
        outs = [shown(transform(IMAGES[image].clone())) for _ in range(12 if name == "RandAugment" else 4)]
        found["transforms"].append({"name": name, "image": image, "args": args, "options": options, "outs": outs, "next": torch.rand(1).item()})
torch.manual_seed(5)
flip, blur = v2.RandomHorizontalFlip(0.5), v2.GaussianBlur(3)
both = v2.Compose([v2.RandomApply([flip, blur], 0.6), v2.RandomChoice([flip, blur], [0.3, 0.7]), v2.RandomOrder([flip, blur])])
found["containers"] = [shown(both(IMAGES["floats"])) for _ in range(6)]

def rounded(x):
    """Seven digits are enough, and a file of a third."""
    if isinstance(x, float):
        return float(f"{x:.7g}")
    if isinstance(x, dict):
        return {k: rounded(v) for k, v in x.items()}
    return [rounded(v) for v in x] if isinstance(x, list) else x


path = pathlib.Path(__file__).parents[2] / "test/recorded/transforms.json.gz"
exact = found["images"]
found = rounded(found)
found["images"] = exact
path.write_bytes(gzip.compress(json.dumps(found).encode(), mtime=0))
