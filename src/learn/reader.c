/* reader.c -- see reader.h. */
#include "learn/reader.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 45, WHOLE_TURNS_LEAST = 7, PASSAGES_LEAST = 12, ROWS_LEAST = 5, EPOCHS = 6 };
static const double STEP_FIRST = -3, STEP_SIZE = .1; /* thresholds tried: of the fitted sum, a logit */
static const double HARM_PRECISION = .78;            /* asked of harms on files left out */
static const double WHOLE_WEIGHT = 4;                /* of a whole conversation, in choosing a threshold */
static const float COST = 1, POSITIVE_COST = 2;
static const float GROUP_WEIGHT[GROUP_COUNT] = { 1, .7f, .25f, 0, .2f, .25f };

typedef struct Work {
    const Hearer *hearer;
    Passages *passages;
    const ReaderOptions *options;
    Examples examples;
    uint16_t behaviour[MODEL_LABELS_MAX];
    size_t labels, stride;
    uint32_t files;
    float *target, *weight, *sum; /* sum: of each example, from the fit without its file */
    Agreement *tried;             /* labels × STEPS × files × 2 (exchange, whole) */
} Work;

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

static Agreement *tried(const Work *w, size_t label, size_t step, uint32_t file, bool whole)
{
    return &w->tried[((label * STEPS + step) * w->files + file) * 2 + whole];
}

/* A unit bears a behaviour when labelled words cover half of it, or half of the words lie in it. */
static void set_targets(Work *w)
{
    w->target = must(calloc(w->examples.count * w->labels + 1, sizeof *w->target));
    for (size_t row = 0; row < w->examples.count; row++) {
        const Example *e = &w->examples.item[row];
        const Passage *passage = &w->passages->item[e->passage];
        for (uint32_t i = 0; i < passage->span_count; i++) {
            const GoldSpan *gold = &passage->span[i];
            if (gold->utterance != e->utterance) continue;
            int64_t shared = (int64_t)MIN(gold->end, e->end) - (int64_t)MAX(gold->begin, e->begin);
            if (shared <= 0 ||
                (2 * shared < (int64_t)(e->end - e->begin) && 2 * shared < (int64_t)(gold->end - gold->begin)))
                continue;
            for (size_t l = 0; l < w->labels; l++)
                if (str_equal(hear_behaviour(w->hearer, w->behaviour[l])->id, gold->id))
                    w->target[row * w->labels + l] = gold->contested ? NAN : 1;
        }
    }
}

static const FitOptions FIT = { LOSS_LOGISTIC, COST, POSITIVE_COST, EPOCHS, 1 };

static void cross_validate(Work *w)
{
    uint8_t *used = must(malloc(w->examples.count + 1));
    w->weight = must(malloc(((size_t)w->examples.column_count + 1) * w->stride * sizeof *w->weight));
    w->sum = must(calloc(w->examples.count + 1, w->stride * sizeof *w->sum));
    FitOptions fit = FIT;
    fit.seed = w->options->seed;
    for (uint32_t file = 0; file < w->files && w->files > 1; file++) {
        for (size_t row = 0; row < w->examples.count; row++)
            used[row] = w->passages->item[w->examples.item[row].passage].file != file;
        linear_fit(&w->examples.rows, used, w->target, w->labels, &fit, w->weight);
        for (size_t row = 0; row < w->examples.count; row++)
            if (!used[row]) linear_score(&w->examples.rows, row, w->weight, w->labels, w->sum + row * w->stride);
    }
    free(used);
}

/* Marks as listen.c makes them: runs of units at or above the threshold, a rule's words where one overlaps. */
static size_t marks_at(const Work *w, size_t first, size_t past, size_t label, double threshold, const Marks *rules,
                       MarkedWords *ret)
{
    size_t count = 0;
    for (size_t row = first; row < past; row++) {
        const Example *e = &w->examples.item[row];
        if ((double)w->sum[row * w->stride + label] < threshold) continue;
        MarkedWords words = { e->utterance, e->begin, e->end };
        while (row + 1 < past && w->examples.item[row + 1].utterance == e->utterance &&
               (double)w->sum[(row + 1) * w->stride + label] >= threshold)
            words.end = w->examples.item[++row].end;
        bool shown = false;
        for (size_t i = 0; i < rules->count; i++) {
            const Mark *rule = &rules->item[i];
            if (rule->behaviour != w->behaviour[label] || rule->utterance != words.utterance ||
                rule->begin >= words.end || words.begin >= rule->end)
                continue;
            ret[count++] = (MarkedWords){ rule->utterance, rule->begin, rule->end };
            shown = true;
        }
        if (!shown) ret[count++] = words;
    }
    return count;
}

