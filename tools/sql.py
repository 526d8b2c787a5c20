#!/usr/bin/env python3
"""Named SQL blocks become C constants, schema steps a table.

  sql.py --depfile D OUT.h OUT.c FOLDER        every .sql file below FOLDER

A file <module>.sql holds blocks; `-- name: due_cards` opens one and the constant is SQL_<module>_due_cards.  Comment
lines at a block's head (what:, in:) are for people and stay out of the constant.  A file NNNN_name.sql is a schema step:
one row of sql_steps[], in order of NNNN, which must be 0001, 0002, … without a gap.
"""
import argparse
import os
import re

import generate


def blocks(path):
    """(name, line, text) of each block; what stands before the first must be comment."""
    found, name, opened, lines = [], None, 0, []
    with open(path, encoding='utf-8') as f:
        source = f.read().splitlines()
    for number, line in enumerate(source + ['-- name: '], 1):
        begins = re.match(r'--\s*name:\s*(.*)', line)
        if not begins:
            if name is None and line.strip() and not line.startswith('--'):
                generate.fail(path, number, 'a query needs a "-- name:" line above it')
            lines.append(line)
            continue
        if name is not None:
            while lines and (lines[0].startswith('--') or not lines[0].strip()):
                lines.pop(0)
            while lines and (lines[-1].startswith('--') or not lines[-1].strip()):
                lines.pop()                                # the next block's introduction
            if not lines:
                generate.fail(path, opened, f'the block {name} is empty')
            found.append((name, opened, '\n'.join(lines) + '\n'))
        name, opened, lines = begins.group(1).strip(), number, []
        if name and not re.fullmatch(r'[a-z][a-z0-9_]*', name):
            generate.fail(path, number, f'"{name}" is not a name: small letters, digits and _')
    return found


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--depfile', required=True)
    a.add_argument('header')
    a.add_argument('source')
    a.add_argument('folder')
    a = a.parse_args()
    files, folders = generate.walk(a.folder, ('.sql',))
    steps, queries, at = [], [], {}
    for path in files:
        stem = os.path.basename(path)[:-len('.sql')]
        step = re.fullmatch(r'(\d{4})_([a-z0-9_]+)', stem)
        if step:
            with open(path, encoding='utf-8') as f:
                steps.append((int(step.group(1)), step.group(2), f.read(), path))
            continue
        for name, line, text in blocks(path):
            constant = f'SQL_{stem}_{name}'
            if constant in at:
                generate.fail(path, line, f'{constant} was already named in {at[constant]}')
            at[constant] = f'{path}:{line}'
            queries.append((constant, text))
    steps.sort()
    for expect, step in enumerate(steps, 1):
        if step[0] != expect:
            generate.fail(step[3], 1, f'schema steps must be numbered without gaps: this should be {expect:04}')
    queries.sort()

    header = ['/* Written by tools/sql.py from the .sql files. */', '#ifndef GOODWILL_SQL_H', '#define GOODWILL_SQL_H', '',
              '#include <stddef.h>', '',
              'typedef struct SqlStep {', '    int         number;    /* from 1 */',
              '    const char *name, *text;', '} SqlStep;', '',
              'typedef struct SqlNamed {', '    const char *name, *text;', '} SqlNamed;', '',
              'extern const SqlStep  sql_steps[];       /* the schema, oldest step first */',
              'extern const size_t   sql_step_count;',
              'extern const SqlNamed sql_queries[];     /* every query below, for the test that prepares them all */',
              'extern const size_t   sql_query_count;', '']
    header += [f'extern const char {constant}[];' for constant, _ in queries]
    header += ['', '#endif', '']
    source = ['/* Written by tools/sql.py from the .sql files. */', f'#include "{os.path.basename(a.header)}"', '']
    source += [f'const char {constant}[] =\n{generate.c_string(text)};' for constant, text in queries]
    source += ['', 'const SqlStep sql_steps[] = {']
    source += [f'    {{ {number}, "{name}",\n{generate.c_string(text, "      ")} }},' for number, name, text, _ in steps]
    source += ['    { 0, NULL, NULL },', '};', f'const size_t sql_step_count = {len(steps)};', '',
               'const SqlNamed sql_queries[] = {']
    source += [f'    {{ "{constant}", {constant} }},' for constant, _ in queries]
    source += ['    { NULL, NULL },', '};', f'const size_t sql_query_count = {len(queries)};', '']
    generate.write(a.header, '\n'.join(header))
    generate.write(a.source, '\n'.join(source))
    generate.write_depfile(a.depfile, a.source, files + folders + [generate.__file__])


if __name__ == '__main__':
    main()
