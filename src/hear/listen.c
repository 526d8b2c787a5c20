/* listen.c -- see listen.h. */
#include "hear/listen.h"

#include "base/memory.h"
#include "encode/encoder.h"
#include "hear/sums.h"

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
    Encoder *encoder;
};

typedef struct Listening {
    TurnSink base;
    const Listener *listener;
    Unit unit[UNITS_MAX];
    int32_t *sum; /* units × labels of the model in hand */
    size_t sum_capacity;
    Sums *sums[MODELS_MAX];        /* by model; NULL until it is asked */
    float (*vector)[ENCODER_DIMS]; /* of the turn's units */
    size_t vector_capacity;
    Arena arena;
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

/* A model's rows are asked at random places: they lie in large pages and begin where the processor's lines do. */
static Str nearby(Str bytes, void **held)
{
    *held = memory_table(bytes.len + 1);
    if (bytes.len) memcpy(*held, bytes.data, bytes.len);
    return str_make(*held, bytes.len);
}

static bool is_deep(Str name) { return str_ends(name, STR("-deep.gwm")); }

static bool add_model(Listener *listener, const Embedded *file, Arena *arena, Err *err)
{
    if (listener->count == MODELS_MAX)
        return err_set(err, ERR_LIMIT, "%.*s: more than %d models", STR_ARG(file->name), MODELS_MAX);
    Heard *heard = &listener->item[listener->count++];
    heard->model = model_open(nearby(file->bytes, &heard->bytes), file->name, err);
    if (!heard->model) return false;
    uint32_t dense = model_dense_columns(heard->model);
    if (model_whole_turns(heard->model) || (dense && (dense != ENCODER_DIMS || !is_deep(file->name))))
        return err_set(err, ERR_INPUT, "%.*s: it hears whole texts, not clauses: ask it with `goodwill predict`",
                       STR_ARG(file->name));
    heard->reason = listener->reason_count;
    know_labels(listener, heard, file->name, arena);
    return true;
}

static bool is_model(Str name) { return str_starts(name, STR("models/")) && str_ends(name, STR(".gwm")); }

/* "models/staff-deep.gwm" takes the place of "models/staff.gwm" where the deep reader is asked for. */
static bool is_asked_for(const Words *words, Str name, bool deep, Arena *arena)
{
    if (is_deep(name)) return deep;
    Str other = arena_printf(arena, "%.*s-deep.gwm", STR_ARG(str_sub(name, 0, name.len - strlen(".gwm"))));
    return !deep || words_bytes(words, other).len == 0;
}

Words listener_words(const Words *words, ReaderKind reader, Arena *arena)
{
    Words kept = { ARENA_NEW(arena, Embedded, words->count + 1), 0 };
    for (size_t i = 0; i < words->count; i++) {
        Str name = words->item[i].name;
        if (!is_model(name) || (reader != READER_RULES && is_asked_for(words, name, reader == READER_DEEP, arena)))
            kept.item[kept.count++] = words->item[i];
    }
    return kept;
}

static bool needs_encoder(Err *err)
{
    Err why = *err;
    err_set(err, why.kind, "the deep reader needs the sentence encoder: %.400s", why.text);
    if (why.hint[0]) err_hint(err, "%s", why.hint);
    return false;
}

bool listener_open(const Words *words, const Rules *rules, bool deep, Arena *arena, Listener **ret, Err *err)
{
    Listener *listener = calloc(1, sizeof *listener);
    if (!listener) abort();
    listener->rules = rules;
    listener->reason = ARENA_NEW(arena, Str, MODELS_MAX * MODEL_LABELS_MAX);
    bool good = true;
    for (size_t i = 0; good && i < words->count; i++)
        if (is_model(words->item[i].name)) /* listener_words has left those that are meant */
            good = add_model(listener, &words->item[i], arena, err);
    if (good && deep) {
        listener->encoder = encoder_open((EncoderSettings){ .numbers = ENCODER_INT8 }, err);
        good = listener->encoder != NULL || needs_encoder(err);
    }
    *ret = listener;
    if (!good || listener->count == 0) {
        listener_free(listener);
        *ret = NULL;
    }
    return good;
}

void listener_free(Listener *listener)
{
    if (!listener) return;
    for (size_t i = 0; i < listener->count; i++) {
        model_free(listener->item[i].model);
        free(listener->item[i].bytes);
    }
    encoder_free(listener->encoder);
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
        judge_widen(h, utterance, (SpanMode)h->hearer->span_of[heard->behaviour[label]], &span.begin, &span.end);
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

/* --- sentence vectors --------------------------------------------------------------------------- */

/* Sentence vectors of the turn's units; false when the encoder could not. */
static bool find_vectors(Listening *l, const Hearing *h, const Conversation *c, uint32_t utterance, size_t units)
{
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    Err err;
    Str *text = ARENA_NEW(&l->arena, Str, units + 1);
    l->vector = hearing_room(l->vector, &l->vector_capacity, units + 1, sizeof *l->vector);
    for (size_t u = 0; u < units; u++)
        text[u] = str_sub(c->utterance[utterance].text, token[l->unit[u].begin].begin, token[l->unit[u].end - 1].end);
    bool good = encoder_run(l->listener->encoder, text, units, l->vector, &l->arena, &err);
    arena_reset(&l->arena);
    return good;
}

/* --- a turn ---------------------------------------------------------------------------------- */

static void listen_turn(TurnSink *base, Hearing *h, const Conversation *c, uint32_t utterance)
{
    Listening *l = (Listening *)base;
    const Utterance *said = &c->utterance[utterance];
    int root = role_root(said->role);
    bool encoded = false;
    if (said->doubtful && said->role == ROLE_AGENT) return;
    size_t first = h->mark_count, kept = 0, units = units_of_turn(h, &h->turn[utterance], l->unit, UNITS_MAX);
    while (first > 0 && h->mark[first - 1].utterance == utterance) first--;
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    uint32_t past = units == UNITS_MAX ? token[l->unit[units - 1].end - 1].end : UINT32_MAX; /* rules alone from here */
    for (size_t i = first; i < h->mark_count; i++)
        if (h->mark[i].begin >= past || stays(l, h, &h->mark[i])) add_kept(l, &kept, h->mark[i]);
    for (size_t m = 0; m < l->listener->count; m++) {
        const Heard *heard = &l->listener->item[m];
        if ((int)model_who(heard->model) != root) continue;
        size_t labels = model_label_count(heard->model);
        l->sum = hearing_room(l->sum, &l->sum_capacity, units * labels + 1, sizeof *l->sum);
        if (model_dense_columns(heard->model) && !encoded) encoded = find_vectors(l, h, c, utterance, units);
        if (!l->sums[m]) l->sums[m] = sums_new(heard->model);
        sums_of_turn(l->sums[m], h, c, utterance, l->unit, units,
                     model_dense_columns(heard->model) && encoded ? l->vector[0] : NULL, l->sum);
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
    for (size_t m = 0; m < MODELS_MAX; m++) sums_free(l->sums[m]);
    arena_clear(&l->arena);
    free(l->vector);
    free(l->sum);
    free(l->kept);
    free(l);
}
