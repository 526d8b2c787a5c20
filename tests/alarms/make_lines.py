#!/usr/bin/env python3
"""Writes neutral conversations, always the same: what staff and customers say when nothing is wrong.

  make_lines.py [--lines 10000] [--seed 1] >conversations.jsonl

Each turn of staff is one to three sentences of sentences.txt with their holes filled; customers answer with lines of
customers.txt.  --lines counts the turns of staff.
"""
import argparse
import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent

HOLES = {
    'name': '''Anna Bilal Carys Deniz Ewan Femi Gita Hannah Ivo Joan Kwame Liam Mei Nora Oisin Paula Ravi Sofia Tom Uche
               Vera Wasim Yusuf Zofia'''.split(),
    'day': 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(),
    'time': ['nine', 'ten', 'half past ten', '11:15', 'noon', '2 pm', 'three', '4.30', 'quarter to five', '18:00', 'seven'],
    'number': '12 27 40 64 118 205 317 482 559 7031 8846'.split(),
    'amount': ['£4', '£12.50', '19.99', '$30', '45 euros', '£120', '7 pounds', '$8.25', '260'],
    'item': '''kettle lamp keyboard backpack toaster drill helmet heater camera printer saddle mattress carpet racket tablet
               blender mirror bracket fan rucksack'''.split(),
}


def read(name):
    """By heading: sentences.  Lines without one stand under ''."""
    ret, heading = {}, ''
    for line in (HERE / name).read_text(encoding='utf-8').splitlines():
        if line.startswith('= '):
            heading = line[2:]
        elif line.strip() and not line.startswith('#'):
            ret.setdefault(heading, []).append(line)
    return ret


def filled(sentence, chance):
    for hole, words in HOLES.items():
        while '{' + hole + '}' in sentence:
            sentence = sentence.replace('{' + hole + '}', chance.choice(words), 1)
    return sentence


def as_said(text, chance):
    """Some transcripts have neither capitals nor marks."""
    if chance.random() < .2:
        return ''.join(c for c in text.lower() if c not in ',.?!')
    return text


def turn(sentences, chance):
    middle = [one for heading in ('plain', 'doing', 'asking', 'giving', 'pointing', 'more') for one in sentences[heading]]
    said = [chance.choice(middle) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
    if chance.random() < .3:
        said.insert(0, chance.choice(sentences['acknowledging']))
    if chance.random() < .05:
        said.append(chance.choice(sentences['chat']))
    return said


def conversations(lines, seed):
    sentences, customers, chance = read('sentences.txt'), read('customers.txt'), random.Random(seed)
    made = 0
    while made < lines:
        count = min(chance.randint(4, 12), lines - made)
        turns = []
        for i in range(count):
            said = turn(sentences, chance)
            if i == 0:
                said = [chance.choice(sentences['opening'])] + said[:1]
            if i == count - 1 and count > 1:
                said = [chance.choice(sentences['closing'])]
            turns.append({'role': 'agent', 'text': as_said(filled(' '.join(said), chance), chance)})
            if i < count - 1:
                turns.append({'role': 'customer', 'text': as_said(filled(chance.choice(customers['']), chance), chance)})
        yield {'id': f'neutral-{made}', 'channel': chance.choice(('phone', 'chat', 'email')), 'turns': turns}
        made += count


def distinct_sentences():
    return len({one for group in read('sentences.txt').values() for one in group})


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--lines', type=int, default=10000)
    a.add_argument('--seed', type=int, default=1)
    a = a.parse_args()
    for one in conversations(a.lines, a.seed):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + '\n')
