"""What the tools that write C have in common: quiet output, strings, and what they depend on.

Each tool reads whole folders.  Its depfile names the files it read and the folders it looked through, so that ninja runs
it again when a file changes, comes or goes, and no list has to be kept by hand.  An output whose bytes stay the same is
left alone, so that nothing behind it is built again.
"""
import os
import sys


def write(path, text):
    try:
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    except OSError:
        pass
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def write_depfile(path, target, inputs):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(target + ':' + ''.join(' ' + i.replace(' ', '\\ ') for i in sorted(set(inputs))) + '\n')


def walk(folder, suffixes=None):
    """(files below the folder, folders looked through), hidden ones left out, both sorted."""
    files, folders = [], []
    for at, below, names in os.walk(folder):
        below[:] = sorted(b for b in below if not b.startswith('.') and b != '__pycache__')
        folders.append(at)
        files += [os.path.join(at, n) for n in sorted(names)
                  if not n.startswith('.') and not n.endswith('~') and (not suffixes or n.endswith(suffixes))]
    return sorted(files), folders


def c_string(data, indent='    '):
    """C string literals, a source line each, for bytes or text.  Octal escapes are always three digits long."""
    if isinstance(data, str):
        data = data.encode()
    plain = {10: '\\n', 9: '\\t', 34: '\\"', 92: '\\\\'}
    out, line = [], ''
    for i, b in enumerate(data):
        if b in plain:
            line += plain[b]
        elif b == 63 and i and data[i - 1] == 63:
            line += '\\?'                                  # no trigraphs
        elif 32 <= b < 127:
            line += chr(b)
        else:
            line += f'\\{b:03o}'
        if b == 10 or len(line) > 100:
            out.append(f'{indent}"{line}"')
            line = ''
    if line or not out:
        out.append(f'{indent}"{line}"')
    return '\n'.join(out)


def fail(path, line, reason):
    sys.exit(f'{path}:{line}: error: {reason}')
