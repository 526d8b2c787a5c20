#!/usr/bin/env python3
"""Finds phrases that speak for a behaviour in the labelled conversations, and writes words/rules/phrases.rules.

    corpus/find_phrases.py [--out FILE] [GOLD.jsonl…]           (default: corpus/gold/train-*.jsonl)
    corpus/find_phrases.py --hold FILE [GOLD.jsonl…]            tries them on a file kept apart, writes nothing

A phrase is one to five words or kinds of words (corpus/phrase_classes.txt), perhaps at a sentence's start or end, or two
parts with a gap.  It is kept when it lies in the behaviour's labelled words at least three times, with at least two
writers (a file is a writer), and is right often enough: SURE_LEAST of the time, counted with a
doubt (half a case for it, one against).  They are taken greedily, each for what it adds to those before it.

Customers' behaviours and most harms are left to the rules written by hand, which do better (HAND_WRITTEN).
words/rules/phrases.not lists phrases not to take again, one `behaviour<TAB>phrase` a line."""
import argparse, collections, json, os, re

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SURE_LEAST, WRITERS_LEAST, TIMES_LEAST, PHRASES_MOST = .7, 2, 3, 400
HAND_WRITTEN = ('customer.', 'harm.argue', 'harm.bare', 'harm.blame', 'harm.dismiss', 'harm.jargon', 'harm.reask', 'harm.disrespect',
                'harm.pressure', 'harm.threat')
GAP = 4                                                    # words, at most
LEVELS = [(.85, 'nearly-always', 'these words were nearly always this in the labelled conversations', 88),
          (0, 'mostly', 'these words were mostly this in the labelled conversations', 74)]
# Which words are shown as evidence: by which span the labelled words are met best.
SPAN = {'need.check_cue': 'turn', 'listening.summarise_check': 'turn', 'harm.argue': 'turn', 'harm.pressure': 'turn',
        'listening.open_question': 'to-sentence-end', 'need.probe_need': 'to-sentence-end', 'respect.name': 'to-clause-end',
        'clarity.bad_news': 'clause', 'efficiency.commitment': 'clause', 'listening.paraphrase': 'clause',
        'recovery.ownership': 'clause', 'recovery.remedy': 'clause'}
WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][A-Za-zÀ-ÿ]+)*|[£€$]?\d[\d,.:/]*\d|[£€$]?\d|[?.!,;:()\n—–-]")


def table(name, separator):
    with open(os.path.join(here, name), encoding='utf-8') as lines:
        return [l.rstrip('\n').split(separator, 1) for l in lines if separator in l and not l.startswith('#')]

SPELLING = {form: words.split() for form, words in table('words/spelling.tsv', '\t')}
ENDINGS = dict(table('words/endings.tsv', '\t'))
KINDS = {name: words.split() for name, words in table('corpus/phrase_classes.txt', ':')}
KINDS_OF = collections.defaultdict(list)
for name, words in KINDS.items():
    for word in words: KINDS_OF[word].append(name)


def tokens(text):
    """[(word, begin, end)]: as src/hear/text.c reads them, near enough; '.' and '?' part sentences, commas are left out."""
    ret = []
    for m in WORD.finditer(text):
        w, (b, e) = m.group(0), m.span()
        if w in '.!\n?': ret.append(('?' if w == '?' else '.', b, e))
        elif w in ',;:()—–-': pass
        elif w[0] in '£€$': ret.append(('#money', b, e))
        elif w[0].isdigit(): ret.append(('#clock' if ':' in w or re.match(r'\s?(am|pm)\b', text[e:e + 3]) else '#number', b, e))
        else:
            folded = w.lower().replace('’', "'")
            parts = SPELLING.get(folded)
            if parts is None:
                ending = next((x for x in ENDINGS if folded.endswith(x)), '')
                parts = [folded[:-len(ending)], ENDINGS[ending]] if ending else [folded]
            ret += [(p, b, e) for p in parts]
    return ret + [('.', len(text), len(text))]


def read(paths):
    """[(writer, role, tokens, [(behaviour, begin, end)])], one a turn."""
    ret = []
    for path in paths:
        for line in open(path, encoding='utf-8'):
            for turn in json.loads(line)['turns']:
                found = [(l['id'], turn['text'].find(l['quote'])) + (len(l['quote']),) for l in turn['labels']]
                ret.append((path, turn['role'], tokens(turn['text']), [(b, at, at + n) for b, at, n in found]))
    return ret


def phrases(row):
    """Every phrase of a turn: (phrase, first token, one past the last)."""
    n, ret = len(row), []
    ways = [[w] if w in '.?' else [w] + [f'<{k}>' for k in KINDS_OF.get(w, ())] + (['<c_num>'] if w == '#number' else []) for w, _, _ in row]
    for i in range(n):
        if row[i][0] in '.?': continue
        at_start, growing = i == 0 or row[i - 1][0] in '.?', [(w,) for w in ways[i]]
        for length in range(1, 6):
            for p in growing:
                ret.append((p, i, i + length))
                if at_start and length <= 3: ret.append((('^',) + p, i, i + length))
            if i + length >= n: break
            after = row[i + length][0]
            if after in '.?':
                if after == '?' or length <= 3: ret += [(p + ('?' if after == '?' else '$',), i, i + length) for p in growing]
                break
            if length < 5:
                growing = [p + (w,) for p in growing for w in ways[i + length] if sum(x[0] == '<' for x in p + (w,)) <= 2]
        for length in (1, 2):
            if i + length > n or any(row[j][0] in '.?' for j in range(i, i + length)): break
            heads = [(a,) for a in ways[i]] if length == 1 else [(a, b) for a in ways[i] for b in ways[i + 1]]
            for j in range(i + length + 1, i + length + 1 + GAP):
                if j >= n or row[j - 1][0] in '.?' or row[j][0] == '.': break
                ret += [(h + (f'...{GAP}', w), i, j + (w != '?')) for h in heads for w in ways[j]]
                if row[j][0] == '?': break
    return ret


