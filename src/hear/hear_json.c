/* hear_json.c -- see hear_json.h.  On the hot path: one pass of appends, nothing allocated but the buffer's growth. */
#include "hear/hear_json.h"

static void add_bool(Buf *out, bool value)
{
    if (value)
        buf_lit(out, "true");
    else
        buf_lit(out, "false");
}

/* A name from a fixed table needs no escaping. */
static void add_name(Buf *out, const char *name)
{
    if (!name) {
        buf_lit(out, "null");
        return;
    }
    buf_char(out, '"');
    buf_add(out, str_from(name));
    buf_char(out, '"');
}

static void add_text_or_null(Buf *out, Str s)
{
    if (s.len)
        buf_json(out, s);
    else
        buf_lit(out, "null");
}

static void add_ms_or_null(Buf *out, int64_t ms)
{
    if (ms == WHEN_NONE)
        buf_lit(out, "null");
    else
        buf_i64(out, ms);
}

static void add_when_or_null(Buf *out, int64_t when, int offset_minutes)
{
    if (when == WHEN_NONE) {
        buf_lit(out, "null");
        return;
    }
    buf_char(out, '"');
    when_print(out, when, offset_minutes);
    buf_char(out, '"');
}

/* What a turn calls its participant by: the id, else the name, else nothing. */
static Str participant_id(const Conversation *c, uint32_t index)
{
    if (index == NO_PARTICIPANT) return (Str){ 0 };
    assert(index < c->participant_count);
    const Participant *p = &c->participant[index];
    return p->id.len ? p->id : p->name;
}

