#!/usr/bin/env python3
"""Conversations with the marks drawn under their words.

  run.py GOODWILL            compares; with GOODWILL_ACCEPT=1 in the environment redraws the .talk files beside this one

The files of this folder are heard by the rules alone, those of fast/ by the fast reader: wordings that no rule knows.

A file *.talk holds cases, each a title, a conversation as docs/formats.md describes .talk, and under each line the marks
that `goodwill hear --json --redact off` finds in it, in the order in which they begin:

  == an apology and a commitment are two marks
  customer: I've been waiting nine days.
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~ customer.complaint
  agent: I'm sorry about the wait. I'll call the depot
         ~~~~~~~~~~~~~~~~~~~~~~~~~ recovery.apology
                                   ~~~~~~~~~~~~~~~~~~~ efficiency.commitment
    by four.
    ~~~~~~~~ …                        the mark of the line above goes on
  = outcome: deferred                 lines of the reading, only those that the case has: outcome, ends,
  = first contact: false              first contact, speakers, demand, need, promise, asked twice; "unsure" when null
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / 'tools'))
import tap  # noqa: E402

DRAWN = re.compile(r'\s+~+ (\S+)$')


def is_turn(line):
    return line.strip() and not line[0].isspace() and line[0] != '#'


class Drawing:
    """One conversation: its source lines, and for each turn where its characters stand in them."""
    def __init__(self, lines, heard):
        self.lines, self.below = lines, {n: [] for n in range(len(lines))}
        self.problems = []
        starts = [n for n, line in enumerate(lines) if is_turn(line)]
        turns = heard['turns']
        if len(turns) != len(starts):
            self.problems.append(f'{len(starts)} turns are written, {len(turns)} were read')
            return
        places = []
        for index, begin in enumerate(starts):
            end = starts[index + 1] if index + 1 < len(starts) else len(lines)
            places.append(self.place(turns[index]['text'], begin, end))
        for mark in heard['marks']:
            self.draw(mark, turns[mark['turn']]['text'], places[mark['turn']])

    def place(self, text, begin, end):
        """(line, column) of each character of the turn's text that is not white space, else None."""
        spots = [(n, column) for n in range(begin, end) if n == begin or self.lines[n][:1].isspace()
                 for column in range(len(self.lines[n])) if not self.lines[n][column].isspace()]
        wanted = [c for c in text if not c.isspace()]
        spots = spots[len(spots) - len(wanted):]           # what stands before the text is the speaker
        if [self.lines[n][c] for n, c in spots] != wanted:
            self.problems.append(f'the text of line {begin + 1} was read as {text!r}')
            return [None] * len(text)
        spots = iter(spots)
        return [None if c.isspace() else next(spots) for c in text]

    def draw(self, mark, text, place):
        data = text.encode()
        begin, end = (len(data[:mark[k]].decode('utf-8', 'replace')) for k in ('begin', 'end'))
        covered = {}
        for spot in filter(None, place[begin:end]):
            covered.setdefault(spot[0], []).append(spot[1])
        for nth, (line, columns) in enumerate(sorted(covered.items())):
            name = mark['behaviour'] if nth == 0 else '…'
            row = ' ' * min(columns) + '~' * (max(columns) - min(columns) + 1) + ' ' + name
            self.below[line].append((min(columns), max(columns), nth, name, row))

    def text(self):
        out = []
        for n, line in enumerate(self.lines):
            out += [line] + [row for *_, row in sorted(self.below[n])]
        return out


def fact(name, heard):
    reading, turns = heard['reading'], heard['turns']

    def words(span):
        return turns[span['turn']]['text'].encode()[span['begin']:span['end']].decode('utf-8', 'replace')
    if name == 'speakers':
        return [heard['speakers']]
    if name in ('outcome', 'ends', 'first contact'):
        value = reading[{'first contact': 'first_contact_resolution'}.get(name, name)]
        return ['unsure' if value is None else str(value).lower() if isinstance(value, bool) else value]
    if name in ('demand', 'need'):
        return [words(span) for span in reading[name]] or ['none']
    if name == 'promise':
        return [f'{p["what"]} ({p["due"] or "no time"})' for p in reading['promises']] or ['none']
    if name == 'asked twice':
        return [f'turns {a + 1} and {b + 1}' for a, b in reading['asked_twice']] or ['none']
    return ['? (outcome, ends, first contact, speakers, demand, need, promise, asked twice)']


def hear(goodwill, plain, reader):
    """What was heard in each conversation, None where it printed nothing for it."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for n, text in enumerate(plain):
            names.append(f'{n:04}.talk')
            (pathlib.Path(folder) / names[-1]).write_text(text, encoding='utf-8')
        done = subprocess.run([goodwill, 'hear', '--json', '--redact', 'off', '--reader', reader, *names], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        heard = [json.loads(line) for line in done.stdout.decode().splitlines()]
        by_file = {h['source']['file']: h for h in heard}
        return [by_file.get(name) for name in names], done.stderr.decode('utf-8', 'replace')


def main():
    goodwill, accept = pathlib.Path(sys.argv[1]).resolve(), os.environ.get('GOODWILL_ACCEPT')
    paths = [(path, 'rules', path.stem) for path in sorted(HERE.glob('*.talk'))]
    paths += [(path, 'fast', f'fast/{path.stem}') for path in sorted(HERE.glob('fast/*.talk'))]
    for path, reader, name in paths:
        introduction, *parts = re.split(r'(?m)^(?=== )', path.read_text(encoding='utf-8'))
        parts = [part.rstrip('\n').splitlines() for part in parts]
        plain = [[line for line in part[1:] if not DRAWN.fullmatch(line) and not line.startswith('= ')] for part in parts]
        plain = [[*lines] for lines in plain]
        heard, errors = hear(goodwill, ['\n'.join(lines) + '\n' for lines in plain], reader)
        new = [introduction.rstrip('\n') + '\n\n'] if introduction.strip() else []
        for part, lines, result in zip(parts, plain, heard):
            title = part[0][3:]
            if not result:
                tap.case(f'{name}: {title}', ['nothing was heard', errors])
                new.append('\n'.join(part) + '\n\n')
                continue
            drawing = Drawing(lines, result)
            now, told = [part[0]] + drawing.text(), []
            for line in part:
                which = line[2:].split(':')[0] if line.startswith('= ') else None
                if which and which not in told:
                    told.append(which)
                    now += [f'= {which}: {value}' for value in fact(which, result)]
            while len(now) > 1 and not now[-1].strip():
                now.pop()
            new.append('\n'.join(now) + '\n\n')
            wrong = [] if accept or now == part else difference(part, now)
            tap.case(f'{name}: {title}', drawing.problems + wrong)
        if accept:
            path.write_text(''.join(new).rstrip('\n') + '\n', encoding='utf-8')
    if not any(HERE.glob('*.talk')):
        tap.skip('all', 'there are no cases')
    tap.done()


def difference(was, now):
    import difflib
    return [line for line in difflib.unified_diff(was, now, 'expected', 'heard', lineterm='', n=2)]


main()
