/* reader.c -- see reader.h. */
#include "learn/reader.h"

#include "base/memory.h"
#include "learn/clause_vectors.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 45, WHOLE_TURNS_LEAST = 7, PASSAGES_LEAST = 12, ROWS_LEAST = 8, EPOCHS = 6, ONE_FILE_FOLDS = 5 };
static const double STEP_FIRST = -3, STEP_SIZE = .1; /* thresholds tried: of the fitted sum, a logit */
static const double HARM_PRECISION = .84;            /* asked of harms on files left out */
static const double WHOLE_WEIGHT = 4;                /* of a whole conversation, in choosing a threshold */
static const float COST = 1, POSITIVE_COST = 2;
static const float GROUP_WEIGHT[GROUP_COUNT] = { 1, .6f, .25f, 0, .15f, .25f };
static const float DENSE_WEIGHT = .5f; /* of sentence vectors beside words */

typedef struct Work {
    const Hearer *hearer;
    Passages *passages;
    const ReaderOptions *options;
    Examples examples;
    const Rows *rows; /* the examples' own, or with sentence vectors beside */
    uint16_t behaviour[MODEL_LABELS_MAX];
    size_t labels, stride;
    uint32_t files, folds;
    float *target, *weight, *sum; /* sum: of each example, from the fit without its file */
    Agreement *tried;             /* labels × STEPS × files × 2 (exchange, whole) */
} Work;

static Agreement *tried(const Work *w, size_t label, size_t step, uint32_t fold, bool whole)
{
    return &w->tried[((label * STEPS + step) * w->folds + fold) * 2 + whole];
}

/* A unit bears a behaviour when labelled words cover half of it, or half of the words lie in it. */
static void set_targets(Work *w)
{
    w->target = memory_must(calloc(w->examples.count * w->labels + 1, sizeof *w->target));
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

/* A file is left out at a time; passages of a single file go into five parts by turns. */
static uint32_t fold_of(const Work *w, uint32_t passage)
{
    return w->files > 1 ? w->passages->item[passage].file : passage % ONE_FILE_FOLDS;
}

static void cross_validate(Work *w)
{
    uint8_t *used = memory_must(malloc(w->examples.count + 1));
    w->weight =
        memory_must(malloc(((size_t)w->rows->columns + w->rows->dense_columns + 1) * w->stride * sizeof *w->weight));
    w->sum = memory_must(calloc(w->examples.count + 1, w->stride * sizeof *w->sum));
    FitOptions fit = FIT;
    fit.seed = w->options->seed;
    for (uint32_t fold = 0; fold < w->folds; fold++) {
        for (size_t row = 0; row < w->examples.count; row++)
            used[row] = fold_of(w, w->examples.item[row].passage) != fold;
        linear_fit(w->rows, used, w->target, w->labels, &fit, w->weight);
        for (size_t row = 0; row < w->examples.count; row++)
            if (!used[row]) linear_score(w->rows, row, w->weight, w->labels, w->sum + row * w->stride);
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
    MarkedWords *words = memory_must(malloc((most * 2 + 1) * sizeof *words));
    w->tried = memory_must(calloc(w->labels * STEPS * w->folds * 2 + 1, sizeof *w->tried));
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
                              tried(w, l, step, fold_of(w, p), whole));
            }
    }
    free(words);
}

