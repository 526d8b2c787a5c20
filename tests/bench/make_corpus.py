#!/usr/bin/env python3
"""Builds a large corpus of conversations, always the same for the same seed.

    make_corpus.py OUT.jsonl [--megabytes 200] [--seed 1] [--from FILE.jsonl…]

One conversation a line, in our own form.  Turns come from labelled conversations (corpus/gold, or --from) and from the
small grammar below, one in three; in every turn the names, numbers, amounts, days and times are drawn anew, and words are
misspelt, dropped and shouted as people do, so that no two conversations are equal and few sentences are.  Without
labelled conversations the grammar alone speaks.  Prints what it made: bytes, conversations, turns, distinct words.
"""
import argparse
import json
import pathlib
import random
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

FIRST = '''Aisha Ben Carlos Dana Elif Farid Grace Hugo Ines Jamal Kofi Lena Marek Nadia Omar Priya Quinn Rosa Sven Tara Uma
Viktor Wen Ximena Yusuf Zoe Bridget Callum Denise Edwin Fiona Gareth Hannah Ivan Joanne Kerry Liam Moira Niall Olive Paul
Ruth Sanjay Tomas Ursula Vera Walter Yvonne Zahra Anders Beatriz Chidi Dolores Emeka'''.split()
LAST = '''Ruiz Okafor Holroyd Nguyen Petrov Haddad Lindqvist Moreau Costa Banerjee Fraser Kowalski Yamada Osei Campbell
McAllister Schmidt Rossi Jansen Kaya Silva Novak Byrne Adeyemi Walsh Iqbal Larsson Fontaine Delgado Weiss'''.split()
STREETS = 'Harrow Mill Station Church Orchard Canal Victoria Linden Quarry Bishop Meadow Foundry Castle Ferry Abbey'.split()
PRODUCTS = '''router|washing machine|grey two-seater sofa|heating plan|sim card|return label|annual pass|dishwasher|bike lock|
school coat|contact lenses|standing desk|espresso machine|boiler cover|travel insurance|phone contract|hearing aid|pushchair|
laptop charger|rail card|gift voucher|prescription|electricity meter|garden table'''.replace('\n', '').split('|')
FAULTS = '''keeps cutting out|arrived with a cracked corner|was charged twice|never turned up|stopped working after two days|
is the wrong size|shows an error I cannot get past|was cancelled without a word|has a part missing|makes a terrible noise|
will not let me log in|came a week late'''.replace('\n', '').split('|')
GRAMMAR = {
    'agent': [
        'Thanks for calling {company}, this is {first}, how can I help?',
        "I'm sorry the {product} {fault}, {name}. That should not have happened to you.",
        'Let me check order {order} for you. It will take about {n} minutes.',
        'I can see you wrote to us on {day} about the {product}, so you need not tell me again.',
        "I'll call the depot at {time} and ring you back by {time}, on this number.",
        'What would help you most right now: a replacement by {day}, or {money} back today?',
        "I can't do that, it's our policy.",
        'Your call is important to us, please hold.',
        "So if I have it right, the {product} {fault} and you need it before {day}. Did I miss anything?",
        "I understand, but you should have read the terms before you bought the {product}.",
        'The reason is the courier will not carry batteries by air, so the earliest is {day}.',
        "I don't know that yet. I will find out from {first} in the warehouse and write to you by {time}.",
        'Is there anything else you would like me to look at while I have your account open?',
        'I have put a credit of {money} on your account, you will see it by {day}.',
        "Sorry for any inconvenience caused.",
    ],
    'customer': [
        'Hi, my {product} {fault}. The order is {order}.',
        'This is the {ordinal} time I call about it and nobody ever rings back.',
        'I want my {money} back. Today.',
        "My {person}'s birthday is on {day}, that's why I need it.",
        'It is {name}, {number} {street} {way}.',
        'That is ridiculous! I have been waiting {n} days.',
        'No, that is not what I said. I said {day}, not {day}.',
        'Can I speak to your manager please?',
        "If this is not sorted by {day} I'm moving to somebody else.",
        'Oh that would be lovely, thank you so much {first}.',
        'Ok.',
        'And what happens if the {product} does it again?',
        'I was told {money} and now you say {money}, which one is it?',
        'Fine. I will wait until {time}.',
    ],
}
SLOT = re.compile(r'\{(\w+)\}')
NUMBER = re.compile(r'\d+')
DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday tomorrow today'.split()
NUMBER_WORDS = 'two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty'.split()
NAMES = set(w.lower() for w in FIRST)


