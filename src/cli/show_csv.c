/* show_csv.c -- one row a conversation: what it was, how it ended, and how often each behaviour was seen. */
#include "cli/show.h"

#include <stdlib.h>

void show_csv_head(Buf *out, const Hearer *hearer)
{
    buf_lit(
        out,
        "id,file,line,channel,started_at,turns,outcome,first_contact_resolution,ends,talk_share,response_median_ms");
    for (size_t i = 0; i < hear_behaviour_count(hearer); i++) {
        buf_char(out, ',');
        buf_csv(out, hear_behaviour(hearer, i)->id);
    }
    buf_lit(out, "\n");
}

static void add_number(Buf *out, bool known, int64_t number)
{
    if (known) buf_i64(out, number);
    buf_char(out, ',');
}

static void add_name(Buf *out, const char *name)
{
    if (name) buf_add(out, str_from(name));
    buf_char(out, ',');
}

static void add_conversation(Buf *out, const Conversation *c)
{
    buf_csv(out, c->id);
    buf_char(out, ',');
    buf_csv(out, c->file);
    buf_char(out, ',');
    add_number(out, c->line != 0, (int64_t)c->line);
    add_name(out, channel_name(c->channel));
    if (c->started != WHEN_NONE) when_print(out, c->started, c->offset_minutes);
    buf_char(out, ',');
    add_number(out, true, c->utterance_count);
}

static void add_reading(Buf *out, const Reading *r)
{
    static const char *const ANSWERS[] = { [ANSWER_UNSURE] = NULL, [ANSWER_YES] = "true", [ANSWER_NO] = "false" };
    add_name(out, outcome_name(r->outcome));
    add_name(out, ANSWERS[r->first_contact]);
    add_name(out, ends_name(r->ends));
    if (r->talk_share >= 0) buf_hundredths(out, r->talk_share);
    buf_char(out, ',');
    if (r->response_median_ms != WHEN_NONE) buf_i64(out, r->response_median_ms);
}

void show_csv(Buf *out, const Hearer *hearer, const Heard *heard)
{
    size_t behaviours = hear_behaviour_count(hearer);
    uint32_t *seen = calloc(behaviours + 1, sizeof *seen);
    if (!seen) abort(); /* the process is out of memory */
    for (size_t i = 0; i < heard->marks.count; i++) seen[heard->marks.item[i].behaviour]++;
    add_conversation(out, heard->conversation);
    add_reading(out, heard->reading);
    for (size_t i = 0; i < behaviours; i++) {
        buf_char(out, ',');
        buf_u64(out, seen[i]);
    }
    free(seen);
    buf_lit(out, "\n");
}
