/* fuzz_hear.c -- any bytes as a .talk conversation, heard with the rules in force: every span lies within its turn,
 * figures are within their bounds, and what is printed is JSON; the same when it is heard again. */
#include <stdlib.h>

#include "base/json.h"
#include "hear/hear_json.h"
#include "import/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Listener {
    ImportSink sink;
    const Hearer *hearer;
    Hearing *hearing;
    Arena arena;
} Listener;

static void must(bool held)
{
    if (!held) abort();
}

/* Within its turn, and no part of a character at either end. */
static void check_span(const Conversation *c, uint32_t utterance, uint32_t begin, uint32_t end)
{
    must(utterance < c->utterance_count);
    Str text = c->utterance[utterance].text;
    must(begin < end && end <= text.len);
    must(((unsigned char)text.data[begin] & 0xC0) != 0x80);
    must(end == text.len || ((unsigned char)text.data[end] & 0xC0) != 0x80);
}

static void check_spans(const Conversation *c, Spans spans)
{
    for (size_t i = 0; i < spans.count; i++)
        check_span(c, spans.item[i].utterance, spans.item[i].begin, spans.item[i].end);
}

static void check_marks(const Listener *l, const Conversation *c, Marks marks)
{
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        check_span(c, m->utterance, m->begin, m->end);
        must(m->behaviour < hear_behaviour_count(l->hearer) && m->quality <= 100 && m->confidence <= 100);
        must(hear_reason(l->hearer, m->rule).len > 0);
    }
}

static void check_reading(const Conversation *c, const Reading *r)
{
    must(r->outcome < OUTCOME_COUNT && r->ends < ENDS_COUNT);
    must(r->outcome_confidence <= 100 && r->first_contact_confidence <= 100 && r->ends_confidence <= 100);
    check_spans(c, r->demand);
    check_spans(c, r->need);
    for (size_t i = 0; i < r->emotion.count; i++) {
        must(r->emotion.item[i].utterance < c->utterance_count);
        must(r->emotion.item[i].value >= -100 && r->emotion.item[i].value <= 100);
    }
    for (size_t i = 0; i < r->promises.count; i++) {
        const Promise *p = &r->promises.item[i];
        check_span(c, p->span.utterance, p->span.begin, p->span.end);
        must(p->who == NO_PARTICIPANT || p->who < c->participant_count);
    }
    for (size_t i = 0; i < r->asked_twice.count; i++)
        must(r->asked_twice.item[i].first < r->asked_twice.item[i].again &&
             r->asked_twice.item[i].again < c->utterance_count);
    must(r->talk_share >= -1 && r->talk_share <= 100);
}

static void hear(Listener *l, Conversation *c, Buf *out)
{
    Marks marks = { 0 };
    Reading reading = { 0 };
    hear_run(l->hearing, c, &l->arena, &marks, &reading);
    check_marks(l, c, marks);
    check_reading(c, &reading);
    hear_json(out, l->hearer, c, marks, &reading, true);
}

static bool on_conversation(ImportSink *sink, Conversation *c)
{
    Listener *l = (Listener *)(void *)sink;
    Buf once = { 0 }, again = { 0 };
    Err err = { 0 };
    hear(l, c, &once);
    must(json_parse(buf_str(&once), &l->arena, NULL, &err) != NULL);
    if (c->speakers == SPEAKERS_GIVEN) { /* else the roles are another question the second time */
        hear(l, c, &again);
        must(str_equal(buf_str(&once), buf_str(&again)));
    }
    buf_clear(&once);
    buf_clear(&again);
    arena_clear(&l->arena);
    return true;
}

static bool on_reject(ImportSink *sink, const Reject *reject)
{
    (void)sink;
    must(reject->reason.len > 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Listener l; /* a Hearing is kept from conversation to conversation, as a thread keeps it */
    Err err = { 0 };
    if (!l.hearer) {
        l.hearer = hear_open(NULL, &err);
        must(l.hearer != NULL);
        l.hearing = hearing_new(l.hearer);
        l.sink = (ImportSink){ on_conversation, on_reject };
    }
    Arena scratch = { 0 };
    ImportOptions options = { 0 };
    ImportBlock block = { .file = STR("case"),
                          .bytes = str_make((const char *)data, size),
                          .line = 1,
                          .whole = true,
                          .format = "talk",
                          .options = &options };
    must(format_talk.read(&block, &l.sink, &scratch, &err) || err.kind != ERR_NONE);
    arena_clear(&scratch);
    return 0;
}
