"""Writes test/recorded/onnx/operators.jsonl.gz: files of one operator each, as others than PyTorch write them, and what ONNX
Runtime gives for them.

    pip install onnx onnxruntime; npm run record -- onnx_operators
"""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

OUT = Path(__file__).parent.parent.parent / "test" / "recorded" / "onnx" / "operators.jsonl.gz"
random = np.random.default_rng(0)


def floats(*shape):
    return random.standard_normal(shape).astype(np.float32)


def whole(*values, dtype=np.int64):
    return np.array(values, dtype)


image, rows, signal = floats(2, 3, 8, 8), floats(4, 5), floats(6, 2, 3)
scales = np.array([1, 1, 1.5, 2.25], np.float32)
sizes = whole(2, 3, 5, 3)
NONE = np.zeros(0, np.float32)
roi = np.array([0, 0, 0.1, 0.2, 1, 1, 0.8, 1.3], np.float32)
unsigned = np.arange(-6, 6).reshape(3, 4).astype(np.int8)
more = np.random.default_rng(1)
pixels = more.integers(0, 255, (1, 2, 6, 5)).astype(np.uint8)
filters = more.integers(0, 255, (2, 2, 3, 3)).astype(np.uint8)
corners = more.random((2, 6, 2, 2)).astype(np.float32)
boxes = np.concatenate([corners.min(2), corners.max(2)], -1)
scored = more.random((2, 3, 6)).astype(np.float32)
regions = np.array([[0, 0, 9, 9], [2.5, 1, 12, 6], [3, 3, 3.5, 14]], np.float32)


def recurrent(gates, hidden=4, directions=1):
    weights = [floats(directions, gates * hidden, 3), floats(directions, gates * hidden, hidden)]
    return [*weights, floats(directions, 2 * gates * hidden)]


