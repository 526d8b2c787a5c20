#!/usr/bin/env python3
"""On neutral service talk a harm is hardly ever marked.

  run.py GOODWILL

make_lines.py writes LINES turns of staff; a harm may be marked on less than SHARE_MOST of them.  Prints which were.
"""
import collections
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / 'tools'), str(HERE)]
import make_lines  # noqa: E402
import tap  # noqa: E402

LINES, SHARE_MOST, SENTENCES_LEAST, SHOWN_MOST = 10000, .005, 600, 25


def main():
    count = make_lines.distinct_sentences()
    tap.case('the talk is made of many sentences', [] if count >= SENTENCES_LEAST else [f'{count} of {SENTENCES_LEAST}'])
    made = list(make_lines.conversations(LINES, 1))
    turns = sum(turn['role'] == 'agent' for c in made for turn in c['turns'])
    lines = ''.join(json.dumps(c, ensure_ascii=False) + '\n' for c in made)
    done = subprocess.run([pathlib.Path(sys.argv[1]).resolve(), 'hear', '--json', '--no-turns', '--redact', 'off', '--reader',
                           'fast', '-'], input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    heard = [json.loads(line) for line in done.stdout.decode().splitlines()]
    tap.case('every conversation is heard', [] if len(heard) == len(made) and turns == LINES and done.returncode == 0 else
             [f'{len(made)} conversations, {turns} turns of staff, {len(heard)} heard', done.stderr.decode()])
    harmed, by_behaviour, shown = set(), collections.Counter(), collections.Counter()
    for one in heard:
        for mark in one['marks']:
            if mark['behaviour'].startswith('harm.'):
                harmed.add((one['id'], mark['turn']))
                by_behaviour[mark['behaviour']] += 1
                shown[mark['behaviour'], mark['text']] += 1
    for (behaviour, text), times in shown.most_common(SHOWN_MOST):
        print(f'# {times:4d}  {behaviour:24} {text}')
    share = len(harmed) / turns
    print(f'# a harm is marked on {len(harmed)} of {turns} turns, {100 * share:.2f} % (under {100 * SHARE_MOST} %): ' +
          ', '.join(f'{name} {times}' for name, times in by_behaviour.most_common()))
    tap.case('harms on neutral talk', [] if share < SHARE_MOST else [f'{100 * share:.2f} % of turns'])
    tap.done()


main()
