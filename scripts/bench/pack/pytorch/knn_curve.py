"""The paper's App. D recipe (CIFAR, ResNet-18) in PyTorch on packed images, and its kNN curve. Writes JSON."""

import argparse
import json
import math
import struct
import time

import torch
import torch.nn.functional as F

from augment import augment
from simsiam import build, optimiser_of


def read_images(path, device):
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"SSL1":
        raise SystemExit(f"{path} is no file of packed images.")
    count, size, classes = struct.unpack("<III", data[4:16])
    raw = torch.frombuffer(bytearray(data[16:]), dtype=torch.uint8)
    split, labels = raw[:count], raw[count : 2 * count].long()
    pixels = raw[2 * count :].view(count, size, size, 3).permute(0, 3, 1, 2).float().div(255)
    train, test = split == 0, split == 1
    move = lambda *tensors: [tensor.to(device) for tensor in tensors]
    return (*move(pixels[train], labels[train], pixels[test], labels[test]), classes)


STATISTICS_IMAGES = 256


@torch.no_grad()
def take_statistics(model, images):
    """Sets BN's moving statistics to those of one pass over a fixed sample, with which the lab measures images, too. Training does not use them."""
    sample = images[torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[:STATISTICS_IMAGES].to(images.device)]
    norms = [layer for layer in model.backbone.modules() if isinstance(layer, torch.nn.modules.batchnorm._BatchNorm)]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 1.0
    model.train()
    model.backbone(sample)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum


@torch.no_grad()
def features_of(model, images):
    model.eval()
    features = [F.normalize(model.backbone(chunk), dim=1) for chunk in images.split(500)]
    model.train()
    return torch.cat(features)


def knn_accuracy(model, bank, bank_labels, queries, query_labels, classes, k, temperature):
    """Weighted vote of the k nearest by cosine (Wu et al. 2018), with BN's statistics of one sample of the bank."""
    take_statistics(model, bank)
    voters, correct = features_of(model, bank), 0
    k = min(k, len(voters))
    for chunk, labels in zip(features_of(model, queries).split(500), query_labels.split(500)):
        similarity, nearest = (chunk @ voters.T).topk(k, 1)
        votes = torch.zeros(len(chunk), classes, device=chunk.device)
        votes.scatter_add_(1, bank_labels[nearest], (similarity / temperature).exp())
        correct += (votes.argmax(1) == labels).sum().item()
    return correct / len(query_labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--case", default="ResNet-18")
    parser.add_argument("--json")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True
    train, labels, test, test_labels, classes = read_images(options.images, device)
    mean, std = train.mean((0, 2, 3), keepdim=True), train.std((0, 2, 3), keepdim=True)
    batch = min(options.batch, len(train) // 2)
    model, _ = build(options.case, device)
    initial = 0.03 * batch / 256
    optimiser = optimiser_of(model, initial)
    steps_per_epoch = len(train) // batch
    total = options.epochs * steps_per_epoch
    every = max(1, round(options.epochs / 10))
    started, curve, step, loss = time.perf_counter(), [], 0, None
    evaluate = lambda: knn_accuracy(
        model, (train - mean) / std, labels, (test - mean) / std, test_labels, classes, 200, 0.1
    )

    def note(epoch):
        curve.append({"epoch": epoch, "seconds": time.perf_counter() - started, "knn": evaluate()})
        print(f"torch  epoch {epoch}  kNN {100 * curve[-1]['knn']:.2f} %  {curve[-1]['seconds']:.0f} s", flush=True)

    note(0)
    for epoch in range(options.epochs):
        for indices in torch.randperm(len(train), device=device)[: steps_per_epoch * batch].split(batch):
            for group in optimiser.param_groups:
                group["lr"] = initial * 0.5 * (1 + math.cos(math.pi * step / total))
            images = train[indices]
            x1, x2 = ((augment(images) - mean) / std for _ in range(2))
            optimiser.zero_grad(set_to_none=True)
            loss = model(x1, x2)
            loss.backward()
            optimiser.step()
            step += 1
            # The lab measures early, too: at steps 25, 50, 100 and so on, where it costs little beside the steps so far.
            doubled = step / 25
            is_early = step < every * steps_per_epoch and doubled >= 1 and doubled.is_integer() and math.log2(doubled).is_integer()
            if is_early and len(train) + len(test) <= 1.5 * step * batch:
                note(step / steps_per_epoch)
            if time.perf_counter() - started > options.seconds:
                break
        out_of_time = time.perf_counter() - started > options.seconds
        if (epoch + 1) % every == 0 or out_of_time:
            note(step / steps_per_epoch)
        if out_of_time:
            break
    result = {
        "by": f"PyTorch {torch.__version__}, fp32, eager",
        "batchSize": batch,
        "steps": step,
        "seconds": time.perf_counter() - started,
        "finalLoss": None if loss is None else loss.item(),
        "curve": curve,
    }
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=2)


if __name__ == "__main__":
    main()
