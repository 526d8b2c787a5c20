/* lay_out.c -- see lay_out.h.  Widths come from utf8proc (Unicode's East Asian Width and categories). */
#include "cli/lay_out.h"

#include <utf8proc.h>

#include "base/utf8.h"

/* Characters that turn the direction of what follows, or of the whole screen (Unicode TR 9; "Trojan Source"). */
static bool turns_direction(int32_t c) { return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069); }

static bool is_control(int32_t c) { return c < ' ' || (c >= 0x7f && c < 0xa0); }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

static int width_of(int32_t c)
{
    if (c >= ' ' && c < 0x7f) return 1;
    if (c == '\r') return 0;
    if (is_control(c) || turns_direction(c)) return 1;
    return MAX(0, utf8proc_charwidth(c));
}

bool lay_out_line(Str text, size_t *at, int width, Line *ret)
{
    if (*at >= text.len) return false;
    size_t begin = *at, i = begin, word_end = begin, word_next = 0; /* the last blanks: where they began and ended */
    int column = 0;
    bool after_blank = false;
    while (i < text.len) {
        int32_t c;
        size_t used = utf8_decode(text, i, &c);
        if (c == '\n') {
            *ret = (Line){ begin, after_blank ? word_end : i, i + used };
            *at = ret->next;
            return true;
        }
        bool blank = is_blank(c);
        if (blank && !after_blank) word_end = i;
        if (!blank && after_blank) word_next = i;
        after_blank = blank;
        int more = width_of(c);
        if (!blank && column + more > width && i > begin) { /* blanks may hang over: they are not drawn at the end */
            bool at_word = word_next > begin;
            *ret = at_word ? (Line){ begin, word_end, word_next } : (Line){ begin, i, i };
            *at = ret->next;
            return true;
        }
        column += more;
        i += used;
    }
    *ret = (Line){ begin, after_blank ? word_end : text.len, text.len };
    *at = text.len;
    return true;
}

int lay_out_width(Str text)
{
    int width = 0;
    for (size_t i = 0; i < text.len;) {
        int32_t c;
        i += utf8_decode(text, i, &c);
        width += width_of(c);
    }
    return width;
}

static void add_character(Buf *out, Str text, size_t at, size_t used, int32_t c)
{
    if (c == '\r') return;
    if (is_blank(c) || c == '\n')
        buf_char(out, ' ');
    else if (is_control(c) || turns_direction(c))
        buf_lit(out, "\xef\xbf\xbd");
    else
        buf_add(out, str_sub(text, at, at + used));
}

void lay_out_text(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len;) {
        int32_t c;
        size_t used = utf8_decode(text, i, &c);
        add_character(out, text, i, used, c);
        i += used;
    }
}

int lay_out_cut(Buf *out, Str text, int width)
{
    bool fits = lay_out_width(text) <= width;
    int column = 0;
    for (size_t i = 0; i < text.len;) {
        int32_t c;
        size_t used = utf8_decode(text, i, &c);
        int more = width_of(c);
        if (!fits && column + more > width - 1) {
            buf_lit(out, "…");
            return column + 1;
        }
        add_character(out, text, i, used, c);
        column += more;
        i += used;
    }
    return column;
}

void lay_out_pad(Buf *out, int columns)
{
    if (columns <= 0) return;
    memset(buf_room(out, (size_t)columns), ' ', (size_t)columns);
    out->len += (size_t)columns;
}

void lay_out_columns(Str text, size_t begin, size_t end, uint32_t *ret)
{
    uint32_t column = 0;
    for (size_t i = begin; i < end;) {
        int32_t c;
        size_t used = MIN(utf8_decode(text, i, &c), end - i);
        for (size_t k = 0; k < used; k++) ret[i + k - begin] = column;
        column += (uint32_t)width_of(c);
        i += used;
    }
    ret[end - begin] = column;
}
