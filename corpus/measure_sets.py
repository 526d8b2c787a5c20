#!/usr/bin/env python3
"""How well `goodwill train` learns the questions of public sets: trains on four fifths of each, asks the fifth set aside.

  measure_sets.py GOODWILL FOLDER [NAME…] [-- OPTIONS OF TRAIN]

FOLDER holds the sets as <name>.dev.jsonl.gz, at any depth: one utterance a line (docs/models.md).  A conversation is never
parted: which part it falls into is told by the CRC-32 of its "conv".  Prints one line a question.
"""
import gzip
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import zlib

# name: set, label, figure, and which lines of it (a key of "labels" and its value)
QUESTIONS = {
    'reflection': ('annomi', 'reflection=1', 'macro', None),
    'question': ('annomi', 'question=1', 'macro', None),
    'open-closed': ('annomi', 'question_type', 'macro', None),
    'emotional-reaction': ('epitome', 'emotional_reaction>0', 'macro', None),
    'interpretation': ('epitome', 'interpretation>0', 'macro', None),
    'exploration': ('epitome', 'exploration>0', 'macro', None),
    'complaint': ('complaints', 'complaint=1', 'macro', None),
    'polite': ('politeness', 'polite=1', 'accuracy', ('community', 'wikipedia')),
    'strategies': ('casino', 'strategies', 'lists', None),
    'emotions': ('goemotions', 'emotions', 'lists', None),
    'sentiment': ('vader', 'score', 'pearson', ('source', 'tweets')),
}


def f1(pairs):
    """Of (is, said) as truth values."""
    both = sum(a and b for a, b in pairs)
    return 2 * both / sum(bool(a) + bool(b) for a, b in pairs) if both else 0


def macro(pairs):
    classes = sorted({a for a, _ in pairs}, key=str)
    return sum(f1([(a == c, b == c) for a, b in pairs]) for c in classes) / len(classes)


def lists(pairs):
    classes = sorted({c for a, _ in pairs for c in a})
    return sum(f1([(c in a, c in b) for a, b in pairs]) for c in classes) / len(classes)


def accuracy(pairs):
    return sum(a == b for a, b in pairs) / len(pairs)


def pearson(pairs):
    n = len(pairs)
    x, y = (sum(p[i] for p in pairs) / n for i in (0, 1))
    return sum((a - x) * (b - y) for a, b in pairs) / math.sqrt(sum((a - x) ** 2 for a, _ in pairs) * sum((b - y) ** 2 for _, b in pairs))


def truth(value, label):
    if '>' in label:
        return value > float(label.split('>')[1])
    return str(value) == label.split('=')[1] if '=' in label else value


def measure(goodwill, folder, name, options):
    dataset, label, figure, only = QUESTIONS[name]
    path = next(pathlib.Path(folder).rglob(f'{dataset}.dev.jsonl.gz'))
    key = label.split('>')[0].split('=')[0]
    learn, asked = [], []
    with gzip.open(path, 'rt', encoding='utf-8') as lines:
        for line in lines:
            row = json.loads(line)
            if only and row['labels'].get(only[0]) != only[1]:
                continue
            (learn if zlib.crc32(f's{row["conv"]}'.encode()) % 5 else asked).append((line, row['labels'].get(key)))
    with tempfile.TemporaryDirectory() as temporary:
        at = pathlib.Path(temporary)
        (at / 'learn.jsonl').write_text(''.join(line for line, _ in learn), encoding='utf-8')
        (at / 'asked.jsonl').write_text(''.join(line for line, _ in asked), encoding='utf-8')
        told = subprocess.run([goodwill, 'train', '--label', label, *options, at / 'learn.jsonl', '-o', at / 'm.gwm'],
                              check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout
        said = subprocess.run([goodwill, 'predict', '-m', at / 'm.gwm', at / 'asked.jsonl'], check=True,
                              stdout=subprocess.PIPE, encoding='utf-8').stdout.splitlines()
    assert len(said) == len(asked)
    pairs = [(truth(value, label), json.loads(line)['pred']) for line, (_, value) in zip(said, asked) if value is not None]
    print(f'{name:20} {figure:9} {globals()[figure](pairs):.3f}  of {len(pairs)} lines; {told.splitlines()[0]}', flush=True)


def main():
    words = sys.argv[1:]
    options = words[words.index('--') + 1:] if '--' in words else []
    words = words[:words.index('--')] if '--' in words else words
    if len(words) < 2:
        sys.exit(__doc__)
    for name in words[2:] or QUESTIONS:
        measure(words[0], words[1], name, options)


if __name__ == '__main__':
    main()
