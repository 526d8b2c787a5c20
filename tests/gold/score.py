"""How well marks agree with labels.

A label is a behaviour and a quote, an exact part of its turn; its place is where the quote first stands there, in bytes
of UTF-8.  A mark and a label agree when turn and behaviour are the same and they share a byte.

  precision   marks that agree with some label, of all marks
  recall      labels that some mark agrees with, of all labels
  F1          2 tp / (2 tp + fp + fn): tp labels agreed with, fn the other labels, fp marks that agree with none
  overlap     for each label agreed with, bytes shared with the mark that shares most, of the bytes of both; the mean

A label that bears "contested": true is not asked for, and a mark of its behaviour on its turn is not held against.
"""
import collections


class Count:
    def __init__(self, right=0, wrong=0, missed=0):
        self.right, self.wrong, self.missed = right, wrong, missed

    def __add__(self, other):
        return Count(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def precision(self):
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    def recall(self):
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    def f1(self):
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


class Score:
    def __init__(self):
        self.by_behaviour = collections.defaultdict(Count)
        self.overlaps = []
        self.answers = collections.defaultdict(lambda: [0, 0])      # right, asked

    def total(self, wanted=lambda behaviour: True):
        return sum((count for name, count in self.by_behaviour.items() if wanted(name)), Count())

    def overlap(self):
        return sum(self.overlaps) / len(self.overlaps) if self.overlaps else 0.0


def shared(a, b):
    return min(a[1], b[1]) - max(a[0], b[0])


def labels_of(turn):
    """By behaviour: places of its labels; and the behaviours with a contested one."""
    data, places, contested = turn['text'].encode(), collections.defaultdict(list), set()
    for label in turn['labels']:
        if label.get('contested'):
            contested.add(label['id'])
            continue
        quote = label['quote'].encode()
        begin = data.find(quote)
        if begin < 0:
            raise ValueError(f'the quote is not in its turn: {label["quote"]!r}')
        places[label['id']].append((begin, begin + len(quote)))
    return places, contested


def add_turn(score, turn, marks):
    labels, contested = labels_of(turn)
    by_behaviour = collections.defaultdict(list)
    for mark in marks:
        by_behaviour[mark['behaviour']].append((mark['begin'], mark['end']))
    for name in labels.keys() | by_behaviour.keys():
        asked, made, count = labels[name], by_behaviour[name], Count()
        for label in asked:
            meeting = [mark for mark in made if shared(mark, label) > 0]
            if not meeting:
                count.missed += 1
                continue
            count.right += 1
            best = max(meeting, key=lambda mark: shared(mark, label))
            both = max(best[1], label[1]) - min(best[0], label[0])
            score.overlaps.append(shared(best, label) / both)
        if name not in contested:
            count.wrong = sum(not any(shared(mark, label) > 0 for label in asked) for mark in made)
        score.by_behaviour[name] += count


def score_all(gold, heard):
    """gold: labelled conversations; heard: lines of `goodwill hear --json` for the same ids."""
    score, by_id = Score(), {h['id']: h for h in heard}
    for conversation in gold:
        result = by_id[conversation['id']]
        marks = collections.defaultdict(list)
        for mark in result['marks']:
            marks[mark['turn']].append(mark)
        for index, turn in enumerate(conversation['turns']):
            add_turn(score, turn, marks[index])
        for question in ('outcome', 'first_contact_resolution', 'ends'):
            if conversation.get(question) is not None:
                score.answers[question][0] += result['reading'][question] == conversation[question]
                score.answers[question][1] += 1
    return score
