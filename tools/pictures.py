#!/usr/bin/env python3
"""Draws the pictures of README.md anew: docs/pictures/*.png.  Needs chromium; run by hand when the look has changed.

  tools/pictures.py build/goodwill
"""
import html
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import tree

SAMPLE = tree.ROOT / 'corpus/sample'
SHOWN = 'phone-03-dishwasher-second-call.talk'
PAGE = 31          # phone-09 in the store, which counts in the order of the files
COLORS = {30: '#24292f', 31: '#ff8178', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff', 35: '#d2a8ff', 36: '#56d4dd', 37: '#e6edf3'}


def as_html(text):
    """A terminal's output as a page: the SGR sequences that we print, the rest as it is."""
    out, style = [], {}
    for piece in re.split(r'(\x1b\[[\d;]*m)', text):
        sequence = re.fullmatch(r'\x1b\[([\d;]*)m', piece)
        if not sequence:
            css = ';'.join(f'{k}:{v}' for k, v in style.items())
            out.append(f'<span style="{css}">{html.escape(piece)}</span>' if css else html.escape(piece))
            continue
        for code in (int(c or 0) for c in sequence.group(1).split(';')):
            if code == 0:
                style = {}
            elif code in (1, 2, 4):
                style.update({1: {'font-weight': 'bold'}, 2: {'opacity': '.6'}, 4: {'text-decoration': 'underline'}}[code])
            elif code in COLORS or code - 60 in COLORS:
                style['color'] = COLORS[code if code in COLORS else code - 60]
    return ('<!doctype html><meta charset="utf-8"><style>body { margin: 0; padding: 18px 22px; background: #0d1117; color: #e6edf3; }'
            'pre { margin: 0; font: 14px/1.3 "DejaVu Sans Mono", monospace; }</style><pre>' + ''.join(out) + '</pre>')


def shoot(address, out, width, height):
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--hide-scrollbars', '--force-device-scale-factor=1',
                    f'--window-size={width},{height}', f'--screenshot={out}', '--virtual-time-budget=3000', address],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    goodwill, out = os.path.abspath(sys.argv[1]), tree.ROOT / 'docs/pictures'
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        heard = subprocess.run([goodwill, 'hear', '--color', 'always', SHOWN], cwd=SAMPLE, env=dict(os.environ, COLUMNS='100'),
                               check=True, stdout=subprocess.PIPE, text=True).stdout
        (folder / 'terminal.html').write_text(as_html(f'$ goodwill hear {SHOWN}\n{heard}'), encoding='utf-8')
        shoot(f'file://{folder}/terminal.html', out / 'terminal.png', 960, 60 + 18 * (heard.count('\n') + 1))
        store = folder / 'goodwill.db'
        subprocess.run([goodwill, 'import', '--db', store, 'corpus/sample'], cwd=tree.ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            port = s.getsockname()[1]
        server = subprocess.Popen([goodwill, 'serve', '--db', store, '--port', str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(1.5)
            shoot(f'http://127.0.0.1:{port}/conversation/{PAGE}', out / 'page.png', 1200, 1400)
        finally:
            server.terminate()
            server.wait()


main()
