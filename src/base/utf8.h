/* utf8.h -- Unicode as bytes: checking, decoding, folding.
 *
 * Import makes every text valid UTF-8 (utf8_repair), so what comes after may
 * rely on it.  Character classes come from utf8proc.
 */
#ifndef GOODWILL_BASE_UTF8_H
#define GOODWILL_BASE_UTF8_H

#include "base/arena.h"

bool utf8_is_plain(Str s);              /* ASCII without NUL: nothing to check, nothing to repair */
bool utf8_valid(Str s);                 /* shortest forms, no surrogates, up to U+10FFFF */
size_t utf8_valid_len(Str s);           /* offset of the first bad byte; s.len when there is none */
Str utf8_repair(Arena *arena, Str s);   /* s itself when valid, else a copy with U+FFFD for each bad byte run */
size_t utf8_sequence(Str s, size_t at); /* bytes (1..4) of the code point at `at` < s.len, 0 when they are bad */
size_t utf8_decode(Str s, size_t at, int32_t *ret); /* bytes used (1 and U+FFFD on bad bytes); at < s.len */
size_t utf8_encode(int32_t codepoint, char ret[4]); /* bytes written; U+FFFD for what has no encoding */
Str utf8_from_latin1(Arena *arena, Str s);          /* Windows-1252, which is what "latin1" files hold */
Str utf8_from_utf16(Arena *arena, Str s, bool big); /* without a byte order mark; broken pairs become U+FFFD */
Str utf8_fold(Arena *arena, Str s);                 /* case-folded, NFC; for comparing names */
size_t utf8_count(Str s);                           /* code points */

#endif
