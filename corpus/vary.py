#!/usr/bin/env python3
"""Says labelled conversations again in other varieties of English, so that the reader learns the act and not one dialect.

  corpus/vary.py OUT_FOLDER FILE.jsonl…   [--share .5] [--seed 1]

Writes each file anew: all of its conversations, and behind them a share of them a second time, each in one variety: its
spellings, and some of what its grammar does (a copula left out, ain't, articles dropped, particles at the end).  Labels
go with their words.  The copies stay in the file of their writer, so that who is left out is left out whole.  The rules
are what grammars and dictionaries of each variety tell, not the sentences of tests/fairness; but the same hands wrote both, so that
test flatters a reader which learned from this.
"""
import argparse
import json
import pathlib
import random
import re

G_DROP = {'doing': 'doin', 'going': 'goin', 'getting': 'gettin', 'looking': 'lookin', 'waiting': 'waitin', 'calling': 'callin',
          'trying': 'tryin', 'asking': 'askin', 'telling': 'tellin', 'talking': 'talkin', 'paying': 'payin',
          'nothing': 'nothin', 'something': 'somethin'}

# A rule: a pattern over words, what stands for it.  \\b is put around each.
RULES = {
    'scots': [('to', 'tae'), ('of', "o'"), ('with', "wi'"), ('my', 'ma'), ('myself', 'masel'), ('our', 'oor'), ('out', 'oot'),
              ('about', 'aboot'), ('down', 'doon'), ('house', 'hoose'), ("don't", 'dinnae'), ("didn't", 'didnae'),
              ("can't|cannot", 'cannae'), ("isn't", "isnae"), ("wasn't", 'wasnae'), ("couldn't", 'couldnae'),
              ("wouldn't", 'wouldnae'), ("shouldn't", 'shouldnae'), ("haven't", 'havenae'), ("won't", "willnae"),
              ("i'm not", "i'm no"), ('know', 'ken'), ('very|really', 'awfy'), ('today', 'the day'), ('tomorrow', 'the morra'),
              ('you', 'ye'), ('your', 'yer'), ('yes', 'aye'), ('little|small', 'wee'), ('give', 'gie'), ('what', 'whit'),
              ('before', 'afore'), ('after', 'efter'), ('call(ed)?', r'phone\1')],
    'northern': [('nothing', 'nowt'), ('anything', 'owt'), ('something', 'summat'), ('my', 'me'), ('myself', 'meself'),
                 ('was', 'were'), ('really|very', 'right'), ('with', "wi'"), ('thanks|thank you', 'ta'), ('call', 'ring'),
                 ('before', 'afore'), ('just', 'just'), ('only', 'nobbut'), ('while', 'whilst'), ('the', "t'")],
    'irish': [('you all', 'ye'), ("i've just", "i'm after just"), ('call you', 'give you a ring'), ('great|okay', 'grand'),
              ('child|kids', 'young ones'), ('really', 'fierce'), ('people|guys', 'lads'), ('i think', 'sure i think'),
              ('get back to you', 'come back to you'), ('mom', 'mam'), ('very', 'desperate'), ('fixed', 'sorted')],
    'indian': [('ago', 'back'), ('please', 'kindly'), ('i know', 'i am knowing'), ('i have', 'i am having'),
               ('you want', 'you are wanting'), ("don't know", 'am not knowing'), ('get back to you', 'revert back'),
               ('until now|so far', 'till now'), ('everything', 'everything only'), ('today', 'today itself'),
               ('worried', 'tensed'), ('what (do|did) you', 'what all you'), ('refund you', 'do the refund'),
               ('solve|fix', 'rectify'), ('the', ''), ('move', 'shift'), ('email', 'mail'), ("i'll|i will", 'i will only')],
    'nigerian': [('please', 'abeg'), ('right now', 'now now'), ('angry|annoyed', 'vexed'), ('email', 'mail'),
                 ("it's not", 'it is not'), ('your', 'this your'), ('take', 'carry'), ('you guys|you all', 'you people'),
                 ('until now|so far', 'till now'), ("don't", 'do not'), ("i'll", 'i will'), ('soon', 'very soon'),
                 ('call', 'put a call across to'), ('send me', 'help me send'), ('i want', 'i want make'), ('know', 'sabi')],
    'caribbean': [("i'm|i am", 'i'), ("we're|we are", 'we'), ("you're|you are", 'you'), ("they're|they are", 'they'),
                  ("it's|it is", 'is'), ("isn't|is not|aren't", "ain't"), ("doesn't|don't", "don't"), ("i'll|i will", 'i go'),
                  ("we'll|we will", 'we go'), ('do you|did you', 'you'), ('can i', 'i could'), ('another', 'a next'),
                  ('right now', 'just now'), ('her', 'she'), ('them', 'dem'), ('your', 'you'), ('very|really', 'real'),
                  ('told', 'tell'), ('came', 'come'), ('sent', 'send'), ('gave', 'give'), ('left', 'leave'), ('was', 'did'),
                  ('nothing', 'nothing'), ("hasn't|haven't|didn't", "ain't"), ('happened', 'happen'), ('has|have', 'have'),
                  ('foolish|nonsense', 'foolishness'), ("there's|there is", 'it have')],
    'aave': [("i'm going to|i'll|i will", "i'ma"), ("going to|gonna", 'gon'), ("isn't|aren't|am not|is not", "ain't"),
             ("i'm not", "i ain't"), ("hasn't|haven't", "ain't"), ('you all|you guys', "y'all"), ("you're|you are", 'you'),
             ("they're|they are", 'they'), ("we're|we are", 'we'), ('anything', 'nothing'), ('anybody|anyone', 'nobody'),
             ("that's|that is", 'that'), ('let me', 'lemme'), ('want to', 'wanna'), ('because', 'cause'), ('about', 'bout'),
             ('there is|there are', "it's"), ('should have', 'shoulda'), ('little', 'lil')] + list(G_DROP.items()),
    'singapore': [("i'm|i am", 'i'), ("you're|you are", 'you'), ("it's|it is", 'it'), ("that's|that is", 'that one'),
                  ('the|a|an', ''), ('is|are|was|were', ''), ("i'll|i will", 'i'), ("we'll|we will", 'we'),
                  ('do you|did you', 'you'), ('can you|could you', 'can'), ('would you like', 'you want'), ('has|have', 'have'),
                  ("didn't|hasn't|haven't", 'never'), ("can't|couldn't", 'cannot'), ("don't", "don't"), ('sent', 'send'),
                  ('came', 'come'), ('told', 'tell'), ('paid', 'pay already'), ('waited', 'wait'), ('if you', 'you'),
                  ('why', 'why so'), ('phone', 'handphone'), ('which would you prefer', 'you prefer which one')],
    'australian': [('afternoon', 'arvo'), ('thank you|thanks', 'cheers'), ('you', 'ya'), ('hello|hi', "g'day"),
                   ('guy|man', 'bloke'), ('very|really', 'bloody'), ('angry', 'cranky'), ('broken', 'bung'),
                   ('no problem', 'no worries'), ('call', 'bell'), ('think', 'reckon'), ('lots|many', 'heaps'),
                   ("i'm not sure", 'not sure'), ("i don't know", "wouldn't have a clue"), ('it is|it\'s', "she's"),
                   ('mistake', 'stuff-up')],
    'learner': [('the|a|an', ''), ("i'm|i am", 'i am'), ("didn't (\\w+)", r"didn't \1ed"), ("i've|i have", 'i have'),
                ('until', 'till'), ('by (monday|tuesday|wednesday|thursday|friday|noon|\\d)', r'until \1'), ('make', 'do'),
                ('told me', 'said me'), ('tell you', 'say you'), ("doesn't", "don't"), ('information', 'informations'),
                ('since', 'since already'), ("it's|it is", 'is'), ('on (monday|tuesday|wednesday|thursday|friday)', r'in \1'),
                ('did you', 'you have'), ('look at', 'look on'), ('answer', 'give answer'), ('already', 'yet')],
}
ENDS = {'scots': [' so it is', ' ken', ''], 'northern': [' love', ' pet', ' like', ''], 'irish': [' so', ' now', ' at all', ''],
        'indian': [' sir', ' only', ' madam', ' no', ''], 'nigerian': [' o', ' sir', ' ma', ' abeg', ''],
        'caribbean': [' man', ' yeah', ' eh', ''], 'aave': [' for real', ' though', ''], 'singapore': [' lah', ' ah', ' leh', ' can', ''],
        'australian': [' mate', ' ay', ''], 'learner': ['', ' please']}


