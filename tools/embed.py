#!/usr/bin/env python3
"""Writes files as one C table (base/embedded.h).

  embed.py --table embedded_words --depfile D OUT.c FOLDER            every file below FOLDER, named by its path there
  embed.py --table embedded_assets --gzip --depfile D OUT.c FOLDER NAME=FILE…      and single files under a name

With --gzip the table holds the files compressed (level 9, no time in the header: the same bytes each time).
"""
import argparse
import gzip
import os

import generate

a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
a.add_argument('--table', required=True)
a.add_argument('--depfile', required=True)
a.add_argument('--gzip', action='store_true')
a.add_argument('--leave-out', action='append', default=['meson.build', 'README.md'])
a.add_argument('out')
a.add_argument('folder')
a.add_argument('single', nargs='*', metavar='NAME=FILE')
a = a.parse_args()

files, folders = generate.walk(a.folder)
named = {os.path.relpath(f, a.folder).replace(os.sep, '/'): f for f in files if os.path.basename(f) not in a.leave_out}
for single in a.single:
    name, path = single.split('=', 1)
    assert name not in named, name
    named[name] = path

out = [f'/* Written by tools/embed.py. */\n#include "base/embedded.h"\n']
rows = []
for i, (name, path) in enumerate(sorted(named.items(), key=lambda item: item[0].encode())):
    with open(path, 'rb') as f:
        data = f.read()
    if a.gzip:
        data = gzip.compress(data, 9, mtime=0)
    out.append(f'static const char bytes_{i}[] =\n{generate.c_string(data)};\n')
    rows.append(f'    {{ {{ {generate.c_string(name, "")}, {len(name.encode())} }}, {{ bytes_{i}, {len(data)} }} }},\n')
out.append(f'static const Embedded item[] = {{\n{"".join(rows)}    {{ {{ 0, 0 }}, {{ 0, 0 }} }},\n}};\n')
out.append(f'const EmbeddedTable {a.table} = {{ item, {len(rows)} }};\n')
generate.write(a.out, '\n'.join(out))
generate.write_depfile(a.depfile, a.out, list(named.values()) + folders + [generate.__file__])
