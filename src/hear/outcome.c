/* outcome.c -- see outcome.h.
 *
 * Features are places in one array of 0 and 1: for each behaviour three (met anywhere, met in the last turns, met in
 * the customer's last turn), then a few of the conversation.
 */
#include "hear/outcome.h"

#include <math.h>
#include <stdlib.h>

enum { QUESTIONS = 3, ANSWERS_MAX = 6, END_TURNS = 4, UNSURE_BELOW = 45 /* hundredths */, EXTRA = 6 };

typedef struct Weight {
    uint32_t feature;
    int32_t thousandths;
    uint8_t question, answer;
} Weight;

struct OutcomeModel {
    Weight *item;
    uint32_t count, capacity; /* in the order of their features */
    uint32_t *first;          /* by feature: its weights are [first[f], first[f + 1]) */
    uint32_t feature_count;
    bool known[QUESTIONS][ANSWERS_MAX];
};

static const char *const QUESTION[QUESTIONS] = { "outcome", "first_contact_resolution", "ends" };
static const char *const EXTRA_NAME[EXTRA] = { "bias", "last_glad", "last_sour", "staff_last", "short", "ever_sour" };

static bool answer_named(unsigned question, Str name, uint8_t *ret)
{
    Outcome outcome;
    Ends ends;
    if (question == 0 && outcome_from(name, &outcome)) return *ret = (uint8_t)outcome, true;
    if (question == 2 && ends_from(name, &ends)) return *ret = (uint8_t)ends, true;
    if (question == 1 && str_equal(name, STR("true"))) return *ret = ANSWER_YES, true;
    if (question == 1 && str_equal(name, STR("false"))) return *ret = ANSWER_NO, true;
    return false;
}

static bool feature_named(const Rules *rules, Str name, uint32_t *ret)
{
    static const char *const WHERE[] = { "any:", "end:", "last:" };
    for (uint32_t i = 0; i < EXTRA; i++)
        if (str_equal(name, str_from(EXTRA_NAME[i]))) return *ret = 3 * rules->behaviour_count + i, true;
    for (uint32_t where = 0; where < COUNT(WHERE); where++) {
        if (!str_starts(name, str_from(WHERE[where]))) continue;
        Str id = str_from_byte(name, strlen(WHERE[where]));
        for (uint32_t i = 0; i < rules->behaviour_count; i++)
            if (str_equal(rules->behaviour[i].id, id)) return *ret = where * rules->behaviour_count + i, true;
    }
    return false;
}

static int by_feature(const void *x, const void *y)
{
    const Weight *a = x, *b = y;
    if (a->feature != b->feature) return a->feature < b->feature ? -1 : 1;
    if (a->question != b->question) return a->question < b->question ? -1 : 1;
    return a->answer < b->answer ? -1 : a->answer > b->answer;
}

static void index_weights(OutcomeModel *model, Arena *arena)
{
    uint32_t at = 0;
    if (model->count) qsort(model->item, model->count, sizeof *model->item, by_feature);
    model->first = ARENA_NEW(arena, uint32_t, model->feature_count + 1);
    for (uint32_t f = 0; f <= model->feature_count; f++) {
        while (at < model->count && model->item[at].feature < f) at++;
        model->first[f] = at;
    }
}

bool outcome_open(const Words *words, const Rules *rules, Arena *arena, OutcomeModel **ret, Err *err)
{
    OutcomeModel *model = ARENA_NEW(arena, OutcomeModel, 1);
    uint32_t line_number = 0;
    model->feature_count = 3 * rules->behaviour_count + EXTRA;
    for (Str rest = words_bytes(words, STR("reading.tsv")), line; str_next_line(&rest, &line);) {
        line_number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        Str cell[4] = { { 0 } };
        Weight weight = { .question = QUESTIONS };
        int64_t number;
        for (size_t i = 0; i < COUNT(cell); i++)
            if (!str_next_part(&line, '\t', &cell[i])) break;
        for (uint8_t i = 0; i < QUESTIONS; i++)
            if (str_equal(cell[0], str_from(QUESTION[i]))) weight.question = i;
        if (weight.question == QUESTIONS || !answer_named(weight.question, cell[1], &weight.answer) ||
            !str_to_i64(cell[3], &number) || number < -100000 || number > 100000)
            return err_set(err, ERR_INPUT,
                           "reading.tsv line %u: columns are question, answer, feature, weight in thousandths",
                           line_number);
        if (!feature_named(rules, cell[2], &weight.feature)) continue; /* a behaviour that these words do not have */
        weight.thousandths = (int32_t)number;
        model->known[weight.question][weight.answer] = true;
        *ARENA_PUSH(arena, model->item, model->count, model->capacity) = weight;
    }
    index_weights(model, arena);
    *ret = model;
    return true;
}

