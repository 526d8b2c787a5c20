/* show_evaluation.c -- see show_evaluation.h.
 *
 *   Strengths                  labels  precision        recall          F1             state
 *   recovery.apology              120  .88 (.82–.93)   .75 (.66–.83)   .81 (.75–.85)  sure *
 *
 * and below, over turns, prevalence, kappa, AC1 and alpha in the same order.
 */
#include "cli/show_evaluation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ".88", "1.00"; " – " where nothing is known: always of `width` columns */
static void add_share(Buf *out, double share, int width)
{
    char text[16] = "–";
    if (!isnan(share)) snprintf(text, sizeof text, "%.2f", fabs(share) < .005 ? 0 : share);
    char *shown = text[0] == '0' ? text + 1 : text;
    if (text[0] == '-' && text[1] == '0') { /* -.05 */
        text[1] = '-';
        shown = text + 1;
    }
    int columns = isnan(share) ? 1 : (int)strlen(shown);
    for (int i = columns; i < width; i++) buf_char(out, ' ');
    buf_add(out, str_from(shown));
}

/* ".88 (.82–.93)" */
static void add_measure(Buf *out, const Measure *m)
{
    add_share(out, m->value, 4);
    if (isnan(m->value) || isnan(m->interval.low)) {
        buf_printf(out, "%11s", "");
        return;
    }
    buf_lit(out, " (");
    size_t begin = out->len;
    add_share(out, m->interval.low, 0);
    buf_lit(out, "–");
    add_share(out, m->interval.high, 0);
    buf_char(out, ')');
    /* The dash has three bytes and one column. */
    for (size_t columns = out->len - begin - 2; columns < 9; columns++) buf_char(out, ' ');
}

static const char *state_text(const BehaviourMeasured *m)
{
    const char *name = agreement_state_name(m->state);
    return name ? name : "not labelled";
}

/* The surest first. */
static int by_state(const void *a, const void *b)
{
    const BehaviourMeasured *x = *(const BehaviourMeasured *const *)a, *y = *(const BehaviourMeasured *const *)b;
    if (x->state != y->state) return x->state < y->state ? -1 : 1;
    double px = isnan(x->precision.interval.low) ? -1 : x->precision.interval.low;
    double py = isnan(y->precision.interval.low) ? -1 : y->precision.interval.low;
    if (px > py || px < py) return px > py ? -1 : 1;
    return (x->behaviour > y->behaviour) - (x->behaviour < y->behaviour);
}

static void add_row(Buf *out, const Hearer *hearer, const BehaviourMeasured *m)
{
    buf_printf(out, "%-27.*s%6.0f ", STR_ARG(hear_behaviour(hearer, m->behaviour)->id), m->labelled);
    add_measure(out, &m->precision);
    buf_char(out, ' ');
    add_measure(out, &m->recall);
    buf_char(out, ' ');
    add_measure(out, &m->f1);
    buf_printf(out, " %s%s\n", state_text(m), m->in_figures ? " *" : "");
}

/* "3.9 % (2.5–5.1)" */
static void add_prevalence(Buf *out, const Measure *m)
{
    if (isnan(m->value) || isnan(m->interval.low)) {
        buf_printf(out, "%18s", "");
        return;
    }
    char text[48];
    int bytes = snprintf(text, sizeof text, "%4.1f %% (%.1f–%.1f)", 100 * m->value, 100 * m->interval.low,
                         100 * m->interval.high);
    buf_add(out, str_from(text));
    for (int columns = bytes - 2; columns < 18; columns++) buf_char(out, ' '); /* the dash has three bytes */
}

static void add_turns_row(Buf *out, const Hearer *hearer, const BehaviourMeasured *m)
{
    buf_printf(out, "%-28.*s", STR_ARG(hear_behaviour(hearer, m->behaviour)->id));
    add_prevalence(out, &m->prevalence);
    buf_char(out, ' ');
    add_measure(out, &m->kappa);
    buf_char(out, ' ');
    add_measure(out, &m->ac1);
    buf_char(out, ' ');
    add_measure(out, &m->alpha);
    while (out->len && out->data[out->len - 1] == ' ') out->len--;
    buf_char(out, '\n');
}

typedef enum Part { PART_MARKS, PART_TURNS } Part;

static void add_block(Buf *out, const Hearer *hearer, const Evaluation *e, Part part, Sign sign, const char *title)
{
    const BehaviourMeasured **row = calloc(e->count + 1, sizeof *row);
    size_t count = 0;
    if (!row) abort(); /* the process is out of memory */
    for (size_t b = 0; b < e->count; b++)
        if (hear_behaviour(hearer, b)->sign == sign && e->item[b].state != STATE_UNMEASURED) row[count++] = &e->item[b];
    qsort(row, count, sizeof *row, by_state);
    if (count && part == PART_MARKS)
        buf_printf(out, "\n%-27slabels %-15s %-15s %-15s state\n", title, " precision", " recall", " F1");
    if (count && part == PART_TURNS)
        buf_printf(out, "\n%-28s%-18s %-15s  %-15s %s\n", title, "prevalence", " kappa", " AC1", " alpha");
    for (size_t i = 0; i < count; i++)
        if (part == PART_MARKS)
            add_row(out, hearer, row[i]);
        else
            add_turns_row(out, hearer, row[i]);
    free(row);
}

