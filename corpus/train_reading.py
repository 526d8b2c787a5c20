#!/usr/bin/env python3
"""Finds the weights by which a reading tells how a conversation came out (words/reading.tsv).

    corpus/train_reading.py [--hold FILE] [GOLD.jsonl…]

In: labelled conversations with `outcome`, `first_contact_resolution`, `ends` (corpus/gold), and what `build/goodwill hear`
marks in them.  Out: words/reading.tsv, or with --hold only the agreement on the file held back.  Multinomial logistic
regression with an L2 penalty, by plain gradient steps from zero: the same input gives the same weights."""
import argparse, json, math, os, subprocess
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
a.add_argument('files', nargs='*', default=[f'{here}/corpus/gold/{n}.jsonl' for n in ('train-1', 'train-2', 'train-3', 'dev')])
a.add_argument('--hold'); a.add_argument('--penalty', type=float, default=3.0); a.add_argument('--steps', type=int, default=800)
a = a.parse_args()
QUESTIONS = {'outcome': ['resolved', 'deferred', 'escalated', 'refused', 'abandoned'], 'first_contact_resolution': ['true', 'false'],
             'ends': ['happy', 'calm', 'unhappy', 'angry', 'left']}
END_TURNS = 4                                           # as in src/hear/outcome.c

def features(o, turns):
    judged = [i for i, t in enumerate(turns) if t['role'] in ('agent', 'customer') and t.get('public', True)]
    customer = [i for i in judged if turns[i]['role'] == 'customer']
    first_of_end = judged[-END_TURNS:][0] if judged else 0
    f = {'bias'}
    for m in o['marks']:
        f.add('any:' + m['behaviour'])
        if m['turn'] >= first_of_end: f.add('end:' + m['behaviour'])
        if customer and m['turn'] == customer[-1]: f.add('last:' + m['behaviour'])
    emotion = [e['value'] for e in o['reading']['emotion']]
    if emotion and emotion[-1] > .20: f.add('last_glad')
    if emotion and emotion[-1] < -.20: f.add('last_sour')
    if judged and turns[judged[-1]]['role'] == 'agent': f.add('staff_last')
    if len(judged) <= 4: f.add('short')
    if emotion and min(emotion) < -.50: f.add('ever_sour')
    return f

def read(files):
    rows = []
    for path in files:
        gold = {json.loads(l)['id']: json.loads(l) for l in open(path, encoding='utf-8') if l.strip()}
        out = subprocess.run([f'{here}/build/goodwill', 'hear', '--json', '--redact', 'off', '--words', f'{here}/words', path],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        for line in out.splitlines():
            o = json.loads(line)
            c = gold[o['id']]
            if c.get('outcome'): rows.append((features(o, o['turns']), c))
    return rows

def answer(c, q): return str(c[q]).lower() if isinstance(c[q], bool) else c[q]

def fit(rows, q):
    answers, names = QUESTIONS[q], sorted(set().union(*[f for f, _ in rows]))
    at = {n: i for i, n in enumerate(names)}
    w = [[0.0] * len(names) for _ in answers]
    data = [([at[n] for n in f], answers.index(answer(c, q))) for f, c in rows]
    for step in range(a.steps):
        g = [[0.0] * len(names) for _ in answers]
        for f, y in data:
            s = [sum(r[i] for i in f) for r in w]
            top = max(s); e = [math.exp(x - top) for x in s]; t = sum(e)
            for k in range(len(answers)):
                d = e[k] / t - (k == y)
                for i in f: g[k][i] += d
        for k in range(len(answers)):
            for i in range(len(names)): w[k][i] -= .5 / len(data) * (g[k][i] + a.penalty * (names[i] != 'bias') * w[k][i])
    return names, w

def choose(names, w, f, q):
    s = [sum(r[i] for i, n in enumerate(names) if n in f) for r in w]
    return QUESTIONS[q][max(range(len(s)), key=lambda k: s[k])]

rows = read(a.files)
held = read([a.hold]) if a.hold else []
lines = []
for q in QUESTIONS:
    names, w = fit(rows, q)
    if held:
        right = sum(choose(names, w, f, q) == answer(c, q) for f, c in held)
        print(f'{q}: {right}/{len(held)} = {right / len(held):.3f}')
    for k, r in zip(QUESTIONS[q], w):
        lines += [f'{q}\t{k}\t{n}\t{round(1000 * x)}' for n, x in zip(names, r) if round(1000 * x)]
if not held:
    with open(f'{here}/words/reading.tsv', 'w') as o:
        o.write('# What the whole of a conversation looks like: question<TAB>answer<TAB>feature<TAB>weight in thousandths.\n'
                '# Found by corpus/train_reading.py in the labelled conversations of corpus/gold.\n' + '\n'.join(lines) + '\n')
