#!/usr/bin/env python3
"""Labelled conversations as people write them, and as programs read them.

    corpus/markup.py compile PREFIX FILE.txt… -o FILE.jsonl   plain text with marked words → one conversation a line
    corpus/markup.py blind FILE.jsonl… >FILE.txt              every tenth conversation as plain text, its marks taken out,
                                                              to be labelled a second time by somebody who has not seen them
    corpus/markup.py agree FIRST.jsonl… SECOND.jsonl          how far two labellers agree on what both have labelled
    corpus/markup.py count FILE.jsonl…                        instances and near-misses of each behaviour

The plain text. A whole conversation opens with ==, a short exchange with =; then a line a turn:

    == phone telecoms resolved fcr=yes ends=happy
    demand: an engineer sent out today
    need: a connection that holds during her son's exam tomorrow
    A: {greeting|hiya you're through to norwood this is callum} {open_question|what's it been doing}
    C: {demand|i want an engineer out today} {complaint,anger|it's been up and down like a yo-yo}
    = chat retail
    A: {!blame|next time just tick the box at the bottom and it goes straight through}

{id,id|words} says that the words bear these behaviours (the part after the dot is enough), {!id|words} that they look
like one and are not: a near-miss. Braces may nest. A:, C:, B: (bot), S: (system), N: (an internal note of the agent's).
outcome is resolved, deferred, escalated, refused or abandoned; fcr yes or no; ends happy, calm, unhappy, angry or left.

A mistake is told with file, line and reason, and nothing is written.
"""
import argparse, collections, json, pathlib, re, sys, zlib

ROLES = {'A': 'agent', 'C': 'customer', 'B': 'bot', 'S': 'system', 'N': 'agent'}
OUTCOMES = {'resolved', 'deferred', 'escalated', 'refused', 'abandoned'}
ENDS = {'happy', 'calm', 'unhappy', 'angry', 'left'}
CHANNELS = {'phone', 'chat', 'email', 'in_person', 'social', 'sms', 'whatsapp', 'video'}
WORDS = pathlib.Path(__file__).resolve().parent.parent / 'words' / 'behaviours.tsv'


def behaviours():
    rows = [line.split('\t') for line in WORDS.read_text(encoding='utf-8').splitlines()[1:] if line]
    return {row[0]: row[1] for row in rows}


def short_names(known):
    names = {name: name for name in known}
    tails = collections.Counter(name.split('.')[1] for name in known)
    names.update({name.split('.')[1]: name for name in known if tails[name.split('.')[1]] == 1})
    return names


class Wrong(Exception):
    pass


def read_turn(role, marked, names, who):
    text, labels, near, stack, at = [], [], [], [], 0
    length = 0
    for piece in re.split(r'(\{[^{}|]*\||\})', marked):
        if piece.endswith('|') and piece.startswith('{'):
            stack.append((piece[1:-1], length))
        elif piece == '}':
            if not stack:
                raise Wrong('a } without its {')
            ids, begin = stack.pop()
            words = ''.join(text)[begin:length]
            if not words.strip() or words != words.strip():
                raise Wrong(f'the words of {{{ids}| are empty or begin or end with a blank')
            for one in ids.split(','):
                miss = one.strip().startswith('!')
                name = names.get(one.strip().lstrip('!'))
                if not name:
                    raise Wrong(f'no behaviour is called "{one.strip()}"')
                if who[name] != role:
                    raise Wrong(f'{name} is an act of the {who[name]}, not of the {role}')
                (near if miss else labels).append({'id': name, 'quote': words, 'at': begin})
        else:
            if '{' in piece or '|' in piece:
                raise Wrong('a { or | that opens nothing')
            text.append(piece)
            length += len(piece)
    if stack:
        raise Wrong(f'{{{stack[-1][0]}| is never closed')
    whole = ''.join(text)
    if whole != whole.strip() or not whole:
        raise Wrong('the turn is empty or begins or ends with a blank')
    for label in labels + near:                       # a quote stands for its first place in the turn
        if whole.find(label['quote']) != label['at']:
            raise Wrong(f'"{label["quote"]}" stands earlier in the turn too: mark more words')
    for label in labels + near:
        del label['at']
    labels.sort(key=lambda label: whole.find(label['quote']))
    turn = {'role': role, 'text': whole, 'labels': labels}
    if near:
        turn['near'] = near
    return turn


def read_head(line):
    fields = line.lstrip('=').split()
    whole = line.startswith('==')
    if len(fields) < 2 or fields[0] not in CHANNELS:
        raise Wrong('after = come a channel (%s) and an industry' % ', '.join(sorted(CHANNELS)))
    head = {'channel': fields[0], 'industry': fields[1], 'outcome': None, 'first_contact_resolution': None,
            'demand': None, 'need': None, 'ends': None, 'turns': []}
    for field in fields[2:]:
        key, _, value = field.rpartition('=')
        if not key and value in OUTCOMES:
            head['outcome'] = value
        elif key == 'fcr' and value in ('yes', 'no'):
            head['first_contact_resolution'] = value == 'yes'
        elif key == 'ends' and value in ENDS:
            head['ends'] = value
        else:
            raise Wrong(f'"{field}" is no outcome, fcr= or ends=')
    if whole and None in (head['outcome'], head['first_contact_resolution'], head['ends']):
        raise Wrong('a whole conversation (==) names its outcome, fcr= and ends=')
    return whole, head


