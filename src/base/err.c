/* err.c -- writes an Err: formatted, cut to fit at a character's edge, and kept to one line of valid UTF-8. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

/* Names of files and fields in a message are foreign bytes: they may not break the line, nor drive the terminal. */
static void make_one_line(char *text)
{
    size_t len = strlen(text), out = 0;
    for (size_t at = 0; at < len;) {
        int32_t codepoint;
        size_t used = utf8_decode((Str){ text, len }, at, &codepoint);
        bool bad = codepoint == 0xFFFD && used == 1;
        bool control = codepoint < 0x20 || (codepoint >= 0x7F && codepoint < 0xA0);
        if (bad && at + 4 > len && (unsigned char)text[at] >= 0xC0) break; /* cut in the middle by the buffer's end */
        if (bad || control) {
            text[out++] = control && codepoint < 0x20 ? ' ' : '?';
        } else {
            memmove(text + out, text + at, used);
            out += used;
        }
        at += used;
    }
    text[out] = 0;
}

bool err_set(Err *err, ErrKind kind, const char *format, ...)
{
    if (!err) return false;
    char text[sizeof err->text]; /* the arguments may point into err itself */
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    make_one_line(text);
    err->kind = kind;
    memcpy(err->text, text, sizeof text);
    err->hint[0] = 0;
    return false;
}

bool err_hint(Err *err, const char *format, ...)
{
    if (!err) return false;
    char hint[sizeof err->hint];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(hint, sizeof hint, format, list);
    va_end(list);
    make_one_line(hint);
    memcpy(err->hint, hint, sizeof hint);
    return false;
}

bool err_system(Err *err, const char *what, const char *name)
{
    char buffer[128];
    const char *reason = strerror_r(errno, buffer, sizeof buffer);
    return err_set(err, ERR_SYSTEM, "%s %s: %s", what, name, reason);
}
