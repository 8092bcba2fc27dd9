"""Writes test/fixtures/wholePictures.json: crops of pictures that are not square, resized with and without antialiasing by torch, and the
distribution of torchvision's RandomResizedCrop boxes on such pictures. Needs torch 1.13 and torchvision 0.14. Run once:
python3 whole_pictures.py FILE"""

import base64
import json
import math
import sys

import torch
import torch.nn.functional as F
import torchvision
from torchvision.transforms import RandomResizedCrop

SAMPLES = 20000
LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
SHAPES = [(28, 36), (20, 61)]
RANGES = [((0.2, 1.0), (3 / 4, 4 / 3)), ((0.05, 0.4), (1 / 2, 3 / 2)), ((0.9, 1.0), (0.3, 1.0))]
torch.manual_seed(5)


def encode(tensor):
    """[H, W, 3] of a float tensor [1, 3, H, W]."""
    array = tensor[0].permute(1, 2, 0).contiguous().numpy().astype("<f4")
    return {"shape": list(array.shape), "f32": base64.b64encode(array.tobytes()).decode()}


def picture(height, width):
    """Noise on a slope, in whole levels of 0 to 255."""
    rows = torch.linspace(0, 1, height, dtype=torch.float64).view(1, 1, height, 1)
    columns = torch.linspace(0, 1, width, dtype=torch.float64).view(1, 1, 1, width)
    slope = torch.cat([rows.expand(1, 1, height, width), columns.expand(1, 1, height, width), rows * columns], 1)
    levels = (255 * (0.5 * slope + 0.5 * torch.rand(1, 3, height, width, dtype=torch.float64))).round()
    return levels / 255


def crops(height, width):
    """Boxes (top, left, height, width) and sizes: both directions shrink, one shrinks, none shrinks."""
    side = min(height, width)
    return [
        ((0, 0, height, width), (8, 8)),
        ((0, 0, height, width), (height, width)),
        ((0, 0, height, width), (3, 5)),
        ((0, 0, height, width), (1, 1)),
        (((height - side) // 2, (width - side) // 2, side, side), (16, 16)),
        ((2, 3, side - 3, side - 5), (12, 12)),
        ((0, 1, height, 5), (16, 16)),
        ((4, 0, 6, width), (16, 16)),
        ((1, 2, 7, 9), (16, 16)),
        ((3, width - 13, 17, 13), (11, 13)),
        ((5, 5, 1, 2), (4, 4)),
    ]


def crop_resize(image, box, size, antialias):
    top, left, height, width = box
    part = image[:, :, top : top + height, left : left + width]
    out = F.interpolate(part, size=size, mode="bilinear", align_corners=False, antialias=antialias)
    names = dict(zip(("top", "left", "height", "width"), box))
    return {**names, "size": list(size), "antialias": antialias, "out": encode(out)}


def spread(values):
    numbers = torch.tensor(values, dtype=torch.float64)
    quantiles = torch.quantile(numbers, torch.tensor(LEVELS, dtype=torch.float64))
    std = numbers.std().item()
    return {
        "mean": numbers.mean().item(),
        "std": std,
        "se_of_mean": std / math.sqrt(len(values)),
        "quantiles": quantiles.tolist(),
    }


def fallback(height, width, ratio):
    """The box after ten tries without one that fits, in torchvision's words."""
    in_ratio = width / height
    if in_ratio < min(ratio):
        w, h = width, int(round(width / min(ratio)))
    elif in_ratio > max(ratio):
        w, h = int(round(height * max(ratio))), height
    else:
        w, h = width, height
    return (height - h) // 2, (width - w) // 2, h, w


def distribution(height, width, scale, ratio):
    image = torch.zeros(3, height, width)
    boxes = [RandomResizedCrop.get_params(image, list(scale), list(ratio)) for _ in range(SAMPLES)]
    last = fallback(height, width, ratio)
    tops = [top / (height - h) for top, _, h, _ in boxes if h < height]
    lefts = [left / (width - w) for _, left, _, w in boxes if w < width]
    return {
        "image": [height, width],
        "scale": scale,
        "ratio": ratio,
        "samples": SAMPLES,
        "quantile_levels": LEVELS,
        "area_fraction": spread([h * w / (height * width) for _, _, h, w in boxes]),
        "log_aspect_w_over_h": spread([math.log(w / h) for _, _, h, w in boxes]),
        "height": spread([h for _, _, h, _ in boxes]),
        "width": spread([w for _, _, _, w in boxes]),
        "top_over_free_room": spread(tops) if tops else None,
        "left_over_free_room": spread(lefts) if lefts else None,
        "fraction_h_equals_full": sum(h == height for _, _, h, _ in boxes) / SAMPLES,
        "fraction_w_equals_full": sum(w == width for _, _, _, w in boxes) / SAMPLES,
        "fallback_box": last,
        "fraction_fallback_box": sum(tuple(box) == last for box in boxes) / SAMPLES,
    }


pictures = []
for height, width in SHAPES:
    image = picture(height, width)
    cases = [crop_resize(image, box, size, True) for box, size in crops(height, width)]
    cases += [crop_resize(image, box, size, False) for box, size in crops(height, width)[::3]]
    pictures.append({"image": encode(image), "crop_resize": cases})
result = {
    "source": f"torch {torch.__version__} interpolate in float64, torchvision {torchvision.__version__} RandomResizedCrop.get_params",
    "pictures": pictures,
    "rrc_distribution": [distribution(*shape, *ranges) for shape in SHAPES for ranges in RANGES],
}
with open(sys.argv[1], "w") as file:
    json.dump(result, file)
    file.write("\n")
for row in result["rrc_distribution"]:
    area = row["area_fraction"]["mean"]
    print(row["image"], row["scale"], row["ratio"], f"area {area:.4f}, fallback {row['fraction_fallback_box']:.4f}")