class Speaker:
    """One conversation's way of speaking: a part of its variety's rules, the same for all of its words."""

    def __init__(self, variety, chance):
        kept = [rule for rule in RULES[variety] if chance.random() < .75]
        self.rules = [(re.compile(r'(?<![\w\'])(?:' + pattern + r')(?![\w\'])', re.I), to) for pattern, to in kept]
        self.variety, self.chance = variety, chance

    def say(self, text):
        for pattern, to in self.rules:
            text = pattern.sub(lambda m: self.cased(m, to), text)
        return text

    @staticmethod
    def cased(match, to):
        new = match.expand(to)
        return new[:1].upper() + new[1:] if match.group(0)[:1].isupper() and len(match.group(0)) > 1 else new

    def end(self):
        return self.chance.choice(ENDS[self.variety]) if self.chance.random() < .4 else ''


def vary_turn(turn, speaker):
    """The text is cut where labels begin and end; each piece is said anew, and labels are put together from theirs."""
    text, cuts, spans = turn['text'], {0, len(turn['text'])}, []
    for kind in ('labels', 'near'):
        for label in turn.get(kind) or []:
            at = text.find(label['quote']) if isinstance(label, dict) and 'quote' in label else -1
            spans.append((kind, label, at))
            if at >= 0:
                cuts |= {at, at + len(label['quote'])}
    cuts = sorted(cuts)
    pieces = [re.sub(r'  +', ' ', speaker.say(text[a:b])) for a, b in zip(cuts, cuts[1:])]
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    new = ''.join(pieces)
    ret = dict(turn, labels=[])
    if 'near' in turn:
        ret['near'] = []
    for kind, label, at in spans:
        if at < 0:
            continue
        quote = new[starts[cuts.index(at)]:starts[cuts.index(at + len(label['quote']))]].strip()
        if quote and new.find(quote) >= 0:
            ret[kind].append(dict(label, quote=quote))
    tail = speaker.end()
    match = re.search(r'[.?!]*$', new)
    ret['text'] = new[:match.start()] + tail + new[match.start():] if new else new
    for label in ret['labels']:
        if label['quote'] not in ret['text']:
            label['quote'] = label['quote'].rstrip('.?!')
    return ret if all(label['quote'] and label['quote'] in ret['text'] for label in ret['labels']) else None


