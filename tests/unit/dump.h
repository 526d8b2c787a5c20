/* dump.h -- for tests of readers: what a file becomes, as lines of text, so that a case shows input and answer side by
 * side.
 *
 *   # 8812 email 2026-03-02T09:15:00Z "Parcel" [zendesk line 1]
 *   @ 0 customer 17 "Dana Ruiz" <dana@example.org>
 *   0 0ms customer: I've been waiting nine days.
 *   1 41000-52000ms agent (note) (doubtful): she has a small child
 *   ! line 3 offset 120: a comma was expected here
 *   ? line 3: a warning
 *
 * The first column of a turn is the index of its participant, '-' without one;
 * no time is written '-'; line breaks in texts are written \n.
 */
#ifndef GOODWILL_TESTS_DUMP_H
#define GOODWILL_TESTS_DUMP_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "import/import.h"

typedef struct DumpSink {
    ImportSink sink;
    Buf *out;
    size_t conversations, turns, rejects, warnings;
    bool offsets; /* also say where a reject stands */
} DumpSink;

static inline void dump_text(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n')
            buf_lit(out, "\\n");
        else
            buf_char(out, text.data[i]);
    }
}

static inline void dump_turn(Buf *out, const Utterance *u)
{
    if (u->participant == NO_PARTICIPANT)
        buf_lit(out, "- ");
    else
        buf_printf(out, "%u ", u->participant);
    if (u->at_ms == WHEN_NONE)
        buf_lit(out, "-");
    else
        buf_printf(out, "%" PRId64, u->at_ms);
    if (u->end_ms != WHEN_NONE) buf_printf(out, "-%" PRId64, u->end_ms);
    buf_printf(out, "%s %s%s%s: ", u->at_ms == WHEN_NONE ? "" : "ms", role_name(u->role), u->is_public ? "" : " (note)",
               u->doubtful ? " (doubtful)" : "");
    dump_text(out, u->text);
    buf_lit(out, "\n");
}

static inline bool dump_conversation(ImportSink *sink, Conversation *c)
{
    DumpSink *dump = (DumpSink *)sink;
    Buf *out = dump->out;
    dump->conversations++;
    dump->turns += c->utterance_count;
    buf_lit(out, "# ");
    buf_add(out, c->id_given ? c->id : STR("(made)"));
    buf_printf(out, " %s ", channel_name(c->channel));
    if (c->started == WHEN_NONE)
        buf_lit(out, "-");
    else
        when_print(out, c->started, c->offset_minutes);
    if (c->subject.len) {
        buf_lit(out, " \"");
        dump_text(out, c->subject);
        buf_lit(out, "\"");
    }
    buf_lit(out, " [");
    buf_add(out, c->source);
    buf_printf(out, " line %" PRIu64 "]\n", c->line);
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const Participant *p = &c->participant[i];
        buf_printf(out, "@ %u %s", i, role_name(p->role));
        if (p->id.len) buf_printf(out, " %.*s", STR_ARG(p->id));
        if (p->name.len) buf_printf(out, " \"%.*s\"", STR_ARG(p->name));
        if (p->email.len) buf_printf(out, " <%.*s>", STR_ARG(p->email));
        buf_lit(out, "\n");
    }
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        if (!utf8_valid(u->text) || (u->participant != NO_PARTICIPANT && u->participant >= c->participant_count) ||
            u->role >= ROLE_COUNT)
            abort(); /* what conversation.h promises of every reader */
        dump_turn(out, u);
    }
    return true;
}

static inline bool dump_reject(ImportSink *sink, const Reject *reject)
{
    DumpSink *dump = (DumpSink *)sink;
    if (reject->warning)
        dump->warnings++;
    else
        dump->rejects++;
    buf_printf(dump->out, "%c line %" PRIu64, reject->warning ? '?' : '!', reject->line);
    if (dump->offsets && reject->offset != UINT64_MAX) buf_printf(dump->out, " offset %" PRIu64, reject->offset);
    buf_printf(dump->out, ": %.*s\n", STR_ARG(reject->reason));
    return true;
}

/* Reads `text` as a whole file of this format and appends what came of it. */
static inline DumpSink dump_file(const Format *format, Str text, const ImportOptions *options, Buf *out)
{
    static const ImportOptions none = { 0 };
    DumpSink dump = { .sink = { dump_conversation, dump_reject }, .out = out };
    Arena scratch = { 0 };
    Err err = { 0 };
    ImportBlock block = { .file = STR("test.json"),
                          .bytes = text,
                          .line = 1,
                          .whole = true,
                          .format = format->name,
                          .options = options ? options : &none };
    if (!format->read(&block, &dump.sink, &scratch, &err)) buf_printf(out, "! stopped: %s\n", err.text);
    arena_clear(&scratch);
    return dump;
}

/* A case of a table: a file and what comes of it. */
typedef struct DumpCase {
    const char *name;
    const char *text;
    const char *expect;
    const char *roles; /* --roles; may be NULL */
} DumpCase;

/* The number of cases that did not come out as expected, each told with both texts. */
static inline size_t dump_check(const Format *format, const DumpCase *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        Buf out = { 0 };
        ImportOptions options = { .roles = cases[i].roles };
        (void)dump_file(format, str_from(cases[i].text), &options, &out);
        if (!str_equal(buf_str(&out), str_from(cases[i].expect))) {
            fprintf(stderr, "== %s: %s\n-- expected\n%s-- got\n%.*s\n", format->name, cases[i].name, cases[i].expect,
                    (int)out.len, out.data ? out.data : "");
            wrong++;
        }
        buf_clear(&out);
    }
    return wrong;
}

/* A file below the shared folder beside the working copy; false when there is none, so that the test can be skipped.
 * Tests run in the project's folder. */
static inline bool dump_shared(const char *name, Buf *ret)
{
    char path[512];
    Err err;
    snprintf(path, sizeof path, "../shared/%s", name);
    return file_read(path, 1 << 26, ret, &err);
}

#endif
