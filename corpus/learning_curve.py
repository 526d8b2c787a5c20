#!/usr/bin/env python3
"""How much better the reader gets with more labelled conversations.

  corpus/learning_curve.py [--goodwill build/goodwill] [--svg docs/pictures/learning_curve.svg] FILE.jsonl…

The conversations of every file are dealt into eight parts, always alike.  For each share of them (an eighth, a quarter,
a half, all) the reader is learned from all files but one and judged on that one (`goodwill evaluate --left-out --whole`);
small shares are measured on several parts and averaged.  Prints a table in Markdown and draws it.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import tempfile

PARTS = 8
SHARES = [('1/8', [[0], [2], [4], [6]]), ('1/4', [[0, 1], [4, 5]]), ('1/2', [[0, 1, 2, 3]]), ('all', [list(range(PARTS))])]


def part_of(line):
    return int(hashlib.blake2b(json.loads(line)['id'].encode(), digest_size=4).hexdigest(), 16) % PARTS


def measured(goodwill, files, parts):
    with tempfile.TemporaryDirectory() as folder:
        paths, labels = [], 0
        for number, lines in enumerate(files):
            kept = [line for line in lines if part_of(line) in parts]
            labels += sum(len(turn['labels']) for line in kept for turn in json.loads(line)['turns'])
            path = pathlib.Path(folder) / f'{number:02d}.jsonl'
            path.write_text(''.join(line + '\n' for line in kept), encoding='utf-8')
            paths.append(path)
        done = subprocess.run([goodwill, 'evaluate', '--left-out', '--whole', '--json', '--rounds', '200', *paths], check=True,
                              stdout=subprocess.PIPE)
    told = json.loads(done.stdout)
    return {'labels': labels, 'micro': told['micro_f1']['value'], 'macro': told['macro_f1']['value'],
            'harms': told['harms_precision']['value'] or 0, 'harms_recall': told['harms_recall']['value'] or 0}


def mean(rows):
    return {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}


def drawn(points):
    """An SVG with two lines, F1 against the number of labels, doubled from mark to mark."""
    width, height, left, right, top, bottom = 640, 360, 56, 120, 24, 56
    low = min(min(p['micro'], p['macro']) for _, p in points) - .03
    high = max(max(p['micro'], p['macro']) for _, p in points) + .03
    low, high = int(low * 20) / 20, (int(high * 20) + 1) / 20

    def x(i):
        return left + (width - left - right) * i / (len(points) - 1)

    def y(value):
        return height - bottom - (height - top - bottom) * (value - low) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" '
           'role="img" aria-label="F1 on writers left out, against the number of labels learned from">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    steps = round((high - low) / .05)
    for i in range(steps + 1):
        value = low + i * .05
        out.append(f'<path d="M{left} {y(value):.1f}H{width - right}" stroke="#ddd"/>'
                   f'<text x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#444">{value:.2f}</text>')
    for i, (share, p) in enumerate(points):
        out.append(f'<text x="{x(i):.1f}" y="{height - 34}" text-anchor="middle" fill="#444">{share}</text>'
                   f'<text x="{x(i):.1f}" y="{height - 16}" text-anchor="middle" fill="#777" font-size="11">'
                   f'{p["labels"]:.0f} labels</text>')
    for key, colour, name in (('micro', '#0b6e4f', 'of all marks'), ('macro', '#8a4b08', 'by behaviour')):
        line = ' '.join(f'{x(i):.1f},{y(p[key]):.1f}' for i, (_, p) in enumerate(points))
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(i):.1f}" cy="{y(p[key]):.1f}" r="4" fill="{colour}"/>' for i, (_, p) in enumerate(points)]
    last = points[-1][1]
    apart = 0 if abs(y(last['micro']) - y(last['macro'])) > 16 else 9
    sign = 1 if last['micro'] >= last['macro'] else -1
    for key, colour, name, shift in (('micro', '#0b6e4f', 'of all marks', -sign * apart),
                                     ('macro', '#8a4b08', 'by behaviour', sign * apart)):
        out.append(f'<text x="{width - right + 10}" y="{y(last[key]) + 4 + shift:.1f}" fill="{colour}">{name}</text>')
    return '\n'.join(out + ['</svg>']) + '\n'


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--goodwill', default='build/goodwill')
    a.add_argument('--svg')
    a.add_argument('files', nargs='+')
    a = a.parse_args()
    files = [[line for line in pathlib.Path(name).read_text(encoding='utf-8').splitlines() if line.strip()] for name in a.files]
    points = []
    print('| share of the corpus | labels | micro-F1 | macro-F1 | harms\' precision | harms\' recall |\n|---|---|---|---|---|---|')
    for share, draws in SHARES:
        p = mean([measured(a.goodwill, files, parts) for parts in draws])
        points.append((share, p))
        print(f'| {share} | {p["labels"]:.0f} | {p["micro"]:.3f} | {p["macro"]:.3f} | {p["harms"]:.2f} | {p["harms_recall"]:.2f} |',
              flush=True)
    if a.svg:
        pathlib.Path(a.svg).write_text(drawn(points), encoding='utf-8')


main()
