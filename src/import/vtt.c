/* vtt.c -- WebVTT: the file parser of the W3C's specification, and its cue text without markup.
 *
 * In: a .vtt file, of a browser's captions or of a meeting (Teams: <v Name>;
 * Zoom: "Name: text").  Out: one conversation.  The parser follows
 * https://www.w3.org/TR/webvtt1/#file-parsing step by step, so that a file has
 * here the cues that a browser finds in it; comments, styles, regions and cue
 * settings are passed over.  A cue whose times cannot be read is told and skipped.
 */
#include "base/utf8.h"
#include "import/captions.h"
#include "import/formats.h"
#include "import/html.h"

enum {
    HOURS_MAX = 1000000, /* longer counts as this long: keeps milliseconds far from overflow */
};

typedef struct Vtt {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    Str text; /* UTF-8, U+FFFD for NUL, LF alone ends lines */
    size_t at;
    uint64_t line; /* number of the line at `at`, from 1 */
    Captions captions;
} Vtt;

/* ---- times */

static bool take_char(Str s, size_t *at, char c)
{
    if (*at >= s.len || s.data[*at] != c) return false;
    ++*at;
    return true;
}

/* Digits at *at: their number and how many there are. */
static int64_t take_digits(Str s, size_t *at, size_t *count)
{
    int64_t value = 0;
    size_t begin = *at;
    for (; *at < s.len && ascii_digit(s.data[*at]); ++*at)
        if (value <= HOURS_MAX) value = value * 10 + (s.data[*at] - '0');
    *count = *at - begin;
    return MIN(value, HOURS_MAX);
}

/* "Collect a WebVTT timestamp". */
static bool take_time(Str s, size_t *at, int64_t *ret_ms)
{
    size_t digits;
    int64_t a = take_digits(s, at, &digits), b, c, ms;
    if (digits == 0) return false;
    bool hours = digits != 2 || a > 59;
    if (!take_char(s, at, ':')) return false;
    b = take_digits(s, at, &digits);
    if (digits != 2) return false;
    if (hours || (*at < s.len && s.data[*at] == ':')) {
        if (!take_char(s, at, ':')) return false;
        c = take_digits(s, at, &digits);
        if (digits != 2) return false;
    } else {
        c = b;
        b = a;
        a = 0;
    }
    if (!take_char(s, at, '.')) return false;
    ms = take_digits(s, at, &digits);
    if (digits != 3 || b > 59 || c > 59) return false;
    *ret_ms = ((a * 60 + b) * 60 + c) * 1000 + ms;
    return true;
}

/* HTML's white space: not the vertical tab. */
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

static void skip_blanks(Str s, size_t *at)
{
    while (*at < s.len && is_blank(s.data[*at])) ++*at;
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
    return take_time(line, &at, end_ms); /* what follows are settings */
}

/* ---- cue text */

typedef struct CueText {
    Vtt *vtt;
    const Caption *cue; /* its times */
    Buf said;
    Str voice;
    bool no_more_tags; /* no '>' follows: looked for once, not at every '<' */
} CueText;

static void end_voice(CueText *t)
{
    Str said = str_trim(buf_str(&t->said));
    if (said.len) {
        Caption *caption =
            ARENA_PUSH(t->vtt->scratch, t->vtt->captions.item, t->vtt->captions.count, t->vtt->captions.capacity);
        *caption = *t->cue;
        caption->voice = t->voice;
        caption->text = arena_str(t->vtt->scratch, said);
    }
    t->said.len = 0;
}

/* Text with its character references resolved. */
static void add_text(Buf *buf, Str text)
{
    while (text.len) {
        size_t run = str_find_char(text, '&');
        if (run == STR_NOT_FOUND) run = text.len;
        buf_add(buf, str_sub(text, 0, run));
        text = str_from_byte(text, run);
        if (!text.len) return;
        char bytes[4];
        size_t len = 0, used = html_reference(text, 0, bytes, &len);
        buf_add(buf, used ? str_make(bytes, len) : STR("&"));
        text = str_from_byte(text, used ? used : 1);
    }
}

/* "v.loud Jane  Doe" -> "Jane Doe"; anything else is no voice. */
static bool read_voice(CueText *t, Str tag, Str *ret)
{
    if (tag.len < 1 || tag.data[0] != 'v') return false;
    size_t at = 1;
    if (at < tag.len && tag.data[at] == '.')
        while (at < tag.len && !is_blank(tag.data[at])) at++;
    if (at < tag.len && !is_blank(tag.data[at])) return false;
    Buf name = { 0 }, tidy = { 0 };
    add_text(&name, str_from_byte(tag, at));
    Str rest = buf_str(&name);
    for (size_t i = 0; i < rest.len; i++) {
        if (!is_blank(rest.data[i]))
            buf_char(&tidy, rest.data[i]);
        else if (tidy.len && tidy.data[tidy.len - 1] != ' ')
            buf_char(&tidy, ' ');
    }
    *ret = arena_str(t->vtt->scratch, str_trim(buf_str(&tidy)));
    buf_clear(&name);
    buf_clear(&tidy);
    return true;
}

/* A '<' that begins no tag, or one that is never closed, is text: a browser would drop what follows, we keep words. */
static bool is_tag(CueText *t, Str from_bracket, size_t *end)
{
    if (t->no_more_tags || from_bracket.len < 2) return false;
    char c = from_bracket.data[1];
    if (!ascii_alpha(c) && !ascii_digit(c) && c != '/' && c != '.') return false;
    *end = str_find_char(from_bracket, '>');
    t->no_more_tags = *end == STR_NOT_FOUND;
    return !t->no_more_tags;
}