def vary(conversation, variety, chance):
    speaker = Speaker(variety, chance)
    turns = [vary_turn(turn, speaker) for turn in conversation['turns']]
    if None in turns or [t['text'] for t in turns] == [t['text'] for t in conversation['turns']]:
        return None
    return dict(conversation, id=f'{conversation["id"]}~{variety}', turns=turns)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('folder')
    a.add_argument('files', nargs='+')
    a.add_argument('--share', type=float, default=.5)
    a.add_argument('--seed', type=int, default=1)
    a = a.parse_args()
    chance, varieties, number = random.Random(a.seed), sorted(RULES), 0
    pathlib.Path(a.folder).mkdir(parents=True, exist_ok=True)
    for name in a.files:
        lines = [line for line in pathlib.Path(name).read_text(encoding='utf-8').splitlines() if line.strip()]
        again = []
        for line in lines:
            if chance.random() >= a.share:
                continue
            said = vary(json.loads(line), varieties[number % len(varieties)], chance)
            number += 1
            if said:
                again.append(json.dumps(said, ensure_ascii=False))
        out = pathlib.Path(a.folder) / pathlib.Path(name).name
        out.write_text(''.join(line + '\n' for line in lines + again), encoding='utf-8')
        print(f'{out}: {len(lines)} conversations, {len(again)} again')


main()
