#!/usr/bin/env python3
"""Shows how rules do on labelled conversations: precision, recall, what each rule got right, what was missed.

    tools/rules_lab.py recovery.                     all behaviours that begin so, on the training files
    tools/rules_lab.py recovery.apology --missed 40 --wrong 40
    tools/rules_lab.py --summary                     one line a behaviour, all of them

A mark is right when the same turn is labelled with the behaviour and the spans share a byte (as in score_gold).
The reader is `build/goodwill hear --json --redact off --words words`, so rules need no build to be tried."""
import argparse, collections, json, os, subprocess, sys

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
a.add_argument('behaviours', nargs='*')
a.add_argument('--files', nargs='*')
a.add_argument('--missed', type=int, default=15); a.add_argument('--wrong', type=int, default=15)
a.add_argument('--summary', action='store_true'); a.add_argument('--rules', action='store_true', help='one line a rule')
a.add_argument('--words', default=os.path.join(here, 'words'))
a = a.parse_args()
files = a.files or [os.path.join(here, 'corpus/gold', f'train-{i}.jsonl') for i in (1, 3, 4, 5, 6, 7)]
reader = os.environ.get('GOODWILL', os.path.join(here, 'build/goodwill'))
gold, tp, fp, fn = {}, collections.Counter(), collections.Counter(), collections.Counter()
iou = collections.defaultdict(list); missed = collections.defaultdict(list); wrong = collections.defaultdict(list)
rule_right, rule_all = collections.Counter(), collections.Counter()
for path in files:
    for line in open(path, encoding='utf-8'):
        if line.strip():
            c = json.loads(line); gold[c['id']] = c
r = subprocess.run([reader, 'hear', '--json', '--no-turns', '--redact', 'off', '--words', a.words] + files, stdout=subprocess.PIPE, text=True)
if r.returncode: sys.exit(f'{reader} said {r.returncode}')
for line in r.stdout.splitlines():
    o = json.loads(line); c = gold.pop(o['id'])
    by = collections.defaultdict(list)
    for m in o['marks']: by[m['turn'], m['behaviour']].append(m)
    for t, turn in enumerate(c['turns']):
        raw = turn['text'].encode(); want = collections.defaultdict(list)
        for l in turn['labels']:
            q = l['quote'].encode(); at = raw.find(q); want[l['id']].append((at, at + len(q)))
        for b in {b for (tt, b) in by if tt == t} | set(want):
            got = by.get((t, b), [])
            for x, y in want.get(b, []):
                near = [m for m in got if m['begin'] < y and x < m['end']]
                if near:
                    tp[b] += 1
                    m = max(near, key=lambda m: min(m['end'], y) - max(m['begin'], x))
                    iou[b].append((min(m['end'], y) - max(m['begin'], x)) / (max(m['end'], y) - min(m['begin'], x)))
                else:
                    fn[b] += 1
                    before = c['turns'][t - 1]['text'] if t else ''
                    missed[b].append((c['id'], t, raw[x:y].decode(), before[-90:]))
            for m in got:
                right = any(m['begin'] < y and x < m['end'] for x, y in want.get(b, []))
                rule_all[b, m['reason']] += 1; rule_right[b, m['reason']] += right
                if not right:
                    fp[b] += 1
                    wrong[b].append((c['id'], t, raw[m['begin']:m['end']].decode(errors='replace'), m['reason'].split('(')[-1].split(',')[0],
                                     ' '.join(l['id'] for l in turn['labels'])))
def line(b):
    p, q, r = tp[b], fp[b], fn[b]
    f = 2 * p / (2 * p + q + r) if p else 0
    s = iou[b]
    return f"{b:30} gold {p + r:5d}  P {p / (p + q) if p + q else 0:.2f}  R {p / (p + r) if p + r else 0:.2f}  F1 {f:.2f}  span {sum(s) / len(s) if s else 0:.2f}"
chosen = [b for b in sorted(set(tp) | set(fp) | set(fn)) if a.summary or any(b.startswith(x) for x in a.behaviours)]
for b in chosen:
    print(line(b))
    if a.rules or not a.summary:
        for (bb, reason), n in sorted(rule_all.items(), key=lambda x: -x[1]):
            if bb == b: print(f"      {rule_right[bb, reason]:4d} right of {n:4d}  {reason}")
    if not a.summary:
        for x in missed[b][:a.missed]: print(f"   missed {x[0]}.{x[1]}: {x[2]!r}   <- {x[3]!r}")
        for x in wrong[b][:a.wrong]: print(f"   wrong  {x[0]}.{x[1]} [{x[3]}]: {x[2]!r}   turn is {x[4] or 'unlabelled'}")
P, Q, R = sum(tp.values()), sum(fp.values()), sum(fn.values())
s = [x for v in iou.values() for x in v]
f1 = [2 * tp[b] / (2 * tp[b] + fp[b] + fn[b]) if tp[b] else 0 for b in set(tp) | set(fn) if tp[b] + fn[b] >= 3]
print(f"all: P {P / (P + Q) if P + Q else 0:.3f} R {P / (P + R) if P + R else 0:.3f} micro-F1 {2 * P / (2 * P + Q + R) if P else 0:.3f} "
      f"macro {sum(f1) / len(f1) if f1 else 0:.3f} span {sum(s) / len(s) if s else 0:.3f}")
