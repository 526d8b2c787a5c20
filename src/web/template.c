/* template.c -- what compiled templates call beside base/buf.h. */
#include "web/template.h"

void template_url_part(Buf *out, Str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if (ascii_alnum((char)c) || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
}
