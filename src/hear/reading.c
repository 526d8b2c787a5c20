/* reading.c -- what is said of a whole conversation.  See Reading in hear.h.
 *
 * In: what judge_run left in the Hearing.  Out: demand and need (two fields, always), the customer's emotion turn by
 * turn, promises with their dates, questions asked twice, shares and waits; outcome.c adds how it came out.
 */
#include "hear/hearing.h"
#include "hear/outcome.h"
#include "hear/promise.h"

#include <stdlib.h>

/* --- demand, need, promises: spans of marks -------------------------------------- */

static void add_span(Spans *spans, size_t *capacity, const Mark *mark, Arena *arena)
{
    *ARENA_PUSH(arena, spans->item, spans->count, *capacity) = (Span){ mark->utterance, mark->begin, mark->end };
}

static bool ends_before(const Span *span, const Mark *mark)
{
    return span->utterance < mark->utterance || (span->utterance == mark->utterance && span->end <= mark->begin);
}

static int by_place(const void *x, const void *y)
{
    const Span *a = x, *b = y;
    if (a->utterance != b->utterance) return a->utterance < b->utterance ? -1 : 1;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* What was marked, and what only the rules heard: for demands and needs both together agree best with people. */
static Spans spans_of(const Hearing *h, uint16_t behaviour, Arena *arena)
{
    Spans ret = { 0 };
    size_t capacity = 0;
    for (size_t i = 0; i < h->mark_count; i++)
        if (h->mark[i].behaviour == behaviour) add_span(&ret, &capacity, &h->mark[i], arena);
    size_t marked = ret.count, at = 0; /* both lists are in their order, and none in them shares words with another */
    for (size_t i = 0; i < h->rule_mark_count; i++) {
        const Mark *mark = &h->rule_mark[i];
        if (mark->behaviour != behaviour) continue;
        while (at < marked && ends_before(&ret.item[at], mark)) at++;
        if (at == marked || ret.item[at].utterance != mark->utterance || ret.item[at].begin >= mark->end)
            add_span(&ret, &capacity, mark, arena);
    }
    if (ret.count) qsort(ret.item, ret.count, sizeof *ret.item, by_place);
    return ret;
}

static int64_t said_at(const Conversation *c, const Utterance *u)
{
    if (c->started == WHEN_NONE) return WHEN_NONE;
    return u->at_ms == WHEN_NONE ? c->started : c->started + u->at_ms;
}

/* A commitment, and an ownership that no commitment shares words with, are promises. */
static void find_promises(const Hearing *h, const Conversation *c, Arena *arena, Reading *ret)
{
    size_t capacity = 0;
    const HearerKnown *known = &h->hearer->known;
    for (size_t i = 0; i < h->mark_count; i++) {
        const Mark *mark = &h->mark[i];
        if (mark->behaviour != known->commitment && mark->behaviour != known->ownership) continue;
        if (ret->promises.count) {
            Promise *last = &ret->promises.item[ret->promises.count - 1];
            if (last->span.utterance == mark->utterance && mark->begin < last->span.end) {
                if (mark->end > last->span.end) last->span.end = mark->end;
                continue;
            }
        }
        *ARENA_PUSH(arena, ret->promises.item, ret->promises.count, capacity) =
            (Promise){ .span = { mark->utterance, mark->begin, mark->end } };
    }
    for (size_t i = 0; i < ret->promises.count; i++) {
        Promise *promise = &ret->promises.item[i];
        const Utterance *u = &c->utterance[promise->span.utterance];
        promise->who = u->participant;
        promise->what = str_sub(u->text, promise->span.begin, promise->span.end);
        promise->due = promise_due(h->hearer->time_words, promise->what, said_at(c, u), c->offset_minutes);
    }
}

/* --- emotion of the customer, from words alone -------------------------------------- */

static void find_emotion(const Hearing *h, const Conversation *c, Arena *arena, Reading *ret)
{
    int32_t *sum = ARENA_NEW(arena, int32_t, c->utterance_count + 1);
    size_t capacity = 0;
    for (size_t i = 0; i < h->signals.count; i++) {
        const Rule *rule = &h->rules->rule[h->signals.item[i].rule];
        if (rule->is_emotion && c->utterance[h->signals.item[i].utterance].role == ROLE_CUSTOMER)
            sum[h->signals.item[i].utterance] += rule->weight;
    }
    for (size_t i = 0; i < h->mark_count; i++)
        if (h->rules->behaviour[h->mark[i].behaviour].who == WHO_CUSTOMER)
            sum[h->mark[i].utterance] += h->hearer->emotion_of[h->mark[i].behaviour];
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        if (!h->turn[i].judged || c->utterance[i].role != ROLE_CUSTOMER) continue;
        *ARENA_PUSH(arena, ret->emotion.item, ret->emotion.count, capacity) =
            (Emotion){ i, (int8_t)MAX(-100, MIN(100, sum[i])) };
    }
}