static void add_total(Buf *out, const char *name, const Measure *m, const char *note)
{
    buf_printf(out, "%-27s", name);
    add_measure(out, m);
    buf_printf(out, " %s\n", note);
}

static void add_bands(Buf *out, const Bands *bands)
{
    buf_lit(out, "\nHow sure the reader is, and how often it is right\n"
                 "confidence   marks  right\n");
    for (size_t i = 0; i < BANDS; i++) {
        if (bands->item[i].marks <= 0) continue;
        buf_printf(out, "%3zu to %3zu %% %6.0f ", 100 / BANDS * i + 1, 100 / BANDS * (i + 1), bands->item[i].marks);
        add_share(out, bands->item[i].right / bands->item[i].marks, 6);
        buf_char(out, '\n');
    }
    buf_lit(out, "expected calibration error ");
    add_share(out, bands_error(bands), 0);
    buf_char(out, '\n');
}

static void add_readings(Buf *out, const Evaluation *e)
{
    static const char *const NAMES[ANSWERS] = { "outcome", "settled in one contact", "how it ended" };
    if (!e->has_readings) return;
    bool any = false;
    for (size_t a = 0; a < ANSWERS; a++) {
        if (e->answer[a].asked <= 0) continue;
        if (!any) buf_lit(out, "\nReadings of whole conversations, share right\n");
        char note[40];
        snprintf(note, sizeof note, "of %.0f", e->answer[a].asked);
        add_total(out, NAMES[a], &e->answer[a].share, note);
        any = true;
    }
}

static void add_states(Buf *out, const Hearer *hearer, const Evaluation *e)
{
    size_t count[STATE_OFF + 1] = { 0 }, figures = 0;
    for (size_t b = 0; b < e->count; b++) {
        count[e->item[b].state]++;
        figures += e->item[b].in_figures && hear_behaviour(hearer, b)->who == WHO_AGENT;
    }
    buf_printf(out,
               "\nsure      %3zu  the lower end of precision is at least .75: shown and counted\n"
               "to check  %3zu  precision is at least .50: shown with 'please check', in no figure about a person\n"
               "off       %3zu  less than that: not shown\n",
               count[STATE_SURE], count[STATE_CHECK], count[STATE_OFF]);
    if (count[STATE_UNMEASURED])
        buf_printf(out, "          %3zu  labelled nowhere in these conversations: nothing is known\n",
                   count[STATE_UNMEASURED]);
    buf_printf(out,
               "*         %3zu of staff's are sure and agree with people at least .667 (Krippendorff's α over turns):\n"
               "               only these may enter a figure about a person\n",
               figures);
}

static void add_number(Buf *out, const char *key, double value)
{
    buf_printf(out, "\"%s\":", key);
    if (isnan(value))
        buf_lit(out, "null");
    else
        buf_printf(out, "%.4f", value);
}

void show_evaluation(Buf *out, const Hearer *hearer, const Evaluation *e, bool left_out)
{
    buf_printf(out, "%zu conversations, %zu turns, %.0f labels; reader: %s%s\n", e->conversations, e->turns,
               e->all.met + e->all.missed, hear_reader_name(hear_reader(hearer)),
               left_out ? ", each file judged by one learned from the others" : "");
    buf_lit(out, "In brackets: the interval that 95 of 100 such samples of conversations fall into.\n");
    for (Part part = PART_MARKS; part <= PART_TURNS; part++) {
        if (part == PART_TURNS)
            buf_lit(out,
                    "\nTurn by turn: how many turns people marked, and the agreement on them: Cohen's kappa, Gwet's "
                    "AC1 and\nKrippendorff's alpha\n");
        add_block(out, hearer, e, part, SIGN_STRENGTH, "Strengths");
        add_block(out, hearer, e, part, SIGN_HARM, "Harms");
        add_block(out, hearer, e, part, SIGN_NEUTRAL, "What customers show");
    }
    buf_char(out, '\n');
    char note[64];
    snprintf(note, sizeof note, "over %zu behaviours with at least 3 labels", e->macro_of);
    add_total(out, "F1 of all marks (micro)", &e->f1, "");
    add_total(out, "  precision", &e->precision, "");
    add_total(out, "  recall", &e->recall, "");
    add_total(out, "F1 by behaviour (macro)", &e->macro_f1, note);
    add_total(out, "harms: precision", &e->harms_precision, "");
    add_total(out, "harms: recall", &e->harms_recall, "");
    add_total(out, "overlap of words shown", &e->overlap, "");
    add_readings(out, e);
    add_bands(out, &e->bands);
    add_states(out, hearer, e);
}

/* --- JSON -------------------------------------------------------------------------------------- */

