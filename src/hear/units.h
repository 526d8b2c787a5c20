/* units.h -- conversations as learning sees them: parts of turns, each with its features.
 *
 * In: a conversation.  Out, to a sink, in order: every unit of every judged turn (a clause; or the whole turn when
 * asked so) with the names of its features (features.h), and how the rules alone marked the conversation.
 */
#ifndef GOODWILL_HEAR_UNITS_H
#define GOODWILL_HEAR_UNITS_H

#include "hear/features.h"

typedef struct UnitSink UnitSink;
struct UnitSink {
    /* begin, end: bytes of the utterance's text. */
    void (*unit)(UnitSink *sink, uint32_t utterance, uint32_t begin, uint32_t end, const Features *features);
    bool whole_turns;
    uint32_t only; /* this utterance alone; UINT32_MAX: all */
};

void hear_units(Hearing *hearing, Conversation *conversation, UnitSink *sink, Arena *arena, Marks *by_rules);

/* One unit of the whole conversation: the words of its last turns, by who said them and how near the end, and what the
 * rules marked.  begin, end are 0. */
void hear_ending(Hearing *hearing, Conversation *conversation, UnitSink *sink, Arena *arena, Marks *by_rules);

#endif
