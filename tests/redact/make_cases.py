#!/usr/bin/env python3
"""Writes cases.txt: conversations with what must leave them in braces, {card:4111 …}; all else must stay.

make_cases.py > cases.txt.  The sentences stand in sentences.txt; the numbers are made here, from the ranges
that schemes and regulators keep for tests and fiction.  Same seed, same file.
"""
import pathlib, random, re

here = pathlib.Path(__file__).parent
chance = random.Random(20260301)
WORD = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
TEEN = ['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen']
TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
MONTH = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november',
         'december']
FILLER = ['um', 'uh', 'er', 'okay', 'then', 'and', 'erm', 'right', 'hang on', 'let me see']


def digits(count):
    return ''.join(chance.choice('0123456789') for _ in range(count))


def luhn(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return body + str(-total % 10)


def passes(number):
    return luhn(number[:-1]) == number


def card():
    head, length = chance.choice([('424242', 16), ('400005', 16), ('411111', 16), ('555555', 16), ('520082', 16),
                                  ('222300', 16), ('510510', 16), ('378282', 15), ('371449', 15), ('601111', 16),
                                  ('305693', 14), ('356600', 16), ('620000', 16), ('676770', 18)])
    return luhn(head + digits(length - len(head) - 1))


def not_luhn(count):
    while True:
        n = chance.choice('123456789') + digits(count - 1)
        if not passes(n):
            return n


def zero():
    return chance.choice(['zero', 'oh', 'oh', 'nought', 'o'])


def one_by_one(number):
    return ' '.join(zero() if d == '0' else WORD[int(d)] for d in number)


def doubled(number):
    out, i = [], 0
    while i < len(number):
        run = 1
        while run < 3 and i + run < len(number) and number[i + run] == number[i]:
            run += 1
        word = zero() if number[i] == '0' else WORD[int(number[i])]
        out.append([word, 'double ' + word, chance.choice(['triple ', 'treble ']) + word][run - 1])
        i += run
    return ' '.join(out)


def pair(two):
    tens, unit = int(two[0]), int(two[1])
    if tens == 0:
        return 'oh ' + (zero() if unit == 0 else WORD[unit])
    if tens == 1:
        return TEEN[unit]
    return TENS[tens] + ('' if unit == 0 else chance.choice([' ', '-']) + WORD[unit])


def pairs(number):
    cut = [number[i:i + 2] for i in range(0, len(number), 2)]
    return ' '.join(pair(p) if len(p) == 2 else WORD[int(p)] for p in cut)


def spoken(number):
    return chance.choice([one_by_one, doubled, doubled, pairs])(number)


def noisy(number):
    words = doubled(number).split(' ')
    out = []
    for i, w in enumerate(words):
        out.append(w)
        if i + 1 < len(words) and w not in ('double', 'triple', 'treble') and chance.random() < .2:
            out.append(chance.choice(FILLER))
    return ' '.join(out)


def grouped(number):
    sep = chance.choice([' ', ' ', '-', '.', '  ', ' - ', '\\n'])
    if len(number) == 15 and chance.random() < .7:
        cut = [number[:4], number[4:10], number[10:]]
    elif chance.random() < .7:
        cut = [number[i:i + 4] for i in range(0, len(number), 4)]
    else:
        cut, i = [], 0
        while i < len(number):
            step = chance.randint(2, 6)
            cut.append(number[i:i + step])
            i += step
    return chance.choice([number, sep.join(cut), sep.join(cut), sep.join(cut)])


def wrong(number):
    at = chance.randrange(len(number))
    return number[:at] + str((int(number[at]) + chance.randint(1, 9)) % 10) + number[at + 1:]


def isbn():
    body = '978' + digits(9)
    return body + str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10)


def iban():
    country, length = chance.choice([('GB', 22), ('DE', 22), ('FR', 27), ('NL', 18), ('ES', 24), ('IE', 22), ('BE', 16),
                                     ('PL', 28), ('IT', 27), ('NO', 15), ('CH', 21), ('PT', 25)])
    letters = {'GB': 'ABCD', 'NL': 'ABNA', 'IE': 'ABCD', 'IT': 'X'}.get(country, '')
    body = letters + digits(length - 4 - len(letters))
    as_number = ''.join(str(int(c, 36)) for c in body + country + '00')
    return country + '%02d' % (98 - int(as_number) % 97) + body


