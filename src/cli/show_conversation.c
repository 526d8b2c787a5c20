/* show_conversation.c -- a conversation on a terminal: who said what, the marks under the words, then the reading. */
#include "cli/lay_out.h"
#include "cli/show.h"

#include <stdlib.h>

enum {
    SPEAKER_WIDTH_MAX = 20,
    KEY_WIDTH = 16,       /* "First contact" and its blanks */
    CURVE_WIDTH_MAX = 48, /* points of the emotion curve */
    PROMISES_MAX = 6,     /* lines of them */
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
};

const char *show_style(const Show *show, Style style)
{
    static const char *const CODES[STYLE_COUNT] = {
        [STYLE_END] = "\033[0m",       [STYLE_DIM] = "\033[2m",   [STYLE_BOLD] = "\033[1m",
        [STYLE_STRENGTH] = "\033[32m", [STYLE_HARM] = "\033[31m", [STYLE_CUSTOMER] = "\033[36m",
    };
    return show->color ? CODES[style] : "";
}

static void styled(Buf *out, const Show *show, Style style, const char *text)
{
    buf_add(out, str_from(show_style(show, style)));
    buf_add(out, str_from(text));
    buf_add(out, str_from(show_style(show, STYLE_END)));
}

/* --- the head --- */

static void add_date(Buf *out, int64_t when, int offset_minutes, bool weekday)
{
    static const char *const DAYS[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t local;
    if (__builtin_add_overflow(when, (int64_t)offset_minutes * MINUTE_MS, &local)) local = when;
    Date d = when_to_date(local);
    if (weekday) buf_printf(out, "%s ", DAYS[date_weekday(local)]);
    buf_printf(out, "%d %s %d %02d:%02d", d.day, MONTHS[d.month - 1], d.year, d.hour, d.minute);
}

static void add_count(Buf *out, size_t count, const char *one, const char *many)
{
    buf_printf(out, "%zu %s", count, count == 1 ? one : many);
}

static void add_mark_counts(Buf *out, const Show *show, Marks marks)
{
    size_t strengths = 0, harms = 0;
    for (size_t i = 0; i < marks.count; i++) {
        const Behaviour *b = hear_behaviour(show->hearer, marks.item[i].behaviour);
        strengths += b->who == WHO_AGENT && b->sign == SIGN_STRENGTH;
        harms += b->who == WHO_AGENT && b->sign == SIGN_HARM;
    }
    add_count(out, strengths, "strength", "strengths");
    buf_lit(out, ", ");
    add_count(out, harms, "harm", "harms");
}

/* d-01  phone  2 Mar 2026 09:15  A subject
 * 14 turns, 5 strengths, 1 harm; who is who was decided from what is said */
static void add_head(Buf *out, const Show *show, const Heard *heard)
{
    static const char *const SPEAKERS[] = {
        [SPEAKERS_GIVEN] = "",
        [SPEAKERS_DECIDED] = "; who is who was decided from what is said",
        [SPEAKERS_SWAPPED] = "; the speakers look swapped",
    };
    const Conversation *c = heard->conversation;
    Buf rest = { 0 };
    if (c->channel != CHANNEL_UNKNOWN) buf_printf(&rest, "  %s", channel_name(c->channel));
    if (c->started != WHEN_NONE) {
        buf_lit(&rest, "  ");
        add_date(&rest, c->started, c->offset_minutes, false);
    }
    int needed = (int)rest.len;
    if (c->subject.len) buf_lit(&rest, "  ");
    buf_add(&rest, c->subject);
    buf_add(out, str_from(show_style(show, STYLE_BOLD)));
    int used = lay_out_cut(out, c->id, show->width - needed);
    buf_add(out, str_from(show_style(show, STYLE_END)));
    lay_out_cut(out, buf_str(&rest), show->width - used);
    buf_char(out, '\n');
    rest.len = 0;
    add_count(&rest, c->utterance_count, "turn", "turns");
    buf_lit(&rest, ", ");
    add_mark_counts(&rest, show, heard->marks);
    buf_add(&rest, heard_undecided(c) ? STR("; nothing tells who is staff") : str_from(SPEAKERS[c->speakers]));
    buf_add(out, str_from(show_style(show, STYLE_DIM)));
    lay_out_cut(out, buf_str(&rest), show->width);
    buf_char(out, '\n');
    for (int i = 0; i < show->width; i++) buf_lit(out, "─");
    buf_add(out, str_from(show_style(show, STYLE_END)));
    buf_char(out, '\n');
    buf_clear(&rest);
}

/* --- the turns --- */

/* "customer", "agent Lena", "note Lena": what stays when the name must be cut is what one has to know. */
static void speaker_of(Buf *out, const Conversation *c, const Utterance *u)
{
    if (!u->is_public)
        buf_lit(out, "note");
    else if (u->role != ROLE_UNKNOWN)
        buf_add(out, str_from(role_name(u->role)));
    Str name = u->participant == NO_PARTICIPANT ? (Str){ 0 } : c->participant[u->participant].name;
    if (name.len && !str_equal_nocase(name, str_from(role_name(u->role)))) {
        if (out->len) buf_char(out, ' ');
        lay_out_text(out, name);
    }
    if (out->len == 0) buf_lit(out, "somebody");
}

static void add_clock(Buf *out, int64_t ms)
{
    int64_t seconds = MAX(0, ms) / 1000;
    if (seconds >= 3600)
        buf_printf(out, "%lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
                   (long long)(seconds % 60));
    else
        buf_printf(out, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
}

typedef struct Gutter {
    int number, clock, speaker, all;
} Gutter; /* columns */

static Gutter gutter_for(const Conversation *c, int width)
{
    Gutter g = { .number = 2 };
    for (uint32_t n = c->utterance_count; n >= 100; n /= 10) g.number++;
    Buf text = { 0 };
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        text.len = 0;
        if (u->at_ms != WHEN_NONE) add_clock(&text, u->at_ms);
        g.clock = MAX(g.clock, (int)text.len);
        text.len = 0;
        speaker_of(&text, c, u);
        g.speaker = MAX(g.speaker, lay_out_width(buf_str(&text)));
    }
    buf_clear(&text);
    g.speaker = MIN(g.speaker, MIN(SPEAKER_WIDTH_MAX, width / 5));
    g.all = g.number + 2 + (g.clock ? g.clock + 2 : 0) + g.speaker + 2;
    return g;
}

static void add_gutter(Buf *out, const Show *show, const Conversation *c, uint32_t index, Gutter g)
{
    const Utterance *u = &c->utterance[index];
    buf_add(out, str_from(show_style(show, STYLE_DIM)));
    buf_printf(out, "%*u  ", g.number, index + 1);
    if (g.clock) {
        Buf clock = { 0 };
        if (u->at_ms != WHEN_NONE) add_clock(&clock, u->at_ms);
        lay_out_pad(out, g.clock - (int)clock.len);
        buf_add(out, buf_str(&clock));
        buf_lit(out, "  ");
        buf_clear(&clock);
    }
    buf_add(out, str_from(show_style(show, STYLE_END)));
    Buf speaker = { 0 };
    bool person = u->is_public && (u->role == ROLE_CUSTOMER || u->role == ROLE_AGENT);
    speaker_of(&speaker, c, u);
    buf_add(out, str_from(show_style(show, person ? STYLE_BOLD : STYLE_DIM)));
    int used = lay_out_cut(out, buf_str(&speaker), g.speaker);
    buf_add(out, str_from(show_style(show, STYLE_END)));
    lay_out_pad(out, g.speaker - used + 2);
    buf_clear(&speaker);
}

static void add_turns(Buf *out, const Show *show, const Heard *heard)
{
    const Conversation *c = heard->conversation;
    Gutter gutter = gutter_for(c, show->width);
    size_t at = 0; /* the first mark not yet drawn: they are ordered by turn */
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        size_t first = at;
        while (at < heard->marks.count && heard->marks.item[at].utterance == i) at++;
        bool spoken = u->is_public && !u->doubtful && u->role != ROLE_BOT && u->role != ROLE_SYSTEM;
        add_gutter(out, show, c, i, gutter);
        const Mark *marks = at > first ? &heard->marks.item[first] : NULL;
        show_words(out, show, u->text, marks, at - first, gutter.all, spoken ? "" : show_style(show, STYLE_DIM));
    }
    buf_char(out, '\n');
}