static void add_participants(Buf *out, const Conversation *c)
{
    buf_char(out, '[');
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const Participant *p = &c->participant[i];
        if (i) buf_char(out, ',');
        buf_lit(out, "{\"id\":");
        add_text_or_null(out, participant_id(c, i));
        buf_lit(out, ",\"role\":");
        add_name(out, role_name(p->role));
        buf_lit(out, ",\"name\":");
        add_text_or_null(out, p->name);
        buf_lit(out, ",\"email\":");
        add_text_or_null(out, p->email);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void add_turns(Buf *out, const Conversation *c)
{
    buf_char(out, '[');
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        if (i) buf_char(out, ',');
        buf_lit(out, "{\"participant\":");
        add_text_or_null(out, participant_id(c, u->participant));
        buf_lit(out, ",\"role\":");
        add_name(out, role_name(u->role));
        buf_lit(out, ",\"at\":");
        add_ms_or_null(out, u->at_ms);
        buf_lit(out, ",\"text\":");
        buf_json(out, u->text);
        buf_lit(out, ",\"public\":");
        add_bool(out, u->is_public);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* "turn":3,"begin":0,"end":12 */
static void add_place(Buf *out, uint32_t utterance, uint32_t begin, uint32_t end)
{
    buf_lit(out, "\"turn\":");
    buf_u64(out, utterance);
    buf_lit(out, ",\"begin\":");
    buf_u64(out, begin);
    buf_lit(out, ",\"end\":");
    buf_u64(out, end);
}

static void add_spans(Buf *out, Spans spans)
{
    buf_char(out, '[');
    for (size_t i = 0; i < spans.count; i++) {
        if (i) buf_char(out, ',');
        buf_char(out, '{');
        add_place(out, spans.item[i].utterance, spans.item[i].begin, spans.item[i].end);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* ,"outcome_confidence":0.85 or null: `key` brings its comma and colon */
static void add_confidence(Buf *out, Str key, bool sure, uint8_t hundredths)
{
    buf_add(out, key);
    if (sure)
        buf_hundredths(out, hundredths);
    else
        buf_lit(out, "null");
}

static void add_verdicts(Buf *out, const Reading *reading)
{
    buf_lit(out, "\"outcome\":");
    add_name(out, outcome_name(reading->outcome));
    add_confidence(out, STR(",\"outcome_confidence\":"), reading->outcome != OUTCOME_UNSURE,
                   reading->outcome_confidence);
    buf_lit(out, ",\"first_contact_resolution\":");
    if (reading->first_contact == ANSWER_UNSURE)
        buf_lit(out, "null");
    else
        add_bool(out, reading->first_contact == ANSWER_YES);
    add_confidence(out, STR(",\"first_contact_resolution_confidence\":"), reading->first_contact != ANSWER_UNSURE,
                   reading->first_contact_confidence);
    buf_lit(out, ",\"ends\":");
    add_name(out, ends_name(reading->ends));
    add_confidence(out, STR(",\"ends_confidence\":"), reading->ends != ENDS_UNSURE, reading->ends_confidence);
}

static void add_emotion(Buf *out, const Reading *reading)
{
    buf_char(out, '[');
    for (size_t i = 0; i < reading->emotion.count; i++) {
        if (i) buf_char(out, ',');
        buf_lit(out, "{\"turn\":");
        buf_u64(out, reading->emotion.item[i].utterance);
        buf_lit(out, ",\"value\":");
        buf_hundredths(out, reading->emotion.item[i].value);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

/* Who promised: the name, else what kind of speaker. */
static void add_promiser(Buf *out, const Conversation *c, const Promise *promise)
{
    if (promise->who != NO_PARTICIPANT) {
        assert(promise->who < c->participant_count);
        const Participant *p = &c->participant[promise->who];
        if (p->name.len) {
            buf_json(out, p->name);
            return;
        }
    }
    add_name(out, role_name(c->utterance[promise->span.utterance].role));
}

static void add_promises(Buf *out, const Conversation *c, const Reading *reading)
{
    buf_char(out, '[');
    for (size_t i = 0; i < reading->promises.count; i++) {
        const Promise *promise = &reading->promises.item[i];
        if (i) buf_char(out, ',');
        buf_char(out, '{');
        add_place(out, promise->span.utterance, promise->span.begin, promise->span.end);
        buf_lit(out, ",\"who\":");
        add_promiser(out, c, promise);
        buf_lit(out, ",\"what\":");
        buf_json(out, promise->what);
        buf_lit(out, ",\"due\":");
        add_when_or_null(out, promise->due, c->offset_minutes);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void add_asked_twice(Buf *out, const Reading *reading)
{
    buf_char(out, '[');
    for (size_t i = 0; i < reading->asked_twice.count; i++) {
        if (i) buf_char(out, ',');
        buf_char(out, '[');
        buf_u64(out, reading->asked_twice.item[i].first);
        buf_char(out, ',');
        buf_u64(out, reading->asked_twice.item[i].again);
        buf_char(out, ']');
    }
    buf_char(out, ']');
}

void hear_json_reading(Buf *out, const Conversation *conversation, const Reading *reading)
{
    buf_char(out, '{');
    add_verdicts(out, reading);
    buf_lit(out, ",\"demand\":");
    add_spans(out, reading->demand);
    buf_lit(out, ",\"need\":");
    add_spans(out, reading->need);
    buf_lit(out, ",\"emotion\":");
    add_emotion(out, reading);
    buf_lit(out, ",\"promises\":");
    add_promises(out, conversation, reading);
    buf_lit(out, ",\"asked_twice\":");
    add_asked_twice(out, reading);
    buf_lit(out, ",\"talk_share\":");
    if (reading->talk_share < 0)
        buf_lit(out, "null");
    else
        buf_hundredths(out, reading->talk_share);
    buf_lit(out, ",\"response_ms\":{\"median\":");
    add_ms_or_null(out, reading->response_median_ms);
    buf_lit(out, ",\"max\":");
    add_ms_or_null(out, reading->response_max_ms);
    buf_lit(out, "}}");
}

static void add_mark(Buf *out, const Hearer *hearer, const Conversation *c, const Mark *m)
{
    assert(m->utterance < c->utterance_count && m->begin < m->end && m->end <= c->utterance[m->utterance].text.len);
    buf_lit(out, "{\"turn\":");
    buf_u64(out, m->utterance);
    buf_lit(out, ",\"behaviour\":");
    buf_json(out, hear_behaviour(hearer, m->behaviour)->id);
    buf_lit(out, ",\"begin\":");
    buf_u64(out, m->begin);
    buf_lit(out, ",\"end\":");
    buf_u64(out, m->end);
    buf_lit(out, ",\"text\":");
    buf_json(out, str_sub(c->utterance[m->utterance].text, m->begin, m->end));
    buf_lit(out, ",\"quality\":");
    buf_hundredths(out, m->quality);
    buf_lit(out, ",\"confidence\":");
    buf_hundredths(out, m->confidence);
    buf_lit(out, ",\"reason\":");
    buf_json(out, hear_reason(hearer, m->rule));
    buf_lit(out, ",\"state\":");
    add_name(out, agreement_state_name(hear_mark_state(hearer, m)));
    buf_char(out, '}');
}

static const char *speakers_name(Speakers speakers)
{
    static const char *const NAMES[] = {
        [SPEAKERS_GIVEN] = "given", [SPEAKERS_DECIDED] = "decided", [SPEAKERS_SWAPPED] = "swapped?"
    };
    return NAMES[speakers];
}

static void add_head(Buf *out, const Conversation *c)
{
    buf_lit(out, "{\"id\":");
    buf_json(out, c->id);
    buf_lit(out, ",\"source\":{\"file\":");
    buf_json(out, c->file);
    buf_lit(out, ",\"line\":");
    if (c->line)
        buf_u64(out, c->line);
    else
        buf_lit(out, "null");
    buf_lit(out, "},\"speakers\":");
    add_name(out, speakers_name(c->speakers));
    buf_lit(out, ",\"channel\":");
    add_name(out, channel_name(c->channel));
    buf_lit(out, ",\"started_at\":");
    add_when_or_null(out, c->started, c->offset_minutes);
    buf_lit(out, ",\"participants\":");
    add_participants(out, c);
}

void hear_json(Buf *out, const Hearer *hearer, const Conversation *conversation, Marks marks, const Reading *reading,
               bool with_turns)
{
    add_head(out, conversation);
    if (with_turns) {
        buf_lit(out, ",\"turns\":");
        add_turns(out, conversation);
    }
    buf_lit(out, ",\"reading\":");
    hear_json_reading(out, conversation, reading);
    buf_lit(out, ",\"marks\":[");
    for (size_t i = 0; i < marks.count; i++) {
        if (i) buf_char(out, ',');
        add_mark(out, hearer, conversation, &marks.item[i]);
    }
    buf_lit(out, "]}");
}
