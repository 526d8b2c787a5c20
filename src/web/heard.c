/* heard.c -- fills heard.html: the reading in words, the skills, and the turns with their marked pieces. */
#include "web/heard.h"

#include <stdlib.h>

#include "web/curve.h"
#include "web/labels.h"
#include "web/templates.h"

/* What filling needs everywhere. */
typedef struct Fill {
    const HeardPage *page;
    const Conversation *c;
    Arena *arena;
    size_t at; /* marks before it belong to turns already filled */
} Fill;

static AgreementState state_of(const HeardPage *page, const Mark *m)
{
    return page->names.state ? page->names.state(page->names.context, m) : STATE_UNMEASURED;
}

/* NULL: the mark is not shown. */
static const Behaviour *behaviour_of(const HeardPage *page, const Mark *m)
{
    if (state_of(page, m) == STATE_OFF) return NULL;
    return page->names.behaviour(page->names.context, m->behaviour);
}

static const char *sign_css(Sign sign) { return sign == SIGN_STRENGTH ? "s" : sign == SIGN_HARM ? "h" : "n"; }

static const char *sign_text(Sign sign) { return sign == SIGN_STRENGTH ? "+" : sign == SIGN_HARM ? "−" : "•"; }

/* ---- who and where ---- */

static Str name_of(const Participant *p, Role role)
{
    if (p && p->name.len) return p->name;
    /* An id is a name only when it says more than the role does. */
    if (p && p->id.len && role_from(p->id) == ROLE_UNKNOWN && p->id.len <= 40) return p->id;
    return label("role", str_from(role_name(role)));
}

static Str speaker_of(const Conversation *c, const Utterance *u)
{
    const Participant *p = u->participant < c->participant_count ? &c->participant[u->participant] : NULL;
    return name_of(p, u->role);
}

/* Names of one role with ", " between, three at most. */
static Str names_of(const Conversation *c, Role role, Arena *arena)
{
    Str all = { 0 };
    size_t count = 0;
    for (uint32_t i = 0; i < c->participant_count && count < 3; i++) {
        if (c->participant[i].role != role) continue;
        Str name = name_of(&c->participant[i], role);
        all = count++ ? arena_printf(arena, "%.*s, %.*s", STR_ARG(all), STR_ARG(name)) : name;
    }
    return all;
}

Str heard_title(const Conversation *c, Arena *arena)
{
    Str customer = names_of(c, ROLE_CUSTOMER, arena), staff = names_of(c, ROLE_AGENT, arena);
    if (!customer.len) customer = label("role", STR("customer"));
    if (!staff.len) staff = names_of(c, ROLE_BOT, arena);
    if (!staff.len) return customer;
    return arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(customer), STR_ARG(label("join", STR("with"))),
                        STR_ARG(staff));
}

static Str source_of(const Conversation *c, Arena *arena)
{
    if (!c->file.len) return c->id;
    if (!c->line) return c->file;
    return arena_printf(arena, "%.*s:%llu", STR_ARG(c->file), (unsigned long long)c->line);
}

static Str turn_anchor(const Fill *f, uint32_t turn)
{
    return arena_printf(f->arena, "%.*s-t%u", STR_ARG(f->page->anchor), turn + 1);
}

static Str words_at(const Conversation *c, Span span)
{
    return str_sub(c->utterance[span.utterance].text, span.begin, span.end);
}

static bool span_in(const Conversation *c, Span span)
{
    return span.utterance < c->utterance_count && span.begin < span.end &&
           span.end <= c->utterance[span.utterance].text.len;
}

/* ---- the reading ---- */

static void fill_wants(const Fill *f, HeardView *v)
{
    const Spans demand = f->page->reading->demand, need = f->page->reading->need;
    HeardDemand *demands = ARENA_NEW(f->arena, HeardDemand, demand.count);
    HeardNeed *needs = ARENA_NEW(f->arena, HeardNeed, need.count);
    for (size_t i = 0; i < demand.count; i++) {
        Span s = demand.item[i];
        if (span_in(f->c, s))
            demands[v->demands.count++] =
                (HeardDemand){ turn_anchor(f, s.utterance), s.utterance + 1, words_at(f->c, s) };
    }
    for (size_t i = 0; i < need.count; i++) {
        Span s = need.item[i];
        if (span_in(f->c, s))
            needs[v->needs.count++] = (HeardNeed){ turn_anchor(f, s.utterance), s.utterance + 1, words_at(f->c, s) };
    }
    v->demands.item = demands;
    v->needs.item = needs;
}

