"""Records what PyTorch's modules print, hold and start from: test/recorded/nn.json.

    python tools/record/nn.py
"""
import json
import pathlib

import torch
from torch import nn

TEXTS = """
nn.Linear(2, 3)
nn.Linear(2, 3, bias=False)
nn.Bilinear(2, 3, 4)
nn.Identity()
nn.Conv1d(1, 2, 3, padding='same')
nn.Conv2d(1, 8, 3)
nn.Conv2d(3, 6, (3, 5), stride=2, padding=1, dilation=2, groups=3, bias=False)
nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')
nn.Conv3d(1, 2, 3)
nn.ConvTranspose1d(2, 1, 3)
nn.ConvTranspose2d(2, 4, 3, 2, output_padding=1)
nn.ConvTranspose3d(2, 4, 3, dilation=2)
nn.BatchNorm1d(4)
nn.BatchNorm2d(3, affine=False)
nn.BatchNorm3d(3, momentum=None, eps=0.001, track_running_stats=False)
nn.InstanceNorm1d(3)
nn.InstanceNorm2d(3, affine=True, track_running_stats=True)
nn.InstanceNorm3d(3)
nn.LayerNorm(5)
nn.LayerNorm((2, 3), elementwise_affine=False)
nn.LayerNorm(5, bias=False)
nn.GroupNorm(2, 4)
nn.GroupNorm(2, 4, affine=False)
nn.RMSNorm(3)
nn.RMSNorm([3, 4], eps=1e-3)
nn.ReLU()
nn.ReLU(inplace=True)
nn.ReLU6()
nn.LeakyReLU(0.2)
nn.ELU()
nn.ELU(0.5, True)
nn.CELU()
nn.SELU()
nn.GELU()
nn.GELU('tanh')
nn.SiLU()
nn.Mish(inplace=True)
nn.Sigmoid()
nn.LogSigmoid()
nn.Tanh()
nn.Tanhshrink()
nn.Softsign()
nn.Softplus()
nn.Softmax(dim=1)
nn.Softmin(0)
nn.LogSoftmax(1)
nn.Softmax2d()
nn.Hardtanh()
nn.Hardtanh(-2.0, 2.0, inplace=True)
nn.Hardsigmoid(True)
nn.Hardswish()
nn.Hardshrink()
nn.Softshrink(0.25)
nn.Threshold(0.1, 20)
nn.GLU()
nn.PReLU(3)
nn.Dropout(0.5)
nn.Dropout1d(0.1)
nn.Dropout2d()
nn.Dropout3d(0.2, True)
nn.MaxPool1d(2, 1)
nn.MaxPool2d(2)
nn.MaxPool2d((2, 3), padding=(1, 1))
nn.MaxPool3d(2, ceil_mode=True)
nn.AvgPool1d(2)
nn.AvgPool2d(2, 1)
nn.AvgPool3d(2, 2)
nn.AdaptiveAvgPool1d(3)
nn.AdaptiveAvgPool2d((None, 3))
nn.AdaptiveAvgPool3d(2)
nn.AdaptiveMaxPool1d(2)
nn.AdaptiveMaxPool2d((2, 3))
nn.AdaptiveMaxPool3d(1)
nn.Flatten()
nn.Unflatten(1, (2, 2))
nn.ConstantPad1d(2, 3.5)
nn.ZeroPad2d(1)
nn.ReflectionPad1d((1, 2))
nn.ReplicationPad2d(1)
nn.CircularPad3d(1)
nn.Embedding(10, 3)
nn.Embedding(10, 3, padding_idx=0)
nn.Embedding(3, 2, max_norm=1.0, norm_type=1.0, scale_grad_by_freq=True, sparse=True)
nn.MSELoss()
nn.L1Loss(reduction='sum')
nn.SmoothL1Loss()
nn.HuberLoss()
nn.KLDivLoss()
nn.CrossEntropyLoss(weight=torch.ones(2))
nn.NLLLoss()
nn.BCELoss()
nn.BCEWithLogitsLoss()
nn.Upsample(3)
nn.Upsample(scale_factor=2)
nn.Upsample(scale_factor=(2.5, 3), mode='bilinear', align_corners=True)
nn.UpsamplingNearest2d(scale_factor=2)
nn.UpsamplingBilinear2d((2, 3))
nn.LPPool1d(2, 3)
nn.LPPool2d(1.5, (3, 2), stride=2, ceil_mode=True)
nn.LPPool3d(2, 2)
nn.LocalResponseNorm(2)
nn.CrossMapLRN2d(3)
nn.FractionalMaxPool2d(3, output_ratio=0.5)
nn.FractionalMaxPool3d(3, 2)
nn.MaxUnpool1d(3)
nn.MaxUnpool2d(3, stride=2)
nn.MaxUnpool3d((3, 2, 1), padding=1)
nn.Unfold(3)
nn.Fold((4, 5), 3, padding=(1, 2))
nn.PixelShuffle(2)
nn.PixelUnshuffle(2)
nn.ChannelShuffle(2)
nn.RNN(2, 3)
nn.RNN(3, 4, 2, nonlinearity='relu', bias=False, batch_first=True, dropout=0.5, bidirectional=True)
nn.LSTM(3, 4, proj_size=2)
nn.GRU(3, 4, 2)
nn.RNNCell(3, 4, False, 'relu')
nn.LSTMCell(3, 4)
nn.GRUCell(3, 4, bias=False)
nn.TransformerEncoderLayer(4, 2, 8, activation=nn.GELU())
nn.TransformerDecoderLayer(4, 2, 8, 0.0, norm_first=True, bias=False)
nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2)
nn.Transformer(4, 2, 1, 1, 8)
nn.Sequential()
nn.Sequential(nn.Linear(2, 4), nn.Sequential(nn.ReLU(), nn.Dropout(0.1)), nn.Linear(4, 1))
nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 3)])
nn.ModuleList([nn.Sequential(nn.Linear(1, 1)), nn.Sequential(nn.Linear(1, 1))])
nn.ModuleDict({'a': nn.Linear(1, 1), 'b': nn.Tanh()})
nn.ParameterList([torch.ones(2), torch.ones(1, 2)])
nn.ParameterDict({'w': torch.ones(2)})
""".strip().splitlines()

