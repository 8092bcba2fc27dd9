"""
Continues a run of SimSiam Lab in PyTorch, on one machine or several:

    torchrun --nproc_per_node 2 continue/train.py PROJECT.zip --out FOLDER
    torchrun --nproc_per_node 2 continue/train.py CHECKPOINT.safetensors --images FOLDER --out FOLDER

Writes FOLDER/encoder.safetensors, which SimSiam Lab and torchvision's modules read, and FOLDER/state.pt, from which the same command goes on.
"""

import argparse
import os
import pathlib
import sys

import torch
from torch import distributed, nn

import views
from lab_files import Refused, config_of, encoder_file, model_of, read_checkpoint
from methods import train_step
from network import measured_statistics

# Training images on which the BN statistics of the encoder are measured, as the page does.
STATISTICS_IMAGES = 256


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('run', help='a project file, or a checkpoint of npm run experiment')
    parser.add_argument('--images', help='a folder of images; without it those of the project file')
    parser.add_argument('--out', required=True, help='the folder for encoder.safetensors and state.pt')
    parser.add_argument('--total-steps', type=int, help='length of the run and of its schedule; that of the run by default')
    parser.add_argument('--every', type=int, default=500, help='steps between two writings of state.pt')
    parser.add_argument('--workers', type=int, default=2, help='processes that decode images, for each training process')
    parser.add_argument('--sync-batch-norm', action='store_true', help='BN statistics over all processes (GPUs only)')
    return parser.parse_args()


def replaced(path, write):
    """Writes a file beside its place and renames it, so that the one before is kept until the new one is whole."""
    part = path.with_name(f'{path.name}.part')
    write(part)
    os.replace(part, path)


def train(given):
    rank, processes = distributed.get_rank(), distributed.get_world_size()
    device = torch.device('cuda', int(os.environ['LOCAL_RANK'])) if torch.cuda.is_available() else torch.device('cpu')
    if given.sync_batch_norm and device.type == 'cpu':
        raise Refused('--sync-batch-norm needs GPUs.')
    tensors, run = read_checkpoint(given.run)
    config = config_of(run)
    if given.total_steps is not None:
        config['totalSteps'] = given.total_steps
    if config['batchSize'] % processes != 0:
        raise Refused(f'The batch of {config["batchSize"]} cannot be divided among {processes} processes.')
    model, optimiser = model_of(tensors, config)
    step = run['step']
    out = pathlib.Path(given.out)
    state_file = out / 'state.pt'
    if state_file.exists():
        state = torch.load(state_file, map_location='cpu')
        if {**state['config'], 'totalSteps': config['totalSteps']} != config:
            raise Refused(f'{state_file} is of a run with other settings: choose another folder with --out.')
        model.load_state_dict(state['model'])
        optimiser.load_state_dict(state['optimiser'])
        step = state['step']
    if step >= config['totalSteps']:
        raise Refused(f'The run has all of its {config["totalSteps"]} steps: name more with --total-steps.')
    pictures = views.Pictures(given.images or given.run, config)
    if len(pictures) < 2 * config['batchSize']:
        raise Refused(f'A run needs two batches, {2 * config["batchSize"]} images, and there are {len(pictures)}.')
    normalisation = views.normalisation_of(pictures)
    model.to(device)
    for group in optimiser.state.values():
        group['momentum_buffer'] = group['momentum_buffer'].to(device)
    if given.sync_batch_norm:
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    parallel = nn.parallel.DistributedDataParallel(model, device_ids=None if device.type == 'cpu' else [device.index])
    model.train()
    # Each process and each continuation draws other views.
    torch.manual_seed(1000003 * config['seed'] + 1009 * rank + step)
    batches = views.Batches(len(pictures), config, step, rank, processes)
    loader = torch.utils.data.DataLoader(
        views.Views(pictures, normalisation), batch_sampler=batches, num_workers=given.workers
    )

    def save():
        state = {'model': model.state_dict(), 'optimiser': optimiser.state_dict(), 'step': step, 'config': config}
        replaced(state_file, lambda part: torch.save(state, part))

    if rank == 0:
        out.mkdir(parents=True, exist_ok=True)
    for x1, x2 in loader:
        loss = train_step(parallel, optimiser, step, x1.to(device), x2.to(device))
        step += 1
        if not torch.isfinite(loss):
            raise Refused(f'The loss is not a finite number after step {step}: the run has diverged.')
        if rank == 0 and (step % given.every == 0 or step == config['totalSteps']):
            save()
            print(f'step {step}/{config["totalSteps"]}  loss {loss.item():.4f}', flush=True)
    if rank == 0:
        stride = max(1, len(pictures) // STATISTICS_IMAGES)
        indices = range(0, len(pictures), stride)[:STATISTICS_IMAGES]
        backbone = model.encoder.backbone.cpu()
        statistics = measured_statistics(backbone, views.plain(pictures, normalisation, indices))
        data = encoder_file(backbone, statistics, run, config, step, normalisation)
        replaced(out / 'encoder.safetensors', lambda part: part.write_bytes(data))
        print(f'written to {out}: encoder.safetensors, state.pt')


def main():
    given = options()
    distributed.init_process_group('nccl' if torch.cuda.is_available() else 'gloo')
    try:
        train(given)
    except Refused as refusal:
        if distributed.get_rank() == 0:
            print(refusal, file=sys.stderr)
        sys.exit(1)
    finally:
        distributed.destroy_process_group()


if __name__ == '__main__':
    main()
