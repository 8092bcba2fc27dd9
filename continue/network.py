"""The networks of SimSiam Lab as PyTorch modules: backbones with torchvision's names, projector and predictor."""

import torch
from torch import nn
from torch.nn.functional import relu

# Widths, blocks and strides of the stages.
STAGES = {
    'tiny': ((8, 16, 24), (1, 1, 1), (1, 2, 2)),
    'small': ((16, 32, 64), (1, 1, 1), (1, 2, 2)),
    'resnet18': ((64, 128, 256, 512), (2, 2, 2, 2), (1, 2, 2, 2)),
}


class BasicBlock(nn.Module):
    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride != 1 or width_in != width:
            conv = nn.Conv2d(width_in, width, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(y + (x if self.downsample is None else self.downsample(x)))


class Backbone(nn.Module):
    """Images [N, 3, H, W] -> features [N, feature_dim]: a ResNet of basic blocks with a 3 x 3 stem and no max-pooling."""

    def __init__(self, name, stem_stride):
        super().__init__()
        widths, blocks, strides = STAGES[name]
        self.feature_dim = widths[-1]
        self.stages = len(widths)
        self.conv1 = nn.Conv2d(3, widths[0], 3, stride=stem_stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        width_in = widths[0]
        for stage, (width, count, stride) in enumerate(zip(widths, blocks, strides)):
            layers = []
            for block in range(count):
                layers.append(BasicBlock(width_in, width, stride if block == 0 else 1))
                width_in = width
            setattr(self, f'layer{stage + 1}', nn.Sequential(*layers))

    def forward(self, x):
        x = relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f'layer{stage + 1}')(x)
        return x.mean((2, 3))


class Mlp(nn.Module):
    """Linear layers fc1.., each with its BN ('affine', 'plain' or 'none') and a ReLU on all but the last."""

    def __init__(self, width_in, layers):
        super().__init__()
        self.count = len(layers)
        for i, (width, norm) in enumerate(layers):
            # A bias before a BN would be cancelled by it.
            setattr(self, f'fc{i + 1}', nn.Linear(width_in, width, bias=norm == 'none'))
            if norm != 'none':
                setattr(self, f'bn{i + 1}', nn.BatchNorm1d(width, affine=norm == 'affine'))
            width_in = width

    def forward(self, x):
        for i in range(1, self.count + 1):
            x = getattr(self, f'fc{i}')(x)
            if hasattr(self, f'bn{i}'):
                x = getattr(self, f'bn{i}')(x)
            if i < self.count:
                x = relu(x)
        return x


class Encoder(nn.Module):
    """Backbone and projector: images [N, 3, H, W] -> z [N, outputDim]."""

    def __init__(self, config):
        super().__init__()
        norms = config['headBatchNorm']
        hidden = 'none' if norms == 'none' else 'affine'
        output = {'none': 'none', 'hidden': 'none', 'output': 'plain', 'outputAffine': 'affine', 'all': 'affine'}[norms]
        self.backbone = Backbone(config['backbone'], config['stemStride'])
        layers = [(config['projectorHidden'], hidden)] * (config['projectorLayers'] - 1) + [(config['outputDim'], output)]
        self.projector = Mlp(self.backbone.feature_dim, layers)

    def forward(self, x):
        return self.projector(self.backbone(x))


def predictor(config):
    """z [N, outputDim] -> p [N, outputDim]."""
    norms = config['headBatchNorm']
    hidden = 'none' if norms == 'none' else 'affine'
    output = 'affine' if norms == 'all' else 'none'
    return Mlp(config['outputDim'], [(config['predictorHidden'], hidden), (config['outputDim'], output)])


@torch.no_grad()
def measured_statistics(backbone, images):
    """Means and biased variances of every BN layer on these images, as the page measures with: state by name."""
    statistics = {}

    def keep(name):
        def hook(_, inputs):
            axes = (0, 2, 3)
            statistics[f'{name}.running_mean'] = inputs[0].mean(axes)
            statistics[f'{name}.running_var'] = inputs[0].var(axes, unbiased=False)

        return hook

    norms = {name: module for name, module in backbone.named_modules() if isinstance(module, nn.BatchNorm2d)}
    before = {key: value.clone() for key, value in backbone.state_dict().items()}
    hooks = [module.register_forward_pre_hook(keep(name)) for name, module in norms.items()]
    was_training = backbone.training
    backbone.train()
    backbone(images)
    for hook in hooks:
        hook.remove()
    # The pass has moved the running statistics.
    backbone.load_state_dict(before)
    backbone.train(was_training)
    return statistics