def iban_written(number):
    four = ' '.join(number[i:i + 4] for i in range(0, len(number), 4))
    return chance.choice([number, four, four, number.lower(), four.lower(), four.replace(' ', '-')])


def phone():
    d = digits
    return chance.choice([
        lambda: '07700 900' + d(3), lambda: '07700900' + d(3), lambda: '020 7946 0' + d(3), lambda: '0161 496 0' + d(3),
        lambda: '+44 7700 900' + d(3), lambda: '+44 (0)20 7946 0' + d(3), lambda: '(415) 555-01' + d(2),
        lambda: '212-555-01' + d(2), lambda: '+1 646 555 01' + d(2), lambda: '1-800-555-01' + d(2),
        lambda: '303.555.01' + d(2), lambda: '01 99 00 ' + d(2) + ' ' + d(2), lambda: '+33 1 99 00 ' + d(2) + ' ' + d(2),
        lambda: '030 23125 ' + d(3), lambda: '+49 30 23125' + d(3), lambda: '0491 570 ' + d(3), lambda: '+61 491 570 ' + d(3),
        lambda: '0207 946 0' + d(3), lambda: '+353 20 911 ' + d(4), lambda: '+91 98765 4' + d(4),
        lambda: '+234 803 555 ' + d(4), lambda: '0803 555 ' + d(4), lambda: '+27 82 555 ' + d(4), lambda: '0044 7700 900' + d(3)])()


def phone_bare():
    d = digits
    return chance.choice([lambda: '555 01' + d(2), lambda: '98765 4' + d(4), lambda: '612 345 ' + d(3),
                          lambda: '415555' + '01' + d(2), lambda: '7700900' + d(3), lambda: '555-01' + d(2),
                          lambda: '9123 4' + d(3), lambda: '0118 496 0' + d(3)])()


def phone_said():
    n = chance.choice(['07700900' + digits(3), '01614960' + digits(3), '02079460' + digits(3)])
    return chance.choice([doubled, one_by_one])(n)


LOCAL = ['jane.smith', 'o.adeyemi', 'ravi_k', 'mueller-hans', 'k.nowak', 'sophie84', 'info', 'the.bakers', 'a', 'amina+shop',
         'd_ruiz', 'first.last.name', 'wm', 'lukasz.k', 'X99', 'kitchen.orders']
HOST = ['example.com', 'example.org', 'mail.example.net', 'example.co.uk', 'sub.dept.example.com', 'shop-example.de']


def mail():
    m = chance.choice(LOCAL) + '@' + chance.choice(HOST)
    return chance.choice([m, m, m.upper()])


def mail_said():
    who = chance.choice(['jane dot smith', 'ravi underscore k', 'kitchen dot orders', 'o dot adeyemi', 'tomasz', 'sales dash team',
                         'j a n e', 's m i t h eight four', 'lucy dot bell two two'])
    at = chance.choice(['example dot com', 'example dot co dot uk', 'gmail dot com', 'mail dot example dot org', 'outlook dot com',
                        'gmail.com'])
    return who + ' at ' + at


def expiry():
    m, y = chance.randint(1, 12), chance.randint(26, 33)
    return m, y


def expiry_written():
    m, y = expiry()
    return chance.choice(['%02d/%02d', '%d/%02d', '%02d-%02d', '%02d / %02d', '%02d/20%02d'])  % (m, y)


def expiry_said():
    m, y = expiry()
    return chance.choice([lambda: MONTH[m - 1] + ' ' + pair('%02d' % y), lambda: pair('%02d' % m) + ' ' + pair('%02d' % y)])()