static void fill_promises(const Fill *f, HeardView *v)
{
    const Reading *r = f->page->reading;
    HeardPromise *item = ARENA_NEW(f->arena, HeardPromise, r->promises.count);
    for (size_t i = 0; i < r->promises.count; i++) {
        const Promise *p = &r->promises.item[i];
        if (!span_in(f->c, p->span)) continue;
        const Participant *who = p->who < f->c->participant_count ? &f->c->participant[p->who] : NULL;
        item[v->promises.count++] = (HeardPromise){
            .anchor = turn_anchor(f, p->span.utterance),
            .turn = p->span.utterance + 1,
            .who = name_of(who, f->c->utterance[p->span.utterance].role),
            .text = words_at(f->c, p->span),
            .due = label_moment(f->arena, p->due, f->c->offset_minutes),
        };
    }
    v->promises.item = item;
}

static void fill_asked(const Fill *f, HeardView *v)
{
    const Reading *r = f->page->reading;
    HeardAsked *item = ARENA_NEW(f->arena, HeardAsked, r->asked_twice.count);
    for (size_t i = 0; i < r->asked_twice.count; i++) {
        AskedTwice a = r->asked_twice.item[i];
        if (a.first >= f->c->utterance_count || a.again >= f->c->utterance_count) continue;
        item[v->asked.count++] =
            (HeardAsked){ turn_anchor(f, a.first), a.first + 1, turn_anchor(f, a.again), a.again + 1 };
    }
    v->asked.item = item;
}

static void fill_reading(const Fill *f, HeardView *v)
{
    const Reading *r = f->page->reading;
    v->outcome = label_outcome("outcome", r->outcome);
    v->outcome_long = label_outcome("outcome_long", r->outcome);
    v->outcome_sure = r->outcome == OUTCOME_UNSURE ? 0 : r->outcome_confidence;
    v->ends = label_ends("ends", r->ends);
    v->ends_long = label_ends("ends_long", r->ends);
    v->ends_sure = r->ends == ENDS_UNSURE ? 0 : r->ends_confidence;
    v->first = label_answer("first", r->first_contact);
    v->first_long = label_answer("first_long", r->first_contact);
    v->first_sure = r->first_contact == ANSWER_UNSURE ? 0 : r->first_contact_confidence;
    v->talk_known = r->talk_share >= 0;
    v->talk_share = r->talk_share;
    v->answer_median = label_duration(f->arena, r->response_median_ms);
    v->answer_max = label_duration(f->arena, r->response_max_ms);
    fill_wants(f, v);
    fill_promises(f, v);
    fill_asked(f, v);
    v->has_curve = curve_view(f->c, r, f->arena, &v->curve);
}

/* ---- behaviours by skill ---- */

/* How often one behaviour was heard. */
typedef struct Count {
    const Behaviour *behaviour;
    uint32_t number, count;
} Count;

