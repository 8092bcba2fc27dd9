"""SimSiam on small ResNets in PyTorch: the same networks as src/engine/network."""

import torch
import torch.nn.functional as F
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, width_in, width, stride, zero_init_residual):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if stride != 1 or width_in != width:
            self.shortcut = nn.Sequential(nn.Conv2d(width_in, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        if zero_init_residual:
            nn.init.zeros_(self.bn2.weight)

    def forward(self, x):
        hidden = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(hidden)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, widths, blocks, stem_stride, zero_init_residual):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, stem_stride, 1, bias=False)
        self.bn = nn.BatchNorm2d(widths[0])
        stages = []
        width_in = widths[0]
        for stage, (width, count) in enumerate(zip(widths, blocks)):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                stages.append(BasicBlock(width_in, width, stride, zero_init_residual))
                width_in = width
        self.blocks = nn.Sequential(*stages)

    def forward(self, x):
        return self.blocks(F.relu(self.bn(self.stem(x)))).mean((2, 3))


class SimSiam(nn.Module):
    """Two-layer projector with BN on its output and a two-layer predictor (Sec. 3; two layers as for CIFAR)."""

    def __init__(self, widths, blocks, stem_stride, hidden, dim, bottleneck, layers, output_bn, zero_init_residual):
        super().__init__()
        self.backbone = ResNet(widths, blocks, stem_stride, zero_init_residual)
        sizes = [widths[-1]] + [hidden] * (layers - 1)
        projector = []
        for size_in, size in zip(sizes, sizes[1:]):
            projector += [nn.Linear(size_in, size, bias=False), nn.BatchNorm1d(size), nn.ReLU()]
        projector.append(nn.Linear(sizes[-1], dim, bias=output_bn is None))
        if output_bn is not None:
            projector.append(nn.BatchNorm1d(dim, affine=output_bn == "affine"))
        self.projector = nn.Sequential(*projector)
        self.predictor = nn.Sequential(
            nn.Linear(dim, bottleneck, bias=False),
            nn.BatchNorm1d(bottleneck),
            nn.ReLU(),
            nn.Linear(bottleneck, dim),
        )

    def forward(self, x1, x2):
        z1 = self.projector(self.backbone(x1))
        z2 = self.projector(self.backbone(x2))
        p1, p2 = self.predictor(z1), self.predictor(z2)
        distance = lambda p, z: -F.cosine_similarity(p, z.detach(), dim=1).mean()
        return 0.5 * (distance(p1, z2) + distance(p2, z1))


CASES = {
    "reference": dict(
        widths=[16, 32, 64], blocks=[1, 1, 1], stem_stride=1, hidden=256, dim=256, bottleneck=64, layers=2,
        output_bn="plain", zero_init_residual=False, batch=32,
    ),
    "small": dict(
        widths=[16, 32, 64], blocks=[1, 1, 1], stem_stride=2, hidden=256, dim=256, bottleneck=64, layers=3,
        output_bn=None, zero_init_residual=True, batch=64,
    ),
    "ResNet-18": dict(
        widths=[64, 128, 256, 512], blocks=[2, 2, 2, 2], stem_stride=1, hidden=2048, dim=2048, bottleneck=512, layers=2,
        output_bn="affine", zero_init_residual=True, batch=256,
    ),
}


def build(case, device):
    settings = dict(CASES[case])
    batch = settings.pop("batch")
    torch.manual_seed(0)
    return SimSiam(**settings).to(device), batch


def optimiser_of(model, rate):
    return torch.optim.SGD(model.parameters(), rate, momentum=0.9, weight_decay=5e-4)
