"""Writes test/fixtures/resnets.json: features, loss and gradients of a SimSiam step (Sec. 3) with torchvision's ResNet-18 and ResNet-50, in
float64. Weights, images and projections are hashes of names and places, which test/setup/hashedValues.ts computes as well, so that none of them
is stored. Needs torch 1.13 and torchvision 0.14. Run once: python3 resnets.py FILE. It prints how far float32 is from float64 in PyTorch.

In float32 an input of a ReLU near 0 may have the other sign, which changes a gradient by a share of about 1/sqrt(inputs): by half a percent
here, and by more in the heads. Such inputs are rare because BN's shifts are far from 0 for its scales; at 64 px the seeds are those whose heads
have none."""

import base64
import json
import sys

import numpy
import torch
import torchvision
from torch import nn
from torch.nn.functional import cosine_similarity

PROJECTIONS = 8
FIRST = 4
GRID = 8
CASES = [
    {"backbone": "resnet18", "seed": 1, "side": 64, "batch": 4, "heads": [256, 64]},
    {"backbone": "resnet50", "seed": 3, "side": 64, "batch": 4, "heads": [256, 64]},
    {"backbone": "resnet18", "seed": 1, "side": 224, "batch": 4, "heads": [2048, 512]},
    {"backbone": "resnet50", "seed": 3, "side": 224, "batch": 4, "heads": [2048, 512]},
]


def scramble(h):
    """The finaliser of MurmurHash3, on numbers of 32 bits."""
    h = h ^ (h >> numpy.uint32(16))
    h = h * numpy.uint32(0x85EBCA6B)
    h = h ^ (h >> numpy.uint32(13))
    h = h * numpy.uint32(0xC2B2AE35)
    return h ^ (h >> numpy.uint32(16))


def hashes(name, count):
    """[count] numbers of 32 bits, by a name and a place."""
    seed = numpy.array([2166136261], numpy.uint32)
    for character in name:
        seed = (seed ^ numpy.uint32(ord(character))) * numpy.uint32(16777619)
    return scramble(numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1) + scramble(seed))


def drawn(name, shape, high, low, bound):
    """float32 values within `bound` of `high` or `low`, either with the same probability."""
    h = hashes(name, int(numpy.prod(shape)))
    centres = numpy.where(h & numpy.uint32(1), high, low)
    return (centres + bound * ((h >> numpy.uint32(8)) / 2**23 - 1)).astype(numpy.float32).reshape(shape)


def images(name, batch, side):
    """[batch, side, side, 3]: noise on squares, so that the images differ as a whole."""
    place = numpy.arange(side) * GRID // side
    squares = drawn(f"{name}.squares", (batch, GRID, GRID, 3), 0, 0, 1).astype(numpy.float64)[:, place][:, :, place]
    noise = drawn(f"{name}.noise", (batch, side, side, 3), 0, 0, 0.5)
    return (squares + noise).astype(numpy.float32)


def to_ours(value):
    """Kernels [k, k, in, out], linear weights [in, out]."""
    if value.dim() == 4:
        return value.permute(2, 3, 1, 0)
    return value.T if value.dim() == 2 else value


def from_ours(array):
    value = torch.from_numpy(array)
    if value.dim() == 4:
        return value.permute(3, 2, 0, 1)
    return value.T if value.dim() == 2 else value


def range_of(name, value, last):
    """The arguments of `drawn` for a tensor. `last` is the name of the last BN of a block."""
    if value.dim() > 1:
        bound = (3 / (value.numel() / value.shape[0])) ** 0.5
        return 0, 0, bound
    if name.endswith("running_mean") or name == "predictor.fc2.bias":
        return 0, 0, 0.5
    if name.endswith("running_var"):
        return 1, 1, 0.5
    is_last = name.startswith("layer") and last in name
    if name.endswith("weight"):
        return (0.1, 0.1, 0.03) if is_last else (0.5, 0.5, 0.1)
    if name.startswith("pro") or name.startswith("pre"):
        return 0.5, -0.5, 0.2
    if "downsample" in name:
        return 2, -2, 0.3
    return (1, -0.4, 0.05) if is_last else (1.1, -1.1, 0.2)


def rounded_to_digits(number):
    return float(f"{number:.9g}")


def pins(name, value):
    """The norm of a tensor, its projections on vectors of -1 and 1, and its first values."""
    values = value.detach().contiguous().double().numpy().reshape(-1)
    bits = hashes(f"{name}.projections", values.size)
    signs = [((bits >> numpy.uint32(k)) & numpy.uint32(1)) * 2.0 - 1 for k in range(PROJECTIONS)]
    return {
        "norm": rounded_to_digits(numpy.linalg.norm(values)),
        "projections": [rounded_to_digits(values @ sign) for sign in signs],
        "first": [rounded_to_digits(value) for value in values[:FIRST]],
    }


