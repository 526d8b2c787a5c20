/* reader_case.h -- a reader's whole answer to one file as lines of text, for tables of cases.
 *
 *   = chat 2024-01-15T10:30:00Z "subject" id         one conversation; no id when import made it from a hash
 *   agent Lena 0-1500: text                           one turn: role, name, begin and end in ms; '|' for a line break
 *   agent Lena (note): text                           an internal note
 *   ! 12: reason                                      a reject, with its line;  ? for a warning
 */
#ifndef GOODWILL_TESTS_READER_CASE_H
#define GOODWILL_TESTS_READER_CASE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "import/formats.h"

typedef struct CaseSink {
    ImportSink sink;
    Buf out;
    bool show_emails;
} CaseSink;

static bool case_conversation(ImportSink *sink, Conversation *c)
{
    Buf *out = &((CaseSink *)sink)->out;
    buf_printf(out, "= %s ", channel_name(c->channel));
    if (c->started == WHEN_NONE)
        buf_lit(out, "-");
    else
        when_print(out, c->started, c->offset_minutes);
    if (c->subject.len) buf_printf(out, " \"%.*s\"", STR_ARG(c->subject));
    if (c->id_given) buf_printf(out, " %.*s", STR_ARG(c->id));
    buf_lit(out, "\n");
    for (uint32_t i = 0; ((CaseSink *)sink)->show_emails && i < c->participant_count; i++)
        if (c->participant[i].email.len)
            buf_printf(out, "@ %.*s <%.*s>\n", STR_ARG(c->participant[i].name), STR_ARG(c->participant[i].email));
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        buf_printf(out, "%s", role_name(u->role));
        if (u->participant != NO_PARTICIPANT) buf_printf(out, " %.*s", STR_ARG(c->participant[u->participant].name));
        if (!u->is_public) buf_lit(out, " (note)");
        if (u->at_ms != WHEN_NONE) buf_printf(out, " %lld", (long long)u->at_ms);
        if (u->end_ms != WHEN_NONE) buf_printf(out, "-%lld", (long long)u->end_ms);
        buf_lit(out, ": ");
        for (size_t at = 0; at < u->text.len; at++) buf_char(out, u->text.data[at] == '\n' ? '|' : u->text.data[at]);
        buf_lit(out, "\n");
    }
    return true;
}

static bool case_reject(ImportSink *sink, const Reject *reject)
{
    buf_printf(&((CaseSink *)sink)->out, "%c %llu: %.*s\n", reject->warning ? '?' : '!',
               (unsigned long long)reject->line, STR_ARG(reject->reason));
    return true;
}

/* The caller frees it. */
static char *case_read(const Format *format, Str bytes, const char *file_name, const char *roles, bool show_emails)
{
    CaseSink sink = { .sink = { case_conversation, case_reject }, .show_emails = show_emails };
    ImportOptions options = { .roles = roles };
    ImportBlock block = { .file = str_from(file_name),
                          .format = format->name,
                          .bytes = bytes,
                          .line = 1,
                          .whole = true,
                          .options = &options };
    Arena scratch = { 0 };
    Err err = { 0 };
    if (!format->read(&block, &sink.sink, &scratch, &err)) buf_printf(&sink.out, "FAILED %s\n", err.text);
    arena_clear(&scratch);
    buf_char(&sink.out, '\0');
    return sink.out.data;
}

#endif
