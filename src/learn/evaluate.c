/* evaluate.c -- see evaluate.h. */
#include "learn/evaluate.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

/* What one conversation has of one behaviour. */
typedef struct Cell {
    uint16_t behaviour;
    Agreement counts;
    double both, only_reader, only_people, contested; /* turns */
} Cell;

typedef struct Sums {
    Agreement counts;
    double both, only_reader, only_people, contested;
} Sums;

typedef enum Figure { PRECISION, RECALL, F1, KAPPA, PREVALENCE, AC1, ALPHA, FIGURES } Figure;
typedef enum Total {
    MICRO_PRECISION,
    MICRO_RECALL,
    MICRO_F1,
    MACRO_F1,
    OVERLAP,
    HARM_PRECISION,
    HARM_RECALL,
    TOTALS
} Total;

typedef struct Work {
    const Hearer *hearer;
    const Passages *passages;
    const Judgement *judged;
    const EvaluateOptions *options;
    size_t behaviours;
    Cell *cell;
    size_t cell_count, cell_capacity;
    size_t *first;             /* cell of each passage; one more at the end */
    double (*turns)[2];        /* of each passage, by Who */
    int8_t (*answer)[ANSWERS]; /* -1 not asked, 0 wrong, 1 right */
    bool *in_macro;            /* by behaviour */
    double *round;             /* figures × behaviours × rounds, totals × rounds, answers × rounds */
    Sums *sum;                 /* by behaviour, of the round in hand */
    MarkedWords *words;
    size_t words_capacity;
} Work;

static Role role_of(Who who) { return who == WHO_AGENT ? ROLE_AGENT : ROLE_CUSTOMER; }

/* --- counting -------------------------------------------------------------------------------- */

typedef struct TurnSeen {
    uint32_t utterance;
    bool marked, labelled, contested;
} TurnSeen;

static TurnSeen *turn_seen(TurnSeen *seen, size_t *count, uint32_t utterance)
{
    for (size_t i = 0; i < *count; i++)
        if (seen[i].utterance == utterance) return &seen[i];
    seen[*count] = (TurnSeen){ .utterance = utterance };
    return &seen[(*count)++];
}

static bool of_party(const Passage *passage, uint32_t utterance, Who who)
{
    const Utterance *u = &passage->conversation.utterance[utterance];
    return u->is_public && u->role == role_of(who);
}

static void count_turns(const Work *w, const Passage *passage, const Behaviour *b, size_t words, Cell *cell)
{
    TurnSeen *seen = memory_must(calloc(words + passage->span_count + 1, sizeof *seen));
    size_t count = 0;
    for (size_t i = 0; i < words; i++)
        if (of_party(passage, w->words[i].utterance, b->who))
            turn_seen(seen, &count, w->words[i].utterance)->marked = true;
    for (uint32_t i = 0; i < passage->span_count; i++) {
        const GoldSpan *gold = &passage->span[i];
        if (!str_equal(gold->id, b->id) || !of_party(passage, gold->utterance, b->who)) continue;
        TurnSeen *turn = turn_seen(seen, &count, gold->utterance);
        turn->labelled |= !gold->contested;
        turn->contested |= gold->contested;
    }
    for (size_t i = 0; i < count; i++) {
        if (seen[i].contested)
            cell->contested++;
        else if (seen[i].marked && seen[i].labelled)
            cell->both++;
        else if (seen[i].marked)
            cell->only_reader++;
        else
            cell->only_people++;
    }
    free(seen);
}

static size_t gather_words(Work *w, Marks marks, size_t behaviour)
{
    size_t count = 0;
    if (marks.count > w->words_capacity) {
        w->words_capacity = marks.count * 2;
        w->words = memory_must(realloc(w->words, w->words_capacity * sizeof *w->words));
    }
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        if (m->behaviour == behaviour) w->words[count++] = (MarkedWords){ m->utterance, m->begin, m->end };
    }
    return count;
}

static void add_cell(Work *w, const Passage *passage, size_t behaviour, size_t words)
{
    const Behaviour *b = hear_behaviour(w->hearer, behaviour);
    if (w->cell_count == w->cell_capacity) {
        w->cell_capacity = w->cell_capacity ? w->cell_capacity * 2 : 1024;
        w->cell = memory_must(realloc(w->cell, w->cell_capacity * sizeof *w->cell));
    }
    Cell *cell = &w->cell[w->cell_count++];
    *cell = (Cell){ .behaviour = (uint16_t)behaviour };
    agreement_add(passage, b->id, w->words, words, &cell->counts);
    count_turns(w, passage, b, words, cell);
}