PLAIN = {
    'order': lambda: chance.choice([not_luhn(8), not_luhn(10), not_luhn(12), not_luhn(9)]),
    'track': lambda: chance.choice([not_luhn(16), not_luhn(18), not_luhn(14), '1Z' + digits(8)]),
    'six': lambda: not_luhn(6), 'seven': lambda: not_luhn(7), 'eight': lambda: not_luhn(8), 'four': lambda: str(chance.randint(1000, 9999)),
    'three': lambda: str(chance.randint(100, 999)),
    'twelve': lambda: not_luhn(12), 'twenty': lambda: not_luhn(20), 'isbn': isbn,
    'amount': lambda: '%d.%02d' % (chance.randint(3, 999), chance.randint(0, 99)),
    'date': lambda: '%02d/%02d/20%02d' % (chance.randint(1, 28), chance.randint(1, 12), chance.randint(23, 27)),
    'iso': lambda: '20%02d-%02d-%02d' % (chance.randint(23, 27), chance.randint(1, 12), chance.randint(1, 28)),
    'time': lambda: '%d:%02d' % (chance.randint(1, 23), chance.randint(0, 59)),
    'sort': lambda: '20-%02d-%02d' % (chance.randint(0, 99), chance.randint(0, 99)),
    'reading': lambda: '%05d' % chance.randint(100, 99999), 'last4': lambda: digits(4),
    'said4': lambda: one_by_one(digits(4)), 'said6': lambda: doubled(digits(6)), 'said8': lambda: one_by_one(chance.choice('123456789') + digits(7)),
    'post': lambda: chance.choice(['SW1A 1AA', 'M1 1AE', 'EH1 1YZ', '90210', '10115', 'D02 X285']),
}


def kind_of(word):
    """The kind and the text for one {word} of a sentence, or None and the text for what stays."""
    whole = {
        'card': lambda: ('card', grouped(kept['card'])), 'card_plain': lambda: ('card', kept['card']),
        'card_said': lambda: ('card', spoken(kept['card'])), 'card_noisy': lambda: ('card', noisy(kept['card'])),
        'card_wrong': lambda: ('card', grouped(wrong(kept['card']))), 'card_wrong_said': lambda: ('card', doubled(wrong(kept['card']))),
        'code': lambda: ('code', digits(3)), 'code4': lambda: ('code', digits(4)), 'code_said': lambda: ('code', doubled(digits(3))),
        'exp': lambda: ('expiry', expiry_written()), 'exp_said': lambda: ('expiry', expiry_said()),
        'iban': lambda: ('iban', iban_written(iban())), 'mail': lambda: ('email', mail()), 'mail_said': lambda: ('email', mail_said()),
        'phone': lambda: ('phone', phone()), 'phone_bare': lambda: ('phone', phone_bare()), 'phone_said': lambda: ('phone', phone_said()),
    }
    if word in whole:
        return whole[word]()
    part = re.fullmatch(r'(card|phone)_part(\d)(of(\d))?(_said|_pairs)?', word)
    if part:
        number, i, n = kept[part[1]], int(part[2]) - 1, int(part[4] or 4)
        size = (len(number) + n - 1) // n
        piece = number[i * size:(i + 1) * size]
        how = {'_said': doubled, '_pairs': pairs, None: str}[part[5]]
        return part[1], how(piece)
    return None, PLAIN[word]()


def fill(sentence):
    def put(match):
        kind, text = kind_of(match[1])
        return text if kind is None else '{%s:%s}' % (kind, text)
    return re.sub(r'\{(\w+)\}', put, sentence)


kept = {}
for block in re.split(r'\n\s*\n', (here / 'sentences.txt').read_text().strip()):
    lines = [l for l in block.split('\n') if not l.startswith('#')]
    if not lines:
        continue
    head = lines[0].split()        # "== held 4 what it shows"
    assert head[0] == '==' and head[1] in ('tuned', 'held'), block
    for i in range(int(head[2]) + 2):
        while True:
            kept = {'card': card(), 'phone': '07700900' + digits(3)}
            if '_part' not in block or len(kept['card']) in (16, 15):
                break
        print('==', head[1], ' '.join(head[3:]))
        for line in lines[1:]:
            print(fill(line))
        print()
