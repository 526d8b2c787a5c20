/* worded_date.c -- the words of a date one by one: each is a day, a month, a year, a clock, a zone or a filler. */
#include "import/worded_date.h"

enum { LEN_MAX = 64 };

/* Which of "janfebmar…" a word is: its three letters alone, or in whole.  -1 when none. */
static int word_of(Str word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (str_equal_nocase(word, str_from(names[i])) ||
            (word.len == 3 && str_starts_nocase(str_from(names[i]), word)))
            return i;
    return -1;
}

static int month_from(Str word)
{
    static const char *const month[] = { "january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december" };
    if (str_equal_nocase(word, STR("sept"))) return 9;
    return word_of(word, month, COUNT(month)) + 1;
}

static bool is_weekday(Str word)
{
    static const char *const day[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
    return word_of(word, day, COUNT(day)) >= 0 || str_equal_nocase(word, STR("tues")) ||
           str_equal_nocase(word, STR("thur")) || str_equal_nocase(word, STR("thurs"));
}

static bool take_number(Str *s, size_t digits_max, int *ret, size_t *digits)
{
    int value = 0;
    size_t len = 0;
    while (len < s->len && len <= digits_max && ascii_digit(s->data[len])) value = value * 10 + (s->data[len++] - '0');
    if (len == 0 || len > digits_max) return false;
    *s = str_from_byte(*s, len);
    *ret = value;
    *digits = len;
    return true;
}

static bool take(Str *s, Str what)
{
    if (!str_starts_nocase(*s, what)) return false;
    *s = str_from_byte(*s, what.len);
    return true;
}

/* A blank, a comma, and the two blanks that do not break (U+00A0, U+202F). */
static bool take_gap(Str *s)
{
    return take(s, STR(" ")) || take(s, STR(",")) || take(s, STR("\t")) || take(s, STR("\xC2\xA0")) ||
           take(s, STR("\xE2\x80\xAF"));
}

int take_half_day(Str *s)
{
    Str rest = *s;
    while (take_gap(&rest)) {
    }
    int half = take(&rest, STR("a")) ? 1 : take(&rest, STR("p")) ? 2 : 0;
    if (!half) return 0;
    (void)take(&rest, STR("."));
    while (take_gap(&rest)) {
    }
    if (!take(&rest, STR("m")) || (rest.len && ascii_alnum(rest.data[0]))) return 0;
    (void)take(&rest, STR("."));
    *s = rest;
    return half;
}

bool half_day_hour(int half, int *hour)
{
    if (half == 0) return true;
    if (*hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + (half == 2 ? 12 : 0);
    return true;
}

typedef struct Parts {
    Date date;
    bool clock;
    int offset_minutes;
} Parts;

/* What stands behind the hours: ":15[:30[.250]] [PM]". */
static bool take_clock(Str *s, Parts *p)
{
    size_t digits;
    if (p->clock || !take_number(s, 2, &p->date.minute, &digits) || digits != 2) return false;
    p->clock = true;
    if (take(s, STR(":")) && (!take_number(s, 2, &p->date.second, &digits) || digits != 2)) return false;
    if (take(s, STR("."))) {
        static const int scale[] = { 0, 100, 10, 1 };
        if (!take_number(s, 3, &p->date.millisecond, &digits)) return false;
        p->date.millisecond *= scale[digits];
    }
    return half_day_hour(take_half_day(s), &p->date.hour);
}

/* "+0000", "-05:00", the sign taken. */
static bool take_offset(Str *s, int sign, Parts *p)
{
    int hours, minutes = 0;
    size_t digits;
    if (!take_number(s, 4, &hours, &digits)) return false;
    if (digits > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (take(s, STR(":")) && (!take_number(s, 2, &minutes, &digits) || digits != 2)) {
        return false;
    }
    if (hours > 18 || minutes > 59) return false;
    p->offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool take_digits(Str *s, Parts *p)
{
    int value;
    size_t digits;
    if (!take_number(s, 4, &value, &digits)) return false;
    if (digits == 4 && p->date.year == 0) {
        p->date.year = value;
        return true;
    }
    if (digits > 2) return false;
    if (take(s, STR(":"))) {
        p->date.hour = value;
        return take_clock(s, p);
    }
    if (p->date.day) return false;
    p->date.day = value;
    return take(s, STR("st")) || take(s, STR("nd")) || take(s, STR("rd")) || take(s, STR("th")) || true;
}

static bool take_word(Str *s, Parts *p)
{
    size_t len = 0;
    while (len < s->len && ascii_alpha(s->data[len])) len++;
    Str word = str_sub(*s, 0, len);
    *s = str_from_byte(*s, len);
    int month = month_from(word);
    if (month && p->date.month) return false;
    if (month) p->date.month = month;
    if (month || is_weekday(word)) {
        (void)take(s, STR("."));
        return true;
    }
    return str_equal_nocase(word, STR("at")) || str_equal_nocase(word, STR("utc")) ||
           str_equal_nocase(word, STR("gmt")) || str_equal_nocase(word, STR("z"));
}

bool worded_date(Str s, int64_t *ret, int *offset_minutes)
{
    Parts p = { .date = { .year = 0 } };
    s = str_trim(s);
    if (s.len > LEN_MAX) return false;
    while (s.len) {
        bool good;
        if (take_gap(&s)) continue;
        if (ascii_digit(s.data[0]))
            good = take_digits(&s, &p);
        else if (ascii_alpha(s.data[0]))
            good = take_word(&s, &p);
        else if (take(&s, STR("+")))
            good = take_offset(&s, 1, &p);
        else if (take(&s, STR("-")))
            good = p.clock ? take_offset(&s, -1, &p) : true; /* "03-Feb-2026" */
        else
            good = false;
        if (!good) return false;
    }
    if (!p.date.month || !date_valid(p.date)) return false;
    *ret = when_from_date(p.date) - (int64_t)p.offset_minutes * 60000;
    if (offset_minutes) *offset_minutes = p.offset_minutes;
    return true;
}
