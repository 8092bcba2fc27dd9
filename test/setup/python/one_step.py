"""
A step in PyTorch from checkpoint.safetensors on the views x1.f32 and x2.f32, [N, H, W, 3]; then the way back: encoder.safetensors with
statistics measured on x1, and the features of x1 and x2 that it has here.
Arguments: the folder `continue/`, N, H.
"""

import sys

import numpy
import torch

sys.path.insert(0, sys.argv[1])

import safetensors_file
from lab_files import config_of, encoder_file, model_of, read_checkpoint
from methods import train_step
from network import measured_statistics

count, side = int(sys.argv[2]), int(sys.argv[3])


def images(name):
    values = numpy.fromfile(name, numpy.float32).reshape(count, side, side, 3)
    return torch.from_numpy(values).permute(0, 3, 1, 2).contiguous()


tensors, run = read_checkpoint('checkpoint.safetensors')
config = config_of(run)
model, optimiser = model_of(tensors, config)
model.train()
x1, x2 = images('x1.f32'), images('x2.f32')
loss = train_step(model, optimiser, run['step'], x1, x2)

state = {f'state/{name}': value for name, value in model.state_dict().items()}
for name, parameter in model.named_parameters():
    if parameter in optimiser.state:
        state[f'momentum/{name}'] = optimiser.state[parameter]['momentum_buffer']
with open('after.safetensors', 'wb') as file:
    file.write(safetensors_file.written({**state, 'loss': loss.reshape(1)}, {}))

backbone = model.encoder.backbone
statistics = measured_statistics(backbone, x1)
with open('encoder.safetensors', 'wb') as file:
    file.write(encoder_file(backbone, statistics, run, config, run['step'] + 1, ([0.0] * 3, [1.0] * 3)))
backbone.load_state_dict(statistics, strict=False)
backbone.eval()
with torch.no_grad():
    backbone(torch.cat([x1, x2])).numpy().tofile('features.f32')
