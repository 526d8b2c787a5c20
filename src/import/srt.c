/* srt.c -- SubRip captions: numbered cues with times, text and, often, names.
 *
 * In: a .srt file in UTF-8, UTF-16 or Windows-1252.  Out: one conversation.  A
 * name is printed where the speaker changes, so it is carried forward.  There is
 * no specification: comma or dot before the milliseconds, hours that are left
 * out, missing numbers and missing empty lines are all read; a line with "-->"
 * that gives no times is told and its cue skipped.
 */
#include "base/buf.h"
#include "import/captions.h"
#include "import/formats.h"
#include "import/html.h"
#include "import/text.h"

enum { NUMBER_MAX = 1000000 }; /* no part of a time is greater: keeps milliseconds far from overflow */

static bool take_number(Str s, size_t *at, int64_t *ret, size_t *digits)
{
    size_t begin = *at;
    *ret = 0;
    for (; *at < s.len && ascii_digit(s.data[*at]); ++*at) *ret = MIN(*ret * 10 + (s.data[*at] - '0'), NUMBER_MAX);
    *digits = *at - begin;
    return *digits > 0;
}

static void skip_blanks(Str s, size_t *at)
{
    while (*at < s.len && ascii_space(s.data[*at])) ++*at;
}

/* "1:02:03,450", "02:03.45"; the fraction may be missing. */
static bool take_time(Str s, size_t *at, int64_t *ret_ms)
{
    int64_t part[3] = { 0 };
    size_t count = 0, digits;
    do {
        if (count == 3 || !take_number(s, at, &part[count++], &digits)) return false;
    } while (*at < s.len && s.data[*at] == ':' && ++*at);
    if (count < 2) return false;
    int64_t seconds = 0, ms = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && part[i] > 59) return false;
        seconds = seconds * 60 + part[i];
    }
    if (*at < s.len && (s.data[*at] == ',' || s.data[*at] == '.')) {
        ++*at;
        size_t begin = *at;
        if (!take_number(s, at, &ms, &digits)) return false;
        ms = 0; /* the first three digits, as many as there are */
        for (size_t i = 0; i < 3; i++) ms = ms * 10 + (i < digits ? s.data[begin + i] - '0' : 0);
    }
    *ret_ms = seconds * 1000 + ms;
    return true;
}

static bool read_times(Str line, int64_t *begin_ms, int64_t *end_ms)
{
    size_t at = 0;
    skip_blanks(line, &at);
    if (!take_time(line, &at, begin_ms)) return false;
    skip_blanks(line, &at);
    if (!str_starts(str_from_byte(line, at), STR("-->"))) return false;
    at += 3;
    skip_blanks(line, &at);
    return take_time(line, &at, end_ms) && (at == line.len || ascii_space(line.data[at])); /* a place may follow */
}

static bool is_number(Str line)
{
    line = str_trim(line);
    for (size_t i = 0; i < line.len; i++)
        if (!ascii_digit(line.data[i])) return false;
    return line.len > 0;
}

/* <b> <i> <u> <s> <font …> and the {\an8} of another subtitle form; any other '<' is text. */
static size_t markup_length(Str s)
{
    if (s.data[0] == '{') {
        size_t end = str_find_char(str_sub(s, 0, 64), '}');
        return s.len > 1 && s.data[1] == '\\' && end != STR_NOT_FOUND ? end + 1 : 0;
    }
    size_t begin = s.len > 1 && s.data[1] == '/' ? 2 : 1, at = begin;
    while (at < s.len && ascii_alpha(s.data[at])) at++;
    Str name = str_sub(s, begin, at);
    if (!str_equal_nocase(name, STR("b")) && !str_equal_nocase(name, STR("i")) && !str_equal_nocase(name, STR("u")) &&
        !str_equal_nocase(name, STR("s")) && !str_equal_nocase(name, STR("c")) && !str_equal_nocase(name, STR("font")))
        return 0;
    size_t end = str_find_char(str_sub(s, at, at + 256), '>');
    return end == STR_NOT_FOUND ? 0 : at + end + 1;
}