/* --- the reading --- */

static void add_key(Buf *out, const Show *show, const char *key)
{
    styled(out, show, STYLE_DIM, key);
    lay_out_pad(out, KEY_WIDTH - (int)strlen(key));
}

static void add_confidence(Buf *out, uint8_t hundredths) { buf_printf(out, " (confidence %d %%)\n", hundredths); }

static void add_verdict(Buf *out, const Show *show, const char *key, const char *word, uint8_t confidence)
{
    add_key(out, show, key);
    if (!word) {
        buf_lit(out, "not sure\n");
        return;
    }
    buf_add(out, str_from(word));
    add_confidence(out, confidence);
}

static void add_quote(Buf *out, const Conversation *c, Span span, int width)
{
    buf_lit(out, "“");
    (void)lay_out_cut(out, str_sub(c->utterance[span.utterance].text, span.begin, span.end), MAX(8, width - 2));
    buf_lit(out, "”");
}

static void add_spans(Buf *out, const Show *show, const Conversation *c, const char *key, Spans spans)
{
    add_key(out, show, key);
    if (spans.count == 0) buf_lit(out, "none heard");
    Buf where = { 0 };
    for (size_t i = 0; i < MIN(spans.count, 1u); i++) {
        buf_printf(&where, " (turn %u", spans.item[i].utterance + 1);
        if (spans.count > 1) buf_printf(&where, "; %zu more", spans.count - 1);
        buf_lit(&where, ")");
        add_quote(out, c, spans.item[i], show->width - KEY_WIDTH - (int)where.len);
        buf_add(out, buf_str(&where));
    }
    buf_clear(&where);
    buf_char(out, '\n');
}

