#!/usr/bin/env python3
"""Runs the tests of one or more builds and counts their cases.

  tests/run_tests.py [--accept] [--only WORD] BUILD…

Each test is a program that meson knows.  Its standard output is TAP: a case is a line `ok` or `not ok`, skipped when it
says `# SKIP`.  A program that ends badly without saying which case failed counts as a failed case, and so does one that
did not run all cases it had planned, or none.  A program without TAP is one case.  What failed is printed with its
output; all output is in BUILD/test.log.  The last line is `N passed, N failed` with `, N skipped` when there are some;
the exit status is 1 when a case failed or none passed.
--accept has the talk and cli cases redrawn with what the program prints now: then read the difference.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time


class Result:
    def __init__(self):
        self.passed, self.failed, self.skipped, self.words = 0, [], [], ''


def run(build, test, slow, accept):
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT='TAP', LC_ALL='C.UTF-8', TZ='UTC', NO_COLOR='1')
    env['ASAN_OPTIONS'] = 'abort_on_error=0:detect_leaks=1:allocator_may_return_null=1:' + env.get('ASAN_OPTIONS', '')
    env['UBSAN_OPTIONS'] = 'halt_on_error=1:print_stacktrace=1:' + env.get('UBSAN_OPTIONS', '')
    env.update(test['env'])
    if accept:
        env['GOODWILL_ACCEPT'] = '1'
    limit_seconds = test['timeout'] * (4 if slow else 1)
    begin = time.monotonic()
    try:
        done = subprocess.run(test['cmd'], env=env, cwd=test['workdir'] or build, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit_seconds)
        status, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        status, output = None, late.stdout or b''
    except OSError as broken:
        status, output = 127, str(broken).encode()
    output = output.decode('utf-8', 'replace')
    result, planned, seen = Result(), None, 0
    for line in output.splitlines():
        plan = re.match(r'1\.\.(\d+)', line)
        case = re.match(r'(not )?ok\b[ \d]*-?\s*(.*)', line)
        if plan and planned is None:
            planned = int(plan.group(1))
        elif case:
            seen += 1
            name = case.group(2)
            if re.search(r'#\s*skip', name, re.I):
                result.skipped.append(re.sub(r'#\s*skip\s*', '', name, flags=re.I))
            elif case.group(1):
                result.failed.append(name)
            else:
                result.passed += 1
    if planned is None and seen == 0:                       # no TAP: one case
        if status == 0:
            result.passed = 1
        elif status == 77:
            result.skipped.append(output.strip().splitlines()[-1] if output.strip() else '')
    ended = (f'stopped after {limit_seconds} s' if status is None else f'killed by signal {-status}' if status < 0 else
             f'exit status {status}')
    if status is None or (status not in (0, 77) and not result.failed) or status < 0:
        result.failed.append(f'the program itself: {ended}')
    elif planned is not None and planned != seen:
        result.failed.append(f'planned {planned} cases, ran {seen}')
    elif not result.passed and not result.failed and not result.skipped:
        result.failed.append('it ran no case')
    result.words = f'== {test["name"]} ({ended}, {time.monotonic() - begin:.1f} s)\n{output}\n'
    return result


def tell_failures(test, result):
    print(f'\n{test["name"]}: ' + ', '.join(result.failed[:20]))
    lines = result.words.splitlines()
    # From the first case that failed on; the beginning alone would often be of cases that passed.
    first = next((i for i, line in enumerate(lines) if line.startswith('not ok') or 'ERROR' in line), 0)
    first = max(0, min(first - 10, len(lines) - 60)) if len(lines) > 60 else 0
    print('\n'.join('    ' + line for line in lines[first:first + 60]))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--accept', action='store_true')
    a.add_argument('--only', help='tests whose suite or name holds this word')
    a.add_argument('builds', nargs='+')
    a = a.parse_args()
    passed, failed, skipped = 0, 0, []
    for build in a.builds:
        ask = lambda what: json.loads(subprocess.run(['meson', 'introspect', what, build], check=True, stdout=subprocess.PIPE).stdout)
        tests = ask('--tests')
        slow = any(o['name'] == 'b_sanitize' and o['value'] != 'none' for o in ask('--buildoptions'))
        if a.accept:
            tests = [t for t in tests if any('accept' in s for s in t['suite'])]
        if a.only:
            tests = [t for t in tests if a.only in t['name'] or any(a.only in s for s in t['suite'])]
        tests.sort(key=lambda t: -t['priority'])
        begin, here = time.monotonic(), [0, 0, 0]
        with open(os.path.join(build, 'test.log'), 'w', encoding='utf-8') as log, \
                concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for test, result in zip(tests, pool.map(lambda t: run(build, t, slow, a.accept), tests)):
                log.write(result.words)
                here = [here[0] + result.passed, here[1] + len(result.failed), here[2] + len(result.skipped)]
                skipped += [f'{test["name"]}: {why}' for why in result.skipped]
                if result.failed:
                    tell_failures(test, result)
        print(f'testing {build} … {here[0]} passed, {here[1]} failed ({time.monotonic() - begin:.0f} s)', flush=True)
        passed, failed = passed + here[0], failed + here[1]
    for why in sorted(set(skipped)):
        print(f'skipped {why}')
    print(f'{passed} passed, {failed} failed' + (f', {len(skipped)} skipped' if skipped else ''), flush=True)
    sys.exit(1 if failed or not passed else 0)


if __name__ == '__main__':
    main()
