#!/usr/bin/env python3
"""Names the fuzz targets: fuzz_NAME.c beside this file, a line each."""
import pathlib

here = pathlib.Path(__file__).parent
print('\n'.join(sorted(f.stem.removeprefix('fuzz_') for f in here.glob('fuzz_*.c'))))
