#!/usr/bin/env python3
"""C files look as clang-format would write them.  check_format.py --fix writes them so."""
import subprocess
import sys

import tap
import tree

if sys.argv[1:] == ['--fix']:
    sys.exit(subprocess.run(['clang-format', '-i', *tree.files('.c', '.h')], cwd=tree.ROOT).returncode)
for path in tree.files('.c', '.h'):
    text = (tree.ROOT / path).read_bytes()
    shaped = subprocess.run(['clang-format', f'--assume-filename={path}'], cwd=tree.ROOT, input=text, stdout=subprocess.PIPE,
                            check=True).stdout
    before, after = text.splitlines(), shaped.splitlines()
    wrong = next((n for n, (b, a) in enumerate(zip(before, after), 1) if b != a), min(len(before), len(after)) + 1)
    tap.case(f'format of {path}', [] if text == shaped else [f'{path}:{wrong}: clang-format would write this otherwise: clang-format -i {path}'])
tap.done()
