"""Cases for the test runner: case(name, problems) prints one, done() ends the program."""
import sys

_count = _bad = 0


def case(name, problems=()):
    """Passed when there are no problems, each a line that says what and where."""
    global _count, _bad
    _count += 1
    _bad += bool(problems)
    print(f'{"not ok" if problems else "ok"} {_count} - {name}')
    for problem in problems:
        for line in problem.splitlines():
            print(f'# {line}')
    sys.stdout.flush()


def skip(name, why):
    global _count
    _count += 1
    print(f'ok {_count} # SKIP {name}: {why}')


def done():
    print(f'1..{_count}')
    sys.exit(1 if _bad else 0)