FRESH = """
nn.Linear(3, 4)
nn.Bilinear(2, 3, 4)
nn.Conv1d(2, 3, 2)
nn.Conv2d(2, 4, (3, 2), groups=2)
nn.Conv3d(1, 2, 2, bias=False)
nn.ConvTranspose2d(2, 3, 2)
nn.BatchNorm2d(3)
nn.InstanceNorm1d(2, affine=True, track_running_stats=True)
nn.LayerNorm([2, 2])
nn.GroupNorm(1, 2)
nn.RMSNorm(3)
nn.PReLU()
nn.CrossEntropyLoss(weight=torch.ones(2))
nn.BCEWithLogitsLoss(pos_weight=torch.ones(2))
nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
nn.MultiheadAttention(4, 2, add_bias_kv=False)
nn.RNN(2, 3)
nn.LSTM(2, 3, 2, bidirectional=True, proj_size=1)
nn.GRU(2, 2, bias=False)
nn.LSTMCell(2, 2)
nn.TransformerEncoder(nn.TransformerEncoderLayer(2, 1, 3), 2)
nn.Transformer(2, 1, 1, 1, 3)
""".strip().splitlines()
# Normal draws pass through log and cosine, so these agree to a few units in the last place only.
NORMAL = ["nn.Embedding(5, 4)", "nn.Embedding(3, 2, padding_idx=1)"]

INITS = """
nn.init.uniform_(w, -2.0, 3.0)
nn.init.xavier_uniform_(w, gain=2.0)
nn.init.kaiming_uniform_(w)
nn.init.kaiming_uniform_(w, 0.1, 'fan_out', 'relu')
nn.init.constant_(w, 0.5)
nn.init.eye_(w)
""".strip().splitlines()
SEED = 5


def state(module):
    return [[k, list(t.shape), t.flatten().tolist()] for k, t in module.state_dict().items()]


def fresh(sources):
    out = {}
    for source in sources:
        torch.manual_seed(SEED)
        out[source] = state(eval(source))
    return out


def inits():
    out = {}
    for source in INITS:
        torch.manual_seed(SEED)
        w = torch.empty(3, 5)
        out[source] = eval(source).flatten().tolist()
    return out


data = {
    "torch": torch.__version__.split("+")[0],
    "texts": {source: repr(eval(source)) for source in TEXTS},
    "seed": SEED,
    "fresh": fresh(FRESH),
    "normal": fresh(NORMAL),
    "inits": inits(),
}
path = pathlib.Path(__file__).parent.parent.parent / "test/recorded/nn.json"
path.write_text(json.dumps(data, indent=1) + "\n")
