"""
Three steps of checkpoint.safetensors on drawn views by each of two processes with half a batch; the first compares them with one process
that takes two half batches and averages the gradients, and prints the largest difference of weights and momentum, as a share of the
largest of each tensor. Argument: the folder `continue/`.
"""

import sys

import torch
from torch import distributed, nn

sys.path.insert(0, sys.argv[1])

from lab_files import config_of, model_of, read_checkpoint
from methods import set_learning_rates, train_step

STEPS = 3

distributed.init_process_group('gloo')
rank = distributed.get_rank()
tensors, run = read_checkpoint('checkpoint.safetensors')
config = config_of(run)
model, optimiser = model_of(tensors, config)
alone, alone_optimiser = model_of(tensors, config)
parallel = nn.parallel.DistributedDataParallel(model)
half = config['batchSize'] // 2
draw = torch.Generator().manual_seed(7)
for i in range(STEPS):
    step = run['step'] + i
    x1, x2 = (torch.randn(2 * half, 3, 32, 32, generator=draw) for _ in range(2))
    mine = slice(rank * half, (rank + 1) * half)
    train_step(parallel, optimiser, step, x1[mine], x2[mine])
    if rank == 0:
        set_learning_rates(alone_optimiser, config, step)
        alone_optimiser.zero_grad(set_to_none=True)
        for part in (slice(0, half), slice(half, 2 * half)):
            (alone(x1[part], x2[part]) / 2).backward()
        alone_optimiser.step()
        alone.follow(step)

if rank == 0:
    start, _ = model_of(tensors, config)
    moved, difference = 0.0, 0.0
    for (name, one), (_, other), before in zip(model.named_parameters(), alone.named_parameters(), start.parameters()):
        largest = other.abs().max().clamp(min=1e-3)
        difference = max(difference, float((one - other).abs().max() / largest))
        moved = max(moved, float((before - other).abs().max() / largest))
        if one in optimiser.state:
            a, b = optimiser.state[one]['momentum_buffer'], alone_optimiser.state[other]['momentum_buffer']
            difference = max(difference, float((a - b).abs().max() / b.abs().max().clamp(min=1e-3)))
    print(f'moved {moved:.3e} difference {difference:.3e}')
distributed.destroy_process_group()
