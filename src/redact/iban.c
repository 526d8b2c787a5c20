/* iban.c -- country lengths from the SWIFT IBAN registry, and the remainder. */
#include "redact/iban.h"

#include "redact/number.h"

enum { IBAN_MIN = 15, IBAN_MAX = 34 };

typedef struct Country {
    char code[3];
    uint8_t length;
} Country;

static const Country COUNTRY[] = {
    { "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 }, { "BA", 20 }, { "BE", 16 }, { "BG", 22 },
    { "BH", 22 }, { "BI", 27 }, { "BR", 29 }, { "BY", 28 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 }, { "CZ", 24 },
    { "DE", 22 }, { "DJ", 27 }, { "DK", 18 }, { "DO", 28 }, { "EE", 20 }, { "EG", 29 }, { "ES", 24 }, { "FI", 18 },
    { "FK", 18 }, { "FO", 18 }, { "FR", 27 }, { "GB", 22 }, { "GE", 22 }, { "GI", 23 }, { "GL", 18 }, { "GR", 27 },
    { "GT", 28 }, { "HR", 21 }, { "HU", 28 }, { "IE", 22 }, { "IL", 23 }, { "IQ", 23 }, { "IS", 26 }, { "IT", 27 },
    { "JO", 30 }, { "KW", 30 }, { "KZ", 20 }, { "LB", 28 }, { "LC", 32 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 },
    { "LV", 21 }, { "LY", 25 }, { "MC", 27 }, { "MD", 24 }, { "ME", 22 }, { "MK", 19 }, { "MN", 20 }, { "MR", 27 },
    { "MT", 31 }, { "MU", 30 }, { "NI", 28 }, { "NL", 18 }, { "NO", 15 }, { "OM", 23 }, { "PK", 24 }, { "PL", 28 },
    { "PS", 29 }, { "PT", 25 }, { "QA", 29 }, { "RO", 24 }, { "RS", 22 }, { "RU", 33 }, { "SA", 24 }, { "SC", 31 },
    { "SD", 18 }, { "SE", 24 }, { "SI", 19 }, { "SK", 24 }, { "SM", 27 }, { "SO", 23 }, { "ST", 25 }, { "SV", 28 },
    { "TL", 23 }, { "TN", 24 }, { "TR", 26 }, { "UA", 29 }, { "VA", 22 }, { "VG", 24 }, { "XK", 20 }, { "YE", 30 },
};

static size_t country_length(const char *letters)
{
    for (size_t i = 0; i < COUNT(COUNTRY); i++)
        if (COUNTRY[i].code[0] == (letters[0] & ~0x20) && COUNTRY[i].code[1] == (letters[1] & ~0x20))
            return COUNTRY[i].length;
    return 0;
}

/* Remainder with the first four characters moved behind the others; letters count from 10. */
static bool mod97(const char *sign, size_t count)
{
    uint32_t rest = 0;
    for (size_t i = 0; i < count; i++) {
        char c = sign[(i + 4) % count];
        if (ascii_digit(c))
            rest = (rest * 10 + (uint32_t)(c - '0')) % 97;
        else
            rest = (rest * 100 + (uint32_t)((c | 0x20) - 'a' + 10)) % 97;
    }
    return rest == 1;
}

/* Where the country's two letters begin before s[at]: right before, or with one blank or dash between. */
static bool letters_before(Str s, size_t at, size_t *ret)
{
    size_t end = at;
    if (end > 0 && (s.data[end - 1] == ' ' || s.data[end - 1] == '-')) end--;
    if (end < 2 || !ascii_alpha(s.data[end - 1]) || !ascii_alpha(s.data[end - 2])) return false;
    if (end > 2 && (ascii_alnum(s.data[end - 3]) || (uint8_t)s.data[end - 3] >= 0xC3)) return false;
    *ret = end - 2;
    return true;
}

bool iban_find(Str s, size_t at, bool named, size_t *begin, size_t *end)
{
    char sign[IBAN_MAX];
    size_t ends[IBAN_MAX], count = 2, digits = 0;
    if (!letters_before(s, at, begin)) return false;
    size_t length = country_length(s.data + *begin);
    if (!length) return false;
    sign[0] = s.data[*begin], sign[1] = s.data[*begin + 1];
    for (size_t i = at; i < s.len && count < length;) {
        size_t gap = 0, step;
        while (gap < 4 && i + gap < s.len && (step = separator_at(s, i + gap)) > 0) gap += step;
        if (gap >= 4 || i + gap >= s.len || !ascii_alnum(s.data[i + gap])) break;
        if ((count < 4) && !ascii_digit(s.data[i + gap])) return false;
        digits += ascii_digit(s.data[i + gap]);
        sign[count] = s.data[i + gap];
        i += gap + 1;
        ends[count++] = i;
    }
    if (count != length || digits < 8) return false;
    bool open_end = ends[count - 1] < s.len && ascii_alnum(s.data[ends[count - 1]]);
    if (!mod97(sign, count) && !(named && !open_end)) return false;
    *end = ends[count - 1];
    return true;
}
