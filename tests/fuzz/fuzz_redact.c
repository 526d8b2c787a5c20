/* fuzz_redact.c -- turns of two speakers, one a line ("a" first: the agent's): what comes out is valid UTF-8, the same
 * every time, and a second redaction finds nothing. */
#include <stdlib.h>

#include "base/utf8.h"
#include "redact/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS_MAX = 200 };

static void demand(bool holds)
{
    if (!holds) abort();
}

static void read_turns(Conversation *c, Arena *arena, Str s)
{
    Str line;
    conversation_init(c);
    while (c->utterance_count < TURNS_MAX && str_next_line(&s, &line))
        conversation_say(c, arena, NO_PARTICIPANT, str_starts(line, STR("a")) ? ROLE_AGENT : ROLE_CUSTOMER, line);
}

static uint32_t total(const RedactCounts *counts)
{
    uint32_t sum = 0;
    for (int i = 0; i < REDACTED_KINDS; i++) sum += counts->by_kind[i];
    return sum;
}

static void check_level(Str s, RedactLevel level)
{
    Arena arena = { 0 };
    Conversation once, twin;
    RedactCounts first = { 0 }, second = { 0 };
    read_turns(&once, &arena, s);
    read_turns(&twin, &arena, s);
    redact_conversation(&once, level, &arena, &first);
    redact_conversation(&twin, level, &arena, NULL);
    for (uint32_t i = 0; i < once.utterance_count; i++) {
        demand(utf8_valid(once.utterance[i].text));
        demand(str_equal(once.utterance[i].text, twin.utterance[i].text));
    }
    redact_conversation(&once, level, &arena, &second);
    demand(total(&second) == 0);
    Str alone = redact_text(utf8_repair(&arena, s), level, &arena, NULL);
    demand(utf8_valid(alone) && redact_text(alone, level, &arena, NULL).data == alone.data);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str s = { (const char *)data, size };
    check_level(s, REDACT_DEFAULT);
    check_level(s, REDACT_NAMES);
    return 0;
}
