/* when.c -- the calendar by arithmetic, and RFC 3339 in and out. */
#include "base/when.h"

#include <stdio.h>

enum { MS_PER_DAY = 86400000, MS_PER_MINUTE = 60000, OFFSET_MINUTES_MAX = 18 * 60 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days since 1970-01-01 (Hinnant, days_from_civil): years begin in March, 400 of them have 146097 days. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t when_from_date(Date date)
{
    int64_t minutes = (int64_t)date.hour * 60 + date.minute;
    return days_from_date(date.year, date.month, date.day) * MS_PER_DAY + minutes * MS_PER_MINUTE +
           (int64_t)date.second * 1000 + date.millisecond;
}

Date when_to_date(int64_t when)
{
    int64_t days = floor_div(when, MS_PER_DAY), ms = when % MS_PER_DAY;
    if (ms < 0) ms += MS_PER_DAY;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return (Date){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = (int)(ms / 3600000),
        .minute = (int)(ms / MS_PER_MINUTE % 60),
        .second = (int)(ms / 1000 % 60),
        .millisecond = (int)(ms % 1000),
    };
}

bool date_valid(Date date)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) return false;
    int last = days[date.month - 1] + (date.month == 2 && is_leap(date.year));
    return date.day >= 1 && date.day <= last && date.hour >= 0 && date.hour <= 23 && date.minute >= 0 &&
           date.minute <= 59 && date.second >= 0 && date.second <= 59 && date.millisecond >= 0 &&
           date.millisecond <= 999;
}

int date_weekday(int64_t when)
{
    int64_t days = floor_div(when, MS_PER_DAY) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7);
}

/* Takes exactly `count` digits off the front. */
static bool take_digits(Str *s, size_t count, int *ret)
{
    if (s->len < count) return false;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!ascii_digit(s->data[i])) return false;
        value = value * 10 + (s->data[i] - '0');
    }
    *s = str_from_byte(*s, count);
    *ret = value;
    return true;
}

static bool take_char(Str *s, char c)
{
    if (s->len == 0 || s->data[0] != c) return false;
    *s = str_from_byte(*s, 1);
    return true;
}

/* What follows "." or ",": digits, of which the first three count. */
static bool take_fraction(Str *s, int *ret_ms)
{
    size_t digits = 0;
    int ms = 0;
    for (; digits < s->len && ascii_digit(s->data[digits]); digits++)
        if (digits < 3) ms = ms * 10 + (s->data[digits] - '0');
    if (digits == 0) return false;
    for (size_t i = digits; i < 3; i++) ms *= 10;
    *s = str_from_byte(*s, digits);
    *ret_ms = ms;
    return true;
}

/* "", "Z", " UTC", "+05:30", "-0800", " +00": all that is left. */
static bool take_offset(Str s, int *ret_minutes)
{
    *ret_minutes = 0;
    if (s.len == 0 || str_equal(s, STR("Z")) || str_equal(s, STR("z")) || str_equal(s, STR(" UTC"))) return true;
    (void)take_char(&s, ' ');
    bool negative = s.len && s.data[0] == '-';
    int hours, minutes = 0;
    if (!take_char(&s, '+') && !take_char(&s, '-')) return false;
    if (!take_digits(&s, 2, &hours)) return false;
    if (s.len) {
        (void)take_char(&s, ':');
        if (!take_digits(&s, 2, &minutes) || s.len) return false;
    }
    if (minutes > 59 || hours * 60 + minutes > OFFSET_MINUTES_MAX) return false;
    *ret_minutes = negative ? -(hours * 60 + minutes) : hours * 60 + minutes;
    return true;
}

bool when_parse(Str s, int64_t *ret, int *offset_minutes)
{
    Date date = { 0 };
    int offset;
    if (!take_digits(&s, 4, &date.year) || !take_char(&s, '-') || !take_digits(&s, 2, &date.month) ||
        !take_char(&s, '-') || !take_digits(&s, 2, &date.day))
        return false;
    if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' ')) return false;
    if (!take_digits(&s, 2, &date.hour) || !take_char(&s, ':') || !take_digits(&s, 2, &date.minute)) return false;
    if (take_char(&s, ':')) {
        if (!take_digits(&s, 2, &date.second)) return false;
        if ((take_char(&s, '.') || take_char(&s, ',')) && !take_fraction(&s, &date.millisecond)) return false;
        if (date.second == 60) { /* a leap second: our days have none, so it is the last moment before it */
            date.second = 59;
            date.millisecond = 999;
        }
    }
    if (!take_offset(s, &offset) || !date_valid(date)) return false;
    int64_t when = when_from_date(date) - (int64_t)offset * MS_PER_MINUTE;
    int year = when_to_date(when).year;
    if (year < 1 || year > 9999) return false;
    *ret = when;
    if (offset_minutes) *offset_minutes = offset;
    return true;
}

static char *put_2(char *to, int value)
{
    to[0] = (char)('0' + value / 10);
    to[1] = (char)('0' + value % 10);
    return to + 2;
}

void when_print(Buf *buf, int64_t when, int offset_minutes)
{
    assert(offset_minutes >= -OFFSET_MINUTES_MAX && offset_minutes <= OFFSET_MINUTES_MAX);
    int64_t local;
    if (__builtin_add_overflow(when, (int64_t)offset_minutes * MS_PER_MINUTE, &local)) local = when;
    Date d = when_to_date(local);
    if (d.year < 0 || d.year > 9999) {
        buf_printf(buf, "%04d", d.year); /* no RFC 3339; none of our readers makes such a time */
    } else {
        char *year = buf_room(buf, 4);
        (void)put_2(put_2(year, d.year / 100), d.year % 100);
        buf->len += 4;
    }
    static const char FRAME[] = "-00-00T00:00:00";
    char *to = buf_room(buf, sizeof FRAME - 1);
    memcpy(to, FRAME, sizeof FRAME - 1);
    (void)put_2(to + 1, d.month);
    (void)put_2(to + 4, d.day);
    (void)put_2(to + 7, d.hour);
    (void)put_2(to + 10, d.minute);
    (void)put_2(to + 13, d.second);
    buf->len += sizeof FRAME - 1;
    if (d.millisecond) buf_printf(buf, ".%03d", d.millisecond);
    if (offset_minutes == 0) {
        buf_char(buf, 'Z');
    } else {
        int size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
        buf_char(buf, offset_minutes < 0 ? '-' : '+');
        to = buf_room(buf, 5);
        to = put_2(to, size / 60);
        *to++ = ':';
        (void)put_2(to, size % 60);
        buf->len += 5;
    }
}