static void add_promise(Buf *out, const Show *show, const Conversation *c, const Promise *promise)
{
    Buf due = { 0 };
    buf_printf(&due, " (turn %u", promise->span.utterance + 1);
    if (promise->due != WHEN_NONE) {
        buf_lit(&due, ", due ");
        add_date(&due, promise->due, c->offset_minutes, true);
    }
    buf_lit(&due, ")");
    add_quote(out, c, promise->span, show->width - KEY_WIDTH - (int)due.len);
    buf_add(out, buf_str(&due));
    buf_char(out, '\n');
    buf_clear(&due);
}

static void add_promises(Buf *out, const Show *show, const Conversation *c, const Reading *r)
{
    add_key(out, show, "Promises");
    if (r->promises.count == 0) buf_lit(out, "none made\n");
    size_t shown = MIN(r->promises.count, (size_t)PROMISES_MAX);
    for (size_t i = 0; i < shown; i++) {
        if (i) lay_out_pad(out, KEY_WIDTH);
        add_promise(out, show, c, &r->promises.item[i]);
    }
    if (r->promises.count <= shown) return;
    lay_out_pad(out, KEY_WIDTH);
    buf_printf(out, "and %zu more\n", r->promises.count - shown);
}

static void add_asked_twice(Buf *out, const Show *show, const Reading *r)
{
    enum { PAIRS_MAX = 3 };
    add_key(out, show, "Asked twice");
    if (r->asked_twice.count == 0) buf_lit(out, "nothing");
    for (size_t i = 0; i < MIN(r->asked_twice.count, (size_t)PAIRS_MAX); i++)
        buf_printf(out, "%sturn %u, and again in turn %u", i ? "; " : "", r->asked_twice.item[i].first + 1,
                   r->asked_twice.item[i].again + 1);
    if (r->asked_twice.count > PAIRS_MAX) buf_printf(out, "; %zu more", r->asked_twice.count - PAIRS_MAX);
    buf_char(out, '\n');
}