static void json_measure(Buf *out, const char *key, const Measure *m)
{
    buf_printf(out, ",\"%s\":{", key);
    add_number(out, "value", m->value);
    buf_char(out, ',');
    add_number(out, "low", m->interval.low);
    buf_char(out, ',');
    add_number(out, "high", m->interval.high);
    buf_char(out, '}');
}

static void json_counts(Buf *out, const Agreement *a)
{
    buf_printf(out, ",\"right\":%.0f,\"wrong\":%.0f,\"missed\":%.0f", a->met, a->wrong, a->missed);
}

static void json_behaviour(Buf *out, const Hearer *hearer, const BehaviourMeasured *m)
{
    static const char *const SIGNS[] = {
        [SIGN_STRENGTH] = "strength", [SIGN_HARM] = "harm", [SIGN_NEUTRAL] = "neutral"
    };
    const Behaviour *b = hear_behaviour(hearer, m->behaviour);
    const char *state = agreement_state_name(m->state);
    buf_lit(out, "{\"behaviour\":");
    buf_json(out, b->id);
    buf_printf(out, ",\"who\":\"%s\",\"sign\":\"%s\",\"state\":", b->who == WHO_AGENT ? "agent" : "customer",
               SIGNS[b->sign]);
    if (state)
        buf_json(out, str_from(state));
    else
        buf_lit(out, "null");
    buf_printf(out, ",\"in_figures\":%s,\"labelled\":%.0f,\"marked\":%.0f", m->in_figures ? "true" : "false",
               m->labelled, m->marked);
    json_counts(out, &m->counts);
    json_measure(out, "precision", &m->precision);
    json_measure(out, "recall", &m->recall);
    json_measure(out, "f1", &m->f1);
    json_measure(out, "kappa", &m->kappa);
    json_measure(out, "prevalence", &m->prevalence);
    json_measure(out, "ac1", &m->ac1);
    json_measure(out, "alpha", &m->alpha);
    buf_char(out, ',');
    add_number(out, "overlap", m->counts.met > 0 ? agreement_overlap(&m->counts) : NAN);
    buf_printf(out, ",\"turns\":{\"both\":%.0f,\"only_reader\":%.0f,\"only_people\":%.0f,\"neither\":%.0f}}",
               m->units.both, m->units.only_reader, m->units.only_people, m->units.neither);
}

static void json_bands(Buf *out, const Bands *bands)
{
    buf_lit(out, ",\"calibration\":{");
    add_number(out, "expected_error", bands_error(bands));
    buf_lit(out, ",\"bands\":[");
    for (size_t i = 0; i < BANDS; i++) {
        if (i) buf_char(out, ',');
        buf_printf(out, "{\"from\":%.2f,\"to\":%.2f,\"marks\":%.0f,", (double)(100 / BANDS * i + 1) / 100,
                   (double)(100 / BANDS * (i + 1)) / 100, bands->item[i].marks);
        add_number(out, "confidence",
                   bands->item[i].marks > 0 ? bands->item[i].confidence / bands->item[i].marks / 100 : NAN);
        buf_char(out, ',');
        add_number(out, "right", bands->item[i].marks > 0 ? bands->item[i].right / bands->item[i].marks : NAN);
        buf_char(out, '}');
    }
    buf_lit(out, "]}");
}

void show_evaluation_json(Buf *out, const Hearer *hearer, const Evaluation *e, bool left_out)
{
    buf_printf(out, "{\"reader\":\"%s\",\"left_out\":%s,\"rules\":", hear_reader_name(hear_reader(hearer)),
               left_out ? "true" : "false");
    buf_json(out, hear_rules_hash(hearer));
    buf_printf(out, ",\"conversations\":%zu,\"turns\":%zu", e->conversations, e->turns);
    json_counts(out, &e->all);
    json_measure(out, "precision", &e->precision);
    json_measure(out, "recall", &e->recall);
    json_measure(out, "micro_f1", &e->f1);
    json_measure(out, "macro_f1", &e->macro_f1);
    buf_printf(out, ",\"macro_behaviours\":%zu", e->macro_of);
    json_measure(out, "harms_precision", &e->harms_precision);
    json_measure(out, "harms_recall", &e->harms_recall);
    json_measure(out, "overlap", &e->overlap);
    buf_lit(out, ",\"readings\":{");
    for (size_t a = 0; a < ANSWERS; a++) {
        if (a) buf_char(out, ',');
        buf_printf(out, "\"%s\":{\"right\":%.0f,\"asked\":%.0f", e->answer[a].name, e->answer[a].right,
                   e->answer[a].asked);
        json_measure(out, "share", &e->answer[a].share);
        buf_char(out, '}');
    }
    buf_char(out, '}');
    json_bands(out, &e->bands);
    buf_lit(out, ",\"behaviours\":[");
    for (size_t b = 0; b < e->count; b++) {
        if (b) buf_char(out, ',');
        json_behaviour(out, hearer, &e->item[b]);
    }
    buf_lit(out, "]}\n");
}
