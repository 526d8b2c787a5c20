"""The project's own files: what git tracks or would, else (in a copy without git) what is no product of a build."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def files(*suffixes):
    """Paths below the root, sorted."""
    try:
        listed = subprocess.run(['git', '-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                                cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        names = [n for n in listed.decode().split('\0') if n]
    except (OSError, subprocess.CalledProcessError):
        names = [os.path.relpath(os.path.join(at, name), ROOT) for at, below, found in os.walk(ROOT)
                 for name in found if not set(pathlib.Path(os.path.relpath(at, ROOT)).parts) & {'build', 'build-san', 'build-logs', 'node_modules', 'data', '__pycache__', '.git'}]
    return sorted(pathlib.Path(n) for n in names if (not suffixes or n.endswith(suffixes)) and (ROOT / n).is_file())