# The operator, its inputs, its attributes, how many results it has, the opset.
NODES = [
    *[(op, [rows], {}) for op in "Ceil Cos Sin Tan Round Softsign Hardmax LogSoftmax".split()],
    *[(op, [image], {}) for op in "GlobalAveragePool GlobalMaxPool GlobalLpPool MeanVarianceNormalization".split()],
    *[(op, [rows, whole(0)], {}) for op in "ReduceSumSquare ReduceL1 ReduceL2 ReduceMax".split()],
    ("ReduceLogSum", [abs(rows)], {"keepdims": 0}),
    ("ReduceSum", [rows], {"noop_with_empty_axes": 1}),
    ("Mean", [rows, rows + 1, rows[0]], {}),
    ("Sum", [rows, rows, rows[0]], {}),
    ("Xor", [rows > 0, rows[0] > 0], {}),
    ("Hardmax", [rows], {"axis": 0}),
    ("Softmax", [image], {"axis": 1}, 1, 12),
    ("Softmax", [image], {}, 1, 11),
    ("LogSoftmax", [image], {"axis": 2}, 1, 11),
    ("LeakyRelu", [rows], {"alpha": 0.3}),
    ("ThresholdedRelu", [rows], {"alpha": 0.4}),
    ("Shrink", [rows], {"lambd": 0.3, "bias": 0.1}),
    ("CastLike", [rows, whole(1)], {}),
    ("Compress", [rows, whole(0, 1, 1, dtype=bool)], {"axis": 1}),
    ("Compress", [rows, whole(0, 1, 1, 0, 1, dtype=bool)], {}),
    ("CumSum", [rows, whole(1)[0]], {"exclusive": 1}),
    ("CumSum", [rows, whole(0)[0]], {"reverse": 1}),
    ("CumSum", [rows, whole(-1)[0]], {"reverse": 1, "exclusive": 1}),
    ("IsInf", [np.array([np.inf, -np.inf, np.nan, 1], np.float32)], {"detect_negative": 0}),
    ("IsInf", [np.array([np.inf, -np.inf, np.nan, 1], np.float32)], {"detect_positive": 0}),
    ("LRN", [image], {"size": 3, "alpha": 0.5}),
    ("LpNormalization", [rows], {"p": 1, "axis": 0}),
    ("LpNormalization", [rows], {}),
    ("LpPool", [image], {"kernel_shape": [3, 2], "strides": [2, 1], "p": 3}),
    ("MaxPool", [image], {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("MaxPool", [image], {"kernel_shape": [2, 2], "strides": [3, 2], "auto_pad": "SAME_LOWER"}),
    ("MaxPool", [image], {"kernel_shape": [3, 2], "pads": [1, 0, 1, 0], "strides": [2, 2]}, 2),
    ("AveragePool", [image], {"kernel_shape": [3, 3], "pads": [0, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", [image], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("Conv", [image, floats(4, 3, 3, 3)], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("Conv", [image, floats(4, 3, 3, 2), floats(4)], {"pads": [0, 1, 2, 1]}),
    ("Conv", [image, floats(4, 3, 3, 3)], {"auto_pad": "VALID"}),
    ("ConvTranspose", [image, floats(3, 2, 3, 3)], {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
    ("GroupNormalization", [floats(2, 4, 3), floats(4), floats(4)], {"num_groups": 2}, 1, 21),
    ("InstanceNormalization", [image, floats(3), floats(3)], {}),
    ("LayerNormalization", [rows, floats(5)], {"axis": -1}),
    ("Gemm", [rows, floats(4, 5), floats(1)], {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("Gemm", [rows, floats(4, 3)], {"transA": 1}),
    ("DepthToSpace", [floats(1, 8, 2, 3)], {"blocksize": 2}),
    ("DepthToSpace", [floats(1, 8, 2, 3)], {"blocksize": 2, "mode": "CRD"}),
    ("SpaceToDepth", [floats(1, 2, 4, 6)], {"blocksize": 2}),
    ("DequantizeLinear", [unsigned, np.float32(0.1), np.int8(3)], {}),
    ("DequantizeLinear", [unsigned, floats(4), whole(1, 0, -1, 2, dtype=np.int8)], {"axis": 1}),
    ("QuantizeLinear", [rows, np.float32(0.05), np.uint8(9)], {}),
    ("QuantizeLinear", [rows, abs(floats(4)), whole(1, 0, -1, 2, dtype=np.int8)], {"axis": 0}),
    ("EyeLike", [rows], {"k": 1, "dtype": TensorProto.INT64}),
    ("OneHot", [whole(1, -1, 0), whole(3)[0], np.array([2, 5], np.float32)], {"axis": 0}),
    ("OneHot", [whole(1, -1, 0), whole(3)[0], np.array([2, 5], np.float32)], {}),
    ("Gather", [rows, whole(-1, 0)], {"axis": 1}),
    ("GatherElements", [rows, whole([-1, 0, 1, 2, 0])], {"axis": 0}),
    ("GatherND", [signal, whole([[0, -1]])], {}),
    ("GatherND", [signal, whole(*[[1]] * 6)], {"batch_dims": 1}),
    ("GatherND", [signal, whole(*[[[1], [-1]]] * 6)], {"batch_dims": 1}),
    *[("ScatterND", [rows, whole([1], [-1], [1]), floats(3, 5)], {"reduction": r}) for r in "add mul max min".split()],
    ("ScatterND", [rows, whole([1, 2], [-1, -2]), floats(2)], {}),
    *[("ScatterElements", [rows, whole([-1, 0, 1, 2, 0]), floats(1, 5)], {"axis": 0, "reduction": r}) for r in "none add mul max min".split()],
    ("Split", [rows], {"axis": 1, "num_outputs": 2}, 2),
    ("Slice", [rows, whole(-1, 100), whole(-100, 1), whole(0, 1), whole(-1, -2)], {}),
    ("Slice", [rows, whole(1), whole(2**62), whole(-1)], {}),
    ("Pad", [rows, whole(1, 2), np.float32(7), whole(-1)], {}),
    ("Pad", [image, whole(0, 0, 1, 2, 0, 0, 3, 1)], {"mode": "wrap"}, 1, 19),
    ("Pad", [image, whole(0, 0, 1, 2, 0, 0, 3, 1)], {"mode": "reflect"}),
    ("TopK", [rows, whole(2)], {"axis": 0, "largest": 0}, 2),
    ("Trilu", [rows, whole(1)[0]], {"upper": 0}),
    ("Reshape", [rows, whole(2, 0, -1)], {}),
    ("Flatten", [image], {"axis": -2}),
    ("Einsum", [rows, rows], {"equation": "ij,kj->ik"}),
    ("Det", [floats(2, 3, 3)], {}),
    ("Tile", [rows, whole(2, 1)], {}),
    ("ReduceMean", [rows], {"axes": [1], "keepdims": 0}, 1, 13),
    ("Squeeze", [rows[None]], {"axes": [0]}, 1, 11),
    ("Unsqueeze", [rows], {"axes": [-1, 0]}, 1, 11),
    ("Clip", [rows], {"min": -0.5, "max": 0.5}, 1, 10),
    ("Upsample", [image, scales], {"mode": "linear"}, 1, 9),
    ("Upsample", [image], {"scales": [1.0, 1.0, 2.0, 3.0]}, 1, 7),
    ("Resize", [image, scales], {"mode": "nearest"}, 1, 10),
    *[
        ("Resize", [image, NONE, NONE, sizes] if by == "sizes" else [image, NONE, scales], {"mode": mode, "coordinate_transformation_mode": places, **more})
        for by in ("sizes", "scales")
        for mode, more in (
            *[("nearest", {"nearest_mode": n}) for n in "round_prefer_floor round_prefer_ceil floor ceil".split()],
            ("linear", {}),
            ("cubic", {}),
            ("cubic", {"exclude_outside": 1, "cubic_coeff_a": -0.5}),
        )
        for places in "half_pixel pytorch_half_pixel align_corners asymmetric half_pixel_symmetric".split()
    ],
    *[("Resize", [image, NONE, NONE, sizes], {"mode": mode, "antialias": 1, "exclude_outside": e}) for mode in ("linear", "cubic") for e in (0, 1)],
    ("Resize", [image, roi, NONE, sizes], {"mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 9.0}),
    *[("Resize", [image, NONE, NONE, whole(7, 12)], {"axes": [2, 3], "keep_aspect_ratio_policy": p}) for p in ("not_larger", "not_smaller")],
    ("RNN", [signal, *recurrent(1)], {"hidden_size": 4}, 2),
    ("RNN", [signal, *recurrent(1)], {"hidden_size": 4, "direction": "reverse", "activations": ["Relu"]}, 2),
    ("GRU", [signal, *recurrent(3, directions=2)], {"hidden_size": 4, "direction": "bidirectional", "linear_before_reset": 1}, 2),
    ("LSTM", [signal, *recurrent(4), whole(6, 6, dtype=np.int32), floats(1, 2, 4), floats(1, 2, 4)], {"hidden_size": 4}, 3),
    ("LSTM", [signal, *recurrent(4, directions=2)], {"hidden_size": 4, "direction": "bidirectional"}, 3),
    ("MatMulInteger", [unsigned, whole(*range(8), dtype=np.int8).reshape(4, 2)], {}),
    ("MatMulInteger", [abs(unsigned).astype(np.uint8), whole(*range(8), dtype=np.uint8).reshape(4, 2), np.uint8(3), np.uint8(5)], {}),
    ("ConvInteger", [pixels, filters, np.uint8(7)], {"pads": [1, 1, 1, 1]}),
    ("QLinearMatMul", [abs(unsigned).astype(np.uint8), np.float32(0.1), np.uint8(2), whole(*range(8), dtype=np.uint8).reshape(4, 2), np.float32(0.2), np.uint8(4), np.float32(0.15), np.uint8(100)], {}),
    ("QLinearConv", [pixels, np.float32(0.02), np.uint8(100), filters, np.float32(0.01), np.uint8(90), np.float32(0.9), np.uint8(60), whole(10, -20, dtype=np.int32)], {"strides": [2, 2]}),
    ("DynamicQuantizeLinear", [rows], {}, 3),
    ("NonMaxSuppression", [boxes, scored, whole(3), np.array([0.3], np.float32), np.array([0.2], np.float32)], {}),
    ("NonMaxSuppression", [abs(boxes), scored, whole(2), np.array([0.1], np.float32)], {"center_point_box": 1}),
    *[("RoiAlign", [image, regions, whole(0, 1, 1)], {"output_height": 3, "output_width": 2, "sampling_ratio": s, "spatial_scale": 0.5, "mode": m}, 1, 16) for s in (0, 2) for m in ("avg", "max")],
    ("RoiAlign", [image, regions, whole(0, 1, 1)], {"output_height": 2, "output_width": 2}, 1, 10),
    ("DFT", [floats(2, 6, 1)], {"axis": 1}, 1, 17),
    ("DFT", [floats(2, 6, 1)], {"axis": 1, "onesided": 1}, 1, 17),
    ("DFT", [floats(2, 6, 2), whole(8)[0]], {"axis": 1, "inverse": 1}, 1, 17),
    ("GRU", [signal, *recurrent(3, directions=2)], {"hidden_size": 4, "direction": "bidirectional"}, 2),
]


def typed(array, name):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), None)


def loops():
    """A loop with what it carries and what it stacks, which ends by its condition; a branch; a sequence."""
    one = lambda name, kind, shape=None: helper.make_tensor_value_info(name, kind, shape)  # noqa: E731
    body = helper.make_graph(
        [
            helper.make_node("Mul", ["total", "x"], ["next"]),
            helper.make_node("ReduceSum", ["next"], ["sum"], keepdims=0),
            helper.make_node("Less", ["sum", "limit"], ["goes_on"]),
            helper.make_node("Identity", ["next"], ["scanned"]),
        ],
        "body",
        [one("i", TensorProto.INT64, []), one("cond", TensorProto.BOOL, []), one("total", TensorProto.FLOAT)],
        [one("goes_on", TensorProto.BOOL), one("next", TensorProto.FLOAT), one("scanned", TensorProto.FLOAT)],
    )
    branch = lambda op: helper.make_graph([helper.make_node(op, ["x"], [op])], op, [], [one(op, TensorProto.FLOAT)])  # noqa: E731
    nodes = [
        helper.make_node("Loop", ["times", "", "start"], ["end", "all"], body=body),
        helper.make_node("ReduceMax", ["x"], ["largest"], keepdims=0),
        helper.make_node("Less", ["largest", "limit"], ["is_small"]),
        helper.make_node("If", ["is_small"], ["branched"], then_branch=branch("Neg"), else_branch=branch("Exp")),
        helper.make_node("SequenceEmpty", [], ["none"]),
        helper.make_node("SequenceInsert", ["none", "x"], ["single"]),
        helper.make_node("SequenceInsert", ["single", "start", "zero"], ["pair"]),
        helper.make_node("SequenceLength", ["pair"], ["length"]),
        helper.make_node("SequenceErase", ["pair", "zero"], ["erased"]),
        helper.make_node("ConcatFromSequence", ["erased"], ["joined"], axis=0, new_axis=1),
    ]
    values = [floats(3) + 2, np.ones(3, np.float32), np.float32(40), whole(9)[0], whole(0)[0]]
    names = ["x", "start", "limit", "times", "zero"]
    return "loop, branch and sequence", nodes, names, values, ["end", "all", "branched", "length", "joined"], 21


def single(op, inputs, attributes, many=1, opset=18):
    named = [f"x{i}" if v is not NONE else "" for i, v in enumerate(inputs)]
    outputs = [f"y{i}" for i in range(many)]
    node = helper.make_node(op, named, outputs, **attributes)
    shown = ", ".join(f"{k}={v}" for k, v in attributes.items())
    values = [v for v in inputs if v is not NONE]
    return f"{op} {opset} ({', '.join(str(list(np.shape(v))) for v in values)}) {shown}".strip(), [node], [n for n in named if n], values, outputs, opset


def number(v):
    if v != v or abs(v) == float("inf"):
        return str(v).replace("inf", "Infinity").replace("nan", "NaN")
    return int(v) if v == int(v) and abs(v) < 2**53 else float(f"{v:.7g}")


def told(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": [number(v) for v in array.astype("f8").flatten().tolist()]}


lines = []
for name, nodes, names, values, outputs, opset in [*[single(*node) for node in NODES], loops()]:
    values = [np.asarray(v) for v in values]
    info = [helper.make_tensor_value_info(y, TensorProto.UNDEFINED, None) for y in outputs]
    for y in info:
        y.ClearField("type")
    graph = helper.make_graph(nodes, "graph", [typed(v, n) for n, v in zip(names, values)], info)
    data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9).SerializeToString()
    session = onnxruntime.InferenceSession(data)
    results = session.run(None, dict(zip(names, values)))
    files = {"operator": {"file": base64.b64encode(data).decode(), "outputs": [told(y) for y in results]}}
    lines.append(json.dumps({"name": name, "inputs": [told(v) for v in values], "files": files}, separators=(",", ":")))
OUT.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