static void read_cue_text(Vtt *vtt, const Caption *cue, Str text)
{
    CueText t = { .vtt = vtt, .cue = cue };
    while (text.len) {
        size_t run = str_find_char(text, '<'), end;
        if (run == STR_NOT_FOUND) run = text.len;
        add_text(&t.said, str_sub(text, 0, run));
        text = str_from_byte(text, run);
        if (!text.len) break;
        if (!is_tag(&t, text, &end)) {
            buf_char(&t.said, '<');
            text = str_from_byte(text, 1);
            continue;
        }
        Str tag = str_sub(text, 1, end), voice;
        text = str_from_byte(text, end + 1);
        if (str_equal(tag, STR("/v"))) {
            end_voice(&t);
            t.voice = (Str){ 0 };
        } else if (read_voice(&t, tag, &voice)) {
            end_voice(&t);
            t.voice = voice;
        }
    }
    end_voice(&t);
    buf_clear(&t.said);
}

/* ---- blocks */

/* Collects up to the end of the line and steps over it.  False when this was the last line. */
static bool take_line(Vtt *vtt, Str *ret)
{
    Str rest = str_from_byte(vtt->text, vtt->at);
    size_t len = str_find_char(rest, '\n');
    if (len == STR_NOT_FOUND) {
        *ret = rest;
        vtt->at = vtt->text.len;
        return false;
    }
    *ret = str_sub(rest, 0, len);
    vtt->at += len + 1;
    vtt->line++;
    return true;
}

/* "Collect a WebVTT block".  The lines of a block stand together, so its text is a view of the file. */
static bool take_block(Vtt *vtt, bool in_header)
{
    Caption cue = { 0 };
    bool seen_arrow = false, is_cue = false, more = true;
    size_t text_begin = vtt->at, text_end = vtt->at;
    for (uint32_t count = 1; more; count++) {
        size_t line_at = vtt->at;
        uint64_t line_number = vtt->line;
        Str line;
        more = take_line(vtt, &line);
        if (str_find(line, STR("-->")) != STR_NOT_FOUND) {
            if (in_header || count > 2 || seen_arrow) { /* the next block's */
                vtt->at = line_at;
                vtt->line = line_number;
                break;
            }
            seen_arrow = true;
            is_cue = read_times(line, &cue.begin_ms, &cue.end_ms);
            if (!is_cue && !import_reject(vtt->sink, vtt->block, line_number, UINT64_MAX,
                                          "a cue's times cannot be read: %.*s", STR_ARG(str_sub(line, 0, 80))))
                return false;
            text_begin = text_end = vtt->at;
        } else if (line.len == 0) {
            break;
        } else {
            text_end = line_at + line.len;
        }
    }
    if (is_cue) read_cue_text(vtt, &cue, str_sub(vtt->text, text_begin, text_end));
    return true;
}

static void skip_empty_lines(Vtt *vtt)
{
    while (vtt->at < vtt->text.len && vtt->text.data[vtt->at] == '\n') {
        vtt->at++;
        vtt->line++;
    }
}

static bool has_signature(Str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_from_byte(text, 3);
    if (!str_starts(text, STR("WEBVTT"))) return false;
    return text.len == 6 || text.data[6] == ' ' || text.data[6] == '\t' || text.data[6] == '\n' || text.data[6] == '\r';
}

/* UTF-8 without byte order mark; U+FFFD for NUL; LF for CR and CRLF. */
static Str normalise(Arena *scratch, Str bytes)
{
    Str text = utf8_repair(scratch, bytes);
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_from_byte(text, 3);
    size_t nulls = 0;
    bool returns = false;
    for (size_t i = 0; i < text.len; i++) {
        nulls += text.data[i] == '\0';
        returns |= text.data[i] == '\r';
    }
    if (!nulls && !returns) return text;
    char *copy = arena_alloc(scratch, text.len + nulls * 2);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '\0') {
            len += utf8_encode(0xFFFD, copy + len);
        } else if (c == '\r') {
            copy[len++] = '\n';
            if (i + 1 < text.len && text.data[i + 1] == '\n') i++;
        } else {
            copy[len++] = c;
        }
    }
    return str_make(copy, len);
}

static bool read_vtt(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    if (err) err->kind = ERR_NONE;
    arena_reset(scratch);
    if (block->bytes.len > IMPORT_CONVERSATION_MAX)
        return import_reject(sink, block, block->line, UINT64_MAX, "a conversation of more than %d MB",
                             IMPORT_CONVERSATION_MAX >> 20);
    if (!has_signature(block->bytes))
        return import_reject(sink, block, block->line, UINT64_MAX, "not WebVTT: the first line is not WEBVTT");
    Vtt vtt = { .block = block, .sink = sink, .scratch = scratch, .line = block->line };
    vtt.text = normalise(scratch, block->bytes);
    Str header;
    if (take_line(&vtt, &header)) {
        if (vtt.at < vtt.text.len && vtt.text.data[vtt.at] != '\n' && !take_block(&vtt, true)) return false;
        skip_empty_lines(&vtt);
        while (vtt.at < vtt.text.len) {
            if (!take_block(&vtt, false)) return false;
            skip_empty_lines(&vtt);
        }
    }
    return captions_give(&vtt.captions, NAMES_OWN, block, sink, scratch);
}

static int recognise_vtt(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    return has_signature(head) ? 95 : 0;
}

const Format format_vtt = { .name = "vtt",
                            .about = "WebVTT captions and meeting transcripts (Teams, Zoom)",
                            .recognise = recognise_vtt,
                            .read = read_vtt };