/* --- questions asked twice ------------------------------------------------------------ */

enum { QUESTIONS_KEPT = 200, QUESTION_STEMS = 12, QUESTION_STEMS_MIN = 2 };

typedef struct Question {
    uint32_t utterance, count;
    uint64_t stem[QUESTION_STEMS];
} Question;

static bool same_question(const Question *a, const Question *b)
{
    uint32_t shared = 0;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) shared += a->stem[i] == b->stem[k];
    return shared >= QUESTION_STEMS_MIN && 4 * shared >= 3 * MIN(a->count, b->count) &&
           2 * shared >= MAX(a->count, b->count);
}

/* The content words of the sentence that ends at token `end`. */
static Question question_before(const Hearing *h, uint32_t utterance, uint32_t end)
{
    Question ret = { .utterance = utterance };
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    for (uint32_t i = end; i-- > 0 && token[i].symbol > SYM_QUESTION && ret.count < QUESTION_STEMS;) {
        uint64_t stem = token[i].stem;
        bool again = stem == 0;
        for (uint32_t k = 0; k < ret.count; k++) again |= ret.stem[k] == stem;
        if (!again) ret.stem[ret.count++] = stem;
    }
    return ret;
}

static void find_asked_twice(const Hearing *h, const Conversation *c, Arena *arena, Reading *ret)
{
    Question *asked = NULL;
    size_t count = 0, kept_capacity = 0, capacity = 0;
    for (uint32_t i = 0; i < c->utterance_count && count < QUESTIONS_KEPT; i++) {
        const Turn *turn = &h->turn[i];
        for (uint32_t k = 0; turn->judged && k < turn->token_count && count < QUESTIONS_KEPT; k++) {
            if (h->tokens.item[turn->first_token + k].symbol != SYM_QUESTION) continue;
            Question question = question_before(h, i, k);
            if (question.count < QUESTION_STEMS_MIN) continue;
            for (size_t before = 0; before < count; before++) {
                const Question *other = &asked[before];
                if (other->utterance == i || c->utterance[other->utterance].role != c->utterance[i].role) continue;
                if (!same_question(other, &question)) continue;
                *ARENA_PUSH(arena, ret->asked_twice.item, ret->asked_twice.count, capacity) =
                    (AskedTwice){ other->utterance, i };
                break;
            }
            *ARENA_PUSH(arena, asked, count, kept_capacity) = question;
        }
    }
}

/* --- shares and waits: context only, never a figure to rank people by -------------------- */

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static void find_times(const Hearing *h, const Conversation *c, Arena *arena, Reading *ret)
{
    uint64_t words[2] = { 0, 0 };
    int64_t *wait = ARENA_NEW(arena, int64_t, c->utterance_count + 1), waiting_since = WHEN_NONE;
    size_t waits = 0;
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        if (!h->turn[i].judged) continue;
        words[role_root(u->role)] += h->turn[i].word_count;
        if (u->role == ROLE_CUSTOMER) {
            if (u->at_ms != WHEN_NONE) waiting_since = u->end_ms != WHEN_NONE ? u->end_ms : u->at_ms;
        } else if (waiting_since != WHEN_NONE && u->at_ms != WHEN_NONE) {
            wait[waits++] = MAX(0, u->at_ms - waiting_since);
            waiting_since = WHEN_NONE;
        }
    }
    if (words[WHO_AGENT] + words[WHO_CUSTOMER] > 0)
        ret->talk_share = (int)((200 * words[WHO_AGENT] + words[WHO_AGENT] + words[WHO_CUSTOMER]) /
                                (2 * (words[WHO_AGENT] + words[WHO_CUSTOMER])));
    if (waits == 0) return;
    qsort(wait, waits, sizeof *wait, by_size);
    ret->response_median_ms = waits % 2 ? wait[waits / 2] : (wait[waits / 2 - 1] + wait[waits / 2]) / 2;
    ret->response_max_ms = wait[waits - 1];
}

void reading_make(Hearing *h, const Conversation *c, Arena *arena, Reading *ret)
{
    *ret = (Reading){ .talk_share = -1, .response_median_ms = WHEN_NONE, .response_max_ms = WHEN_NONE };
    ret->demand = spans_of(h, h->hearer->known.demand, arena);
    ret->need = spans_of(h, h->hearer->known.need, arena);
    find_promises(h, c, arena, ret);
    find_emotion(h, c, arena, ret);
    find_asked_twice(h, c, arena, ret);
    find_times(h, c, arena, ret);
    outcome_read(h, c, ret);
}
