/* listen.c -- see listen.h. */
#include "hear/listen.h"

#include <stdlib.h>

enum { MODELS_MAX = 64, UNITS_MAX = 2000 };

typedef struct Heard {
    Model *model;
    uint16_t behaviour[MODEL_LABELS_MAX]; /* NO_BEHAVIOUR: the words in force know none of that name */
    uint32_t reason;                      /* of its first label */
    void *bytes;
} Heard;

struct Listener {
    Heard item[MODELS_MAX];
    size_t count;
    const Rules *rules;
    Str *reason;
    uint32_t reason_count;
};

typedef struct Listening {
    TurnSink base;
    const Listener *listener;
    Features features;
    Unit unit[UNITS_MAX];
    int32_t *sum; /* units × labels of the model in hand */
    size_t sum_capacity;
    Mark *kept;
    size_t kept_capacity;
} Listening;

/* --- opening --------------------------------------------------------------------------- */

static void know_labels(Listener *listener, Heard *heard, Str name, Arena *arena)
{
    const Model *model = heard->model;
    Str hash = model_hash(model);
    for (size_t l = 0; l < model_label_count(model); l++) {
        const ModelLabel *label = model_label(model, l);
        heard->behaviour[l] = NO_BEHAVIOUR;
        Str meaning = label->name;
        for (uint16_t b = 0; b < listener->rules->behaviour_count; b++)
            if (str_equal(listener->rules->behaviour[b].id, label->name)) {
                heard->behaviour[l] = b;
                meaning = listener->rules->behaviour[b].name;
            }
        listener->reason[listener->reason_count++] = arena_printf(
            arena, "%.*s: reads like the %u passages that people labelled '%.*s' (model %.*s, rules %.*s)",
            STR_ARG(name), label->passages, STR_ARG(meaning), STR_ARG(hash), STR_ARG(listener->rules->hash));
    }
}

/* The words' bytes may lie anywhere; a model's begin at a multiple of 16. */
static Str aligned(Heard *heard, Str bytes)
{
    if (!((uintptr_t)bytes.data & 15)) return bytes;
    heard->bytes = aligned_alloc(64, (bytes.len + 63) / 64 * 64 + 64);
    if (!heard->bytes) abort();
    memcpy(heard->bytes, bytes.data, bytes.len);
    return str_make(heard->bytes, bytes.len);
}

static bool add_model(Listener *listener, const Embedded *file, Arena *arena, Err *err)
{
    if (listener->count == MODELS_MAX)
        return err_set(err, ERR_LIMIT, "%.*s: more than %d models", STR_ARG(file->name), MODELS_MAX);
    Heard *heard = &listener->item[listener->count];
    heard->model = model_open(aligned(heard, file->bytes), file->name, err);
    if (!heard->model) {
        free(heard->bytes);
        heard->bytes = NULL;
        return false;
    }
    listener->count++;
    if (model_dense_columns(heard->model) ||
        model_whole_turns(heard->model)) { /* not one that hears clauses by itself */
        model_free(heard->model);
        free(heard->bytes);
        *heard = (Heard){ 0 };
        listener->count--;
        return true;
    }
    heard->reason = listener->reason_count;
    know_labels(listener, heard, file->name, arena);
    return true;
}

bool listener_open(const Words *words, const Rules *rules, Arena *arena, Listener **ret, Err *err)
{
    Listener *listener = calloc(1, sizeof *listener);
    if (!listener) abort();
    listener->rules = rules;
    listener->reason = ARENA_NEW(arena, Str, MODELS_MAX * MODEL_LABELS_MAX);
    for (size_t i = 0; i < words->count; i++) {
        Str name = words->item[i].name;
        if (!str_starts(name, STR("models/")) || !str_ends(name, STR(".gwm"))) continue;
        if (!add_model(listener, &words->item[i], arena, err)) {
            listener_free(listener);
            return false;
        }
    }
    *ret = listener;
    if (listener->count == 0) {
        listener_free(listener);
        *ret = NULL;
    }
    return true;
}

void listener_free(Listener *listener)
{
    if (!listener) return;
    for (size_t i = 0; i < listener->count; i++) {
        model_free(listener->item[i].model);
        free(listener->item[i].bytes);
    }
    free(listener);
}

Str listener_reason(const Listener *listener, uint32_t index)
{
    return listener && index < listener->reason_count ? listener->reason[index] : STR("");
}

/* --- listening --------------------------------------------------------------------------- */

static bool overlap(const Mark *a, const Mark *b)
{
    return a->utterance == b->utterance && a->begin < b->end && b->begin < a->end;
}

static void add_kept(Listening *l, size_t *count, Mark mark)
{
    l->kept = hearing_room(l->kept, &l->kept_capacity, *count + 1, sizeof *l->kept);
    l->kept[(*count)++] = mark;
}

