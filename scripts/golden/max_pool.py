"""Writes test/fixtures/maxPool.json: PyTorch's maximum pooling and its gradient, with ties and NaN. Run once: python3 max_pool.py FILE"""

import base64
import json
import sys

import numpy as np
import torch

random = np.random.default_rng(7)


def encode(tensor):
    """The channels become the last dimension."""
    array = tensor.permute(0, 2, 3, 1).detach().numpy()
    return {"shape": list(array.shape), "f32": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def case(name, values):
    x = torch.tensor(np.moveaxis(values, -1, 1).astype("float32"), requires_grad=True)
    y = torch.nn.MaxPool2d(3, stride=2, padding=1)(x)
    # Whole numbers, so that sums are the same in every order.
    dy = torch.tensor(random.integers(1, 50, size=y.shape).astype("float32"))
    y.backward(dy)
    return {"name": name, "x": encode(x), "y": encode(y), "dy": encode(dy), "dx": encode(x.grad)}


def with_nan(shape, share):
    values = random.integers(0, 3, size=shape).astype("float32")
    values[random.random(shape) < share] = np.nan
    return values


cases = [
    case("distinct values", random.permutation(2 * 7 * 6 * 5).reshape(2, 7, 6, 5) - 100),
    case("ties, as behind a ReLU", np.maximum(0, random.integers(-3, 3, size=(2, 8, 9, 4)))),
    case("one value", np.full((1, 4, 5, 3), -2)),
    case("NaN", with_nan((2, 9, 8, 4), 0.2)),
    case("infinities", random.choice([-np.inf, np.inf, 1], size=(1, 5, 5, 4), p=[0.8, 0.05, 0.15])),
    case("one pixel", random.normal(size=(2, 1, 1, 3))),
    case("one row", random.normal(size=(1, 1, 6, 1))),
]
with open(sys.argv[1], "w") as file:
    json.dump({"source": f"torch {torch.__version__}, nn.MaxPool2d(3, 2, 1)", "cases": cases}, file, indent=1)
    file.write("\n")
