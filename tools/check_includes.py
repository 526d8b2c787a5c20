#!/usr/bin/env python3
"""A folder of src/ includes its own headers and those of folders before it in the order the data flows."""
import re

import tap
import tree

ORDER = ['base', 'import', 'redact', 'encode', 'hear', 'learn', 'store', 'people', 'practise', 'remember', 'coach', 'journey', 'keep', 'watch',
         'reports', 'records', 'web', 'cli']
NEVER = {('journey', 'keep'), ('keep', 'journey')}

checked = {}
for path in tree.files('.c', '.h'):
    if path.parts[0] != 'src':
        continue
    folder, problems = path.parts[1], checked.setdefault(path.parts[1], [])
    for number, line in enumerate((tree.ROOT / path).read_text(encoding='utf-8').splitlines(), 1):
        included = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not included:
            continue
        other = included.group(1).split('/')[0]
        if '/' not in included.group(1):
            problems.append(f'{path}:{number}: say the folder too: "{folder}/{included.group(1)}"')
        elif other not in ORDER:
            problems.append(f'{path}:{number}: {other} is not in the order of folders')
        elif (folder, other) in NEVER or ORDER.index(other) > ORDER.index(folder):
            problems.append(f'{path}:{number}: {folder} must not include from {other}')
for folder, problems in checked.items():
    tap.case(f'includes of src/{folder}', problems + ([] if folder in ORDER else [f'src/{folder} is not in the order of folders']))
tap.done()
