/* reading_pack.c -- a Reading's lists to bytes and back; the layout is in reading_pack.h. */
#include "store/reading_pack.h"

#include "base/utf8.h"
#include "store/pack.h"

enum { READING_VERSION = 1 };

/* ---- writing ---- */

static void pack_span(Buf *out, Span span)
{
    assert(span.begin <= span.end);
    pack_u64(out, span.utterance);
    pack_u64(out, span.begin);
    pack_u64(out, span.end - span.begin);
}

static void pack_spans(Buf *out, Spans spans)
{
    pack_u64(out, spans.count);
    for (size_t i = 0; i < spans.count; i++) pack_span(out, spans.item[i]);
}

static void pack_promise(Buf *out, const Promise *p)
{
    pack_span(out, p->span);
    pack_u64(out, p->who == NO_PARTICIPANT ? 0 : (uint64_t)p->who + 1);
    pack_u64(out, p->due != WHEN_NONE);
    if (p->due != WHEN_NONE) pack_i64(out, p->due);
    pack_str(out, p->what);
}

void reading_pack(Buf *out, const Reading *reading)
{
    buf_char(out, READING_VERSION);
    pack_spans(out, reading->demand);
    pack_spans(out, reading->need);
    pack_u64(out, reading->emotion.count);
    for (size_t i = 0; i < reading->emotion.count; i++) {
        pack_u64(out, reading->emotion.item[i].utterance);
        pack_i64(out, reading->emotion.item[i].value);
    }
    pack_u64(out, reading->promises.count);
    for (size_t i = 0; i < reading->promises.count; i++) pack_promise(out, &reading->promises.item[i]);
    pack_u64(out, reading->asked_twice.count);
    for (size_t i = 0; i < reading->asked_twice.count; i++) {
        pack_u64(out, reading->asked_twice.item[i].first);
        pack_u64(out, reading->asked_twice.item[i].again);
    }
}

/* ---- reading ---- */

/* What all lists need to know: turns past the last one are damage. */
typedef struct Lists {
    Unpack u;
    uint32_t utterance_count;
    Arena *arena;
} Lists;

static uint32_t unpack_turn(Lists *l)
{
    uint32_t turn = unpack_u32(&l->u);
    if (turn >= l->utterance_count) l->u.damaged = true;
    return turn;
}

static Span unpack_span(Lists *l)
{
    uint32_t turn = unpack_turn(l), begin = unpack_u32(&l->u);
    Span span = { .utterance = turn, .begin = begin };
    if (__builtin_add_overflow(span.begin, unpack_u32(&l->u), &span.end)) l->u.damaged = true;
    return span;
}

static Spans unpack_spans(Lists *l)
{
    size_t count = unpack_count(&l->u, 3);
    Spans spans = { .item = ARENA_NEW(l->arena, Span, count), .count = count };
    for (size_t i = 0; i < count && !l->u.damaged; i++) spans.item[i] = unpack_span(l);
    return spans;
}

static void unpack_emotion(Lists *l, Reading *ret)
{
    ret->emotion.count = unpack_count(&l->u, 2);
    ret->emotion.item = ARENA_NEW(l->arena, Emotion, ret->emotion.count);
    for (size_t i = 0; i < ret->emotion.count && !l->u.damaged; i++) {
        uint32_t turn = unpack_turn(l);
        int64_t value = unpack_i64(&l->u);
        if (value < -100 || value > 100)
            l->u.damaged = true;
        else
            ret->emotion.item[i] = (Emotion){ turn, (int8_t)value };
    }
}

static Promise unpack_promise(Lists *l)
{
    Promise p = { .span = unpack_span(l), .due = WHEN_NONE };
    uint64_t who = unpack_u64(&l->u);
    if (who > NO_PARTICIPANT)
        l->u.damaged = true; /* one more than the last index there can be */
    else
        p.who = who == 0 ? NO_PARTICIPANT : (uint32_t)(who - 1);
    uint64_t has_due = unpack_u64(&l->u);
    if (has_due > 1) l->u.damaged = true;
    if (has_due == 1) p.due = unpack_i64(&l->u);
    Str what = unpack_str(&l->u);
    if (!utf8_valid(what))
        l->u.damaged = true;
    else
        p.what = arena_str(l->arena, what);
    return p;
}

static void unpack_promises(Lists *l, Reading *ret)
{
    ret->promises.count = unpack_count(&l->u, 6);
    ret->promises.item = ARENA_NEW(l->arena, Promise, ret->promises.count);
    for (size_t i = 0; i < ret->promises.count && !l->u.damaged; i++) ret->promises.item[i] = unpack_promise(l);
}

static void unpack_asked_twice(Lists *l, Reading *ret)
{
    ret->asked_twice.count = unpack_count(&l->u, 2);
    ret->asked_twice.item = ARENA_NEW(l->arena, AskedTwice, ret->asked_twice.count);
    for (size_t i = 0; i < ret->asked_twice.count && !l->u.damaged; i++) {
        AskedTwice *asked = &ret->asked_twice.item[i];
        asked->first = unpack_turn(l);
        asked->again = unpack_turn(l);
    }
}

bool reading_unpack(Str bytes, uint32_t utterance_count, Arena *arena, Reading *ret, Err *err)
{
    Lists l = { unpack_start(bytes), utterance_count, arena };
    if (unpack_byte(&l.u) != READING_VERSION) return err_set(err, ERR_STORE, "the reading is of an unknown version");
    Reading reading = *ret;
    reading.demand = unpack_spans(&l);
    reading.need = unpack_spans(&l);
    unpack_emotion(&l, &reading);
    unpack_promises(&l, &reading);
    unpack_asked_twice(&l, &reading);
    if (!unpack_end(&l.u)) return err_set(err, ERR_STORE, "the reading is damaged");
    *ret = reading;
    return true;
}

static bool span_fits(Span span, const Conversation *c)
{
    return span.utterance < c->utterance_count && span.end <= c->utterance[span.utterance].text.len;
}

bool reading_fits(const Reading *r, const Conversation *c)
{
    for (size_t i = 0; i < r->demand.count; i++)
        if (!span_fits(r->demand.item[i], c)) return false;
    for (size_t i = 0; i < r->need.count; i++)
        if (!span_fits(r->need.item[i], c)) return false;
    for (size_t i = 0; i < r->promises.count; i++) {
        const Promise *p = &r->promises.item[i];
        if (!span_fits(p->span, c) || (p->who != NO_PARTICIPANT && p->who >= c->participant_count)) return false;
    }
    return true;
}