def compile_files(prefix, paths):
    who = behaviours()
    names = short_names(who)
    done, wrong, count = [], 0, collections.Counter()
    for path in paths:
        now = None
        for number, line in enumerate(pathlib.Path(path).read_text(encoding='utf-8').splitlines(), 1):
            try:
                if not line.strip() or line.startswith('#'):
                    continue
                if line.startswith('='):
                    whole, head = read_head(line)
                    kind = 'c' if whole else 'x'
                    count[kind] += 1
                    now = {'id': f'{prefix}-{kind}{count[kind]:02d}', **head}
                    done.append(now)
                    continue
                key, _, rest = line.partition(':')
                if now is None:
                    raise Wrong('a turn before the first =')
                if key in ('demand', 'need'):
                    now[key] = rest.strip()
                elif key in ROLES:
                    turn = read_turn(ROLES[key], rest.strip(), names, who)
                    if key == 'N':
                        turn['public'] = False
                    now['turns'].append(turn)
                else:
                    raise Wrong('a turn opens with A:, C:, B:, S: or N:')
            except Wrong as reason:
                wrong += 1
                print(f'{path} line {number}: {reason}', file=sys.stderr)
    for conversation in done:
        if not conversation['turns']:
            wrong += 1
            print(f'{conversation["id"]}: no turns', file=sys.stderr)
    if wrong:
        sys.exit(f'{wrong} mistakes; nothing was written')
    return done


def load(paths):
    return [json.loads(line) for path in paths for line in open(path, encoding='utf-8') if line.strip()]


def blind(conversations):
    letters = {'customer': 'C', 'bot': 'B', 'system': 'S'}
    for conversation in conversations:
        if zlib.crc32(conversation['id'].encode()) % 10:
            continue
        print(f'# {conversation["id"]}')
        print('==' if '-c' in conversation['id'] or conversation['outcome'] else '=',
              conversation['channel'], (conversation['industry'] or 'other').replace(' ', '-'))
        for turn in conversation['turns']:
            letter = 'N' if turn.get('public') is False else letters.get(turn['role'], 'A')
            print(f'{letter}: ' + ' '.join(turn['text'].replace('{', '(').replace('}', ')').replace('|', '/').split()))
        print()


def spans(turn):
    out = collections.defaultdict(list)
    for label in turn['labels']:
        at = turn['text'].find(label['quote'])
        out[label['id']].append((at, at + len(label['quote'])))
    return out


def agree(first, second):
    one = {c['id']: c for c in first}
    hits, only_first, only_second, overlap = collections.Counter(), collections.Counter(), collections.Counter(), []
    whole = collections.Counter()
    for other in second:
        mine = one.get(other['id'])
        if not mine or len(mine['turns']) != len(other['turns']):
            sys.exit(f'{other["id"]}: not the same turns in both')
        for key in ('outcome', 'first_contact_resolution', 'ends'):
            if mine[key] is not None and other[key] is not None:
                whole[key, mine[key] == other[key]] += 1
        for a, b in zip(mine['turns'], other['turns']):
            left, right = spans(a), spans(b)
            for name in set(left) | set(right):
                for x, y in left[name]:
                    best = max(((min(y, e) - max(x, s)) / (max(y, e) - min(x, s)) for s, e in right[name]), default=0)
                    if best > 0:
                        hits[name] += 1
                        overlap.append(best)
                    else:
                        only_first[name] += 1
                only_second[name] += sum(not any(x < e and s < y for x, y in left[name]) for s, e in right[name])
    print(f"{'behaviour':34} both  first second    F1")
    for name in sorted(set(hits) | set(only_first) | set(only_second)):
        h, f, s = hits[name], only_first[name], only_second[name]
        print(f'{name:34} {h:4d} {f:6d} {s:6d} {2 * h / (2 * h + f + s):.3f}')
    h, f, s = sum(hits.values()), sum(only_first.values()), sum(only_second.values())
    for key in sorted({k for k, _ in whole}):
        print(f'{key}: {whole[key, True]} of {whole[key, True] + whole[key, False]}')
    print(f'{len(second)} conversations, {h + f} first labels: micro-F1 {2 * h / max(1, 2 * h + f + s):.3f}, '
          f'span overlap {sum(overlap) / max(1, len(overlap)):.3f}')


def count(conversations):
    have, near = collections.Counter(), collections.Counter()
    for conversation in conversations:
        for turn in conversation['turns']:
            have.update(label['id'] for label in turn['labels'])
            near.update(label['id'] for label in turn.get('near', []))
    for name in behaviours():
        print(f'{name:34} {have[name]:5d} {near[name]:5d} near-misses')
    turns = [turn for conversation in conversations for turn in conversation['turns']]
    print(f'{len(conversations)} conversations, {len(turns)} turns ({sum(t["role"] == "agent" for t in turns)} agent), '
          f'{sum(have.values())} labels, {sum(near.values())} near-misses')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    p = commands.add_parser('compile')
    p.add_argument('prefix')
    p.add_argument('files', nargs='+')
    p.add_argument('-o', dest='out', required=True)
    p.add_argument('--ids', help='the blind text: take the ids of its "# id" lines instead of counting')
    for name in ('blind', 'count', 'agree'):
        commands.add_parser(name).add_argument('files', nargs='+')
    args = parser.parse_args()
    if args.command == 'compile':
        done = compile_files(args.prefix, args.files)
        if args.ids:
            ids = re.findall(r'^# (\S+)$', pathlib.Path(args.ids).read_text(encoding='utf-8'), re.M)
            if len(ids) != len(done):
                sys.exit(f'{len(done)} conversations for {len(ids)} ids')
            for conversation, name in zip(done, ids):
                conversation['id'] = name
        with open(args.out, 'w', encoding='utf-8') as out:
            for conversation in done:
                out.write(json.dumps(conversation, ensure_ascii=False) + '\n')
        count(done)
    elif args.command == 'blind':
        blind(load(args.files))
    elif args.command == 'agree':
        agree(load(args.files[:-1]), load(args.files[-1:]))
    else:
        count(load(args.files))


if __name__ == '__main__':
    main()