static void count_bands(const Work *w, const Passage *passage, Marks marks, Bands *bands)
{
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        MarkedWords words = { m->utterance, m->begin, m->end };
        Judged judged = agreement_judge(passage, hear_behaviour(w->hearer, m->behaviour)->id, &words);
        if (judged != JUDGED_CONTESTED) bands_add(bands, m->confidence, judged == JUDGED_RIGHT);
    }
}

/* Null and missing answers of the reader's are wrong where people gave one. */
static void count_answers(const Work *w, size_t p)
{
    const Json *json = w->passages->item[p].json;
    const Reading *r = w->judged[p].reading;
    Str outcome = json_str(json_get(json, "outcome")), ends = json_str(json_get(json, "ends"));
    const Json *first = json_get(json, "first_contact_resolution");
    bool yes = json_is(first, JSON_TRUE), no = json_is(first, JSON_FALSE);
    int8_t *answer = w->answer[p];
    answer[0] = answer[1] = answer[2] = -1;
    if (!r) return;
    if (outcome.len) answer[0] = str_equal(outcome, str_from(outcome_name(r->outcome)));
    if (yes || no) answer[1] = r->first_contact == (yes ? ANSWER_YES : ANSWER_NO);
    if (ends.len) answer[2] = str_equal(ends, str_from(ends_name(r->ends)));
}

static void count_all(Work *w, Evaluation *ret)
{
    uint8_t *wanted = memory_must(calloc(w->behaviours + 1, 1));
    for (size_t p = 0; p < w->passages->count; p++) {
        const Passage *passage = &w->passages->item[p];
        Marks marks = w->judged[p].marks;
        w->first[p] = w->cell_count;
        memset(wanted, 0, w->behaviours);
        for (size_t i = 0; i < marks.count; i++) wanted[marks.item[i].behaviour] = 1;
        for (uint32_t i = 0; i < passage->span_count; i++) {
            size_t behaviour;
            if (hear_behaviour_named(w->hearer, passage->span[i].id, &behaviour)) wanted[behaviour] = 1;
        }
        for (size_t b = 0; b < w->behaviours; b++)
            if (wanted[b]) add_cell(w, passage, b, gather_words(w, marks, b));
        for (uint32_t u = 0; u < passage->conversation.utterance_count; u++)
            for (int who = WHO_AGENT; who <= WHO_CUSTOMER; who++) w->turns[p][who] += of_party(passage, u, (Who)who);
        ret->turns += passage->conversation.utterance_count;
        ret->has_readings |= w->judged[p].reading != NULL;
        count_bands(w, passage, marks, &ret->bands);
        count_answers(w, p);
    }
    w->first[w->passages->count] = w->cell_count;
    free(wanted);
}

/* --- figures of one sample of conversations --------------------------------------------------- */

static double share(double part, double of) { return of > 0 ? part / of : NAN; }

static double f1_of(const Agreement *a) { return share(2 * a->met, 2 * a->met + a->wrong + a->missed); }

static void figures_of(const Sums *sum, const double turns[2], Who who, double ret[FIGURES])
{
    Units units = { .both = sum->both, .only_reader = sum->only_reader, .only_people = sum->only_people };
    units.neither = turns[who] - sum->both - sum->only_reader - sum->only_people - sum->contested;
    ret[PRECISION] = share(sum->counts.met, sum->counts.met + sum->counts.wrong);
    ret[RECALL] = share(sum->counts.met, sum->counts.met + sum->counts.missed);
    ret[F1] = f1_of(&sum->counts);
    ret[KAPPA] = units_kappa(&units);
    ret[PREVALENCE] = units_prevalence(&units);
    ret[AC1] = units_ac1(&units);
    ret[ALPHA] = units_alpha(&units);
}

/* `weight`: how often each passage is in the sample; NULL: once. */
static void sum_up(Work *w, const uint32_t *weight, double turns[2])
{
    memset(w->sum, 0, w->behaviours * sizeof *w->sum);
    turns[0] = turns[1] = 0;
    for (size_t p = 0; p < w->passages->count; p++) {
        double times = weight ? weight[p] : 1;
        if (times <= 0) continue;
        turns[0] += times * w->turns[p][0];
        turns[1] += times * w->turns[p][1];
        for (size_t i = w->first[p]; i < w->first[p + 1]; i++) {
            const Cell *cell = &w->cell[i];
            Sums *sum = &w->sum[cell->behaviour];
            agreement_sum(&sum->counts, &cell->counts, times);
            sum->both += times * cell->both;
            sum->only_reader += times * cell->only_reader;
            sum->only_people += times * cell->only_people;
            sum->contested += times * cell->contested;
        }
    }
}

