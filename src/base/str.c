/* str.c -- searching, comparing and reading numbers in views; nothing here allocates. */
#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}

bool str_ends(Str s, Str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len) == 0);
}

static bool same_nocase(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
    return true;
}

bool str_equal_nocase(Str a, Str b) { return a.len == b.len && same_nocase(a.data, b.data, a.len); }

bool str_starts_nocase(Str s, Str prefix)
{
    return s.len >= prefix.len && same_nocase(s.data, prefix.data, prefix.len);
}

int str_compare(Str a, Str b)
{
    size_t shared = MIN(a.len, b.len);
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t str_find(Str s, Str needle)
{
    if (needle.len == 0) return 0;
    if (needle.len > s.len) return STR_NOT_FOUND;
    const char *hit = memmem(s.data, s.len, needle.data, needle.len);
    return hit ? (size_t)(hit - s.data) : STR_NOT_FOUND;
}

size_t str_find_nocase(Str s, Str needle)
{
    if (needle.len == 0) return 0;
    if (needle.len > s.len) return STR_NOT_FOUND;
    char first = ascii_lower(needle.data[0]);
    for (size_t at = 0; at <= s.len - needle.len; at++)
        if (ascii_lower(s.data[at]) == first && same_nocase(s.data + at, needle.data, needle.len)) return at;
    return STR_NOT_FOUND;
}

size_t str_find_char(Str s, char c)
{
    const char *hit = s.len ? memchr(s.data, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.data) : STR_NOT_FOUND;
}

Str str_trim(Str s)
{
    while (s.len && ascii_space(s.data[s.len - 1])) s.len--;
    while (s.len && ascii_space(s.data[0])) s.data++, s.len--;
    return s;
}

/* Where the first CR or LF is, or s.len.  By windows that double, so that a text of CRs alone, or of LFs alone, is not
 * read to its end for each line. */
static size_t line_end(Str s)
{
    size_t window = 256; /* bytes; most lines are shorter */
    for (size_t at = 0; at < s.len; window *= 2) {
        Str here = str_sub(s, at, at + window);
        size_t lf = str_find_char(here, '\n');
        size_t cr = str_find_char(lf == STR_NOT_FOUND ? here : str_sub(here, 0, lf), '\r');
        if (cr != STR_NOT_FOUND) return at + cr;
        if (lf != STR_NOT_FOUND) return at + lf;
        at += here.len;
    }
    return s.len;
}

bool str_next_line(Str *rest, Str *ret)
{
    if (rest->len == 0) return false;
    size_t end = line_end(*rest), next = end + 1;
    if (next < rest->len && rest->data[end] == '\r' && rest->data[next] == '\n') next++;
    *ret = str_sub(*rest, 0, end);
    *rest = str_from_byte(*rest, next);
    return true;
}

bool str_next_part(Str *rest, char separator, Str *ret)
{
    if (rest->len == 0) return false;
    size_t at = str_find_char(*rest, separator);
    *ret = str_sub(*rest, 0, at);
    *rest = at == STR_NOT_FOUND ? str_from_byte(*rest, rest->len) : str_from_byte(*rest, at + 1);
    return true;
}

bool str_to_i64(Str s, int64_t *ret)
{
    size_t at = 0;
    bool negative = s.len && s.data[0] == '-';
    if (s.len && (s.data[0] == '-' || s.data[0] == '+')) at = 1;
    if (at == s.len) return false;
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, value = 0;
    for (; at < s.len; at++) {
        if (!ascii_digit(s.data[at])) return false;
        uint64_t digit = (uint64_t)(s.data[at] - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before the exponent; what strtod takes beyond that
 * (hexadecimal, infinity, white space) is not a decimal number. */
static bool is_decimal(Str s)
{
    size_t at = 0, digits = 0;
    if (at < s.len && (s.data[at] == '-' || s.data[at] == '+')) at++;
    for (; at < s.len && ascii_digit(s.data[at]); at++) digits++;
    if (at < s.len && s.data[at] == '.')
        for (at++; at < s.len && ascii_digit(s.data[at]); at++) digits++;
    if (digits == 0) return false;
    if (at < s.len && (s.data[at] | 0x20) == 'e') {
        at++;
        if (at < s.len && (s.data[at] == '-' || s.data[at] == '+')) at++;
        size_t exponent = at;
        while (at < s.len && ascii_digit(s.data[at])) at++;
        if (at == exponent) return false;
    }
    return at == s.len;
}

static locale_t c_locale(void)
{
    static locale_t made; /* one for the process; a second one made at the same moment is given back */
    locale_t now = __atomic_load_n(&made, __ATOMIC_ACQUIRE);
    if (now) return now;
    locale_t fresh = newlocale(LC_ALL_MASK, "C", (locale_t)0), none = (locale_t)0;
    if (fresh && !__atomic_compare_exchange_n(&made, &none, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        freelocale(fresh);
        fresh = none;
    }
    return fresh;
}

bool str_to_double(Str s, double *ret)
{
    if (!is_decimal(s)) return false;
    char small[64];
    char *text = s.len < sizeof small ? small : malloc(s.len + 1);
    if (!text) return false;
    memcpy(text, s.data, s.len);
    text[s.len] = 0;
    double value = strtod_l(text, NULL, c_locale());
    if (text != small) free(text);
    if (value - value != 0) return false; /* infinite: overflow */
    *ret = value;
    return true;
}

/* FNV-like mixing, eight bytes at a time, with the finish of SplitMix64. */
uint64_t str_hash(Str s)
{
    const uint64_t multiplier = 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio */
    uint64_t hash = multiplier ^ s.len;
    size_t at = 0;
    for (; at + 8 <= s.len; at += 8) {
        uint64_t word;
        memcpy(&word, s.data + at, 8);
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 32;
    }
    if (at < s.len) {
        uint64_t word = 0;
        memcpy(&word, s.data + at, s.len - at);
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 32;
    }
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
    return hash ^ (hash >> 31);
}
