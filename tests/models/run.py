#!/usr/bin/env python3
"""A company trains behaviours of its own from two small files and hears with them.

  run.py GOODWILL

first.jsonl and second.jsonl beside this file are two writers' exchanges in a shop, labelled with an apology and with
shop.offer_tea, a behaviour that only the company's own behaviours.tsv knows.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import tap  # noqa: E402

GOODWILL = str(pathlib.Path(sys.argv[1]).resolve())
DATA = [str(HERE / 'first.jsonl'), str(HERE / 'second.jsonl')]
CARD = ['--date', '2026-01-31', '--licence', 'our own']
TEA = 'shop.offer_tea'
TALK = """customer: my lamp broke on the way home
agent: I'm so sorry about that. Would you like a cup of tea while I fetch a new one?
customer: where is the toaster
agent: the toaster is behind the blue qwxa on your left
agent: this oak shelf is made for thirty pounds
"""


def run(folder, *words):
    return subprocess.run([GOODWILL, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)


def own_words(folder, name):
    words = folder / name
    (words / 'models').mkdir(parents=True)
    behaviours = (ROOT / 'words' / 'behaviours.tsv').read_text(encoding='utf-8')
    (words / 'behaviours.tsv').write_text(
        behaviours + f'{TEA}\tagent\t+\tOffers tea\tOffers or brings tea\tTea that is sold\tL1\n', encoding='utf-8')
    return words


def marks(folder, *options):
    done = run(folder, 'hear', '--json', *options, 'new.talk')
    if done.returncode:
        raise SystemExit(f'hear {options}: {done.stderr}')
    heard = json.loads(done.stdout)
    for mark in heard['marks']:
        text = heard['turns'][mark['turn']]['text'].encode()[mark['begin']:mark['end']].decode()
        assert text == mark['text'] and text, mark
        assert 0 < mark['confidence'] <= 1 and mark['reason'], mark
    return heard['marks']


def tea(found):
    return [(m['turn'], m['text'], m['reason'].split(':')[0]) for m in found if m['behaviour'] == TEA]


def same(what, got, wanted):
    return [] if got == wanted else [f'{what}: {got}, not {wanted}']


def train(folder, words):
    done = run(folder, 'train', '--reader', 'fast', '--words', words.name, *CARD, '-o', f'{words.name}/models', *DATA)
    return done.stderr.splitlines() if done.returncode else [], done.stdout


def main():
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / 'new.talk').write_text(TALK, encoding='utf-8')
        words, again = own_words(folder, 'mine'), own_words(folder, 'again')
        problems, told = train(folder, words)
        problems += train(folder, again)[0]
        for name in ('staff.gwm', 'customers.gwm'):
            problems += same(name, (again / 'models' / name).read_bytes() == (words / 'models' / name).read_bytes(), True)
        tap.case('the same files, seed and day give the same bytes', problems)

        line = next((line.split() for line in told.splitlines() if line.startswith(TEA)), ['', '0', '0', '0', '0', '0'])
        tap.case('on files left out it does what such plain wordings allow', same(
            'labelled, precision and recall above .7', (line[1], *(float(x) > .7 for x in line[2:4])), ('22', True, True)))

        found = marks(folder, '--words', 'mine')
        cup = [(1, 'Would you like a cup of tea while I fetch a new one', 'models/staff.gwm')]
        tap.case('a behaviour that only they know is heard, with words and reason', same('marks', tea(found), cup) + [
            f'its reason is {m["reason"]!r}' for m in found if m['behaviour'] == TEA
            and "the 22 passages that people labelled 'Offers tea'" not in m['reason']])
        tap.case('the rules alone ask no model', same('marks', tea(marks(folder, '--words', 'mine', '--reader', 'rules')), []))

        (words / 'rules').mkdir()
        (words / 'rules' / 'own.rules').write_text(
            f'behaviour {TEA}\nrule qwxa: the word itself\n  span match\n  say qwxa\n', encoding='utf-8')
        tap.case('marks of their own rule stay beside those of the model', same(
            'marks', tea(marks(folder, '--words', 'mine')), cup + [(3, 'qwxa', 'own.rules')]))

        model = words / 'models' / 'staff.gwm'
        whole = model.read_bytes()
        problems = []
        for what, changed in {'its bytes were changed': whole[:9000] + bytes([whole[9000] ^ 4]) + whole[9001:],
                              'it is shorter or longer than it says': whole[:-1], 'it is too short': b'',
                              'it does not begin as one': b'x' * len(whole)}.items():
            model.write_bytes(changed)
            done = run(folder, 'hear', '--words', 'mine', 'new.talk')
            problems += same('refused', (done.returncode, done.stdout, done.stderr),
                             (1, '', f'goodwill: models/staff.gwm: no model that can be used: {what}\n'))
            problems += same('the rules alone', tea(marks(folder, '--words', 'mine', '--reader', 'rules')), [(3, 'qwxa', 'own.rules')])
        tap.case('a damaged model is refused by name; the rules alone do not ask it', problems)

        one = own_words(folder, 'one')
        done = run(folder, 'train', '--reader', 'fast', '--label', TEA, '--words', 'one', *CARD, '-o', 'one/models/tea.gwm', *DATA)
        problems = done.stderr.splitlines()
        found = marks(folder, '--words', 'one')
        problems += same('marks', [(turn, why) for turn, _, why in tea(found)], [(1, 'models/tea.gwm')])
        rest = [m for m in marks(folder) if m['behaviour'] != TEA]
        problems += same('the built-in behaviours', [(m['turn'], m['behaviour'], m['text']) for m in found if m['behaviour'] != TEA],
                         [(m['turn'], m['behaviour'], m['text']) for m in rest])
        tap.case("one behaviour of a supervisor's own, beside the built-in models", problems)

        shutil.copy(one / 'models' / 'tea.gwm', one / 'models' / 'tea-deep.gwm')
        tap.case('a model of the deep reader is not asked by the fast one', same(
            'marks', tea(marks(folder, '--words', 'one')), tea(found)))
        refusals(folder)
    tap.done()


def refusals(folder):
    plain = folder / 'plain.jsonl'
    plain.write_text('{"text":"some tea","role":"agent","labels":{"tea":1}}\n', encoding='utf-8')
    quote = folder / 'quote.jsonl'
    quote.write_text('{"turns":[{"role":"agent","text":"tea?","labels":[{"id":"shop.offer_tea","quote":"coffee"}]}]}\n', encoding='utf-8')
    empty = folder / 'empty.jsonl'
    empty.write_text('\n\n', encoding='utf-8')
    wrong = {('--reader', '-o', 'out', str(plain)): (1, f'{plain} line 1: the reader learns from conversations ("turns") alone'),
             ('--reader', '-o', 'out', str(quote)): (1, f'{quote} line 1: a label of turn 0 has no id, or its quote "coffee" is not in the text'),
             ('--reader', '-o', 'out', str(empty)): (1, 'there is nothing to learn from'),
             ('--reader', '-o', 'plain.jsonl', *DATA): (1, 'cannot make the folder plain.jsonl'),
             ('--reader', *DATA): (2, '-o FOLDER'), ('--readings', 'r.tsv', '--label', TEA, *DATA): (2, '--readings goes with --reader'),
             ('--reader', '--label', TEA, *DATA): (2, 'one of --label KEY and --reader is needed')}
    problems = []
    for options, (status, words) in wrong.items():
        done = run(folder, 'train', *options)
        if done.returncode != status or words not in done.stderr:
            problems.append(f'{options}: {done.returncode} {done.stderr}')
    tap.case('what cannot be learned from is said', problems)
    # A file without a line is a writer without a line, and the others keep their names.
    done = run(folder, 'train', '--reader', 'fast', *CARD, '-o', 'out', str(empty), *DATA)
    card = (folder / 'out' / 'staff.gwm').read_bytes()
    tap.case('an empty file among them', done.stderr.splitlines() + same(
        'files of the card', b'"data":["empty.jsonl","first.jsonl","second.jsonl"]' in card, True))


main()