static void totals_of(const Work *w, double ret[TOTALS], Agreement *all, Agreement *harms, size_t *macro_of)
{
    double macro = 0, counted = 0;
    *all = *harms = (Agreement){ 0 };
    for (size_t b = 0; b < w->behaviours; b++) {
        const Agreement *one = &w->sum[b].counts;
        agreement_sum(all, one, 1);
        if (hear_behaviour(w->hearer, b)->sign == SIGN_HARM) agreement_sum(harms, one, 1);
        double f1 = f1_of(one);
        if (!w->in_macro[b] || isnan(f1)) continue;
        macro += f1;
        counted++;
    }
    ret[MICRO_PRECISION] = share(all->met, all->met + all->wrong);
    ret[MICRO_RECALL] = share(all->met, all->met + all->missed);
    ret[MICRO_F1] = f1_of(all);
    ret[MACRO_F1] = share(macro, counted);
    ret[OVERLAP] = share(all->overlap, all->met);
    ret[HARM_PRECISION] = share(harms->met, harms->met + harms->wrong);
    ret[HARM_RECALL] = share(harms->met, harms->met + harms->missed);
    *macro_of = (size_t)counted;
}

static void answers_of(const Work *w, const uint32_t *weight, double right[ANSWERS], double asked[ANSWERS])
{
    for (size_t a = 0; a < ANSWERS; a++) {
        right[a] = asked[a] = 0;
        for (size_t p = 0; p < w->passages->count; p++) {
            double times = weight ? weight[p] : 1;
            if (w->answer[p][a] < 0) continue;
            asked[a] += times;
            right[a] += times * w->answer[p][a];
        }
    }
}

/* --- the bootstrap -------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea & Flood 2014): the same draws everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double *round_of(const Work *w, size_t figure) { return w->round + figure * w->options->rounds; }

static void draw_rounds(Work *w)
{
    size_t passages = w->passages->count, totals_at = FIGURES * w->behaviours, answers_at = totals_at + TOTALS;
    uint32_t *weight = memory_must(calloc(passages + 1, sizeof *weight));
    uint64_t state = w->options->seed;
    for (size_t round = 0; round < w->options->rounds; round++) {
        double turns[2], totals[TOTALS], right[ANSWERS], asked[ANSWERS], figure[FIGURES];
        Agreement all, harms;
        size_t macro_of;
        memset(weight, 0, passages * sizeof *weight);
        for (size_t i = 0; i < passages; i++) weight[next_random(&state) % passages]++;
        sum_up(w, weight, turns);
        for (size_t b = 0; b < w->behaviours; b++) {
            figures_of(&w->sum[b], turns, hear_behaviour(w->hearer, b)->who, figure);
            for (size_t f = 0; f < FIGURES; f++) round_of(w, b * FIGURES + f)[round] = figure[f];
        }
        totals_of(w, totals, &all, &harms, &macro_of);
        for (size_t t = 0; t < TOTALS; t++) round_of(w, totals_at + t)[round] = totals[t];
        answers_of(w, weight, right, asked);
        for (size_t a = 0; a < ANSWERS; a++) round_of(w, answers_at + a)[round] = share(right[a], asked[a]);
    }
    free(weight);
}

static Measure measure(const Work *w, size_t figure, double value)
{
    return (Measure){ value, percentiles(round_of(w, figure), w->options->rounds) };
}

static Measure measure_share(const Work *w, size_t figure, double part, double of)
{
    Measure m = measure(w, figure, share(part, of));
    Interval asked = wilson(part, of);
    m.interval.low = fmin(m.interval.low, asked.low);
    m.interval.high = fmax(m.interval.high, asked.high);
    return m;
}

static AgreementState state_of(const BehaviourMeasured *m)
{
    static const double SURE_LOW = .75, CHECK = .5; /* of precision */
    if (m->labelled <= 0) return STATE_UNMEASURED;
    if (m->marked <= 0) return STATE_CHECK;
    if (m->precision.interval.low >= SURE_LOW) return STATE_SURE;
    return m->precision.value >= CHECK ? STATE_CHECK : STATE_OFF;
}

