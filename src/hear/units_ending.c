/* units_ending.c -- hear_ending of units.h. */
#include "hear/features_turn.h"
#include "hear/units.h"

enum { E_WORD = 96, E_MARK, E_LAST_MARK, E_FACT, TURNS_MAX = 6, LAST_TURNS = 2 };

typedef struct Ending {
    UnitSink base;
    Features words;
    uint32_t turns; /* of the conversation */
    const Conversation *conversation;
} Ending;

static unsigned nearness(uint32_t turns, uint32_t utterance) { return turns - 1 - utterance < LAST_TURNS ? 0 : 1; }

static void take_turn(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *f)
{
    Ending *e = (Ending *)base;
    (void)begin;
    (void)end;
    if (e->turns - utterance > TURNS_MAX) return;
    uint64_t who = (uint64_t)e->conversation->utterance[utterance].role, near = nearness(e->turns, utterance);
    for (size_t i = 0; i < f->end[GROUP_WORDS]; i++)
        feature_add(&e->words, feature_name(E_WORD, f->item[i], who, near));
}

static void add_marks(const Hearing *h, const Conversation *c, const Marks *marks, Features *f)
{
    for (size_t i = 0; i < marks->count; i++) {
        uint64_t about = str_hash(h->rules->behaviour[marks->item[i].behaviour].id);
        feature_add(f, feature_name(E_MARK, about, 0, 0));
        uint32_t utterance = marks->item[i].utterance;
        if (c->utterance_count - utterance <= TURNS_MAX)
            feature_add(f, feature_name(E_LAST_MARK, about, nearness(c->utterance_count, utterance), 0));
    }
}

void hear_ending(Hearing *h, Conversation *c, UnitSink *sink, Arena *arena, Marks *by_rules)
{
    Ending ending = { .base = { .unit = take_turn, .whole_turns = true, .only = UINT32_MAX },
                      .turns = c->utterance_count,
                      .conversation = c };
    hear_units(h, c, &ending.base, arena, by_rules);
    Features *f = &ending.words;
    for (unsigned group = GROUP_WORDS; group < GROUP_FACTS; group++) f->end[group] = f->count;
    feature_add(f, feature_name(E_FACT, 0, 0, 0));
    feature_add(f, feature_name(E_FACT, 1, MIN(c->utterance_count, 8), 0));
    if (c->utterance_count)
        feature_add(f, feature_name(E_FACT, 2, (uint64_t)c->utterance[c->utterance_count - 1].role, 0));
    f->end[GROUP_FACTS] = f->count;
    add_marks(h, c, by_rules, f);
    f->end[GROUP_RULES] = f->count;
    sink->unit(sink, 0, 0, 0, f);
    features_clear(f);
}