/* What the model says of one behaviour: runs of units above the threshold, each a mark; a rule's words are shown where
 * it found some inside. */
static size_t mark_label(Listening *l, Hearing *h, const Conversation *c, uint32_t utterance, const Heard *heard,
                         size_t label, size_t units, size_t kept, size_t first_rule, size_t past_rule)
{
    size_t labels = model_label_count(heard->model);
    const ModelLabel *about = model_label(heard->model, label);
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    for (size_t u = 0; u < units; u++) {
        int32_t best = l->sum[u * labels + label];
        if (best < about->threshold) continue;
        size_t last = u;
        while (last + 1 < units && l->sum[(last + 1) * labels + label] >= about->threshold) {
            last++;
            best = MAX(best, l->sum[last * labels + label]);
        }
        Unit span = { l->unit[u].begin, l->unit[last].end };
        Mark mark = { .behaviour = heard->behaviour[label],
                      .quality = judge_quality(h, c, utterance, span.begin, span.end),
                      .confidence = MAX(1, model_hundredths(best)),
                      .utterance = utterance,
                      .begin = token[span.begin].begin,
                      .end = token[span.end - 1].end,
                      .rule = h->rules->rule_count + heard->reason + (uint32_t)label };
        bool shown = false;
        for (size_t i = first_rule; i < past_rule; i++) {
            const Mark *rule = &h->mark[i];
            if (rule->behaviour != mark.behaviour || !overlap(rule, &mark)) continue;
            shown = true;
            if (about->mode == MODE_EITHER || h->rules->rule[rule->rule].is_own) continue; /* it stays anyway */
            Mark with = *rule;
            with.confidence = mark.confidence;
            add_kept(l, &kept, with);
        }
        if (!shown) add_kept(l, &kept, mark);
        u = last;
    }
    return kept;
}

static bool stays(const Listening *l, const Hearing *h, const Mark *mark)
{
    if (h->rules->rule[mark->rule].is_own) return true;
    for (size_t m = 0; m < l->listener->count; m++) {
        const Heard *heard = &l->listener->item[m];
        for (size_t i = 0; i < model_label_count(heard->model); i++)
            if (heard->behaviour[i] == mark->behaviour) {
                ModelMode mode = model_label(heard->model, i)->mode;
                if (mode == MODE_MODEL || mode == MODE_OFF) return false;
            }
    }
    return true;
}

static void listen_turn(TurnSink *base, Hearing *h, const Conversation *c, uint32_t utterance)
{
    Listening *l = (Listening *)base;
    const Utterance *said = &c->utterance[utterance];
    int root = role_root(said->role);
    if (said->doubtful && said->role == ROLE_AGENT) return;
    size_t first = h->mark_count, kept = 0, units = units_of_turn(h, &h->turn[utterance], l->unit, UNITS_MAX);
    while (first > 0 && h->mark[first - 1].utterance == utterance) first--;
    for (size_t i = first; i < h->mark_count; i++)
        if (stays(l, h, &h->mark[i])) add_kept(l, &kept, h->mark[i]);
    for (size_t m = 0; m < l->listener->count; m++) {
        const Heard *heard = &l->listener->item[m];
        if ((int)model_who(heard->model) != root) continue;
        size_t labels = model_label_count(heard->model);
        l->features.left_out = model_groups_unused(heard->model);
        l->sum = hearing_room(l->sum, &l->sum_capacity, units * labels + 1, sizeof *l->sum);
        for (size_t u = 0; u < units; u++) {
            features_of_unit(h, c, utterance, l->unit, units, u, false, &l->features);
            model_sums(heard->model, &l->features, NULL, l->sum + u * labels);
        }
        for (size_t i = 0; i < labels; i++) {
            ModelMode mode = model_label(heard->model, i)->mode;
            if (heard->behaviour[i] != NO_BEHAVIOUR && (mode == MODE_MODEL || mode == MODE_EITHER))
                kept = mark_label(l, h, c, utterance, heard, i, units, kept, first, h->mark_count);
        }
    }
    h->mark_count = first;
    h->mark = hearing_room(h->mark, &h->mark_capacity, first + kept + 1, sizeof *h->mark);
    if (kept) memcpy(h->mark + first, l->kept, kept * sizeof *h->mark);
    h->mark_count += kept;
    judge_merge(h, first);
}

TurnSink *listening_new(const Listener *listener)
{
    Listening *l = calloc(1, sizeof *l);
    if (!l) abort();
    l->base.turn = listen_turn;
    l->listener = listener;
    return &l->base;
}

void listening_free(TurnSink *base)
{
    Listening *l = (Listening *)base;
    if (!l) return;
    features_clear(&l->features);
    free(l->sum);
    free(l->kept);
    free(l);
}
