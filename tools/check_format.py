#!/usr/bin/env python3
"""C files look as clang-format would write them.  check_format.py --fix writes them so."""
import concurrent.futures
import os
import subprocess
import sys

import tap
import tree

if sys.argv[1:] == ['--fix']:
    sys.exit(subprocess.run(['clang-format', '-i', *tree.files('.c', '.h')], cwd=tree.ROOT).returncode)


def look(path):
    text = (tree.ROOT / path).read_bytes()
    shaped = subprocess.run(['clang-format', f'--assume-filename={path}'], cwd=tree.ROOT, input=text, stdout=subprocess.PIPE,
                            check=True).stdout
    before, after = text.splitlines(), shaped.splitlines()
    line = next((n for n, (b, a) in enumerate(zip(before, after), 1) if b != a), min(len(before), len(after)) + 1)
    return [] if text == shaped else [f'{path}:{line}: clang-format would write this otherwise: clang-format -i {path}']


paths = tree.files('.c', '.h')
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for path, problems in zip(paths, pool.map(look, paths)):
        tap.case(f'format of {path}', problems)
tap.done()
