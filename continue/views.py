"""Images from a folder or a project file, and the augmentations of SimSiam Lab by torchvision."""

import csv
import io
import os
import pathlib
import zipfile

import torch
from PIL import Image, ImageFilter, ImageOps
from torchvision import transforms

from lab_files import Refused

SUFFIXES = {'.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp', '.tif', '.tiff'}
# The images in a project file (.zip), and the table that says which of them are trained on.
IMAGES_IN_PROJECT = 'images/'
IMAGE_INDEX = 'images/index.csv'
# A longer picture keeps its middle part.
LONGEST_RATIO = 8
# Images from which mean and std are computed.
NORMALISED_BY = 2000


def is_image(name):
    return pathlib.PurePath(name).suffix.lower() in SUFFIXES


def training_images(project, source):
    """The paths of a project file's training images, in the order of the run's data set."""
    if IMAGE_INDEX not in project.namelist():
        raise Refused(f'{source} holds no images: take the project along with them, or name a folder with --images.')
    with project.open(IMAGE_INDEX) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, 'utf-8', newline='')))
    return [IMAGES_IN_PROJECT + row['file'] for row in rows if row['split'] == 'train']


class Pictures:
    """The pictures of a folder, sorted by path, or the training images of a project file, as SimSiam Lab keeps them."""

    def __init__(self, source, config):
        self.source = pathlib.Path(source)
        self.config = config
        self.opened = None
        if self.source.is_dir():
            self.names = sorted(str(path) for path in self.source.rglob('*') if is_image(path.name))
        elif zipfile.is_zipfile(self.source):
            with zipfile.ZipFile(self.source) as project:
                self.names = training_images(project, source)
        else:
            raise Refused(f'{source} is neither a folder nor a project file: name a folder of images with --images.')
        if not self.names:
            raise Refused(f'{source} holds no images to train on: name a folder of images with --images.')

    def __len__(self):
        return len(self.names)

    def _project(self):
        """The project file, opened once in each process: the place in a file is shared with forked ones."""
        if self.opened is None or self.opened[0] != os.getpid():
            self.opened = (os.getpid(), zipfile.ZipFile(self.source))
        return self.opened[1]

    def _bytes(self, name):
        return pathlib.Path(name).read_bytes() if self.source.is_dir() else self._project().read(name)

    def __getstate__(self):
        return {**self.__dict__, 'opened': None}

    def __getitem__(self, index):
        """The whole picture, upright, on white, with a short side of at most `sourceSize`."""
        name = self.names[index]
        try:
            picture = ImageOps.exif_transpose(Image.open(io.BytesIO(self._bytes(name)))).convert('RGBA')
        except OSError as error:
            raise Refused(f'{name} cannot be read ({error}): remove it.') from None
        white = Image.new('RGBA', picture.size, 'white')
        picture = Image.alpha_composite(white, picture).convert('RGB')
        short = min(picture.size)
        width, height = (min(side, LONGEST_RATIO * short) for side in picture.size)
        picture = transforms.functional.center_crop(picture, (height, width))
        size = self.config['sourceSize']
        if size == 'square':
            return centre_square(picture, self.config['imageSize'])
        return transforms.functional.resize(picture, size) if short > size else picture


def centre_square(picture, side):
    short = min(picture.size)
    return transforms.functional.resize(transforms.functional.center_crop(picture, short), (side, side))


def normalisation_of(pictures):
    """Mean and std by channel of pixel values in [0, 1]."""
    stride = max(1, len(pictures) // NORMALISED_BY)
    count, total, squares = 0, torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    for index in range(0, len(pictures), stride):
        pixels = transforms.functional.to_tensor(pictures[index]).double().flatten(1)
        count += pixels.shape[1]
        total += pixels.sum(1)
        squares += (pixels * pixels).sum(1)
    mean = total / count
    std = (squares / count - mean * mean).clamp(min=0).sqrt().clamp(min=0.02)
    return mean.tolist(), std.tolist()


class Blur:
    """A Gaussian blur with a drawn width."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, picture):
        radius = float(torch.empty(1).uniform_(self.low, self.high))
        return picture.filter(ImageFilter.GaussianBlur(radius))


def augmentation(config, normalisation):
    """The random view of a picture, as a normalised tensor [3, imageSize, imageSize]."""
    augment, side = config['augment'], config['imageSize']
    crop, flip, jitter, grey, blur = (augment[name] for name in ('crop', 'flip', 'jitter', 'grayscale', 'blur'))
    steps = []
    if crop['enabled']:
        scale = (crop['scaleMin'], crop['scaleMax'])
        steps.append(transforms.RandomResizedCrop(side, scale, (crop['ratioMin'], crop['ratioMax'])))
    else:
        steps.append(transforms.Lambda(lambda picture: centre_square(picture, side)))
    if jitter['enabled']:
        strengths = (jitter[name] for name in ('brightness', 'contrast', 'saturation', 'hue'))
        steps.append(transforms.RandomApply([transforms.ColorJitter(*strengths)], jitter['probability']))
    if grey['enabled']:
        steps.append(transforms.RandomGrayscale(grey['probability']))
    if blur['enabled']:
        if blur['kernel'] == 'side':
            taps = 2 * max(1, side // 20) + 1
            blurred = transforms.GaussianBlur(taps, (blur['sigmaMin'], blur['sigmaMax']))
        else:
            blurred = Blur(blur['sigmaMin'], blur['sigmaMax'])
        steps.append(transforms.RandomApply([blurred], blur['probability']))
    if flip['enabled']:
        steps.append(transforms.RandomHorizontalFlip(flip['probability']))
    return transforms.Compose([*steps, transforms.ToTensor(), transforms.Normalize(*normalisation)])


class Views(torch.utils.data.Dataset):
    """Two random views of each picture."""

    def __init__(self, pictures, normalisation):
        self.pictures = pictures
        self.augment = augmentation(pictures.config, normalisation)

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        picture = self.pictures[index]
        return self.augment(picture), self.augment(picture)


def plain(pictures, normalisation, indices):
    """The centre squares of some pictures, normalised [N, 3, imageSize, imageSize]."""
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize(*normalisation)])
    return torch.stack([to_tensor(centre_square(pictures[i], pictures.config['imageSize'])) for i in indices])


class Batches(torch.utils.data.Sampler):
    """The images of one process in each step from `start` on: each epoch a new order, of which incomplete batches are left out."""

    def __init__(self, count, config, start, rank, processes):
        self.count, self.config, self.start = count, config, start
        self.rank, self.share = rank, config['batchSize'] // processes

    def __len__(self):
        return self.config['totalSteps'] - self.start

    def __iter__(self):
        size = self.config['batchSize']
        epoch_steps = self.count // size
        for step in range(self.start, self.config['totalSteps']):
            epoch, place = divmod(step, epoch_steps)
            order = torch.randperm(self.count, generator=torch.Generator().manual_seed(1000003 * self.config['seed'] + epoch))
            begin = place * size + self.rank * self.share
            yield order[begin : begin + self.share].tolist()