/* The best step for a behaviour on all files but one (`without`; UINT32_MAX: on all). */
static size_t best_step(const Work *w, size_t label, uint32_t without)
{
    bool harm = hear_behaviour(w->hearer, w->behaviour[label])->sign == SIGN_HARM;
    size_t best = STEPS - 1; /* also where no step meets anything: the one that marks least */
    double most = 0;
    for (size_t step = 0; step < STEPS; step++) {
        Agreement all = { 0 };
        for (uint32_t fold = 0; fold < w->folds; fold++) {
            if (fold == without) continue;
            agreement_sum(&all, tried(w, label, step, fold, false), 1);
            agreement_sum(&all, tried(w, label, step, fold, true), WHOLE_WEIGHT);
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
    float *sum = memory_must(malloc((w->examples.count + 1) * sizeof *sum));
    uint8_t *truth = memory_must(malloc(w->examples.count + 1));
    found->by_file = ARENA_NEW(arena, Agreement, w->files + 1);
    for (size_t l = 0; l < w->labels; l++) {
        BehaviourFound *one = &found->item[l];
        Str id = hear_behaviour(w->hearer, w->behaviour[l])->id;
        *one = (BehaviourFound){ .behaviour = w->behaviour[l] };
        for (size_t p = 0; p < w->passages->count; p++)
            for (uint32_t i = 0; i < w->passages->item[p].span_count; i++)
                one->labelled += str_equal(w->passages->item[p].span[i].id, id);
        one->threshold = STEP_FIRST + STEP_SIZE * (double)best_step(w, l, UINT32_MAX);
        for (uint32_t fold = 0; fold < w->folds; fold++) {
            size_t step = best_step(w, l, fold);
            agreement_sum(&one->unseen, tried(w, l, step, fold, true), 1);
            agreement_sum(&one->exchanges, tried(w, l, step, fold, false), 1);
            agreement_sum(&found->by_file[w->files > 1 ? fold : 0], tried(w, l, step, fold, true), 1);
        }
        bool met = one->unseen.met + one->exchanges.met > 0; /* one that never was is not believed */
        one->mode = one->labelled >= PASSAGES_LEAST && met ? MODE_MODEL : MODE_RULES;
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
    for (size_t p = 0; p < w->passages->count; p++)
        found->has_whole |= w->passages->item[p].conversation.utterance_count >= WHOLE_TURNS_LEAST;
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
        const Agreement *a = reader_measure(found, one);
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

/* Examples and what they should be. */
static void open_work(Work *w)
{
    ExamplesOptions how = { .who = w->options->who, .rows_least = ROWS_LEAST };
    memcpy(how.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    for (size_t b = 0; b < hear_behaviour_count(w->hearer) && w->labels < MODEL_LABELS_MAX; b++)
        if (hear_behaviour(w->hearer, b)->who == w->options->who) w->behaviour[w->labels++] = (uint16_t)b;
    w->stride = label_stride(w->labels);
    w->files = w->passages->count ? w->passages->item[w->passages->count - 1].file + 1 : 0;
    w->folds = w->files > 1 ? w->files : ONE_FILE_FOLDS;
    examples_make(&w->examples, w->hearer, w->passages, &how);
    w->rows = &w->examples.rows;
    set_targets(w);
}

static void close_work(Work *w)
{
    free(w->target);
    examples_clear(&w->examples);
}

/* Fits without each fold, calibrations and thresholds: w->sum, w->tried, `plan`, `found`. */
static void open_stage(Work *w, Arena *arena, ReaderFound *found, LabelPlan *plan)
{
    *found = (ReaderFound){ 0 };
    cross_validate(w);
    try_thresholds(w);
    find_thresholds(w, arena, found, plan);
}

static void close_stage(Work *w)
{
    free(w->weight);
    free(w->sum);
    free(w->tried);
    w->weight = w->sum = NULL;
    w->tried = NULL;
}

static void train_stage(Work *w, Arena *arena, Buf *model, ReaderFound *found)
{
    LabelPlan plan[MODEL_LABELS_MAX];
    open_stage(w, arena, found, plan);
    FitOptions fit = FIT;
    fit.seed = w->options->seed;
    linear_fit(w->rows, NULL, w->target, w->labels, &fit, w->weight);
    Buf card = { 0 };
    ModelPlan whole = { .kind = MODEL_MANY_OF,
                        .who = w->options->who,
                        .column = w->examples.column,
                        .column_count = w->rows->columns,
                        .dense_columns = w->rows->dense_columns,
                        .dense_weight = DENSE_WEIGHT,
                        .weight = w->weight,
                        .label = plan,
                        .label_count = w->labels,
                        .card = write_card(w, found, &card) };
    memcpy(whole.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    model_write(&whole, model);
    buf_clear(&card);
    close_stage(w);
}

bool reader_train(const Hearer *hearer, Passages *passages, const ReaderOptions *options, Arena *arena,
                  Buf model[READER_MODELS], ReaderFound found[READER_MODELS], Err *err)
{
    Work w = { .hearer = hearer, .passages = passages, .options = options };
    bool good = true;
    for (unsigned i = 0; i < READER_MODELS; i++) found[i] = (ReaderFound){ 0 };
    open_work(&w);
    if (w.labels == 0) { /* words of a company's own that know no behaviour of this party */
        close_work(&w);
        return true;
    }
    train_stage(&w, arena, &model[0], &found[0]);
    if (options->encoder) { /* the same rows with a sentence vector each */
        float *dense = memory_must(malloc((w.examples.count + 1) * ENCODER_DIMS * sizeof *dense));
        Rows deep = w.examples.rows;
        good = dense_of_examples(options->encoder, passages, &w.examples, DENSE_WEIGHT, dense, err);
        deep.dense = dense;
        deep.dense_columns = ENCODER_DIMS;
        w.rows = &deep;
        if (good) train_stage(&w, arena, &model[1], &found[1]);
        free(dense);
    }
    close_work(&w);
    return good;
}

/* --- marks of files left out ------------------------------------------------------------------- */

typedef struct Kept {
    Mark *item;
    size_t count, capacity;
} Kept;

/* How sure the model is of these words: of its surest unit among them. */
static uint8_t sureness(const Work *w, size_t first, size_t past, size_t label, const LabelPlan *plan,
                        const MarkedWords *words)
{
    double best = 0;
    for (size_t row = first; row < past; row++) {
        const Example *e = &w->examples.item[row];
        if (e->utterance != words->utterance || e->begin >= words->end || words->begin >= e->end) continue;
        best = fmax(best, sigmoid_at(plan->sigmoid, (double)w->sum[row * w->stride + label]));
    }
    return (uint8_t)fmax(1, fmin(100, floor(100 * best + .5)));
}

/* Words of a behaviour that share a byte are one mark, as judge_merge makes them: the first stays. */
static void keep(Kept *kept, size_t from, Mark mark)
{
    for (size_t i = from; i < kept->count; i++) {
        Mark *other = &kept->item[i];
        if (other->utterance == mark.utterance && other->begin < mark.end && mark.begin < other->end) return;
    }
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity ? kept->capacity * 2 : 64;
        kept->item = memory_must(realloc(kept->item, kept->capacity * sizeof *kept->item));
    }
    kept->item[kept->count++] = mark;
}

static void keep_rules_marks(const Work *w, size_t label, const Marks *rules, Kept *kept)
{
    size_t from = kept->count;
    for (size_t i = 0; i < rules->count; i++)
        if (rules->item[i].behaviour == w->behaviour[label]) keep(kept, from, rules->item[i]);
}

static void keep_models_marks(const Work *w, size_t first, size_t past, size_t label, double threshold,
                              const LabelPlan *plan, const Marks *rules, MarkedWords *words, Kept *kept)
{
    size_t from = kept->count, count = marks_at(w, first, past, label, threshold, rules, words);
    for (size_t m = 0; m < count; m++) {
        Mark mark = { .behaviour = w->behaviour[label],
                      .quality = 50,
                      .confidence = sureness(w, first, past, label, plan, &words[m]),
                      .utterance = words[m].utterance,
                      .begin = words[m].begin,
                      .end = words[m].end,
                      .rule = NO_LEFT_OUT_RULE };
        for (size_t i = 0; i < rules->count; i++)
            if (rules->item[i].behaviour == mark.behaviour && rules->item[i].utterance == mark.utterance &&
                rules->item[i].begin == mark.begin && rules->item[i].end == mark.end) {
                mark.rule = rules->item[i].rule;
                mark.quality = rules->item[i].quality;
            }
        keep(kept, from, mark);
    }
}

static void left_out_of_party(Work *w, Arena *arena, Kept *kept)
{
    ReaderFound found;
    LabelPlan plan[MODEL_LABELS_MAX];
    open_work(w);
    if (w->labels == 0) {
        close_work(w);
        return;
    }
    open_stage(w, arena, &found, plan);
    double *threshold = memory_must(calloc(w->folds * w->labels + 1, sizeof *threshold));
    for (uint32_t fold = 0; fold < w->folds; fold++)
        for (size_t l = 0; l < w->labels; l++)
            threshold[fold * w->labels + l] = STEP_FIRST + STEP_SIZE * (double)best_step(w, l, fold);
    MarkedWords *words = NULL;
    size_t first = 0, past;
    for (uint32_t p = 0; p < w->passages->count; p++, first = past) {
        const Marks *rules = &w->examples.by_rules[p];
        for (past = first; past < w->examples.count && w->examples.item[past].passage == p;) past++;
        words = memory_must(realloc(words, ((past - first + rules->count) * 2 + 1) * sizeof *words));
        for (size_t l = 0; l < w->labels; l++)
            if (plan[l].mode == MODE_RULES)
                keep_rules_marks(w, l, rules, &kept[p]);
            else
                keep_models_marks(w, first, past, l, threshold[fold_of(w, p) * w->labels + l], &plan[l], rules, words,
                                  &kept[p]);
    }
    free(words);
    free(threshold);
    close_stage(w);
    close_work(w);
}

static int by_place(const void *a, const void *b)
{
    const Mark *x = a, *y = b;
    if (x->utterance != y->utterance) return x->utterance < y->utterance ? -1 : 1;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return (x->behaviour > y->behaviour) - (x->behaviour < y->behaviour);
}

void reader_left_out_marks(const Hearer *hearer, Passages *passages, uint64_t seed, Arena *arena, Marks *ret)
{
    Kept *kept = memory_must(calloc(passages->count + 1, sizeof *kept));
    for (int who = WHO_AGENT; who <= WHO_CUSTOMER; who++) {
        ReaderOptions options = { .who = (Who)who, .seed = seed };
        Work w = { .hearer = hearer, .passages = passages, .options = &options };
        left_out_of_party(&w, arena, kept);
    }
    for (size_t p = 0; p < passages->count; p++) {
        ret[p] = (Marks){ ARENA_NEW(arena, Mark, kept[p].count + 1), kept[p].count };
        if (kept[p].count) {
            memcpy(ret[p].item, kept[p].item, kept[p].count * sizeof(Mark));
            qsort(ret[p].item, ret[p].count, sizeof(Mark), by_place);
        }
        free(kept[p].item);
    }
    free(kept);
}
