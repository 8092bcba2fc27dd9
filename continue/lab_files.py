"""The files of SimSiam Lab: reads a checkpoint, alone or in a project file, and writes an encoder."""

import json
import re
import zipfile

import torch

import safetensors_file
from methods import METHODS, optimiser_of

CHECKPOINT = 'SimSiam Lab checkpoint'
# The checkpoint in a project file (.zip).
CHECKPOINT_IN_PROJECT = 'checkpoint.safetensors'

# Settings that the methods here do not have, and the value that they need.
NEEDED = {
    'symmetrization': 'symmetric',
    'momentumEncoder': False,
    'movingAverageTarget': False,
    'alternation': 1,
    'similarity': 'cosine',
}


class Refused(Exception):
    """A file or a run that this program does not continue; the message says why."""


def read_checkpoint(path):
    """The tensors and the run of a checkpoint, or of the one in a project file."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as project:
                data = project.read(CHECKPOINT_IN_PROJECT)
        else:
            with open(path, 'rb') as file:
                data = file.read()
        tensors, metadata = safetensors_file.read(data)
    except KeyError:
        raise Refused(f'{path} holds no {CHECKPOINT_IN_PROJECT}: save the project with its checkpoint.') from None
    except (OSError, ValueError) as error:
        raise Refused(f'{path} {error}') from None
    if metadata.get('format') != CHECKPOINT:
        raise Refused(f'{path} is no checkpoint of SimSiam Lab.')
    return tensors, json.loads(metadata['run'])


def config_of(run):
    """The settings of a run with its changes in flight; refuses by name what is not implemented here."""
    config = dict(run['config'])
    for _, key, value in run['changes']['made']:
        config[key] = value
    method = config['method']
    if method not in METHODS:
        raise Refused(f'The method “{method}” is not continued here: {" and ".join(METHODS)} are.')
    if run['changes']['planned']:
        raise Refused('The run has changes planned for later steps, which are not made here.')
    needed = NEEDED if method == 'simsiam' else {}
    for key, value in needed.items():
        if config[key] != value:
            raise Refused(f'The setting {key}={config[key]} is not continued here: {key}={value} is.')
    return config


def _layer(name):
    name = re.sub(r'^((?:target\.)?)encoder\.', r'\1backbone.', name)
    name = re.sub(r'backbone\.stem\.conv\.', 'backbone.conv1.', name)
    name = re.sub(r'backbone\.stem\.bn\.', 'backbone.bn1.', name)
    name = re.sub(r'backbone\.stage(\d+)\.block(\d+)\.', r'backbone.layer\1.\2.', name)
    return name.replace('shortcut.conv', 'downsample.0').replace('shortcut.bn', 'downsample.1')


def torch_name(name):
    """The name in PyTorch's state of one of our parameters, e.g. `encoder.backbone.conv1.weight` of `encoder.stem.conv.kernel`."""
    layer, kind = _layer(name).rsplit('.', 1)
    theirs = {
        'kernel': 'weight',
        'gamma': 'weight',
        'beta': 'bias',
        'moving_mean': 'running_mean',
        'moving_variance': 'running_var',
    }
    whole = f'{layer}.{theirs.get(kind, kind)}'
    if whole.startswith('predictor.'):
        return whole
    return whole if whole.startswith('target.') else f'encoder.{whole}'


def torch_layout(tensor):
    """Kernels [k, k, in, out] -> [out, in, k, k], linear ones [in, out] -> [out, in]."""
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1).contiguous()
    return tensor.t().contiguous() if tensor.dim() == 2 else tensor


def model_of(tensors, config):
    """The method with the weights and moving statistics of a checkpoint, and its optimiser with the momentum."""
    model = METHODS[config['method']](config)
    named = lambda prefix: {
        torch_name(name[len(prefix) :]): torch_layout(tensor) for name, tensor in tensors.items() if name.startswith(prefix)
    }
    state = model.state_dict()
    parameters = named('parameters/')
    expected = {name for name in state if not name.endswith('num_batches_tracked')}
    differing = [
        f'{name}: expected {list(state[name].shape) if name in state else "nothing"}, '
        f'found {list(parameters[name].shape) if name in parameters else "nothing"}'
        for name in sorted(expected | parameters.keys())
        if name not in state or name not in parameters or state[name].shape != parameters[name].shape
    ]
    if differing:
        raise Refused('The weights do not fit the network of the settings:\n  ' + '\n  '.join(differing[:12]))
    model.load_state_dict(parameters, strict=False)
    optimiser = optimiser_of(model)
    momentum = named('momentum/')
    for name, parameter in model.named_parameters():
        if name in momentum and parameter.requires_grad:
            optimiser.state[parameter]['momentum_buffer'] = momentum[name].clone()
    return model, optimiser


def encoder_file(backbone, statistics, run, config, step, normalisation):
    """
    The bytes of an encoder.safetensors, as `npm run export` writes it.
    statistics: those that images are measured with (`measured_statistics`)
    normalisation: mean and std by channel of pixel values in [0, 1]
    """
    mean, std = normalisation
    state = {**backbone.state_dict(), **statistics}
    tensors = {
        name: torch.tensor(step) if name.endswith('num_batches_tracked') else tensor for name, tensor in state.items()
    }
    encoder = {
        'version': 1,
        'defaults': run['defaults'],
        'config': config,
        'step': step,
        'mean': list(mean),
        'std': list(std),
    }
    return safetensors_file.written(tensors, {'format': 'pt', 'simsiam-lab': json.dumps(encoder)})