static void try_thresholds(Work *w)
{
    size_t most = 0, past;
    for (size_t first = 0; first < w->examples.count; first = past) {
        for (past = first;
             past < w->examples.count && w->examples.item[past].passage == w->examples.item[first].passage;)
            past++;
        most = MAX(most, past - first + w->examples.by_rules[w->examples.item[first].passage].count);
    }
    MarkedWords *words = must(malloc((most * 2 + 1) * sizeof *words));
    w->tried = must(calloc(w->labels * STEPS * w->files * 2 + 1, sizeof *w->tried));
    size_t first = 0;
    for (uint32_t p = 0; p < w->passages->count; p++, first = past) {
        const Passage *passage = &w->passages->item[p];
        bool whole = passage->conversation.utterance_count >= WHOLE_TURNS_LEAST;
        for (past = first; past < w->examples.count && w->examples.item[past].passage == p;) past++;
        for (size_t l = 0; l < w->labels; l++)
            for (size_t step = 0; step < STEPS; step++) {
                size_t count =
                    marks_at(w, first, past, l, STEP_FIRST + STEP_SIZE * (double)step, &w->examples.by_rules[p], words);
                agreement_add(passage, hear_behaviour(w->hearer, w->behaviour[l])->id, words, count,
                              tried(w, l, step, passage->file, whole));
            }
    }
    free(words);
}

/* The best step for a behaviour on all files but one (`without`; UINT32_MAX: on all). */
static size_t best_step(const Work *w, size_t label, uint32_t without)
{
    bool harm = hear_behaviour(w->hearer, w->behaviour[label])->sign == SIGN_HARM;
    size_t best = STEPS - 1;
    double most = -1;
    for (size_t step = 0; step < STEPS; step++) {
        Agreement all = { 0 };
        for (uint32_t file = 0; file < w->files; file++) {
            if (file == without) continue;
            agreement_sum(&all, tried(w, label, step, file, false), 1);
            agreement_sum(&all, tried(w, label, step, file, true), WHOLE_WEIGHT);
        }
        double worth = agreement_f1(&all) + .001 * agreement_precision(&all);
        if (harm && agreement_precision(&all) < HARM_PRECISION) worth *= .5;
        if (worth > most) {
            most = worth;
            best = step;
        }
    }
    return best;
}

static void find_thresholds(Work *w, Arena *arena, ReaderFound *found, LabelPlan *plan)
{
    float *sum = must(malloc((w->examples.count + 1) * sizeof *sum));
    uint8_t *truth = must(malloc(w->examples.count + 1));
    found->by_file = ARENA_NEW(arena, Agreement, w->files + 1);
    for (size_t l = 0; l < w->labels; l++) {
        BehaviourFound *one = &found->item[l];
        Str id = hear_behaviour(w->hearer, w->behaviour[l])->id;
        *one = (BehaviourFound){ .behaviour = w->behaviour[l] };
        for (size_t p = 0; p < w->passages->count; p++)
            for (uint32_t i = 0; i < w->passages->item[p].span_count; i++)
                one->labelled += str_equal(w->passages->item[p].span[i].id, id);
        one->threshold = STEP_FIRST + STEP_SIZE * (double)best_step(w, l, UINT32_MAX);
        one->mode = one->labelled >= PASSAGES_LEAST ? MODE_MODEL : MODE_RULES;
        for (uint32_t file = 0; file < w->files; file++) {
            size_t step = best_step(w, l, file);
            agreement_sum(&one->unseen, tried(w, l, step, file, true), 1);
            agreement_sum(&one->exchanges, tried(w, l, step, file, false), 1);
            agreement_sum(&found->by_file[file], tried(w, l, step, file, true), 1);
        }
        for (size_t row = 0; row < w->examples.count; row++) {
            sum[row] = w->sum[row * w->stride + l];
            truth[row] = w->target[row * w->labels + l] > .5f;
        }
        plan[l] = (LabelPlan){ .name = id,
                               .sigmoid = sigmoid_fit(sum, truth, w->examples.count),
                               .threshold = one->threshold,
                               .mode = one->mode,
                               .passages = one->labelled };
    }
    found->count = w->labels;
    found->files = w->files;
    found->examples = w->examples.count;
    found->columns = w->examples.column_count;
    free(sum);
    free(truth);
}