def encoded(value):
    array = value.detach().numpy().astype("<f4")
    return {"shape": list(array.shape), "f32": base64.b64encode(array.tobytes()).decode()}


class SimSiam(nn.Module):
    def __init__(self, backbone, width, bottleneck):
        super().__init__()
        self.backbone = getattr(torchvision.models, backbone)()
        features = self.backbone.fc.in_features
        self.backbone.fc = nn.Identity()
        self.projector = nn.Sequential()
        for i, size in enumerate([features, width, width]):
            self.projector.add_module(f"fc{i + 1}", nn.Linear(size, width, bias=False))
            self.projector.add_module(f"bn{i + 1}", nn.BatchNorm1d(width, affine=i < 2))
            if i < 2:
                self.projector.add_module(f"relu{i + 1}", nn.ReLU())
        self.predictor = nn.Sequential()
        self.predictor.add_module("fc1", nn.Linear(width, bottleneck, bias=False))
        self.predictor.add_module("bn1", nn.BatchNorm1d(bottleneck))
        self.predictor.add_module("relu1", nn.ReLU())
        self.predictor.add_module("fc2", nn.Linear(bottleneck, width))


def name_of(name):
    """Torchvision's names have no prefix; those of the heads have."""
    return name.replace("backbone.", "")


def compute(case, dtype):
    """Tensors of a step by name: features that are measured and trained with, outputs, loss and gradients; and the ranges of the weights."""
    model = SimSiam(case["backbone"], *case["heads"]).to(dtype)
    last = "bn2" if case["backbone"] == "resnet18" else "bn3"
    state = {
        name_of(name): value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")
    }
    ranges = {name: range_of(name, value, last) for name, value in state.items()}
    with torch.no_grad():
        for name, value in state.items():
            value.copy_(from_ours(drawn(f"{case['seed']}/{name}", tuple(to_ours(value).shape), *ranges[name])))
    x1, x2 = (
        torch.from_numpy(images(f"{case['seed']}/{name}", case["batch"], case["side"]))
        .permute(0, 3, 1, 2)
        .to(dtype)
        .contiguous()
        for name in ("x1", "x2")
    )
    model.eval()
    with torch.no_grad():
        inferred = model.backbone(x1)
    model.train()
    h1, h2 = model.backbone(x1), model.backbone(x2)
    z1, z2 = model.projector(h1), model.projector(h2)
    p1, p2 = model.predictor(z1), model.predictor(z2)
    loss = -(cosine_similarity(p1, z2.detach()).mean() + cosine_similarity(p2, z1.detach()).mean()) / 2
    loss.backward()
    gradients = {name_of(name): parameter.grad for name, parameter in model.named_parameters()}
    tensors = {"inferred": inferred, "trained": h1, "z1": z1, "p2": p2, "loss": loss}
    return {**tensors, "gradients": gradients, "ranges": ranges}


def result_of(case):
    result = compute(case, torch.float64)
    rounded = compute(case, torch.float32)
    ratios = {
        name: float((rounded["gradients"][name].double() - gradient).norm() / gradient.norm())
        for name, gradient in result["gradients"].items()
    }
    worst = max(ratios, key=ratios.get)
    features = [
        float((rounded[name].double() - result[name]).abs().max() / result[name].abs().max())
        for name in ("inferred", "trained", "z1", "p2")
    ]
    loss = abs(rounded["loss"].item() - result["loss"].item())
    print(case["backbone"], case["side"], "loss", result["loss"].item(), "float32 in PyTorch: features, z1, p2", features)
    print(f"  loss {loss:.1e}, gradient {ratios[worst]:.1e} ({worst}), median {sorted(ratios.values())[len(ratios) // 2]:.1e}")
    return {
        **case,
        "ranges": result["ranges"],
        "loss": result["loss"].item(),
        "inferred": encoded(result["inferred"]),
        "trained": encoded(result["trained"]),
        "z1": pins("z1", result["z1"]),
        "p2": pins("p2", result["p2"]),
        "gradients": {name: pins(name, to_ours(gradient)) for name, gradient in result["gradients"].items()},
    }


if __name__ == "__main__":
    golden = {
        "source": f"torch {torch.__version__}, torchvision {torchvision.__version__}, in float64",
        "cases": [result_of(case) for case in CASES],
    }
    with open(sys.argv[1], "w") as file:
        json.dump(golden, file)
        file.write("\n")
