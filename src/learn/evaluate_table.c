/* evaluate_table.c -- words/agreement.tsv: what was measured, kept beside the words for the reader to know.  See
 * evaluate.h and hear/agreed.h, which reads it. */
#include "learn/evaluate.h"

#include <math.h>

static void add_share(Buf *out, double share)
{
    if (isnan(share))
        buf_lit(out, "\t-");
    else
        buf_printf(out, "\t%.3f", share);
}

static void add_row(Buf *out, const Hearer *hearer, const BehaviourMeasured *m, Str date)
{
    buf_add(out, str_from(hear_reader_name(hear_reader(hearer))));
    buf_char(out, '\t');
    buf_add(out, hear_behaviour(hearer, m->behaviour)->id);
    buf_char(out, '\t');
    buf_add(out, str_from(agreement_state_name(m->state)));
    add_share(out, m->precision.value);
    add_share(out, m->precision.interval.low);
    add_share(out, m->precision.interval.high);
    add_share(out, m->recall.value);
    add_share(out, m->recall.interval.low);
    add_share(out, m->recall.interval.high);
    add_share(out, m->alpha.value);
    buf_printf(out, "\t%.0f\t", m->labelled);
    buf_add(out, date);
    buf_char(out, '\t');
    buf_add(out, hear_rules_hash(hearer));
    buf_char(out, '\n');
}

/* Is this row of `before` one that is written anew? */
static bool is_measured(const Hearer *hearer, const Evaluation *e, Str line)
{
    Str rest = line, reader, id;
    size_t behaviour;
    return str_next_part(&rest, '\t', &reader) && str_next_part(&rest, '\t', &id) &&
           str_equal(reader, str_from(hear_reader_name(hear_reader(hearer)))) &&
           hear_behaviour_named(hearer, id, &behaviour) && e->item[behaviour].state != STATE_UNMEASURED;
}

void evaluate_table(const Hearer *hearer, const Evaluation *evaluation, Str before, Str date, Buf *ret)
{
    buf_lit(ret, "# How far marks agree with people; made by `goodwill evaluate --save`, read by every command that "
                 "shows marks.\nreader\tbehaviour\tstate\tprecision\tlow\thigh\trecall\tlow\thigh\talpha\tlabelled\t"
                 "date\tversion\n");
    for (Str rest = before, line; str_next_line(&rest, &line);) {
        if (line.len == 0 || line.data[0] == '#' || str_starts(line, STR("reader\t"))) continue;
        if (is_measured(hearer, evaluation, line)) continue;
        buf_add(ret, line);
        buf_char(ret, '\n');
    }
    for (size_t b = 0; b < evaluation->count; b++)
        if (evaluation->item[b].state != STATE_UNMEASURED) add_row(ret, hearer, &evaluation->item[b], date);
}
