"""
Hugging Face's `ResNetModel` as its documentation and the names in its files describe it, built from config.json; transformers itself is not
in Debian. Loads model.safetensors strictly and writes features.f32 of x.f32, [N, 3, H, W].
Arguments: the folder `continue/`, N, H.
"""

import json
import sys

import numpy
import torch
from torch import nn

sys.path.insert(0, sys.argv[1])

import safetensors_file


class ConvLayer(nn.Module):
    def __init__(self, width_in, width, kernel=3, stride=1, activation=True):
        super().__init__()
        self.convolution = nn.Conv2d(width_in, width, kernel, stride, kernel // 2, bias=False)
        self.normalization = nn.BatchNorm2d(width)
        self.activation = nn.ReLU() if activation else nn.Identity()

    def forward(self, x):
        return self.activation(self.normalization(self.convolution(x)))


class Block(nn.Module):
    def __init__(self, config, width_in, width, stride):
        super().__init__()
        self.shortcut = nn.Identity()
        if stride != 1 or width_in != width:
            self.shortcut = ConvLayer(width_in, width, 1, stride, activation=False)
        if config['layer_type'] == 'bottleneck':
            narrow = width // 4
            first = stride if config['downsample_in_bottleneck'] else 1
            layers = [
                ConvLayer(width_in, narrow, 1, first),
                ConvLayer(narrow, narrow, stride=stride // first),
                ConvLayer(narrow, width, 1, activation=False),
            ]
        else:
            layers = [ConvLayer(width_in, width, stride=stride), ConvLayer(width, width, activation=False)]
        self.layer = nn.Sequential(*layers)

    def forward(self, x):
        return torch.relu(self.layer(x) + self.shortcut(x))


class Stage(nn.Module):
    def __init__(self, config, width_in, width, stride, depth):
        super().__init__()
        blocks = [Block(config, width_in if i == 0 else width, width, stride if i == 0 else 1) for i in range(depth)]
        self.layers = nn.Sequential(*blocks)

    def forward(self, x):
        return self.layers(x)


class Embedder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedder = ConvLayer(config['num_channels'], config['embedding_size'], 7, 2)
        self.pooler = nn.MaxPool2d(3, 2, 1)


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        widths = [config['embedding_size'], *config['hidden_sizes']]
        strides = [2 if i > 0 or config['downsample_in_first_stage'] else 1 for i in range(len(config['depths']))]
        self.stages = nn.ModuleList(map(lambda *of: Stage(config, *of), widths, widths[1:], strides, config['depths']))


class ResNetModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedder = Embedder(config)
        self.encoder = Encoder(config)

    def forward(self, x):
        x = self.embedder.pooler(self.embedder.embedder(x))
        for stage in self.encoder.stages:
            x = stage(x)
        return x.mean((2, 3))


with open('config.json') as file:
    config = json.load(file)
assert config['architectures'] == ['ResNetModel'] and config['hidden_act'] == 'relu'
model = ResNetModel(config)
with open('model.safetensors', 'rb') as file:
    tensors, metadata = safetensors_file.read(file.read())
assert metadata['format'] == 'pt'
model.load_state_dict(tensors)
model.eval()
count, side = int(sys.argv[2]), int(sys.argv[3])
x = torch.from_numpy(numpy.fromfile('x.f32', numpy.float32)).reshape(count, 3, side, side)
with torch.no_grad():
    model(x).contiguous().numpy().tofile('features.f32')
