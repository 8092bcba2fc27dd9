"""SimSiam and BYOL: the loss of a step, its update, and the schedules, as SimSiam Lab computes them."""

import copy
import math

import torch
from torch import nn
from torch.nn.functional import normalize

from network import Encoder, predictor


def negative_cosine(p, z):
    """Eq. 1 of the SimSiam paper, averaged over the batch."""
    return -(normalize(p, dim=1) * normalize(z, dim=1)).sum(1).mean()


class SimSiam(nn.Module):
    """Two views of each image [N, 3, H, W] -> the loss of Eqs. 2 to 4."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.predictor = predictor(config).requires_grad_(config['predictor'] == 'trained')

    def predict(self, z):
        return z if self.config['predictor'] == 'none' else self.predictor(z)

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        p1, p2 = self.predict(z1), self.predict(z2)
        t1, t2 = (z1.detach(), z2.detach()) if self.config['stopGradient'] else (z1, z2)
        return 0.5 * (negative_cosine(p1, t2) + negative_cosine(p2, t1))

    def follow(self, step):
        pass


class Byol(nn.Module):
    """Two views of each image [N, 3, H, W] -> the loss of Eq. 2 of the BYOL paper in both directions."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.predictor = predictor(config)
        self.target = copy.deepcopy(self.encoder).requires_grad_(False)

    def predict(self, z):
        return z if self.config['predictor'] == 'none' else self.predictor(z)

    def forward(self, x1, x2):
        p1, p2 = self.predict(self.encoder(x1)), self.predict(self.encoder(x2))
        with torch.no_grad():
            t1, t2 = self.target(x1), self.target(x2)
        return 4 + 2 * (negative_cosine(p1, t2) + negative_cosine(p2, t1))

    @torch.no_grad()
    def follow(self, step):
        """target = tau target + (1 - tau) online, after the update of a step counted from 0."""
        share = (1 - self.config['tauBase']) * (math.cos(math.pi * step / self.config['totalSteps']) + 1) / 2
        for target, online in zip(self.target.parameters(), self.encoder.parameters()):
            target.lerp_(online, share)


METHODS = {'simsiam': SimSiam, 'byol': Byol}


def optimiser_of(model):
    """SGD with momentum, and weight decay on every parameter; a fixed predictor learning rate has a group of its own."""
    config = model.config
    is_constant = lambda name: config['fixPredictorLr'] and name.startswith('predictor.')
    trained = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    groups = [
        {'params': [parameter for name, parameter in trained if is_constant(name) == constant], 'constant': constant}
        for constant in (False, True)
    ]
    return torch.optim.SGD(
        [group for group in groups if group['params']],
        lr=0.0,
        momentum=config['momentum'],
        weight_decay=config['weightDecay'],
    )


def set_learning_rates(optimiser, config, step):
    """Base rate x batch / 256, with cosine decay at a step counted from 0; `batchSize` is that of all processes together."""
    initial = config['baseLearningRate'] * config['batchSize'] / 256
    decay = 0.5 * (1 + math.cos(math.pi * step / config['totalSteps'])) if config['schedule'] == 'cosine' else 1.0
    for group in optimiser.param_groups:
        group['lr'] = initial if group['constant'] else initial * decay


def train_step(model, optimiser, step, x1, x2):
    """
    One update after `step` others; returns the loss.
    model: a method, or DistributedDataParallel around one
    """
    method = getattr(model, 'module', model)
    set_learning_rates(optimiser, method.config, step)
    optimiser.zero_grad(set_to_none=True)
    loss = model(x1, x2)
    loss.backward()
    optimiser.step()
    method.follow(step)
    return loss.detach()