/* "12 s", "1 min 40 s", "3 h 5 min" */
static void add_duration(Buf *out, int64_t ms)
{
    if (ms < MINUTE_MS)
        buf_printf(out, "%lld s", (long long)((ms + 500) / 1000));
    else if (ms < HOUR_MS)
        buf_printf(out, "%lld min %lld s", (long long)(ms / MINUTE_MS), (long long)(ms % MINUTE_MS / 1000));
    else
        buf_printf(out, "%lld h %lld min", (long long)(ms / HOUR_MS), (long long)(ms % HOUR_MS / MINUTE_MS));
}

static void add_times(Buf *out, const Show *show, const Reading *r)
{
    add_key(out, show, "Talk share");
    if (r->talk_share < 0)
        buf_lit(out, "not known\n");
    else
        buf_printf(out, "staff %d %%, customer %d %%\n", r->talk_share, 100 - r->talk_share);
    add_key(out, show, "Answers after");
    if (r->response_median_ms == WHEN_NONE) {
        buf_lit(out, "not known\n");
        return;
    }
    add_duration(out, r->response_median_ms);
    if (r->response_max_ms != WHEN_NONE) {
        buf_lit(out, " (median), ");
        add_duration(out, r->response_max_ms);
        buf_lit(out, " at most");
    }
    buf_char(out, '\n');
}

/* The customer's curve, one character a turn (several turns' mean when there are many). */
static void add_emotion(Buf *out, const Show *show, const Reading *r)
{
    static const char *const BARS[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    size_t count = r->emotion.count, points = MIN(count, (size_t)MIN(CURVE_WIDTH_MAX, show->width - KEY_WIDTH - 24));
    add_key(out, show, "Emotion");
    if (count == 0) {
        buf_lit(out, "no words of the customer's\n");
        return;
    }
    buf_add(out, str_from(show_style(show, STYLE_CUSTOMER)));
    for (size_t i = 0; i < points; i++) {
        size_t from = count * i / points, to = count * (i + 1) / points;
        int64_t sum = 0;
        for (size_t k = from; k < to; k++) sum += r->emotion.item[k].value;
        int64_t mean = sum / (int64_t)(to - from);
        buf_add(out, str_from(BARS[MIN(7, MAX(0, (mean + 100) * 8 / 201))]));
    }
    buf_add(out, str_from(show_style(show, STYLE_END)));
    buf_lit(out, "  from ");
    buf_hundredths(out, r->emotion.item[0].value);
    buf_lit(out, " to ");
    buf_hundredths(out, r->emotion.item[count - 1].value);
    buf_char(out, '\n');
}

static void add_reading(Buf *out, const Show *show, const Conversation *c, const Reading *r)
{
    static const char *const FIRST[] = {
        [ANSWER_UNSURE] = NULL, [ANSWER_YES] = "settled in this one contact", [ANSWER_NO] = "not settled in one contact"
    };
    add_verdict(out, show, "Outcome", outcome_name(r->outcome), r->outcome_confidence);
    add_verdict(out, show, "First contact", FIRST[r->first_contact], r->first_contact_confidence);
    add_verdict(out, show, "Customer ends", ends_name(r->ends), r->ends_confidence);
    add_spans(out, show, c, "Demand", r->demand);
    add_spans(out, show, c, "Need", r->need);
    add_promises(out, show, c, r);
    add_asked_twice(out, show, r);
    add_times(out, show, r);
    add_emotion(out, show, r);
}

/* The marks of behaviours that are not off. */
static Marks shown_marks(const Show *show, Marks marks)
{
    Marks ret = { calloc(marks.count + 1, sizeof *marks.item), 0 };
    if (!ret.item) abort(); /* the process is out of memory */
    for (size_t i = 0; i < marks.count; i++)
        if (hear_mark_state(show->hearer, &marks.item[i]) != STATE_OFF) ret.item[ret.count++] = marks.item[i];
    return ret;
}

void show_conversation(Buf *out, const Show *show, const Heard *all)
{
    Heard shown = *all, *heard = &shown;
    shown.marks = shown_marks(show, all->marks);
    add_head(out, show, heard);
    if (show->turns) add_turns(out, show, heard);
    free(shown.marks.item);
    add_reading(out, show, heard->conversation, heard->reading);
    buf_lit(out, "\n\n");
}
