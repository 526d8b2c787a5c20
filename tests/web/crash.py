#!/usr/bin/env python3
"""An import that is cut off anywhere loses nothing that was told as stored, and run again ends where it would have ended.

  crash.py GOODWILL [KILLS]

The import is killed (kill -9) at KILLS moments spread over its run and beyond, each time on a database of its own; then it
is run to the end, and the database must hold what an uninterrupted run's holds.  Then: a full disk, a limit on file
sizes, a folder that cannot be written, and what is left of a killed writer's lock.
"""
import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402

goodwill = os.path.abspath(sys.argv[1])
kills = int(sys.argv[2]) if len(sys.argv) > 2 else 50
COUNT = 1100           # three transactions an export
seed = int(os.environ.get('SEED', '20260321'))
chance = random.Random(seed)
print(f'# SEED={seed}')
folder = tempfile.mkdtemp(prefix='goodwill-crash-')
export = os.path.join(folder, 'export.jsonl')
grown = os.path.join(folder, 'grown.jsonl')

SAID = ['I have been waiting nine days for my parcel.', "I'm sorry that we lost it; I'll call the depot now.", 'This is the third time I ring.',
        'I will call you back by five today.', 'Thank you, that is settled then.', 'Somebody will look into it.', 'I want my money back.']


def write_exports(count):
    with open(export, 'w') as first, open(grown, 'w') as second:
        for i in range(count):
            turns = [{'role': 'agent' if k % 2 else 'customer', 'text': chance.choice(SAID) + f' ({i}.{k})'} for k in range(chance.randint(2, 12))]
            talk = {'id': f'c-{i}', 'channel': 'chat', 'started_at': '2026-03-02T09:15:00Z',
                    'participants': [{'id': 'a', 'role': 'agent', 'name': f'Agent {i % 9}'}], 'turns': turns}
            first.write(json.dumps(talk) + '\n')
            if i % 3 == 0:
                talk['turns'] = turns + [{'role': 'customer', 'text': 'One more thing.'}]
            second.write(json.dumps(talk) + '\n')


def run_import(db, *files, **more):
    return subprocess.run([goodwill, 'import', '--quiet', '--jobs', '2', '--db', db, *files], capture_output=True, text=True, check=False, **more)


