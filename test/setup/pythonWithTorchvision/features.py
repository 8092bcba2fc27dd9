"""
torchvision's ResNet with seeded random weights. `weights`: writes its state_dict as weights.safetensors.
`features`: writes own.f32, the features of x.f32 [N, H, W, 3], and resized.f32, those of the pictures that torchvision scales and crops.
Arguments: the folder `continue/`, the backbone, `weights` or `features` NORMALISATION PATHS SIDE. It lies apart from the module that
stands for torchvision, which Python would find first.
"""

import json
import sys

import numpy
import torch
import torchvision
from torchvision import transforms

sys.path.insert(0, sys.argv[1])

import safetensors_file


def network():
    torch.manual_seed(5)
    model = getattr(torchvision.models, sys.argv[2])()
    # Statistics of BN as those of a trained network: of values that flow through it.
    with torch.no_grad():
        for _ in range(3):
            squares = torch.randn(8, 3, 8, 8).repeat_interleave(8, 2).repeat_interleave(8, 3)
            model(squares + 0.3 * torch.randn(8, 3, 64, 64))
    return model.eval()


def write_weights():
    with open('weights.safetensors', 'wb') as file:
        file.write(safetensors_file.written(network().state_dict(), {'format': 'pt'}))


def write_features(normalisation, paths, side):
    from PIL import Image

    prepare = transforms.Compose(
        [
            transforms.Resize(side),
            transforms.CenterCrop(side),
            transforms.ToTensor(),
            transforms.Normalize(normalisation['mean'], normalisation['std']),
        ]
    )
    own = torch.from_numpy(numpy.fromfile('x.f32', numpy.float32)).reshape(-1, side, side, 3).permute(0, 3, 1, 2)
    resized = torch.stack([prepare(Image.open(path).convert('RGB')) for path in paths])
    model = network()
    model.fc = torch.nn.Identity()
    with torch.no_grad():
        for name, x in (('own', own), ('resized', resized)):
            torch.cat([model(one) for one in x.contiguous().split(4)]).numpy().tofile(f'{name}.f32')


if sys.argv[3] == 'weights':
    write_weights()
else:
    write_features(json.loads(sys.argv[4]), json.loads(sys.argv[5]), int(sys.argv[6]))
