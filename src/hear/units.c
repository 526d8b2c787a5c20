/* units.c -- see units.h. */
#include "hear/units.h"

enum { UNITS_MAX = 2000 };

typedef struct Passing {
    TurnSink base;
    UnitSink *to;
    Features features;
    Unit unit[UNITS_MAX];
} Passing;

static void pass_turn(TurnSink *base, Hearing *h, const Conversation *c, uint32_t utterance)
{
    Passing *passing = (Passing *)base;
    const Turn *turn = &h->turn[utterance];
    const Token *token = &h->tokens.item[turn->first_token];
    if (passing->to->only != UINT32_MAX && passing->to->only != utterance) return;
    size_t count = units_of_turn(h, turn, passing->unit, UNITS_MAX);
    if (passing->to->whole_turns) { /* one of signs alone is a turn too */
        passing->unit[0] = count ? (Unit){ passing->unit[0].begin, passing->unit[count - 1].end } : (Unit){ 0, 0 };
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        Unit unit = passing->unit[i];
        features_of_unit(h, c, utterance, passing->unit, count, i,
                         FEATURES_ALL | (passing->to->whole_turns ? FEATURES_SIGNS : 0), &passing->features);
        bool empty = unit.end == unit.begin;
        passing->to->unit(passing->to, utterance, empty ? 0 : token[unit.begin].begin,
                          empty ? 0 : token[unit.end - 1].end, &passing->features);
    }
}

void hear_units(Hearing *h, Conversation *c, UnitSink *sink, Arena *arena, Marks *by_rules)
{
    Passing *passing = arena_zero(arena, 1, sizeof *passing);
    *passing = (Passing){ .base.turn = pass_turn, .to = sink };
    h->name_count = 0;
    speakers_decide(h, c);
    h->sink = &passing->base;
    judge_run(h, c);
    h->sink = h->listening;
    features_clear(&passing->features);
    *by_rules = (Marks){ ARENA_NEW(arena, Mark, h->mark_count + 1), h->mark_count };
    if (h->mark_count) memcpy(by_rules->item, h->mark, h->mark_count * sizeof *h->mark);
}
