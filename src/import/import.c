/* import.c -- what every reader does alike: refusing a record, warning, and handing a conversation over.
 *
 * In: what a reader found in its block.  Out: calls of the sink.  A
 * conversation that the source gives no id gets one from its first turns, so
 * that it keeps its identity when it has grown by the next export.
 */
#include "import/import.h"

#include "import/csv.h"
#include "import/speaker.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"

enum { REASON_LEN_MAX = 400 }; /* fits an Err's text beside a file name */

static bool tell(ImportSink *sink, const ImportBlock *block, uint64_t line, uint64_t offset, bool warning,
                 const char *format, va_list arguments)
{
    char text[REASON_LEN_MAX];
    int wanted = vsnprintf(text, sizeof text, format, arguments);
    size_t len = wanted < 0 ? 0 : MIN((size_t)wanted, sizeof text - 1);
    /* A reason quotes foreign bytes: one line, and no part of a character at its end. */
    Arena arena = { 0 };
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) text[i] = ' ';
    Reject reject = { .file = block->file,
                      .line = line,
                      .offset = offset,
                      .warning = warning,
                      .reason = utf8_repair(&arena, str_make(text, len)) };
    bool go_on = sink->reject(sink, &reject);
    arena_clear(&arena);
    return go_on;
}

bool import_reject(ImportSink *sink, const ImportBlock *block, uint64_t line, uint64_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool go_on = tell(sink, block, line, offset, false, format, arguments);
    va_end(arguments);
    return go_on;
}

bool import_warn(ImportSink *sink, const ImportBlock *block, uint64_t line, uint64_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool go_on = tell(sink, block, line, offset, true, format, arguments);
    va_end(arguments);
    return go_on;
}

/* The identity of a conversation without an id.  It must not change when turns are added later, so only a first part
 * counts: at least two turns, and as many more (up to eight) as it takes to have some words of its own, since thousands
 * of chats open with "hi" and "hello, how can I help?". */
enum { IDENTITY_TURNS_MIN = 2, IDENTITY_TURNS_MAX = 8, IDENTITY_BYTES_MIN = 48, IDENTITY_HASH_BYTES = 8 };

static void hash_str(crypto_generichash_state *state, Str s)
{
    uint64_t len = s.len; /* before the text, so that ("ab", "c") and ("a", "bc") differ */
    crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
    if (s.len) crypto_generichash_update(state, (const unsigned char *)s.data, s.len);
}

static Str identity(const Conversation *c, Arena *arena)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
    hash_str(&state, str_from(channel_name(c->channel)));
    crypto_generichash_update(&state, (const unsigned char *)&c->started, sizeof c->started);
    size_t bytes = 0;
    for (uint32_t i = 0; i < c->utterance_count && i < IDENTITY_TURNS_MAX; i++) {
        if (i >= IDENTITY_TURNS_MIN && bytes >= IDENTITY_BYTES_MIN) break;
        hash_str(&state, str_from(role_name(c->utterance[i].role)));
        hash_str(&state, c->utterance[i].text);
        bytes += c->utterance[i].text.len;
    }
    unsigned char hash[crypto_generichash_BYTES_MIN];
    crypto_generichash_final(&state, hash, sizeof hash);
    char hex[IDENTITY_HASH_BYTES * 2 + 1];
    sodium_bin2hex(hex, sizeof hex, hash, IDENTITY_HASH_BYTES);
    return arena_printf(arena, "x-%s", hex);
}

bool import_give(ImportSink *sink, const ImportBlock *block, Conversation *c, uint64_t line, Arena *scratch)
{
    c->id = str_trim(conversation_text(scratch, c->id));
    if (c->utterance_count == 0)
        return c->id.len ? import_reject(sink, block, line, UINT64_MAX, "conversation %.*s has no turns",
                                         STR_ARG(str_sub(c->id, 0, 80)))
                         : import_reject(sink, block, line, UINT64_MAX, "the conversation has no turns");
    if (c->utterance_count > IMPORT_TURNS_MAX)
        return import_reject(sink, block, line, UINT64_MAX, "a conversation of more than %d turns", IMPORT_TURNS_MAX);
    if (c->participant_count > IMPORT_PARTICIPANTS_MAX)
        return import_reject(sink, block, line, UINT64_MAX, "a conversation of more than %d participants",
                             IMPORT_PARTICIPANTS_MAX);
    c->subject = conversation_text(scratch, c->subject);
    for (uint32_t i = 0; i < c->participant_count; i++) {
        Participant *p = &c->participant[i];
        p->id = conversation_text(scratch, p->id);
        p->name = conversation_text(scratch, p->name);
        p->email = conversation_text(scratch, p->email);
    }
    c->file = block->file;
    c->line = line;
    c->source = c->source.len ? conversation_text(scratch, c->source) : str_from(block->format);
    c->id_given = c->id.len > 0;
    if (!c->id_given) c->id = identity(c, scratch);
    return sink->conversation(sink, c);
}

uint64_t import_line_count(Str bytes)
{
    uint64_t count = 0;
    size_t at = 0;
#ifdef __SSE2__
    /* A byte counts to 255 at most, so the sums of 16 columns are gathered every 255 rows. */
    while (bytes.len - at >= 16) {
        __m128i sum = _mm_setzero_si128();
        size_t rows = MIN((bytes.len - at) / 16, (size_t)255);
        for (size_t row = 0; row < rows; row++, at += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(bytes.data + at));
            sum = _mm_sub_epi8(sum, _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
        }
        __m128i half = _mm_sad_epu8(sum, _mm_setzero_si128());
        count += (uint64_t)_mm_cvtsi128_si64(half) + (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(half, half));
    }
#endif
    for (; at < bytes.len; at++) count += bytes.data[at] == '\n';
    return count;
}

size_t import_cut_line(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count)
{
    (void)preamble;
    (void)options;
    const char *last = bytes.len ? memrchr(bytes.data, '\n', bytes.len) : NULL;
    size_t len = last ? (size_t)(last - bytes.data) + 1 : 0;
    *line_count = import_line_count(str_sub(bytes, 0, len));
    return len;
}

bool import_options_check(const ImportOptions *options, Err *err)
{
    return (!options->roles || speaker_roles_check(options->roles, err)) &&
           (!options->map || csv_map_check(options->map, err));
}
