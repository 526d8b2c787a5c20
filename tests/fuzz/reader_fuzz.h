/* reader_fuzz.h -- any bytes through one reader, as a file and as a head to recognise; what it gives must hold
 * together.
 *
 * A define names the reader: #define FUZZED_FORMAT format_vtt
 */
#ifndef GOODWILL_TESTS_READER_FUZZ_H
#define GOODWILL_TESTS_READER_FUZZ_H

#include <stdlib.h>

#include "base/utf8.h"
#include "import/formats.h"

static void must(bool held)
{
    if (!held) abort();
}

static bool fuzz_conversation(ImportSink *sink, Conversation *c)
{
    (void)sink;
    must(c->utterance_count > 0 && c->utterance_count <= IMPORT_TURNS_MAX);
    must(c->id.len > 0 && utf8_valid(c->id) && utf8_valid(c->subject));
    for (uint32_t i = 0; i < c->participant_count; i++)
        must(utf8_valid(c->participant[i].name) && utf8_valid(c->participant[i].email));
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        must(u->participant == NO_PARTICIPANT || u->participant < c->participant_count);
        must(u->role < ROLE_COUNT && utf8_valid(u->text));
        must(u->text.len == 0 || !memchr(u->text.data, 0, u->text.len));
    }
    return true;
}

static bool fuzz_reject(ImportSink *sink, const Reject *reject)
{
    (void)sink;
    must(reject->reason.len > 0 && utf8_valid(reject->reason));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Arena scratch; /* kept from run to run, as a reading thread keeps it */
    ImportSink sink = { fuzz_conversation, fuzz_reject };
    ImportOptions options = { 0 };
    Str bytes = str_make((const char *)data, size);
    ImportBlock block = { .file = STR("case"), .bytes = bytes, .line = 1, .whole = true, .options = &options };
    block.format = (FUZZED_FORMAT).name;
    Err err = { 0 };
    int sure = (FUZZED_FORMAT).recognise(str_sub(bytes, 0, 65536), STR("case"), size <= 65536);
    must(sure >= 0 && sure <= 100);
    must((FUZZED_FORMAT).read(&block, &sink, &scratch, &err) || err.kind);
    uint64_t line_count = 0;
    size_t cut = (FUZZED_FORMAT).cut ? (FUZZED_FORMAT).cut(bytes, block.preamble, &options, &line_count) : 0;
    must(cut <= size && line_count == import_line_count(str_sub(bytes, 0, cut)));
    arena_clear(&scratch);
    return 0;
}

#endif
