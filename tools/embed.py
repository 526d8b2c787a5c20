#!/usr/bin/env python3
"""Writes files as one C table (base/embedded.h): embed.py --table NAME --strip DIR OUT.c FILE…"""
import argparse, os

a = argparse.ArgumentParser()
a.add_argument('--table', required=True); a.add_argument('--strip', required=True)
a.add_argument('out'); a.add_argument('files', nargs='*')
a = a.parse_args()
names = sorted((os.path.relpath(os.path.abspath(f), os.path.abspath(a.strip)).replace(os.sep, '/'), f) for f in a.files)
with open(a.out, 'w') as o:
    o.write('#include "base/embedded.h"\n')
    sizes = []
    for i, (name, path) in enumerate(names):
        data = open(path, 'rb').read(); sizes.append(len(data))
        o.write(f'static const unsigned char b{i}[] = {{')
        for at in range(0, len(data), 32):
            o.write('\n' + ''.join(f'{b},' for b in data[at:at + 32]))
        o.write('0};\n')
    o.write('static const Embedded item[] = {\n')
    for i, (name, path) in enumerate(names):
        o.write(f'    {{ {{ "{name}", {len(name.encode())} }}, {{ (const char *)b{i}, {sizes[i]} }} }},\n')
    o.write(f'    {{ {{ 0, 0 }}, {{ 0, 0 }} }}\n}};\nconst EmbeddedTable {a.table} = {{ item, {len(names)} }};\n')