def find(data, never):
    times, writers = collections.Counter(), collections.defaultdict(set)
    for writer, role, row, labels in data:
        if not labels: continue
        found = phrases(row)
        for b, begin, end in labels:
            inside = {p for p, i, j in found if row[i][1] >= begin - 1 and row[j - 1][2] <= end + 1}
            for p in inside: times[b, p] += 1; writers[b, p].add(writer)
    wanted = collections.defaultdict(list)
    for (b, p), n in times.items():
        if n >= TIMES_LEAST and len(writers[b, p]) >= WRITERS_LEAST and (b, ' '.join(p)) not in never and not b.startswith(HAND_WRITTEN):
            wanted[p].append(b)
    right, wrong = collections.defaultdict(set), collections.defaultdict(set)
    for at, (writer, role, row, labels) in enumerate(data):
        if role == 'customer': continue
        for p, i, j in phrases(row):
            for b in wanted.get(p, ()):
                hit = [k for k, (x, begin, end) in enumerate(labels) if x == b and row[i][1] < end and begin < row[j - 1][2]]
                right[b, p].update((at, k, writer) for k in hit)
                if not hit: wrong[b, p].add(at)
    ret = {}
    for b in sorted({b for b, _ in right}):
        least, got, bad, chosen = SURE_LEAST, set(), set(), []
        left = sorted((p, s) for (x, p), s in right.items() if x == b and len(s) / (len(s) + len(wrong[b, p])) >= least - .05)
        while len(chosen) < PHRASES_MOST:
            best = None
            for p, s in left:
                new, new_bad = len(s - got), len(wrong[b, p] - bad)
                sure, adds = (len(s) + .5) / (len(s) + len(wrong[b, p]) + 1.6), (new + .4) / (new + new_bad + 1.3)
                with_writers = len({w for _, _, w in s})
                if new < 2 or sure < least or adds < least or with_writers < WRITERS_LEAST: continue
                worth = new * adds ** 2 * (1 + .15 * min(with_writers, 4)) - .02 * len(p)
                if best is None or worth > best[0]: best = worth, p, s, sure
            if best is None: break
            _, p, s, sure = best
            chosen.append((p, sure)); got |= s; bad |= wrong[b, p]
            left = [(q, t) for q, t in left if q != p and len(t - got) >= 2]
        if chosen: ret[b] = chosen
    return ret


def write(found, path):
    out = ['# Phrases found by corpus/find_phrases.py in the labelled conversations of corpus/gold: each met with at least two writers.',
           '# Written by a program; put phrases of your own into another file, and those that it should leave out into phrases.not.', '']
    out += [f"class {name} = {' | '.join(words + ['#number'] * (name == 'c_num'))}" for name, words in KINDS.items()]
    for b, chosen in found.items():
        out.append(f'\nbehaviour {b}')
        above = 2
        for least, name, about, confidence in LEVELS:
            here_too = [p for p, sure in chosen if least <= sure < above]
            above = least
            if not here_too: continue
            out += [f'rule {name}: {about}', f'  sure {confidence}']
            if SPAN.get(b, 'sentence') != 'clause': out.append(f"  span {SPAN.get(b, 'sentence')}")
            out += ['  say  ' + ' '.join(p) for p in here_too]
    with open(path, 'w', encoding='utf-8') as o: o.write('\n'.join(out) + '\n')


def try_on(data, found):
    by, got, miss, extra = collections.defaultdict(list), 0, 0, 0
    for b, chosen in found.items():
        for p, _ in chosen: by[p].append(b)
    for _, role, row, labels in data:
        if role == 'customer': continue
        met = collections.defaultdict(list)
        for p, i, j in phrases(row):
            for b in by.get(p, ()): met[b].append((row[i][1], row[j - 1][2]))
        want = [l for l in labels if not l[0].startswith(HAND_WRITTEN)]
        hit = [any(x < end and begin < y for x, y in met.get(b, ())) for b, begin, end in want]
        got += sum(hit); miss += len(hit) - sum(hit)
        extra += sum(not any(b == x and s < end and begin < e for x, begin, end in want for s, e in spans) for b, spans in met.items())
    print(f'precision {got / (got + extra):.3f} recall {got / (got + miss):.3f} F1 {2 * got / (2 * got + extra + miss):.3f}')


a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
a.add_argument('files', nargs='*', default=[f'{here}/corpus/gold/train-{i}.jsonl' for i in range(1, 8)])
a.add_argument('--hold'); a.add_argument('--out', default=f'{here}/words/rules/phrases.rules')
a = a.parse_args()
stop = f'{here}/words/rules/phrases.not'
found = find(read(a.files), {tuple(x) for x in table('words/rules/phrases.not', '\t')} if os.path.exists(stop) else set())
if a.hold: try_on(read([a.hold]), found)
else: write(found, a.out)