def content(db):
    """All rows of all tables but the moments at which they were written."""
    with contextlib.closing(sqlite3.connect(f'file:{db}?mode=ro', uri=True)) as c:
        if c.execute('PRAGMA integrity_check').fetchall() != [('ok',)] or c.execute('PRAGMA foreign_key_check').fetchall():
            return 'damaged'
        tables = [r[0] for r in c.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        rows = {}
        for table in tables:
            columns = [r[1] for r in c.execute(f'PRAGMA table_info({table})') if r[1] not in ('imported', 'changed')]
            rows[table] = sorted(map(repr, c.execute(f'SELECT {", ".join(columns)} FROM {table}')))
        return rows


def differences(db, expect):
    rows = content(db)
    if rows == 'damaged' or expect == 'damaged':
        return ['a database is damaged']
    return [f'{t}: {len(rows.get(t, []))} rows where there should be {len(expect[t])}, or other ones' for t in expect if rows.get(t) != expect[t]]


def whole(db):
    """Conversations that are there are there with all their turns and their reading."""
    with contextlib.closing(sqlite3.connect(f'file:{db}?mode=ro', uri=True)) as c:
        return c.execute('SELECT count(*) FROM conversation AS c WHERE reading_id IS NULL OR utterance_count <> '
                         '(SELECT count(*) FROM utterance WHERE conversation_id = c.id)').fetchone()[0]


write_exports(COUNT)
uninterrupted = os.path.join(folder, 'whole.db')
started = time.monotonic()
done = run_import(uninterrupted, export, grown)
seconds = time.monotonic() - started
expect = content(uninterrupted)
tap.case('an uninterrupted import', [] if done.returncode == 0 and len(expect['conversation']) == COUNT else [str(done)])
again = run_import(uninterrupted, export, grown)
tap.case('again, it adds nothing', differences(uninterrupted, expect) + ([] if 'unchanged' in again.stdout and ' new' not in again.stdout else [again.stdout]))

written = os.path.getsize(uninterrupted)


def size(path):
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0


def wait_for_moment(process, db):
    """A moment by what is written so far, however fast the machine is; one in four by the clock, before anything is."""
    if chance.random() < .25:
        time.sleep(chance.uniform(0, seconds * .3))
        return
    enough = chance.uniform(0, written)
    while process.poll() is None and size(db) + size(db + '-wal') < enough:
        time.sleep(.001)


problems, cut = [], 0
for n in range(kills):
    db = os.path.join(folder, f'k{n}.db')
    process = subprocess.Popen([goodwill, 'import', '--quiet', '--jobs', '2', '--db', db, export, grown],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_moment(process, db)
    process.send_signal(signal.SIGKILL)
    cut += process.wait() == -signal.SIGKILL
    if os.path.exists(db) and os.path.getsize(db):
        try:
            if whole(db):
                problems.append(f'kill {n}: a conversation is not whole')
        except sqlite3.OperationalError as error:
            # Killed while the file was being made: a journal is left, which one who may only read cannot undo.
            unmade = 'readonly' in str(error) and os.path.exists(f'{db}-journal')
            if 'no such table' not in str(error) and not unmade:
                problems.append(f'kill {n}: {error}')
    done = run_import(db, export, grown)
    if done.returncode != 0:
        problems.append(f'kill {n}: run again it ended with {done.returncode}: {done.stderr}')
    # Numbers of rows follow the order of the input, so that even they are the same.
    problems += [f'kill {n}: {d}' for d in differences(db, expect)]
    for path in pathlib.Path(folder).glob(f'k{n}.db*'):
        path.unlink()
print(f'# {cut} of {kills} imports of {seconds:.2f} s were cut off')
tap.case(f'killed at {kills} moments', problems[:20] + ([] if cut >= kills // 3 else [f'only {cut} were cut off']))

# ---- a limit on the size of files, as a full disk gives it ----


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


problems = []
for size in (1000, 50_000, 200_000, 500_000):
    db = os.path.join(folder, f'f{size}.db')
    done = run_import(db, export, grown, preexec_fn=limited(size))
    if done.returncode != 1 or not done.stderr.strip() or len(done.stderr.strip().split('\n')) > 2:
        problems.append(f'{size} bytes: {done}')
    before = int(done.stdout.split()[0]) if done.stdout.split() else 0
    if os.path.exists(db) and os.path.getsize(db) and before:
        with contextlib.closing(sqlite3.connect(f'file:{db}?mode=ro', uri=True)) as c:
            stored = c.execute('SELECT count(*) FROM conversation').fetchone()[0]
            if stored < min(before, COUNT):
                problems.append(f'{size} bytes: {before} told as stored, {stored} are')
    again = run_import(db, export, grown)
    problems += [f'{size} bytes: {d}' for d in differences(db, expect)] + ([] if again.returncode == 0 else [str(again)])
tap.case('files that may not grow', problems)

# ---- a disk that is full: a small one in memory, where that is allowed ----

disk = os.path.join(folder, 'disk')
os.mkdir(disk)
mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=600k', 'none', disk], capture_output=True, check=False).returncode == 0
if mounted:
    try:
        done = run_import(os.path.join(disk, 'd.db'), export, grown)
        problems = [] if done.returncode == 1 and 'full' in done.stderr else [str(done)]
        subprocess.run(['mount', '-o', 'remount,size=100m', disk], check=True)
        again = run_import(os.path.join(disk, 'd.db'), export, grown)
        problems += differences(os.path.join(disk, 'd.db'), expect) + ([] if again.returncode == 0 else [str(again)])
        tap.case('a full disk', problems)
    finally:
        subprocess.run(['umount', disk], check=False)
else:
    tap.skip('a full disk', 'no file system may be mounted here')

# ---- folders that cannot be written ----

done = run_import('/proc/nowhere.db', export)
tap.case('a folder that cannot be written', [] if done.returncode == 1 and 'nowhere.db' in done.stderr and len(done.stderr.splitlines()) <= 2 else [str(done)])
done = run_import(os.path.join(folder, 'no', 'such', 'x.db'), export)
tap.case('a folder that is not there', [] if done.returncode == 1 and 'x.db' in done.stderr else [str(done)])
done = run_import(disk, export)
tap.case('a database that is a folder', [] if done.returncode == 1 and done.stderr.strip() else [str(done)])

# ---- two at once take turns ----

db = os.path.join(folder, 'two.db')
both = [subprocess.Popen([goodwill, 'import', '--quiet', '--wait', '60', '--db', db, f], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for f in (export, export)]
told = [p.communicate() + (p.returncode,) for p in both]
tap.case('two imports at once take turns', [] if all(t[2] == 0 for t in told) and sorted('unchanged' in t[0] for t in told) == [False, True] else [str(told)])
process = subprocess.Popen([goodwill, 'import', '--quiet', '--db', db, '-'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(0.3)                                    # it holds the lock while it waits for its input
done = run_import(db, '--wait', '0', export)
tap.case('a second writer that will not wait', [] if done.returncode == 1 and f'(process {process.pid})' in done.stderr else [str(done)])
process.kill()
process.wait()
done = run_import(db, '--wait', '0', export)
tap.case('the lock of a killed writer is gone', [] if done.returncode == 0 else [str(done)])

shutil.rmtree(folder, ignore_errors=True)
tap.done()