static void set_features(const Hearing *h, const Conversation *c, const Reading *reading, uint8_t *feature)
{
    uint32_t n = h->rules->behaviour_count, judged = 0, from_end = 0, last_customer = UINT32_MAX, first_of_end = 0;
    Role last_role = ROLE_UNKNOWN;
    for (uint32_t i = c->utterance_count; i-- > 0;) {
        if (!h->turn[i].judged) continue;
        judged++;
        if (judged == 1) last_role = c->utterance[i].role;
        if (++from_end <= END_TURNS) first_of_end = i;
        if (last_customer == UINT32_MAX && c->utterance[i].role == ROLE_CUSTOMER) last_customer = i;
    }
    for (size_t i = 0; i < h->mark_count; i++) {
        const Mark *mark = &h->mark[i];
        feature[mark->behaviour] = 1;
        if (mark->utterance >= first_of_end) feature[n + mark->behaviour] = 1;
        if (mark->utterance == last_customer) feature[2 * n + mark->behaviour] = 1;
    }
    int last = reading->emotion.count ? reading->emotion.item[reading->emotion.count - 1].value : 0, least = 0;
    for (size_t i = 0; i < reading->emotion.count; i++) least = MIN(least, reading->emotion.item[i].value);
    uint8_t *extra = feature + 3 * n;
    extra[0] = 1;
    extra[1] = last > 20;
    extra[2] = last < -20;
    extra[3] = last_role == ROLE_AGENT;
    extra[4] = judged <= 4;
    extra[5] = least < -50;
}

/* The likeliest of `answers` by their sums; its probability in hundredths. */
static unsigned likeliest(const int64_t *sum, const bool *known, uint8_t *confidence)
{
    unsigned best = 0;
    double total = 0;
    for (unsigned i = 1; i < ANSWERS_MAX; i++)
        if (known[i] && (best == 0 || sum[i] > sum[best])) best = i;
    *confidence = 0;
    if (best == 0) return 0;
    for (unsigned i = 1; i < ANSWERS_MAX; i++)
        if (known[i]) total += exp((double)(sum[i] - sum[best]) / 1000);
    *confidence = (uint8_t)MIN(99, lround(100 / total));
    return best;
}

void outcome_read(const Hearing *h, const Conversation *c, Reading *ret)
{
    const OutcomeModel *model = h->hearer->outcome;
    int64_t sum[QUESTIONS][ANSWERS_MAX] = { { 0 } };
    uint8_t small[512] = { 0 },
            *feature = model->feature_count <= sizeof small ? small : calloc(model->feature_count, 1);
    if (!feature) abort();
    set_features(h, c, ret, feature);
    for (uint32_t f = 0; f < model->feature_count; f++) {
        if (!feature[f]) continue;
        for (uint32_t i = model->first[f]; i < model->first[f + 1]; i++)
            sum[model->item[i].question][model->item[i].answer] += model->item[i].thousandths;
    }
    if (feature != small) free(feature);
    uint8_t sure[QUESTIONS];
    unsigned answer[QUESTIONS];
    for (unsigned q = 0; q < QUESTIONS; q++) {
        answer[q] = likeliest(sum[q], model->known[q], &sure[q]);
        if (sure[q] < UNSURE_BELOW) answer[q] = sure[q] = 0;
    }
    ret->outcome = (Outcome)answer[0];
    ret->outcome_confidence = sure[0];
    ret->first_contact = (Answer)answer[1];
    ret->first_contact_confidence = sure[1];
    ret->ends = (Ends)answer[2];
    ret->ends_confidence = sure[2];
}
