/* text.c -- bytes of a text file in, UTF-8 out.  Never fails; linear. */
#include "import/text.h"

#include "base/utf8.h"

static bool by_mark(Arena *arena, Str bytes, Str *ret)
{
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        *ret = utf8_repair(arena, str_from_byte(bytes, 3));
    else if (str_starts(bytes, STR("\xFF\xFE")))
        *ret = utf8_from_utf16(arena, str_sub(bytes, 2, bytes.len & ~(size_t)1), false);
    else if (str_starts(bytes, STR("\xFE\xFF")))
        *ret = utf8_from_utf16(arena, str_sub(bytes, 2, bytes.len & ~(size_t)1), true);
    else
        return false;
    return true;
}

Str text_from_bytes(Arena *arena, Str bytes)
{
    Str text;
    if (by_mark(arena, bytes, &text)) return text;
    return utf8_valid(bytes) ? bytes : utf8_from_latin1(arena, bytes);
}

Str text_from_head(Arena *arena, Str head)
{
    Str text;
    if (by_mark(arena, head, &text)) return text;
    for (size_t cut = 0; cut < 4 && cut <= head.len; cut++)
        if (utf8_valid(str_sub(head, 0, head.len - cut))) return str_sub(head, 0, head.len - cut);
    return utf8_from_latin1(arena, head);
}