static int by_number(const void *a, const void *b)
{
    const Count *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* The behaviours that were heard, in the order of behaviours.tsv, where families stand together. */
static Count *count_behaviours(const Fill *f, size_t *ret)
{
    Marks marks = f->page->marks;
    Count *count = ARENA_NEW(f->arena, Count, marks.count + 1);
    uint32_t *place = ARENA_NEW(f->arena, uint32_t, UINT16_MAX + 1); /* of each behaviour in `count`, from 1 */
    size_t n = 0;
    for (size_t i = 0; i < marks.count; i++) {
        const Behaviour *b = behaviour_of(f->page, &marks.item[i]);
        uint16_t number = marks.item[i].behaviour;
        if (!b) continue;
        if (!place[number]) {
            count[n] = (Count){ b, number, 0 };
            place[number] = (uint32_t)++n;
        }
        count[place[number] - 1].count++;
    }
    qsort(count, n, sizeof *count, by_number);
    *ret = n;
    return count;
}

/* Counts [from, to) are one family. */
static HeardSkill skill_of(const Fill *f, const Count *count, size_t from, size_t to)
{
    const Behaviour *b = count[from].behaviour;
    HeardCounted *item = ARENA_NEW(f->arena, HeardCounted, to - from);
    HeardSkill skill = { .name = label("family", b->family),
                         .css = str_from(sign_css(b->sign)),
                         .sign = str_from(sign_text(b->sign)) };
    for (size_t i = from; i < to; i++) {
        item[i - from] = (HeardCounted){ count[i].behaviour->name, count[i].count, count[i].count > 1 };
        skill.count += count[i].count;
    }
    skill.behaviours.item = item;
    skill.behaviours.count = to - from;
    return skill;
}

static void fill_skills(const Fill *f, HeardView *v)
{
    static const Sign order[] = { SIGN_STRENGTH, SIGN_HARM, SIGN_NEUTRAL };
    size_t count, n = 0;
    int64_t most = 1;
    Count *counts = count_behaviours(f, &count);
    HeardSkill *item = ARENA_NEW(f->arena, HeardSkill, count + 1);
    for (size_t sign = 0; sign < COUNT(order); sign++)
        for (size_t from = 0, to; from < count; from = to) {
            const Behaviour *b = counts[from].behaviour;
            for (to = from + 1; to < count && str_equal(counts[to].behaviour->family, b->family) &&
                                counts[to].behaviour->sign == b->sign;)
                to++;
            if (b->sign != order[sign]) continue;
            item[n] = skill_of(f, counts, from, to);
            most = MAX(most, item[n].count);
            n++;
        }
    for (size_t i = 0; i < n; i++) item[i].width = item[i].count * 100 / most;
    v->skills.item = item;
    v->skills.count = n;
}

HeardTally heard_tally(const HeardPage *page)
{
    HeardTally tally = { 0 };
    for (size_t i = 0; i < page->marks.count; i++) {
        const Behaviour *b = behaviour_of(page, &page->marks.item[i]);
        if (!b) continue;
        tally.strengths += b->sign == SIGN_STRENGTH;
        tally.harms += b->sign == SIGN_HARM;
    }
    return tally;
}

/* ---- the turns ---- */

static int sign_rank(Sign sign) { return sign == SIGN_STRENGTH ? 0 : sign == SIGN_HARM ? 1 : 2; }

static int by_sign(const void *a, const void *b)
{
    const HeardTip *x = a, *y = b;
    return x->css.data[0] == y->css.data[0] ? 0
                                            : (x->css.data[0] == 's'   ? -1
                                               : y->css.data[0] == 's' ? 1
                                               : x->css.data[0] == 'h' ? -1
                                                                       : 1);
}

static HeardTip tip_of(const Fill *f, const Mark *m, const Behaviour *b)
{
    return (HeardTip){
        .css = str_from(sign_css(b->sign)),
        .sign = str_from(sign_text(b->sign)),
        .name = b->name,
        .counts = b->counts,
        .quality = b->who == WHO_AGENT && b->sign == SIGN_STRENGTH ? label_quality(m->quality) : (Str){ 0 },
        .sure = m->confidence,
        .check = state_of(f->page, m) == STATE_CHECK,
        .reason = f->page->names.reason(f->page->names.context, m->rule),
    };
}

/* "s", "h", "s h", …: all signs over a piece. */
static Str piece_css(unsigned signs)
{
    static const char *const css[] = { "", "s", "h", "s h", "n", "s n", "h n", "s h n" };
    return str_from(css[signs]);
}

/* The piece [begin, end) of a turn: which of its marks cover it, which end with it. */
static HeardPiece piece_of(const Fill *f, Str text, uint32_t begin, uint32_t end, const Mark *mark, size_t count)
{
    HeardPiece piece = { .text = str_sub(text, begin, end) };
    unsigned signs = 0, ended = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += mark[i].begin <= begin && mark[i].end >= end;
    if (!n) return piece;
    HeardTip *tip = ARENA_NEW(f->arena, HeardTip, n);
    n = 0;
    for (size_t i = 0; i < count; i++) {
        const Behaviour *b = mark[i].begin <= begin && mark[i].end >= end ? behaviour_of(f->page, &mark[i]) : NULL;
        if (!b) continue;
        tip[n++] = tip_of(f, &mark[i], b);
        signs |= 1u << sign_rank(b->sign);
        if (mark[i].end == end) ended |= 1u << sign_rank(b->sign);
    }
    static const char *const ends[] = { "", "+", "−", "+−", "•", "+•", "−•", "+−•" };
    qsort(tip, n, sizeof *tip, by_sign);
    piece.css = piece_css(signs);
    piece.signs = str_from(ends[ended]);
    piece.tips.item = tip;
    piece.tips.count = n;
    return piece;
}

static int by_value(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

enum { TURN_MARKS_MAX = 100 }; /* of one turn drawn under its words: keeps a page's size in step with the text */

/* Cuts a turn's text wherever a mark begins or ends. */
static void fill_pieces(const Fill *f, Str text, const Mark *mark, size_t count, HeardTurn *turn)
{
    count = MIN(count, (size_t)TURN_MARKS_MAX);
    uint32_t *cut = ARENA_NEW(f->arena, uint32_t, 2 * count + 2);
    size_t cuts = 0;
    cut[cuts++] = 0;
    cut[cuts++] = (uint32_t)text.len;
    for (size_t i = 0; i < count; i++) {
        cut[cuts++] = MIN(mark[i].begin, (uint32_t)text.len);
        cut[cuts++] = MIN(mark[i].end, (uint32_t)text.len);
    }
    qsort(cut, cuts, sizeof *cut, by_value);
    HeardPiece *piece = ARENA_NEW(f->arena, HeardPiece, cuts);
    size_t n = 0;
    for (size_t i = 0; i + 1 < cuts; i++)
        if (cut[i] < cut[i + 1]) piece[n++] = piece_of(f, text, cut[i], cut[i + 1], mark, count);
    turn->pieces.item = piece;
    turn->pieces.count = n;
}

/* One label for each behaviour of the turn, strengths first. */
static void fill_labels(const Fill *f, const Mark *mark, size_t count, HeardTurn *turn)
{
    HeardLabel *item = ARENA_NEW(f->arena, HeardLabel, count);
    size_t n = 0;
    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; i < count && n < count; i++) {
            const Behaviour *b = behaviour_of(f->page, &mark[i]);
            if (!b || sign_rank(b->sign) != rank) continue;
            HeardTip tip = tip_of(f, &mark[i], b);
            bool seen = false;
            for (size_t k = 0; k < n && !seen; k++)
                seen = str_equal(item[k].name, tip.name) && str_equal(item[k].quality, tip.quality);
            if (!seen)
                item[n++] = (HeardLabel){
                    .css = tip.css, .sign = tip.sign, .name = tip.name, .quality = tip.quality, .check = tip.check
                };
        }
    turn->labels.item = item;
    turn->labels.count = n;
}

static HeardTurn turn_of(Fill *f, uint32_t number)
{
    const Utterance *u = &f->c->utterance[number];
    Marks marks = f->page->marks;
    while (f->at < marks.count && marks.item[f->at].utterance < number) f->at++;
    size_t end = f->at;
    while (end < marks.count && marks.item[end].utterance == number) end++;
    HeardTurn turn = {
        .anchor = turn_anchor(f, number),
        .number = number + 1,
        .who = speaker_of(f->c, u),
        .css = str_from(role_name(u->role)),
        .clock = label_clock(f->arena, u->at_ms),
        .note = !u->is_public,
        .doubtful = u->doubtful,
    };
    if (turn.note) turn.css = arena_printf(f->arena, "%s note", role_name(u->role));
    const Mark *mark = marks.count ? marks.item + f->at : NULL;
    fill_pieces(f, u->text, mark, end - f->at, &turn);
    fill_labels(f, mark, MIN(end - f->at, (size_t)TURN_MARKS_MAX), &turn);
    f->at = end;
    return turn;
}

static void fill_turns(Fill *f, HeardView *v)
{
    HeardTurn *item = ARENA_NEW(f->arena, HeardTurn, f->c->utterance_count);
    for (uint32_t i = 0; i < f->c->utterance_count; i++) item[i] = turn_of(f, i);
    v->turns.item = item;
    v->turns.count = f->c->utterance_count;
}

void heard_html_of(Buf *out, const HeardPage *page, Arena *arena)
{
    const Conversation *c = page->conversation;
    Fill f = { .page = page, .c = c, .arena = arena };
    HeardTally tally = heard_tally(page);
    HeardView v = {
        .anchor = page->anchor,
        .title = heard_title(c, arena),
        .subject = c->subject,
        .where = label("channel", str_from(channel_name(c->channel))),
        .when = label_moment(arena, c->started, c->offset_minutes),
        .source = source_of(c, arena),
        .turn_count = c->utterance_count,
        .was_read = page->reading != NULL,
        .damage = page->damage,
        .decided = c->speakers == SPEAKERS_DECIDED,
        .swapped = c->speakers == SPEAKERS_SWAPPED,
        .strengths = tally.strengths,
        .harms = tally.harms,
    };
    if (page->reading) fill_reading(&f, &v);
    fill_skills(&f, &v);
    fill_turns(&f, &v);
    heard_html(out, &v);
}
