#!/usr/bin/env python3
"""Marks must not fall below a floor on corpus/gold/dev.jsonl, labelled by hand.

  run.py GOODWILL

Prints the figures.  The floors are well below what the reader reaches, so that a rule may come and go; who falls under
one has broken something.
"""
import csv
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / 'tools'), str(HERE)]
import score  # noqa: E402
import tap  # noqa: E402

F1_LEAST, HARMS_PRECISION_LEAST, OVERLAP_LEAST, ANSWERS_LEAST = .50, .60, .68, .60


def check_rule():
    """The scoring itself, on a turn that can be counted by hand."""
    turn = {'text': 'sorry, so sorry', 'labels': [
        {'id': 'a', 'quote': 'sorry'}, {'id': 'a', 'quote': 'so sorry'}, {'id': 'b', 'quote': 'so'},
        {'id': 'c', 'quote': 'so', 'contested': True}]}
    marks = [{'behaviour': name, 'begin': begin, 'end': end} for name, begin, end in
             [('a', 0, 10), ('a', 5, 6), ('b', 2, 3), ('c', 0, 5), ('d', 0, 1)]]
    result = score.Score()
    score.add_turn(result, turn, marks)
    total, problems = result.total(), []
    # a: both labels are met by 0-10, which shares 5 of 10 and 3 of 15 bytes; 5-6 meets none.  b: "so" first stands at 0-2.
    if (total.right, total.wrong, total.missed) != (2, 3, 1):
        problems.append(f'right, wrong, missed: {total.right}, {total.wrong}, {total.missed}')
    if abs(result.overlap() - (5 / 10 + 3 / 15) / 2) > 1e-9:
        problems.append(f'overlap {result.overlap()}')
    tap.case('the scoring rule', problems)


def at_least(name, value, least):
    print(f'# {name} {value:.3f} (at least {least:.2f})')
    tap.case(name, [] if value >= least else [f'{value:.3f} is under {least:.2f}'])


def check_evaluate(goodwill, path, result):
    """`goodwill evaluate` counts as this test does, behaviour by behaviour."""
    done = subprocess.run([goodwill, 'evaluate', '--json', '--rounds', '50', path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=200)
    told, problems = json.loads(done.stdout or '{}'), []
    for one in told.get('behaviours', []):
        count = result.by_behaviour.get(one['behaviour'], score.Count())
        if (one['right'], one['wrong'], one['missed']) != (count.right, count.wrong, count.missed):
            problems.append(f'{one["behaviour"]}: {one["right"]}, {one["wrong"]}, {one["missed"]}; here {count.right}, '
                            f'{count.wrong}, {count.missed}')
    for name, value, here in [('micro-F1', told['micro_f1']['value'], result.total().f1()),
                              ('overlap', told['overlap']['value'], result.overlap())]:
        if abs(value - here) > 1e-4:
            problems.append(f'{name}: {value}; here {here}')
    for question, (right, asked) in result.answers.items():
        answer = told['readings'][question]
        if (answer['right'], answer['asked']) != (right, asked):
            problems.append(f'{question}: {answer["right"]} of {answer["asked"]}; here {right} of {asked}')
    if not told.get('behaviours'):
        problems.append('no behaviour was told')
    tap.case('evaluate counts alike', problems + ([done.stderr.decode()] if done.stderr else []))


def main():
    check_rule()
    path = ROOT / 'corpus/gold/dev.jsonl'
    gold = [json.loads(line) for line in path.read_text(encoding='utf-8').splitlines() if line.strip()]
    done = subprocess.run([pathlib.Path(sys.argv[1]).resolve(), 'hear', '--json', '--redact', 'off', path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
    heard = [json.loads(line) for line in done.stdout.decode().splitlines()]
    tap.case('every conversation is heard', [] if len(heard) == len(gold) and done.returncode == 0 else
             [f'{len(gold)} conversations, {len(heard)} heard, exit status {done.returncode}', done.stderr.decode()])
    result = score.score_all(gold, heard)
    check_evaluate(pathlib.Path(sys.argv[1]).resolve(), path, result)
    with open(ROOT / 'words/behaviours.tsv', encoding='utf-8') as file:
        harms = {row['id'] for row in csv.DictReader(file, delimiter='\t') if row['sign'] == '-'}
    total, harm = result.total(), result.total(lambda name: name in harms)
    print(f'# precision {total.precision():.3f}, recall {total.recall():.3f}; harms\' recall {harm.recall():.3f}')
    at_least('micro-F1', total.f1(), F1_LEAST)
    at_least("harms' precision", harm.precision(), HARMS_PRECISION_LEAST)
    at_least('overlap of evidence', result.overlap(), OVERLAP_LEAST)
    for question, (right, asked) in sorted(result.answers.items()):
        at_least(question, right / asked, ANSWERS_LEAST)
    tap.done()


main()
