/* outcome.c -- see outcome.h. */
#include "hear/outcome.h"

#include <math.h>

static const char *const OUTCOMES[] = { "resolved", "deferred", "escalated", "refused", "abandoned" };
static const char *const YES_NO[] = { "true", "false" };
static const char *const ENDINGS[] = { "happy", "calm", "unhappy", "angry", "left" };

const OutcomeQuestion OUTCOME_QUESTION[OUTCOME_QUESTIONS] = {
    { "outcome", OUTCOMES, 0, COUNT(OUTCOMES) },
    { "first_contact_resolution", YES_NO, COUNT(OUTCOMES), COUNT(YES_NO) },
    { "ends", ENDINGS, COUNT(OUTCOMES) + COUNT(YES_NO), COUNT(ENDINGS) },
};

typedef struct Row {
    uint64_t feature; /* 0: an empty slot */
    int32_t weight[OUTCOME_ANSWERS];
} Row;

struct OutcomeModel {
    OutcomeKeys *keys;
    Row *slot; /* open addressing */
    uint64_t mask;
    uint64_t *known; /* KNOWN_BITS a slot, one set for each feature with weights: most that are asked for end here */
    int32_t bias[OUTCOME_ANSWERS]; /* thousandths of a logit, as all weights */
    bool empty;                    /* no weights: every answer is "not sure" */
};

enum { WEIGHT_MAX = 1000000, ROOT_ONE = 1024, KNOWN_BITS = 8 };

static uint64_t known_bit(const OutcomeModel *model, uint64_t feature)
{
    return feature >> 20 & (KNOWN_BITS * (model->mask + 1) - 1);
}

static Row *slot_of(const OutcomeModel *model, uint64_t feature)
{
    uint64_t at = feature & model->mask;
    while (model->slot[at].feature && model->slot[at].feature != feature) at = (at + 1) & model->mask;
    return &model->slot[at];
}

static bool read_weights(Str cells, int32_t *ret)
{
    Str cell;
    for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) {
        int64_t number;
        if (!str_next_part(&cells, '\t', &cell) || !str_to_i64(cell, &number) || number < -WEIGHT_MAX ||
            number > WEIGHT_MAX)
            return false;
        ret[i] = (int32_t)number;
    }
    return cells.len == 0;
}

bool outcome_open(const Words *words, const Rules *rules, Arena *arena, OutcomeModel **ret, Err *err)
{
    OutcomeModel *model = ARENA_NEW(arena, OutcomeModel, 1);
    Str table = words_bytes(words, STR("reading.tsv")), line, name;
    uint64_t lines = 0, slots = 64;
    uint32_t number = 0;
    for (Str rest = table; str_next_line(&rest, &line);) lines++;
    while (slots < 2 * lines) slots *= 2;
    model->keys = outcome_keys_open(rules, arena);
    model->slot = ARENA_NEW(arena, Row, slots);
    model->known = ARENA_NEW(arena, uint64_t, KNOWN_BITS * slots / 64);
    model->mask = slots - 1;
    model->empty = true;
    for (Str rest = table; str_next_line(&rest, &line);) {
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        Row row = { 0 };
        OutcomeGroup group;
        bool good = str_next_part(&line, '\t', &name) && read_weights(line, row.weight);
        if (good && str_equal(name, STR("bias"))) {
            memcpy(model->bias, row.weight, sizeof row.weight);
            model->empty = false;
        } else if (good && outcome_feature_named(name, &group, &row.feature) && row.feature) {
            uint64_t bit = known_bit(model, row.feature);
            *slot_of(model, row.feature) = row;
            model->known[bit / 64] |= (uint64_t)1 << bit % 64;
        } else {
            return err_set(err, ERR_INPUT, "reading.tsv line %u: columns are a feature and %d weights in thousandths",
                           number, OUTCOME_ANSWERS);
        }
    }
    *ret = model;
    return true;
}

