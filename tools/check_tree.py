#!/usr/bin/env python3
"""The project's files stand on their own: no path of one machine, no registry's host, no test that is never run."""
import re

import tap
import tree

# In pieces, so that this file does not find itself.
MACHINE = re.compile(r'(?<![\w./-])/(?:' + '|'.join(['ro' + 'ot', 'ho' + 'me', 'wo' + 'rk', 't' + 'mp/gw']) + r')(?:/[\w.]|\b(?=[\s"\']))')
HOST = re.compile('|'.join(re.escape(a + b) for a, b in [
    ('registry.', 'npmjs'), ('registry.', 'yarnpkg'), ('deb.', 'debian.org'), ('security.', 'debian.org'),
    ('snapshot.', 'debian.org'), ('pypi.', 'org'), ('files.', 'pythonhosted'), ('crates.', 'io'), ('proxy.', 'golang'),
    ('npm.pkg.', 'github')]))
LEFT = re.compile(r'\b(?:' + 'TO' + 'DO|FIX' + r'ME|XX' + r'X)\b')

found = {'no path of one machine': [], 'no registry host': [], 'nothing left for later': []}
for path in tree.files():
    data = (tree.ROOT / path).read_bytes()
    if b'\0' in data[:8000] or path.name == 'LICENSE':
        continue
    for number, line in enumerate(data.decode('utf-8', 'replace').splitlines(), 1):
        for (name, problems), pattern in zip(found.items(), (MACHINE, HOST, LEFT)):
            if pattern is LEFT and path.suffix not in ('.c', '.h', '.py', '.sql', '.html', '.rules', '.build', '.sh', ''):
                continue
            at = pattern.search(line)
            if at:
                problems.append(f'{path}:{number}: {at.group(0)}')
for name, problems in found.items():
    tap.case(name, problems)

listed = (tree.ROOT / 'tests/unit/meson.build').read_text()
tap.case('every unit test is in the list', [f'{p}: not in tests/unit/meson.build' for p in tree.files('.c')
                                            if p.match('tests/unit/test_*.c') and f"'{p.stem[len('test_'):]}'" not in listed])
root_list = (tree.ROOT / 'meson.build').read_text()
tap.case('every source is built', [f'{p}: in no meson.build' for p in tree.files('.c')
                                   if p.parts[0] == 'src' and f"'{p}'" not in root_list
                                   and f"'{p.name}'" not in (tree.ROOT / p.parent / 'meson.build').read_text()])
tap.case('every fuzz target has seeds', [f'{p}: no files in tests/fuzz/corpus/{p.stem[len("fuzz_"):]}' for p in tree.files('.c')
                                         if p.match('tests/fuzz/fuzz_*.c')
                                         and not list((tree.ROOT / 'tests/fuzz/corpus' / p.stem[len('fuzz_'):]).glob('*'))])
tap.done()