static void add_line(Buf *buf, Str line)
{
    if (buf->len) buf_char(buf, '\n');
    for (size_t at = 0; at < line.len;) {
        char c = line.data[at], bytes[4];
        size_t len = 0, used = 0;
        if (c == '<' || c == '{') {
            used = markup_length(str_from_byte(line, at));
        } else if (c == '&') {
            used = html_reference(line, at, bytes, &len);
            if (used && line.data[at + used - 1] != ';') used = 0; /* "R&D": SRT promises no references */
            if (used) buf_add(buf, str_make(bytes, len));
        }
        if (!used) buf_char(buf, c);
        at += used ? used : 1;
    }
}

typedef struct Srt {
    Captions captions;
    Caption cue;
    bool in_cue;
    Buf said; /* lines of the cue */
} Srt;

static void end_cue(Srt *srt, Arena *scratch)
{
    Str said = str_trim(buf_str(&srt->said));
    if (srt->in_cue && said.len) {
        srt->cue.text = arena_str(scratch, said);
        *ARENA_PUSH(scratch, srt->captions.item, srt->captions.count, srt->captions.capacity) = srt->cue;
    }
    srt->said.len = 0;
    srt->in_cue = false;
}

static bool read_lines(Srt *srt, const ImportBlock *block, ImportSink *sink, Arena *scratch, Str text)
{
    Str line, number = { 0 }; /* a line of digits: the next cue's number, unless no times follow */
    for (uint64_t at = block->line; str_next_line(&text, &line); at++) {
        if (str_find(line, STR("-->")) != STR_NOT_FOUND) {
            end_cue(srt, scratch);
            number = (Str){ 0 };
            srt->in_cue = read_times(line, &srt->cue.begin_ms, &srt->cue.end_ms);
            if (!srt->in_cue && !import_reject(sink, block, at, UINT64_MAX, "a cue's times cannot be read: %.*s",
                                               STR_ARG(str_sub(line, 0, 80))))
                return false;
            continue;
        }
        if (number.len && str_trim(line).len) {
            add_line(&srt->said, number);
            number = (Str){ 0 };
        }
        if (is_number(line))
            number = line;
        else
            add_line(&srt->said, line);
    }
    /* A cue that ends with a number: a cue's number with no cue behind it, or the last thing said. */
    if (number.len && srt->in_cue && !srt->said.len) add_line(&srt->said, number);
    end_cue(srt, scratch);
    return true;
}

static bool read_srt(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    if (err) err->kind = ERR_NONE;
    arena_reset(scratch);
    if (block->bytes.len > IMPORT_CONVERSATION_MAX)
        return import_reject(sink, block, block->line, UINT64_MAX, "a conversation of more than %d MB",
                             IMPORT_CONVERSATION_MAX >> 20);
    Srt srt = { 0 };
    bool go_on = read_lines(&srt, block, sink, scratch, text_from_bytes(scratch, block->bytes));
    buf_clear(&srt.said);
    return go_on && captions_give(&srt.captions, NAMES_CARRIED, block, sink, scratch);
}

static int recognise_srt(Str head, Str file_name, bool whole)
{
    (void)whole;
    Arena arena = { 0 };
    Str text = text_from_head(&arena, head), line;
    int score = 0, number_lines = 0;
    while (str_next_line(&text, &line)) {
        int64_t begin, end;
        line = str_trim(line);
        if (line.len == 0) continue;
        if (read_times(line, &begin, &end)) {
            score = number_lines ? 90 : str_ends(file_name, STR(".srt")) ? 70 : 0;
            break;
        }
        if (!is_number(line) || number_lines++) break;
    }
    arena_clear(&arena);
    return score;
}

const Format format_srt = { .name = "srt", .about = "SRT captions", .recognise = recognise_srt, .read = read_srt };
