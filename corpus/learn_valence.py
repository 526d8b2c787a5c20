#!/usr/bin/env python3
"""Makes words/valence.tsv: how glad or sour a word is, for models over whole turns.

  learn_valence.py GOEMOTIONS.jsonl.gz VADER.jsonl.gz > words/valence.tsv

A linear model over words: a word's sign turns behind a "not".  It learns whether a comment of GoEmotions (Apache-2.0) was
labelled with glad or with sour emotions, and the intensities that people gave to sentences of films, wares and newspapers in
VADER's ground truth (MIT).  VADER's tweets, and the fifth of GoEmotions that measure_sets.py sets aside, are left out.
The same files give the same table.
"""
import collections
import gzip
import json
import random
import re
import sys
import zlib

GLAD = set('admiration amusement approval caring desire excitement gratitude joy love optimism pride relief'.split())
SOUR = set('anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness'.split())
NOT = {'not', 'never', 'no', 'cannot'}
EPOCHS, COUNT_LEAST, WEIGHT_LEAST, BYTES_MOST = 8, 6, .06, 24


def words(text):
    """(word, sign): as features_turn.c sees them, three words behind a "not" turn round."""
    ret, denied = [], 0
    for word in re.findall(r"[a-z]+|[.,!?;]", re.sub(r"n['’]?t\b", ' not', text.lower()).replace('’', "'")):
        if word in '.,!?;':
            denied = 0
        elif word in NOT:
            denied = 3
        else:
            ret.append((word, -1 if denied else 1))
            denied = max(0, denied - 1)
    return ret


def rows(path):
    with gzip.open(path, 'rt', encoding='utf-8') as lines:
        for line in lines:
            yield json.loads(line)


def main():
    data = []
    for row in rows(sys.argv[1]):
        labels = row['labels']['emotions']
        value = sum(x in GLAD for x in labels) - sum(x in SOUR for x in labels)
        if zlib.crc32(f's{row["conv"]}'.encode()) % 5 and (value or 'neutral' in labels):
            data.append((words(row['text']), max(-1, min(1, value)), 0))
    for row in rows(sys.argv[2]):
        if row['labels']['source'] != 'tweets':
            data.append((words(row['text']), row['labels']['score'] / 2, 1))
    count = collections.Counter(w for text, _, _ in data for w in {w for w, _ in text})
    data = [([x for x in text if count[x[0]] >= COUNT_LEAST], value, of) for text, value, of in data]
    weight, bias, chance = collections.defaultdict(float), [0, 0], random.Random(1)
    for epoch in range(EPOCHS):
        chance.shuffle(data)
        rate = .06 / (1 + epoch)
        for text, value, of in data:
            miss = value - bias[of] - sum(weight[w] * sign for w, sign in text)
            bias[of] += rate * .1 * miss
            step = 2 * miss / max(1, len(text)) ** .5
            for w, sign in text:
                weight[w] += rate * (step * sign - .002 * weight[w])
    print('# How glad (above 0) or sour a word is, in hundredths; made by corpus/learn_valence.py from GoEmotions (Demszky')
    print("# and others 2020, Apache-2.0) and VADER's ground truth but for its tweets (Hutto and Gilbert 2014, MIT).")
    for w in sorted(weight):
        if abs(weight[w]) >= WEIGHT_LEAST and len(w) <= BYTES_MOST:
            print(f'{w}\t{max(-120, min(120, round(100 * weight[w])))}')


if __name__ == '__main__':
    main()
