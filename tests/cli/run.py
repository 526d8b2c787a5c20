#!/usr/bin/env python3
"""Commands and all that they print, as cases.

  run.py GOODWILL            compares; with GOODWILL_ACCEPT=1 in the environment redraws the .case files beside this one

A file *.case holds cases:

  == a record that is no JSON is named and skipped
  --- two.jsonl                          a file for the commands, up to the next such line
  {"id": "a", "turns": [{"role": "agent", "text": "Hello."}]}
  oops
  $ goodwill hear --json two.jsonl       run by sh in a folder that holds only the files; then all that it prints:
  {"id":"a",…}
  ! two.jsonl line 2: …                  a line of standard error, after standard output
  (exit 1)                               when it is not 0
  (no line break at the end)             when there is none

An output line that looks like one of these begins with a backslash.  `~~` in a case's title line, as in
"== title ~~ needs ../shared", skips it with that reason when the folder is not there.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402

SPECIAL = re.compile(r'(== |--- |\$ |! |\(exit |\(no line break|\\)')


def drawn(command, folder, goodwill):
    env = dict(os.environ, PATH=f'{goodwill.parent}:{os.environ["PATH"]}', LC_ALL='C.UTF-8', TZ='UTC', NO_COLOR='1', COLUMNS='100')
    done = subprocess.run(['sh', '-c', command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=240)
    lines = []
    for bytes_, mark in ((done.stdout, ''), (done.stderr, '! ')):
        text = bytes_.decode('utf-8', 'backslashreplace')
        for line in text.splitlines() if '\r' not in text else text.rstrip('\n').split('\n') if text else []:
            lines.append(mark + line if mark else '\\' + line if SPECIAL.match(line) else line)
        if text and not text.endswith('\n'):
            lines.append('(no line break at the end)')
    if done.returncode:
        lines.append(f'(exit {done.returncode})')
    return lines


def cases(text):
    """Parts of the file that begin with a title; what stands before the first is an introduction."""
    return re.split(r'(?m)^(?=== )', text)


def redraw(case, goodwill):
    lines, out, files, body = case.splitlines(), [], {}, None
    with tempfile.TemporaryDirectory() as folder:
        i = 0
        while i < len(lines):
            line = lines[i]
            i += 1
            if line.startswith('$ '):
                while i < len(lines) and not re.match(r'(\$|---) ', lines[i]):
                    i += 1
                out += [line] + drawn(line[2:], folder, goodwill)
                body = None
            else:
                out.append(line)
                if line.startswith('--- '):
                    body = pathlib.Path(folder) / line[4:].strip()
                    body.parent.mkdir(parents=True, exist_ok=True)
                    body.write_text('')
                elif body:
                    with body.open('a', encoding='utf-8') as f:
                        f.write((line[1:] if line.startswith('\\') else line) + '\n')
    return '\n'.join(out) + '\n'


def main():
    goodwill, accept = pathlib.Path(sys.argv[1]).resolve(), os.environ.get('GOODWILL_ACCEPT')
    for path in sorted(HERE.glob('*.case')):
        new = []
        for part in cases(path.read_text(encoding='utf-8')):
            if not part.startswith('== '):
                new.append(part)
                continue
            title, _, needs = part.splitlines()[0][3:].partition(' ~~ needs ')
            if needs and not (ROOT / needs).is_dir():
                tap.skip(f'{path.stem}: {title}', f'there is no {needs}')
                new.append(part)
                continue
            old = part.rstrip('\n') + '\n'
            now = redraw(old, goodwill)
            new.append(now + '\n')
            if accept:
                tap.case(f'{path.stem}: {title}')
                continue
            was, got = old.splitlines(), now.splitlines()
            at = next((n for n, (a, b) in enumerate(zip(was, got)) if a != b), min(len(was), len(got)))
            tap.case(f'{path.stem}: {title}', [] if was == got else
                     [f'from line {at + 1} of the case on, expected:'] + ['  ' + line for line in was[at:at + 12]]
                     + ['printed:'] + ['  ' + line for line in got[at:at + 12]])
        if accept:
            path.write_text(''.join(new).rstrip('\n') + '\n', encoding='utf-8')
    if not any(HERE.glob('*.case')):
        tap.skip('all', 'there are no cases')
    tap.done()


main()