static Str write_card(const Work *w, const ReaderFound *found, Buf *card)
{
    buf_lit(card, "{\"what\":\"behaviours of ");
    buf_add(card, w->options->who == WHO_AGENT ? STR("staff") : STR("customers"));
    buf_lit(card, ", by clause\",\"date\":");
    buf_json(card, w->options->date);
    buf_lit(card, ",\"licences\":");
    buf_json(card, w->options->licences);
    buf_lit(card, ",\"rules\":");
    buf_json(card, hear_rules_hash(w->hearer));
    buf_printf(card, ",\"seed\":%llu,\"examples\":%zu,\"features\":%zu,\"data\":[",
               (unsigned long long)w->options->seed, found->examples, found->columns);
    for (uint32_t file = 0; file < w->files; file++) {
        if (file) buf_char(card, ',');
        buf_json(card, str_from(w->options->name[file]));
    }
    buf_lit(card, "],\"labels\":[");
    for (size_t l = 0; l < found->count; l++) {
        const BehaviourFound *one = &found->item[l];
        const Agreement *a = &one->unseen;
        if (l) buf_char(card, ',');
        buf_lit(card, "{\"id\":");
        buf_json(card, hear_behaviour(w->hearer, one->behaviour)->id);
        buf_printf(
            card,
            ",\"labelled\":%u,\"threshold\":%.1f,\"precision\":%.3f,\"recall\":%.3f,\"f1\":%.3f,\"overlap\":%.3f}",
            one->labelled, one->threshold, agreement_precision(a), agreement_recall(a), agreement_f1(a),
            agreement_overlap(a));
    }
    buf_lit(card, "]}\n");
    return buf_str(card);
}

void reader_train(const Hearer *hearer, Passages *passages, const ReaderOptions *options, Arena *arena, Buf *model,
                  ReaderFound *found)
{
    Work w = { .hearer = hearer, .passages = passages, .options = options };
    ExamplesOptions how = { .who = options->who, .rows_least = ROWS_LEAST };
    memcpy(how.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    *found = (ReaderFound){ 0 };
    for (size_t b = 0; b < hear_behaviour_count(hearer) && w.labels < MODEL_LABELS_MAX; b++)
        if (hear_behaviour(hearer, b)->who == options->who) w.behaviour[w.labels++] = (uint16_t)b;
    w.stride = label_stride(w.labels);
    w.files = passages->count ? passages->item[passages->count - 1].file + 1 : 0;
    examples_make(&w.examples, hearer, passages, &how);
    set_targets(&w);
    cross_validate(&w);
    try_thresholds(&w);
    LabelPlan plan[MODEL_LABELS_MAX];
    find_thresholds(&w, arena, found, plan);
    FitOptions fit = FIT;
    fit.seed = options->seed;
    linear_fit(&w.examples.rows, NULL, w.target, w.labels, &fit, w.weight);
    Buf card = { 0 };
    ModelPlan whole = { .kind = MODEL_MANY_OF,
                        .who = options->who,
                        .column = w.examples.column,
                        .column_count = w.examples.column_count,
                        .weight = w.weight,
                        .label = plan,
                        .label_count = w.labels,
                        .card = write_card(&w, found, &card) };
    memcpy(whole.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    model_write(&whole, model);
    buf_clear(&card);
    free(w.target);
    free(w.weight);
    free(w.sum);
    free(w.tried);
    examples_clear(&w.examples);
}