static void tell_behaviours(Work *w, Evaluation *ret)
{
    double turns[2], figure[FIGURES];
    sum_up(w, NULL, turns);
    for (size_t b = 0; b < w->behaviours; b++) {
        const Sums *sum = &w->sum[b];
        const Agreement *a = &sum->counts;
        BehaviourMeasured *m = &ret->item[b];
        figures_of(sum, turns, hear_behaviour(w->hearer, b)->who, figure);
        *m = (BehaviourMeasured){ .behaviour = (uint16_t)b,
                                  .counts = *a,
                                  .units = { sum->both, sum->only_reader, sum->only_people, 0 },
                                  .labelled = a->met + a->missed,
                                  .marked = a->met + a->wrong };
        m->units.neither =
            turns[hear_behaviour(w->hearer, b)->who] - sum->both - sum->only_reader - sum->only_people - sum->contested;
        w->in_macro[b] = m->labelled >= w->options->macro_least;
    }
    draw_rounds(w);
    sum_up(w, NULL, turns);
    for (size_t b = 0; b < w->behaviours; b++) {
        BehaviourMeasured *m = &ret->item[b];
        size_t at = b * FIGURES;
        figures_of(&w->sum[b], turns, hear_behaviour(w->hearer, b)->who, figure);
        m->precision = measure_share(w, at + PRECISION, m->counts.met, m->marked);
        m->recall = measure_share(w, at + RECALL, m->counts.met, m->labelled);
        m->f1 = measure(w, at + F1, figure[F1]);
        m->kappa = measure(w, at + KAPPA, figure[KAPPA]);
        m->prevalence = measure(w, at + PREVALENCE, figure[PREVALENCE]);
        m->ac1 = measure(w, at + AC1, figure[AC1]);
        m->alpha = measure(w, at + ALPHA, figure[ALPHA]);
        m->state = state_of(m);
        m->in_figures = agreement_in_figures(m->state, m->alpha.value);
    }
}

static void tell_totals(const Work *w, Evaluation *ret)
{
    static const char *const ANSWER_NAMES[] = { "outcome", "first_contact_resolution", "ends" };
    double totals[TOTALS], right[ANSWERS], asked[ANSWERS];
    size_t at = FIGURES * w->behaviours;
    totals_of(w, totals, &ret->all, &ret->harms, &ret->macro_of);
    ret->precision = measure(w, at + MICRO_PRECISION, totals[MICRO_PRECISION]);
    ret->recall = measure(w, at + MICRO_RECALL, totals[MICRO_RECALL]);
    ret->f1 = measure(w, at + MICRO_F1, totals[MICRO_F1]);
    ret->macro_f1 = measure(w, at + MACRO_F1, totals[MACRO_F1]);
    ret->overlap = measure(w, at + OVERLAP, totals[OVERLAP]);
    ret->harms_precision = measure(w, at + HARM_PRECISION, totals[HARM_PRECISION]);
    ret->harms_recall = measure(w, at + HARM_RECALL, totals[HARM_RECALL]);
    answers_of(w, NULL, right, asked);
    for (size_t a = 0; a < ANSWERS; a++)
        ret->answer[a] = (AnswerMeasured){ ANSWER_NAMES[a], right[a], asked[a],
                                           measure_share(w, at + TOTALS + a, right[a], asked[a]) };
}

void evaluate(const Hearer *hearer, const Passages *passages, const Judgement *judged, const EvaluateOptions *options,
              Arena *arena, Evaluation *ret)
{
    Work w = { .hearer = hearer, .passages = passages, .judged = judged, .options = options };
    w.behaviours = hear_behaviour_count(hearer);
    w.first = memory_must(calloc(passages->count + 1, sizeof *w.first));
    w.turns = memory_must(calloc(passages->count + 1, sizeof *w.turns));
    w.answer = memory_must(calloc(passages->count + 1, sizeof *w.answer));
    w.in_macro = memory_must(calloc(w.behaviours + 1, sizeof *w.in_macro));
    w.sum = memory_must(calloc(w.behaviours + 1, sizeof *w.sum));
    w.round = memory_must(calloc((FIGURES * w.behaviours + TOTALS + ANSWERS) * options->rounds + 1, sizeof *w.round));
    *ret = (Evaluation){ .item = ARENA_NEW(arena, BehaviourMeasured, w.behaviours + 1),
                         .count = w.behaviours,
                         .conversations = passages->count };
    count_all(&w, ret);
    tell_behaviours(&w, ret);
    tell_totals(&w, ret);
    free(w.cell);
    free(w.first);
    free(w.turns);
    free(w.answer);
    free(w.in_macro);
    free(w.sum);
    free(w.round);
    free(w.words);
}

Judgement *evaluate_hear(const Hearer *hearer, Passages *passages, Arena *arena)
{
    Judgement *ret = ARENA_NEW(arena, Judgement, passages->count + 1);
    Hearing *hearing = hearing_new(hearer);
    for (size_t p = 0; p < passages->count; p++) {
        Reading *reading = ARENA_NEW(arena, Reading, 1);
        hear_run(hearing, &passages->item[p].conversation, arena, &ret[p].marks, reading);
        ret[p].reading = reading;
    }
    hearing_free(hearing);
    return ret;
}
