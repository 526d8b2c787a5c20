#!/usr/bin/env python3
"""Every named query can be prepared against the newest schema, so that a mistyped column fails before anything runs."""
import re
import sqlite3

import sql
import tap
import tree

store = sqlite3.connect(':memory:')
steps = sorted((p for p in tree.files('.sql') if re.match(r'\d{4}_', p.name)), key=lambda p: p.name)
for step in steps:
    problems = []
    try:
        store.executescript((tree.ROOT / step).read_text(encoding='utf-8'))
    except sqlite3.Error as error:
        problems.append(f'{step}: {error}')
    tap.case(f'schema step {step.stem}', problems)
for path in tree.files('.sql'):
    if path in steps or path.parts[0] != 'src':
        continue
    for name, line, text in sql.blocks(tree.ROOT / path):
        problems = []
        for statement in filter(str.strip, re.split(r';\s*\n', text)):
            named = {p: None for p in re.findall(r'[:@$](\w+)', statement)}
            try:
                if not re.match(r'\s*(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|VACUUM|ATTACH|DETACH)\b', statement, re.I):
                    store.execute('EXPLAIN ' + statement, named)
            except sqlite3.Error as error:
                problems.append(f'{path}:{line}: {name}: {error}')
        tap.case(f'query {path.stem} {name}', problems)
tap.done()
