/* redact.c -- a conversation's texts in, the same with placeholders out.
 *
 * Passes are made until one finds nothing, so that what is left is what a second
 * redaction would leave too; the numbers found in one pass are looked for in the
 * next.  Nearly every conversation ends with the first pass, without a copy.
 */
#include "redact/redact.h"

#include <stdlib.h>

#include "redact/name.h"
#include "redact/run.h"

enum { PASSES_MAX = 8 };

/* What is redacted as one: the subject, then the turns. */
typedef struct Texts {
    Conversation *conversation; /* NULL: `alone` */
    Str *alone;
} Texts;

static const char *const PLACEHOLDER[REDACTED_KINDS] = {
    [REDACTED_CARD] = "[CARD]", [REDACTED_CARD_CODE] = "[CARD CODE]", [REDACTED_CARD_EXPIRY] = "[CARD EXPIRY]",
    [REDACTED_IBAN] = "[IBAN]", [REDACTED_EMAIL] = "[EMAIL]",         [REDACTED_PHONE] = "[PHONE]",
    [REDACTED_NAME] = "[NAME]",
};

const char *redact_placeholder(RedactKind kind) { return PLACEHOLDER[kind]; }

bool redact_level_from(Str name, RedactLevel *ret)
{
    if (str_equal(name, STR("off")))
        *ret = REDACT_OFF;
    else if (str_equal(name, STR("default")))
        *ret = REDACT_DEFAULT;
    else if (str_equal(name, STR("names")))
        *ret = REDACT_NAMES;
    else
        return false;
    return true;
}

static Str *text_at(const Texts *texts, uint32_t turn)
{
    if (!texts->conversation) return texts->alone;
    return turn ? &texts->conversation->utterance[turn - 1].text : &texts->conversation->subject;
}

static Str text_of(const void *owner, uint32_t turn) { return *text_at(owner, turn); }

static uint32_t text_count(const Texts *texts)
{
    return texts->conversation ? texts->conversation->utterance_count + 1 : 1;
}

/* Who speaks, as far as a number read out in pieces is concerned: the role, else the participant. */
static uint32_t speaker_of(const Texts *texts, uint32_t turn)
{
    if (!texts->conversation || turn == 0) return 1;
    const Utterance *u = &texts->conversation->utterance[turn - 1];
    if (u->role == ROLE_CUSTOMER || u->participant == NO_PARTICIPANT) return 2 + (uint32_t)u->role;
    return 2 + ROLE_COUNT + MIN(u->participant, UINT32_MAX - 2 - ROLE_COUNT);
}

static int by_place(const void *a, const void *b)
{
    const RedactSpan *x = a, *y = b;
    if (x->turn != y->turn) return x->turn < y->turn ? -1 : 1;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end) return x->end > y->end ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Sorted, without overlaps: spans that meet become one of the first one's kind. */
static size_t settle(RedactSpan *span, size_t count)
{
    size_t kept = 0;
    qsort(span, count, sizeof *span, by_place);
    for (size_t i = 0; i < count; i++) {
        RedactSpan *last = kept ? &span[kept - 1] : NULL;
        if (last && last->turn == span[i].turn && span[i].begin < last->end)
            last->end = MAX(last->end, span[i].end);
        else
            span[kept++] = span[i];
    }
    return kept;
}

static Str replaced(Str s, const RedactSpan *span, size_t count, Arena *arena)
{
    size_t len = s.len;
    for (size_t i = 0; i < count; i++) len += strlen(PLACEHOLDER[span[i].kind]) - (span[i].end - span[i].begin);
    char *data = arena_alloc(arena, len + 1), *to = data;
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t name_len = strlen(PLACEHOLDER[span[i].kind]);
        memcpy(to, s.data + from, span[i].begin - from);
        to += span[i].begin - from;
        memcpy(to, PLACEHOLDER[span[i].kind], name_len);
        to += name_len;
        from = span[i].end;
    }
    memcpy(to, s.data + from, s.len - from);
    data[len] = 0;
    return (Str){ data, len };
}

static void apply(const Texts *texts, RedactSpan *span, size_t count, Arena *arena, RedactCounts *counts)
{
    count = settle(span, count);
    for (size_t i = 0; i < count;) {
        size_t first = i;
        for (; i < count && span[i].turn == span[first].turn; i++)
            if (counts) counts->by_kind[span[i].kind]++;
        Str *text = text_at(texts, span[first].turn);
        *text = replaced(*text, span + first, i - first, arena);
    }
}

static void reader_start(Reader *r, Arena *arena, const Texts *texts)
{
    r->arena = arena;
    r->text = text_of;
    r->owner = texts;
    r->span = NULL;
    r->span_count = r->span_capacity = 0;
    memset(r->topic, 0, sizeof r->topic);
    r->card_spoken_of = false;
    r->card_end = (Place){ 0 };
    r->clock = r->oldest = 0;
    for (size_t i = 0; i < SPEAKERS_MAX; i++) r->run[i].count = r->run[i].speaker = 0;
}

static void redact(const Texts *texts, NameSet *names, Arena *arena, RedactCounts *counts)
{
    Reader reader; /* not cleared as a whole: its runs are 40 KB, and most conversations use none */
    reader.known_count = 0;
    uint32_t turns = text_count(texts);
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        reader_start(&reader, arena, texts);
        for (uint32_t i = 0; i < turns; i++) reader_turn(&reader, i, speaker_of(texts, i));
        reader_end(&reader);
        if (names)
            for (uint32_t i = 0; i < turns; i++) name_find(names, text_of(texts, i), i, &reader);
        if (!reader.span_count) break;
        apply(texts, reader.span, reader.span_count, arena, counts);
    }
}

/* The list of participants shows people's own addresses and, in chats from telephones, numbers for names. */
static void redact_participants(Conversation *c, RedactLevel level, Arena *arena, RedactCounts *counts)
{
    for (uint32_t i = 0; i < c->participant_count; i++) {
        Participant *p = &c->participant[i];
        if (p->email.len) {
            p->email = str_from(PLACEHOLDER[REDACTED_EMAIL]);
            if (counts) counts->by_kind[REDACTED_EMAIL]++;
        }
        bool id_is_address = str_find_char(p->id, '@') != STR_NOT_FOUND || str_starts(p->id, STR("+"));
        if (id_is_address) p->id = redact_text(p->id, REDACT_DEFAULT, arena, counts);
        if (level == REDACT_NAMES && p->name.len) {
            p->name = str_from(PLACEHOLDER[REDACTED_NAME]);
            if (counts) counts->by_kind[REDACTED_NAME]++;
        } else {
            p->name = redact_text(p->name, REDACT_DEFAULT, arena, counts);
        }
    }
}

void redact_conversation(Conversation *conversation, RedactLevel level, Arena *arena, RedactCounts *counts)
{
    if (level == REDACT_OFF) return;
    lex_open();
    NameSet *names = NULL;
    if (level == REDACT_NAMES) {
        names = name_set(arena);
        for (uint32_t i = 0; i < conversation->participant_count; i++)
            name_learn(names, conversation->participant[i].name);
    }
    redact(&(Texts){ .conversation = conversation }, names, arena, counts);
    redact_participants(conversation, level, arena, counts);
}

Str redact_text(Str s, RedactLevel level, Arena *arena, RedactCounts *counts)
{
    if (level == REDACT_OFF || s.len == 0) return s;
    lex_open();
    redact(&(Texts){ .alone = &s }, level == REDACT_NAMES ? name_set(arena) : NULL, arena, counts);
    return s;
}
