/* buf.h -- bytes being written: grows, is owned by its holder, ends with buf_clear.
 *
 * An all-zero Buf is ready for use.  Exhaustion of the process aborts.
 */
#ifndef GOODWILL_BASE_BUF_H
#define GOODWILL_BASE_BUF_H

#include "base/str.h"

typedef struct Buf {
    char *data;
    size_t len, capacity;
} Buf;

void buf_clear(Buf *buf); /* gives the memory back */
char *buf_room_slow(Buf *buf, size_t more);
void buf_add_slow(Buf *buf, const char *data, size_t len);
void buf_printf(Buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_u64(Buf *buf, uint64_t value);
void buf_i64(Buf *buf, int64_t value);
void buf_hundredths(Buf *buf, int value); /* 85 -> 0.85, 100 -> 1, -5 -> -0.05 */
void buf_json(Buf *buf, Str s);           /* "quoted", escaped as RFC 8259 asks; invalid UTF-8 becomes U+FFFD */
void buf_html(Buf *buf, Str s);           /* & < > " ' become entities; control characters but \t \n are dropped */
void buf_csv(Buf *buf, Str s);            /* one field: quoted where RFC 4180 asks, and made harmless to spreadsheets */

/* At least `more` writable bytes at data + len. */
static inline char *buf_room(Buf *buf, size_t more)
{
    return LIKELY(buf->data && more <= buf->capacity - buf->len) ? buf->data + buf->len : buf_room_slow(buf, more);
}

static inline Str buf_str(const Buf *buf) { return (Str){ buf->data, buf->len }; }

static inline void buf_add(Buf *buf, Str s)
{
    if (LIKELY(s.len <= buf->capacity - buf->len)) {
        if (s.len) memcpy(buf->data + buf->len, s.data, s.len);
        buf->len += s.len;
    } else {
        buf_add_slow(buf, s.data, s.len);
    }
}

static inline void buf_char(Buf *buf, char c)
{
    if (UNLIKELY(buf->len == buf->capacity)) (void)buf_room(buf, 1);
    buf->data[buf->len++] = c;
}

#define buf_lit(buf, literal) buf_add((buf), STR(literal))

#endif
