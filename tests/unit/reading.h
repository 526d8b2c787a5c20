/* reading.h -- what a reader made of some bytes, as plain text that a test can compare.
 *
 *   == ID CHANNEL [STARTED] [subject: …] [source: …]
 *   ROLE [NAME or id] [<email>] [MILLISECONDS[-END]] [(note)] [(doubtful)]: TEXT
 *   !LINE reason           a reject        ?LINE reason    a warning
 *
 * An id that import made is written "-"; a line break in a text as a bar.
 */
#ifndef GOODWILL_TESTS_READING_H
#define GOODWILL_TESTS_READING_H

#include <stdio.h>

#include "base/buf.h"
#include "import/import.h"

typedef struct Reading_ {
    ImportSink sink;
    Buf out;
    size_t conversations, rejects, warnings;
    size_t stop_after; /* conversations; 0: never */
    bool with_source;
} Reading_;

static inline void reading_text(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) buf_char(out, text.data[i] == '\n' ? '|' : text.data[i]);
}

static inline void reading_turn(Buf *out, const Conversation *c, const Utterance *u)
{
    buf_printf(out, "%s", role_name(u->role));
    if (u->participant != NO_PARTICIPANT) {
        const Participant *p = &c->participant[u->participant];
        if (p->name.len || p->id.len) buf_printf(out, " %.*s", STR_ARG(p->name.len ? p->name : p->id));
        if (p->email.len) buf_printf(out, " <%.*s>", STR_ARG(p->email));
    }
    if (u->at_ms != WHEN_NONE) buf_printf(out, " %lld", (long long)u->at_ms);
    if (u->end_ms != WHEN_NONE) buf_printf(out, "-%lld", (long long)u->end_ms);
    if (!u->is_public) buf_lit(out, " (note)");
    if (u->doubtful) buf_lit(out, " (doubtful)");
    buf_lit(out, ": ");
    reading_text(out, u->text);
    buf_char(out, '\n');
}

static inline bool reading_conversation(ImportSink *sink, Conversation *c)
{
    Reading_ *r = (Reading_ *)(void *)sink;
    Buf *out = &r->out;
    buf_printf(out, "== %.*s %s", STR_ARG(c->id_given ? c->id : STR("-")), channel_name(c->channel));
    if (c->started != WHEN_NONE) {
        buf_char(out, ' ');
        when_print(out, c->started, c->offset_minutes);
    }
    if (c->subject.len) buf_printf(out, " subject: %.*s", STR_ARG(c->subject));
    if (r->with_source) buf_printf(out, " source: %.*s", STR_ARG(c->source));
    buf_char(out, '\n');
    for (uint32_t i = 0; i < c->utterance_count; i++) reading_turn(out, c, &c->utterance[i]);
    r->conversations++;
    return r->conversations != r->stop_after;
}

static inline bool reading_reject(ImportSink *sink, const Reject *reject)
{
    Reading_ *r = (Reading_ *)(void *)sink;
    buf_printf(&r->out, "%c%llu ", reject->warning ? '?' : '!', (unsigned long long)reject->line);
    reading_text(&r->out, reject->reason);
    buf_char(&r->out, '\n');
    if (reject->warning)
        r->warnings++;
    else
        r->rejects++;
    return true;
}

static inline Reading_ reading_start(void) { return (Reading_){ .sink = { reading_conversation, reading_reject } }; }

/* Reads `bytes` as one whole file in this form; the result is out's text (buf_clear it). */
static inline Reading_ reading_of(const Format *format, Str bytes, const ImportOptions *options)
{
    static const ImportOptions NO_OPTIONS = { 0 };
    Reading_ r = reading_start();
    Arena scratch = { 0 };
    Err err = { 0 };
    ImportBlock block = { .file = STR("file"),
                          .bytes = bytes,
                          .line = 1,
                          .whole = true,
                          .format = format->name,
                          .options = options ? options : &NO_OPTIONS };
    if (!format->read(&block, &r.sink, &scratch, &err) && err.kind) buf_printf(&r.out, "!! %s\n", err.text);
    arena_clear(&scratch);
    return r;
}

#endif
