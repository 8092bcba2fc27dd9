"""Reads and writes safetensors files without the package: a length, a header as JSON, the bytes of all tensors."""

import json
import struct

import numpy
import torch

TYPES = {'F32': torch.float32, 'F64': torch.float64, 'I64': torch.int64, 'U8': torch.uint8}
NAMES = {dtype: name for name, dtype in TYPES.items()}


def read(data):
    """The tensors of a known type by name, and the metadata, of a file's bytes."""
    if len(data) < 9 or data[8:9] != b'{':
        raise ValueError('is not a safetensors file')
    (length,) = struct.unpack('<Q', data[:8])
    if 8 + length > len(data):
        raise ValueError('is cut short: the end of the file is missing')
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop('__metadata__', {})
    body = data[8 + length :]
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        if end > len(body):
            raise ValueError('is cut short: the end of the file is missing')
        if entry['dtype'] not in TYPES:
            continue
        dtype = TYPES[entry['dtype']]
        # An empty buffer is refused by `frombuffer`.
        flat = torch.frombuffer(bytearray(body[start:end]), dtype=dtype) if end > start else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(entry['shape'])
    return tensors, metadata


def written(tensors, metadata):
    """The bytes of a file, the widest elements first, so that each tensor begins at a multiple of its element's size."""
    header = {'__metadata__': metadata}
    body = []
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        data = numpy.ascontiguousarray(tensor.detach().cpu().numpy()).tobytes()
        header[name] = {
            'dtype': NAMES[tensor.dtype],
            'shape': list(tensor.shape),
            'data_offsets': [at, at + len(data)],
        }
        at += len(data)
        body.append(data)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + b''.join(body)