const OutcomeKeys *outcome_keys(const OutcomeModel *model) { return model->keys; }

/* Rows are sent for while other features are looked at: nearly all the time would be waiting for memory. */
enum { WAITING_MAX = 64 };

typedef struct Summing {
    OutcomeSink base;
    const OutcomeModel *model;
    int64_t sum[OUTCOME_GROUPS][OUTCOME_ANSWERS];
    uint64_t count[OUTCOME_GROUPS];
    struct {
        uint64_t feature;
        OutcomeGroup group;
    } waiting[WAITING_MAX];
    size_t waits;
} Summing;

static void add_waiting(Summing *s)
{
    for (size_t w = 0; w < s->waits; w++) {
        const Row *row = slot_of(s->model, s->waiting[w].feature);
        int64_t *sum = s->sum[s->waiting[w].group];
        if (!row->feature) continue;
        for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) sum[i] += row->weight[i];
    }
    s->waits = 0;
}

static void add_up(OutcomeSink *base, OutcomeGroup group, uint64_t feature)
{
    Summing *s = (Summing *)base;
    uint64_t bit = known_bit(s->model, feature);
    s->count[group]++;
    if (!(s->model->known[bit / 64] >> bit % 64 & 1)) return;
    __builtin_prefetch(&s->model->slot[feature & s->model->mask]);
    __builtin_prefetch((const char *)(&s->model->slot[feature & s->model->mask] + 1) - 1);
    s->waiting[s->waits].feature = feature;
    s->waiting[s->waits++].group = group;
    if (s->waits == WAITING_MAX) add_waiting(s);
}

static uint64_t whole_root(uint64_t n)
{
    uint64_t root = (uint64_t)sqrt((double)n); /* IEEE: correctly rounded, the same everywhere */
    while (root * root > n) root--;
    while ((root + 1) * (root + 1) <= n) root++;
    return root;
}

/* The likeliest answer of a question by their sums, from 1; its probability in hundredths. */
static unsigned likeliest(const int64_t *sum, unsigned answers, uint8_t *confidence)
{
    unsigned best = 0;
    double total = 0;
    for (unsigned i = 1; i < answers; i++)
        if (sum[i] > sum[best]) best = i;
    for (unsigned i = 0; i < answers; i++) total += exp((double)(sum[i] - sum[best]) / 1000);
    *confidence = (uint8_t)MIN(99, lround(100 / total));
    if (*confidence >= OUTCOME_UNSURE_BELOW) return best + 1;
    *confidence = 0;
    return 0;
}

void outcome_read(const Hearing *h, const Conversation *c, Reading *ret)
{
    const OutcomeModel *model = h->hearer->outcome;
    Summing s = { .base.take = add_up, .model = model };
    int64_t sum[OUTCOME_ANSWERS];
    uint32_t judged = 0;
    for (uint32_t i = 0; i < c->utterance_count; i++) judged += h->turn[i].judged;
    if (model->empty || judged == 0) return; /* nobody said anything: nothing came out */
    outcome_features(model->keys, h, c, ret, &s.base);
    add_waiting(&s);
    for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) sum[i] = model->bias[i] + s.sum[OUTCOME_FACTS][i];
    for (unsigned group = OUTCOME_FACTS + 1; group < OUTCOME_GROUPS; group++) {
        if (s.count[group] == 0) continue;
        int64_t root = (int64_t)whole_root(s.count[group] * ROOT_ONE * ROOT_ONE);
        for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) sum[i] += s.sum[group][i] * ROOT_ONE / root;
    }
    const OutcomeQuestion *q = OUTCOME_QUESTION;
    ret->outcome = (Outcome)likeliest(sum + q[0].first, q[0].count, &ret->outcome_confidence);
    ret->first_contact = (Answer)likeliest(sum + q[1].first, q[1].count, &ret->first_contact_confidence);
    ret->ends = (Ends)likeliest(sum + q[2].first, q[2].count, &ret->ends_confidence);
}
