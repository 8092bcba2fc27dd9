"""The paper's CIFAR augmentations on whole batches of float images [N, 3, H, W] in [0, 1], drawn anew for each image."""

import math

import torch
import torch.nn.functional as F

LUMA = (0.299, 0.587, 0.114)


def grey(x):
    weights = torch.tensor(LUMA, device=x.device).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True)


def random_resized_crop(x, scale=(0.2, 1.0), ratio=(3 / 4, 4 / 3)):
    """Bilinear with half-pixel centres, resampled within the box; boxes that do not fit are clipped to the image."""
    n, _, height, width = x.shape
    uniform = lambda low, high: torch.empty(n, device=x.device).uniform_(low, high)
    area = uniform(*scale)
    aspect = torch.exp(uniform(math.log(ratio[0]), math.log(ratio[1])))
    w = torch.sqrt(area * aspect).clamp(max=1)
    h = torch.sqrt(area / aspect).clamp(max=1)
    left, top = uniform(0, 1) * (1 - w), uniform(0, 1) * (1 - h)
    flip = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    theta = torch.zeros(n, 2, 3, device=x.device)
    theta[:, 0, 0], theta[:, 0, 2] = w * flip, 2 * left + w - 1
    theta[:, 1, 1], theta[:, 1, 2] = h, 2 * top + h - 1
    grid = F.affine_grid(theta, [n, 3, height, width], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def shift_hue(x, turns):
    value, _ = x.max(1, keepdim=True)
    chroma = value - x.min(1, keepdim=True)[0]
    red, green, blue = x.split(1, 1)
    safe = torch.where(chroma == 0, torch.ones_like(chroma), chroma)
    sixths = torch.where(
        value == red, (green - blue) / safe, torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    sixths = sixths + 6 * turns
    channels = []
    for channel in range(3):
        k = torch.remainder(5 - 2 * channel + sixths, 6)
        channels.append(value - chroma * torch.minimum(k, 4 - k).clamp(0, 1))
    return torch.where(chroma == 0, x, torch.cat(channels, 1))


def colour_jitter(x, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1):
    """The four steps in an order drawn for each image."""
    n = x.shape[0]
    factor = lambda spread: torch.empty(n, 1, 1, 1, device=x.device).uniform_(1 - spread, 1 + spread)
    b, c, s = factor(brightness), factor(contrast), factor(saturation)
    turns = torch.empty(n, 1, 1, 1, device=x.device).uniform_(-hue, hue)
    steps = (
        lambda y: (b * y).clamp(0, 1),
        lambda y: (c * y + (1 - c) * grey(y).mean((1, 2, 3), keepdim=True)).clamp(0, 1),
        lambda y: (s * y + (1 - s) * grey(y)).clamp(0, 1),
        lambda y: shift_hue(y, turns),
    )
    order = torch.rand(n, 4, device=x.device).argsort(1)
    for slot in range(4):
        result = x
        for index, step in enumerate(steps):
            result = torch.where((order[:, slot] == index).view(-1, 1, 1, 1), step(x), result)
        x = result
    return x


def augment(x):
    chance = lambda p: (torch.rand(x.shape[0], device=x.device) < p).view(-1, 1, 1, 1)
    x = random_resized_crop(x)
    x = torch.where(chance(0.8), colour_jitter(x), x)
    return torch.where(chance(0.2), grey(x).expand_as(x), x)
