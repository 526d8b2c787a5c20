#!/usr/bin/env python3
"""The same act must be heard alike in every variety of English.

  run.py GOODWILL

pairs.tsv: a behaviour, and the same act in plain American English and in another variety, in words written for this test;
of a third the variety's words were written first.  Figures are weighted so that either direction counts the same.
Each is said in the same small conversation.  The score of a text is the confidence of the behaviour's mark on it, 0 where
there is none.  Over all pairs the two means should differ by DIFFERENCE_WANTED at most; the difference of each variety is printed.
The reader is not there yet (docs/accuracy.md): the test fails when it gets worse than DIFFERENCE_MOST, which is to be lowered with it.
"""
import csv
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402

DIFFERENCE_WANTED, DIFFERENCE_MOST = .02, .17
PAIRS_LEAST, VARIETIES_LEAST = 150, 10


def conversation(name, behaviour, text):
    """Its turns, and which of them is the text."""
    if behaviour.startswith('customer.'):
        turns, at = [('agent', 'Hello, what can I do for you?'), ('customer', text), ('agent', 'Okay.')], 1
    elif behaviour == 'respect.greeting':
        turns, at = [('agent', text), ('customer', 'Hello, it is about my order.')], 0
    elif behaviour == 'respect.closing':
        turns, at = [('customer', 'Hello, it is about my order.'), ('agent', 'It is on its way.'),
                     ('customer', 'Okay, thanks, bye.'), ('agent', text)], 3
    else:
        turns, at = [('agent', 'Hello.'), ('customer', 'Hello, it is about my order.'), ('agent', text),
                     ('customer', 'Okay.')], 2
    return {'id': name, 'turns': [{'role': role, 'text': said} for role, said in turns]}, at


def scores(goodwill, asked):
    """asked: (behaviour, text) …  Returns a confidence for each."""
    made = [conversation(str(i), behaviour, text) for i, (behaviour, text) in enumerate(asked)]
    lines = ''.join(json.dumps(c, ensure_ascii=False) + '\n' for c, _ in made)
    done = subprocess.run([goodwill, 'hear', '--json', '--no-turns', '--redact', 'off', '--reader', 'fast', '-'],
                          input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
    heard = {h['id']: h for h in map(json.loads, done.stdout.decode().splitlines())}
    if done.returncode or len(heard) != len(asked):
        raise SystemExit(f'{len(asked)} conversations, {len(heard)} heard: {done.stderr.decode()}')
    ret = []
    for i, (behaviour, _) in enumerate(asked):
        ret.append(max([m['confidence'] for m in heard[str(i)]['marks']
                        if m['behaviour'] == behaviour and m['turn'] == made[i][1]], default=0))
    return ret


def mean(rows, side):
    """Each direction weighs the same, however many pairs it has."""
    of = [[r[side] for r in group] for group in grouped(rows, 'written_first').values()]
    return sum(sum(values) / len(values) for values in of) / len(of)


def tell(title, groups):
    print(f'# {title:28} pairs  US general  variety  difference')
    for name, rows in groups.items():
        a, b = mean(rows, 'a'), mean(rows, 'b')
        print(f'# {name:28} {len(rows):5d}  {a:10.3f}  {b:7.3f}  {b - a:+10.3f}')


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def main():
    goodwill = pathlib.Path(sys.argv[1]).resolve()
    with open(HERE / 'pairs.tsv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    problems = []
    for number, row in enumerate(rows, 2):
        if None in row.values() or None in row or row['us_general'] == row['in_variety']:
            problems.append(f'pairs.tsv line {number}: two different texts are needed')
    by_variety, by_behaviour = grouped(rows, 'variety'), grouped(rows, 'behaviour')
    if len(rows) < PAIRS_LEAST or len(by_variety) < VARIETIES_LEAST:
        problems.append(f'{len(rows)} pairs of {len(by_variety)} varieties')
    if len({len(group) for group in by_variety.values()}) > 1 or len({len(g) for g in by_behaviour.values()}) > 1:
        problems.append('some variety or behaviour has more pairs than another')
    tap.case('the pairs are many and balanced', problems)
    heard = scores(goodwill, [(r['behaviour'], r['us_general']) for r in rows] +
                   [(r['behaviour'], r['in_variety']) for r in rows])
    for i, row in enumerate(rows):
        row['a'], row['b'] = heard[i], heard[len(rows) + i]
    tell('variety', by_variety)
    tell('behaviour', by_behaviour)
    tell('written first', grouped(rows, 'written_first'))
    difference = mean(rows, 'b') - mean(rows, 'a')
    tap.case('the reader hears these acts at all', [] if mean(rows, 'a') > .3 else [f'mean score {mean(rows, "a"):.3f}'])
    print(f'# all: difference {difference:+.4f} (wanted: {DIFFERENCE_WANTED} either way; at most {DIFFERENCE_MOST})')
    tap.case('mean scores are no more unlike than they were', [] if abs(difference) <= DIFFERENCE_MOST else
             [f'the other varieties differ by {difference:+.4f} from plain American English'])
    tap.done()


main()