class Writer:
    def __init__(self, seed, gold):
        self.r = random.Random(seed)
        self.skeletons = gold
        self.by_role = {role: [t for c in gold for ro, t in c if ro == role] for role in ('agent', 'customer')}

    def slot(self, match):
        r, name = self.r, match.group(1)
        if name == 'first': return r.choice(FIRST)
        if name == 'name': return r.choice(FIRST) + ' ' + r.choice(LAST)
        if name == 'company': return r.choice(LAST) + ' & ' + r.choice(LAST)
        if name == 'product': return r.choice(PRODUCTS)
        if name == 'fault': return r.choice(FAULTS)
        if name == 'order': return r.choice('ABGKQX') + str(r.randrange(10 ** 4, 10 ** 7))
        if name == 'money': return r.choice(('£', '$', '€', '')) + f'{r.randrange(3, 900)}.{r.randrange(100):02d}'
        if name == 'day': return r.choice(DAYS) if r.random() < .7 else f'{r.randrange(1, 29)} {r.choice(("May", "June", "March"))}'
        if name == 'time': return r.choice((f'{r.randrange(8, 20)}:{r.choice(("00", "15", "30", "40"))}', f'{r.randrange(1, 12)} pm'))
        if name == 'n': return str(r.randrange(2, 40))
        if name == 'ordinal': return r.choice(('second', 'third', 'fourth', '5th'))
        if name == 'person': return r.choice(('son', 'daughter', 'mother', 'husband', 'wife', 'neighbour'))
        if name == 'number': return str(r.randrange(1, 300))
        if name == 'street': return r.choice(STREETS)
        return r.choice(('Street', 'Road', 'Lane', 'Close'))

    def from_grammar(self, role):
        lines = self.r.sample(GRAMMAR[role], self.r.choice((1, 1, 2, 2, 3)))
        return ' '.join(SLOT.sub(self.slot, line) for line in lines)

    def varied(self, text):
        """The same turn by somebody else: names, numbers and small slips are new."""
        r = self.r
        text = NUMBER.sub(lambda m: ''.join(r.choice('0123456789') for _ in m.group()), text)
        words = text.split(' ')
        for i, word in enumerate(words):
            plain = word.strip('.,!?').lower()
            x = r.random()
            if plain in NAMES: words[i] = word.lower().replace(plain, r.choice(FIRST) if word[:1].isupper() else r.choice(FIRST).lower())
            elif plain in NUMBER_WORDS: words[i] = r.choice(NUMBER_WORDS)
            elif x < .004 and len(word) > 4: k = r.randrange(1, len(word) - 2); words[i] = word[:k] + word[k + 1] + word[k] + word[k + 2:]
            elif x < .006: words[i] = ''
            elif x < .007: words[i] = word.upper()
            elif x < .009: words[i] = word + ' ' + r.choice(('um', 'like', 'honestly', 'please', 'you know', r.choice(FIRST)))
        return ' '.join(w for w in words if w)

    def conversation(self, number):
        r = self.r
        if self.skeletons:
            wanted, script, turns = r.choice((4, 8, 12, 16, 24, 40)), [], []    # the labelled ones are often short
            while len(script) < wanted: script += r.choice(self.skeletons)
            for role, text in script:
                x = r.random()
                if x < .33: turns.append((role, self.from_grammar(role)))
                else: turns.append((role, self.varied(text if x < .8 else r.choice(self.by_role[role]))))
        else:
            role = r.choice(('agent', 'customer'))
            turns = []
            for _ in range(r.randrange(4, 40)):
                turns.append((role, self.varied(self.from_grammar(role))))
                role = 'customer' if role == 'agent' else 'agent'
        ms, out = 0, []
        for role, text in turns:
            out.append({'participant': role[0] + '1', 'role': role, 'at': ms, 'text': text})
            ms += 400 * len(text.split()) + r.randrange(500, 90000)
        day = r.randrange(1, 29)
        return {
            'id': f'b-{number}', 'channel': r.choice(('phone', 'phone', 'chat', 'chat', 'email', 'social')),
            'started_at': f'2026-{r.randrange(1, 13):02d}-{day:02d}T{r.randrange(7, 20):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}Z',
            'participants': [{'id': 'a1', 'role': 'agent', 'name': r.choice(FIRST)},
                             {'id': 'c1', 'role': 'customer', 'name': r.choice(FIRST) + ' ' + r.choice(LAST)}],
            'turns': out,
        }


def gold_turns(files):
    gold = []
    for file in files:
        for line in open(file, encoding='utf-8'):
            turns = [(t['role'], t['text']) for t in json.loads(line)['turns'] if t['role'] in GRAMMAR]
            if turns: gold.append(turns)
    return gold


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('out')
    a.add_argument('--megabytes', type=float, default=200)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--from', dest='source', nargs='*')
    a = a.parse_args()
    files = a.source if a.source is not None else sorted((ROOT / 'corpus' / 'gold').glob('*.jsonl'))
    writer = Writer(a.seed, gold_turns(files))
    size = count = turns = 0
    words = set()
    with open(a.out, 'w', encoding='utf-8') as out:
        while size < a.megabytes * 1e6:
            c = writer.conversation(count)
            line = json.dumps(c, ensure_ascii=False, separators=(',', ':')) + '\n'
            out.write(line)
            size += len(line.encode())
            count += 1
            turns += len(c['turns'])
            if count % 16 == 0: words.update(w for t in c['turns'] for w in t['text'].split())
    print(f'{a.out}: {size / 1e6:.0f} MB, {count} conversations, {turns} turns, {len(words)} distinct words in every 16th; '
          f'from {len(files)} files of labelled conversations, seed {a.seed}', file=sys.stderr)


if __name__ == '__main__':
    main()
