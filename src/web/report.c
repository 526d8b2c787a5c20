/* report.c -- puts drawn conversations together to one page of its own. */
#include "web/report.h"

#include <stdlib.h>

#include "web/asset.h"
#include "web/heard.h"
#include "web/labels.h"
#include "web/templates.h"

struct Report {
    const Hearer *hearer;
    Arena arena, scratch; /* the index; one conversation's drawing */
    Buf bodies;
    ReportPageRow row[REPORT_CONVERSATIONS_MAX];
    size_t count;
};

static const Behaviour *behaviour_of(void *context, uint16_t number)
{
    const Report *report = context;
    return number < hear_behaviour_count(report->hearer) ? hear_behaviour(report->hearer, number) : NULL;
}

static Str reason_of(void *context, uint32_t rule)
{
    const Report *report = context;
    return hear_reason(report->hearer, rule);
}

static AgreementState state_of(void *context, const Mark *mark)
{
    const Report *report = context;
    return mark->behaviour < hear_behaviour_count(report->hearer) ? hear_mark_state(report->hearer, mark)
                                                                  : STATE_UNMEASURED;
}

Report *report_new(const Hearer *hearer)
{
    Report *report = calloc(1, sizeof *report);
    if (!report) abort();
    report->hearer = hearer;
    return report;
}

void report_free(Report *report)
{
    if (!report) return;
    arena_clear(&report->arena);
    arena_clear(&report->scratch);
    buf_clear(&report->bodies);
    free(report);
}

bool report_add(Report *report, const Conversation *c, Marks marks, const Reading *reading, Err *err)
{
    if (report->count == REPORT_CONVERSATIONS_MAX) {
        err_set(err, ERR_LIMIT, "one page holds at most %d conversations", REPORT_CONVERSATIONS_MAX);
        return err_hint(err, "Give fewer files, or use `goodwill import` and `goodwill serve`, which show any number.");
    }
    Str anchor = arena_printf(&report->arena, "c%zu", report->count + 1);
    HeardPage page = {
        .conversation = c,
        .marks = marks,
        .reading = reading,
        .names = { behaviour_of, reason_of, state_of, report },
        .anchor = anchor,
    };
    HeardTally tally = heard_tally(&page);
    report->row[report->count++] = (ReportPageRow){
        .anchor = anchor,
        .title = arena_str(&report->arena, heard_title(c, &report->arena)),
        .where = label("channel", str_from(channel_name(c->channel))),
        .when = label_moment_short(&report->arena, c->started, c->offset_minutes),
        .outcome = label_outcome("outcome", reading->outcome),
        .ends = label_ends("ends", reading->ends),
        .strengths = tally.strengths,
        .harms = tally.harms,
    };
    heard_html_of(&report->bodies, &page, &report->scratch);
    arena_reset(&report->scratch);
    return true;
}

size_t report_count(const Report *report) { return report->count; }

void report_html(const Report *report, Str title, Buf *out)
{
    Arena arena = { 0 };
    ReportPageView view = {
        .title = title,
        .style = { asset_text(STR("report.css"), &arena) },
        .count = (int64_t)report->count,
        .many = report->count > 1,
        .index = { report->row, report->count },
        .bodies = { buf_str(&report->bodies) },
        .rules = hear_rules_hash(report->hearer),
    };
    report_page_html(out, &view);
    arena_clear(&arena);
}
