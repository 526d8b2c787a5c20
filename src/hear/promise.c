/* promise.c -- see promise.h. */
#include "hear/promise.h"

#include "hear/vocabulary.h"

typedef enum TimeKind {
    TIME_NONE,
    TIME_DAY,
    TIME_WEEKDAY,
    TIME_UNIT,
    TIME_CLOCK,
    TIME_NUMBER,
    TIME_AFTER,
    TIME_MORNING,
    TIME_HALF,
    TIME_QUARTER,
    TIME_PAST,
    TIME_TO,
    TIME_WITHIN,
    TIME_POINT,
    TIME_NEXT,
    TIME_END,
    TIME_WORKING,
    TIME_SKIP,
    TIME_MONTH,
    TIME_BETWEEN,
    TIME_FIRST,
    TIME_THING, /* what an ordinal may stand before that is no date */
    TIME_AND,
    TIME_ON,
    TIME_ORDINAL, /* 14th */
    TIME_DIGITS,  /* a number in figures; minutes after midnight when it is a clock */
} TimeKind;

static const struct {
    const char *name;
    TimeKind kind;
} KINDS[] = { { "day", TIME_DAY },
              { "weekday", TIME_WEEKDAY },
              { "unit", TIME_UNIT },
              { "clock", TIME_CLOCK },
              { "number", TIME_NUMBER },
              { "after", TIME_AFTER },
              { "morning", TIME_MORNING },
              { "half", TIME_HALF },
              { "quarter", TIME_QUARTER },
              { "past", TIME_PAST },
              { "to", TIME_TO },
              { "within", TIME_WITHIN },
              { "point", TIME_POINT },
              { "next", TIME_NEXT },
              { "end", TIME_END },
              { "working", TIME_WORKING },
              { "skip", TIME_SKIP },
              { "month", TIME_MONTH },
              { "between", TIME_BETWEEN },
              { "first", TIME_FIRST },
              { "thing", TIME_THING },
              { "and", TIME_AND },
              { "on", TIME_ON } };

typedef struct TimeWord {
    Str word;
    TimeKind kind;
    int64_t value;
} TimeWord;

enum { TIME_SLOTS = 512 };

struct TimeWords {
    TimeWord slot[TIME_SLOTS]; /* by the hash of the small word; an empty word: nothing there */
    uint32_t count;
};

/* Where the word stands, or would. */
static size_t time_slot(const TimeWords *words, Str word)
{
    uint32_t hash = (uint32_t)word.len;
    for (size_t i = 0; i < word.len; i++) hash = hash * 31 + (unsigned char)ascii_lower(word.data[i]);
    size_t at = (hash ^ hash >> 11) % TIME_SLOTS;
    while (words->slot[at].word.len && !str_equal_nocase(words->slot[at].word, word)) at = (at + 1) % TIME_SLOTS;
    return at;
}

TimeWords *time_words_open(const Words *words, Arena *arena)
{
    TimeWords *ret = ARENA_NEW(arena, TimeWords, 1);
    for (Str rest = words_bytes(words, STR("time.tsv")), line; str_next_line(&rest, &line);) {
        Str cells = line, word, kind, value;
        int64_t number;
        if (line.len == 0 || line.data[0] == '#') continue;
        if (!str_next_part(&cells, '\t', &word) || !str_next_part(&cells, '\t', &kind) ||
            !str_next_part(&cells, '\t', &value))
            continue;
        if (!str_to_i64(value, &number)) continue;
        for (size_t i = 0; i < COUNT(KINDS); i++)
            if (str_equal(kind, str_from(KINDS[i].name)) && word.len && ret->count < TIME_SLOTS / 2) {
                ret->slot[time_slot(ret, word)] = (TimeWord){ word, KINDS[i].kind, number };
                ret->count++;
            }
    }
    return ret;
}

/* --- the words of a promise as a short row of times --------------------------- */

enum { TIMES_MAX = 48, DAY_MS = 86400000, MINUTE_MS = 60000, WORKDAY_STARTS = 8, WORKDAY_ENDS = 18 };

typedef struct Times {
    TimeWord item[TIMES_MAX];
    size_t count;
} Times;

static TimeWord figures(Str word)
{
    TimeWord ret = { .word = word };
    if (!ascii_digit(word.data[0])) return ret;
    int64_t first = 0, second = 0;
    size_t at = 0, digits = 0;
    while (at < word.len && ascii_digit(word.data[at]) && digits < 6)
        first = first * 10 + (word.data[at++] - '0'), digits++;
    bool clock = at < word.len && (word.data[at] == ':' || word.data[at] == '.') && at + 2 < word.len &&
                 ascii_digit(word.data[at + 1]);
    if (clock) {
        at++;
        while (at < word.len && ascii_digit(word.data[at]) && digits++ < 8)
            second = second * 10 + (word.data[at++] - '0');
    }
    Str rest = str_from_byte(word, at);
    bool pm = str_starts_nocase(rest, STR("pm")) || str_starts_nocase(rest, STR("p.m"));
    bool am = str_starts_nocase(rest, STR("am")) || str_starts_nocase(rest, STR("a.m"));
    bool nth = !clock && rest.len == 2 &&
               (str_equal_nocase(rest, STR("th")) || str_equal_nocase(rest, STR("st")) ||
                str_equal_nocase(rest, STR("nd")) || str_equal_nocase(rest, STR("rd")));
    if (nth && first >= 1 && first <= 31) {
        ret.kind = TIME_ORDINAL;
        ret.value = first;
    }
    if (digits == 0 || (rest.len && !am && !pm)) return ret;
    if ((clock || am || pm) && first < 24 && second < 60) {
        if (pm && first < 12) first += 12;
        if (am && first == 12) first = 0;
        if (clock && !am && !pm && first < WORKDAY_STARTS) first += 12;
        ret.kind = TIME_CLOCK;
        ret.value = first * 60 + second;
    } else if (!clock) {
        ret.kind = TIME_DIGITS;
        ret.value = first;
    }
    return ret;
}

static void read_times(const TimeWords *words, Str promise, Times *ret)
{
    size_t at = 0;
    ret->count = 0;
    while (at < promise.len && ret->count < TIMES_MAX) {
        if (!ascii_alnum(promise.data[at])) {
            at++;
            continue;
        }
        size_t begin = at;
        while (at < promise.len &&
               (ascii_alnum(promise.data[at]) || ((promise.data[at] == ':' || promise.data[at] == '.') &&
                                                  at + 1 < promise.len && ascii_alnum(promise.data[at + 1]))))
            at++;
        Str word = str_sub(promise, begin, at);
        TimeWord found = figures(word);
        if (found.kind == TIME_DIGITS && at < promise.len && promise.data[at] == ' ') { /* "5 pm" */
            Str next = str_sub(promise, at + 1, at + 3);
            bool ends = at + 3 >= promise.len || !ascii_alnum(promise.data[at + 3]);
            if (ends && (str_equal_nocase(next, STR("pm")) || str_equal_nocase(next, STR("am"))) && found.value >= 1 &&
                found.value <= 12) {
                bool pm = ascii_lower(next.data[0]) == 'p';
                found.kind = TIME_CLOCK;
                found.value = (found.value % 12 + (pm ? 12 : 0)) * 60;
                at += 3;
            }
        }
        size_t digits = 0;
        while (digits < word.len && ascii_digit(word.data[digits])) digits++;
        if (found.kind == TIME_NONE && digits && digits < 4 && digits < word.len) { /* "48h", "20mins" */
            TimeWord unit = words->slot[time_slot(words, str_from_byte(word, digits))];
            if (unit.kind == TIME_UNIT) {
                ret->item[ret->count++] = figures(str_sub(word, 0, digits));
                if (ret->count < TIMES_MAX) ret->item[ret->count++] = unit;
                continue;
            }
        }
        if (found.kind == TIME_NONE) found = words->slot[time_slot(words, word)];
        if (found.kind != TIME_SKIP) ret->item[ret->count++] = found;
    }
}

static TimeWord at_or_none(const Times *t, size_t i) { return i < t->count ? t->item[i] : (TimeWord){ 0 }; }

static bool is_count(TimeWord w) { return w.kind == TIME_NUMBER || w.kind == TIME_DIGITS; }

/* An hour said without am or pm is taken within the working day. */
static int64_t hour_of_day(int64_t hour) { return hour >= 1 && hour < WORKDAY_STARTS ? hour + 12 : hour; }

typedef struct Due {
    int64_t minutes;   /* after midnight of the day; -1: not said */
    int64_t days;      /* from today; -1: not said */
    int64_t within_ms; /* from now; -1: not said */
    bool half_known;   /* the minutes are of an hour said without am or pm */
    bool morning, after_noon;
    bool next_morning; /* "in the morning" */
    bool first_thing, dated;
} Due;

enum {
    WEEK_DAYS = 7,
    FRIDAY = 4,
    DAY_SECONDS = 86400,
    WEEK_SECONDS = 604800,
    NOON_MINUTES = 720,
    FIRST_THING_MINUTES = 600
};

static bool is_days(TimeWord w, int64_t seconds) { return w.kind == TIME_UNIT && w.value == seconds; }

/* How many days away the `count`th working day after this one is. */
static int64_t working_days(int64_t count, int64_t weekday)
{
    int64_t from = MIN(weekday, FRIDAY), after = from + count;
    return after / (FRIDAY + 1) * WEEK_DAYS + after % (FRIDAY + 1) - weekday;
}

/* "half four", "quarter past five", "ten to six", "by five". Returns how many words it took. */
static size_t read_clock(const Times *t, size_t i, bool after_point, Due *due)
{
    TimeWord a = at_or_none(t, i), b = at_or_none(t, i + 1), c = at_or_none(t, i + 2), d = at_or_none(t, i + 3);
    if (a.kind == TIME_CLOCK) {
        due->minutes = a.value;
        due->half_known = false;
        return 1;
    }
    if (d.kind == TIME_UNIT || d.kind == TIME_WORKING) return 0; /* "three to five days" is no clock */
    due->half_known |= is_count(c) || is_count(b) || is_count(a);
    bool part = a.kind == TIME_HALF || a.kind == TIME_QUARTER || is_count(a);
    if (is_count(a) && b.kind == TIME_TO && !after_point) return 0; /* "3 to 5 copies" */
    if (part && (b.kind == TIME_PAST || b.kind == TIME_TO) && is_count(c) && c.value >= 1 && c.value <= 12 &&
        a.value < 60) {
        due->minutes = hour_of_day(c.value) * 60 + (b.kind == TIME_PAST ? a.value : -a.value);
        return 3;
    }
    if (a.kind == TIME_HALF && is_count(b) && b.value >= 1 &&
        b.value <= 12) { /* half four: 4:30, as the British say it */
        due->minutes = hour_of_day(b.value) * 60 + 30;
        return 2;
    }
    if (after_point && is_count(a) && a.value >= 1 && a.value <= 12 && b.kind != TIME_UNIT && !is_count(b)) {
        due->minutes = hour_of_day(a.value) * 60;
        return 1;
    }
    return 0;
}

/* "by the end of the day", "end of the week": the end of its last working day.  Returns how many words it took. */
static size_t read_end(const Times *t, size_t i, bool after_point, int64_t weekday, Due *due)
{
    TimeWord next = at_or_none(t, i + 1);
    if (t->item[i].kind != TIME_END) return 0;
    if (is_days(next, WEEK_SECONDS)) {
        due->days = (FRIDAY - weekday + WEEK_DAYS) % WEEK_DAYS;
    } else if (next.kind == TIME_UNIT && !is_days(next, DAY_SECONDS)) {
        return 2; /* of the month: nobody reckons that from here */
    } else if (after_point || is_days(next, DAY_SECONDS)) {
        due->minutes = t->item[i].value;
        due->half_known = false;
    }
    return next.kind == TIME_UNIT ? 2 : 1;
}

/* "half an hour", "a quarter of an hour", "three quarters of an hour", "two and a half hours", "an hour and a half". */
static size_t read_parts(const Times *t, size_t i, Due *due)
{
    TimeWord a = at_or_none(t, i), b = at_or_none(t, i + 1), c = at_or_none(t, i + 2), d = at_or_none(t, i + 3),
             e = at_or_none(t, i + 4);
    if ((a.kind == TIME_HALF || a.kind == TIME_QUARTER) && is_count(b) && c.kind == TIME_UNIT) {
        due->within_ms = c.value * 1000 * a.value / 60;
        return 3;
    }
    if (is_count(a) && b.kind == TIME_QUARTER && is_count(c) && d.kind == TIME_UNIT) {
        due->within_ms = a.value * d.value * 1000 * b.value / 60;
        return 4;
    }
    if (is_count(a) && b.kind == TIME_AND && is_count(c) && d.kind == TIME_HALF && e.kind == TIME_UNIT) {
        due->within_ms = a.value * e.value * 1000 + e.value * 500;
        return 5;
    }
    if (is_count(a) && b.kind == TIME_UNIT && c.kind == TIME_AND && is_count(d) && e.kind == TIME_HALF) {
        due->within_ms = a.value * b.value * 1000 + b.value * 500;
        return 5;
    }
    return 0;
}

/* "between eight and ten", "from 8 to 10": due at the later. */
static size_t read_range(const Times *t, size_t i, Due *due)
{
    if (at_or_none(t, i).kind != TIME_BETWEEN) return 0;
    Due later = *due;
    size_t first = 0, second = 0;
    TimeWord a = at_or_none(t, i + 1), b = at_or_none(t, i + 3);
    bool plain = is_count(a) && a.value >= 1 && a.value <= 12 && is_count(b); /* "8 to 10" is no eight minutes to ten */
    first = plain ? 1 : read_clock(t, i + 1, true, &later);
    TimeWord between = at_or_none(t, i + 1 + first);
    if (first && (between.kind == TIME_AND || between.kind == TIME_TO || between.kind == TIME_POINT))
        second = read_clock(t, i + 2 + first, true, &later);
    if (!second) return 0;
    *due = later;
    return 2 + first + second;
}

/* "by the 14th", "14 March", "March 9th". */
static size_t read_date(const Times *t, size_t i, int64_t local, Due *due)
{
    TimeWord a = at_or_none(t, i), b = at_or_none(t, i + 1), before = i > 0 ? t->item[i - 1] : (TimeWord){ 0 };
    bool a_day = a.kind == TIME_ORDINAL || (a.kind == TIME_DIGITS && a.value >= 1 && a.value <= 31);
    bool b_day = b.kind == TIME_ORDINAL || (b.kind == TIME_DIGITS && b.value >= 1 && b.value <= 31);
    bool alone = a.kind == TIME_ORDINAL && b.kind != TIME_THING &&
                 (before.kind == TIME_POINT || before.kind == TIME_ON || before.kind == TIME_WEEKDAY);
    Date today = when_to_date(local), on = { .year = today.year, .month = today.month };
    size_t took = 0;
    if (a_day && b.kind == TIME_MONTH) {
        on.month = (int)b.value;
        on.day = (int)a.value;
        took = 2;
    } else if (a.kind == TIME_MONTH && b_day) {
        on.month = (int)a.value;
        on.day = (int)b.value;
        took = 2;
    } else if (alone) {
        on.day = (int)a.value;
        took = 1;
    }
    if (!took) return 0;
    if (took == 2 && (on.month < today.month || (on.month == today.month && on.day < today.day))) on.year++;
    if (took == 1 && on.day < today.day) on.month++;
    if (on.month > 12) on = (Date){ .year = on.year + 1, .month = 1, .day = on.day };
    if (took == 1 && !date_valid(on)) on.month++; /* the 31st of a month of thirty: of the next */
    if (!date_valid(on)) return 0;
    today.hour = today.minute = today.second = today.millisecond = 0;
    due->days = (when_from_date(on) - when_from_date(today)) / DAY_MS;
    due->dated = true;
    return took;
}

static void read_due(const Times *t, int64_t local, Due *due)
{
    int64_t now_weekday = date_weekday(local);
    for (size_t i = 0; i < t->count; i++) {
        TimeWord w = t->item[i], next = at_or_none(t, i + 1), third = at_or_none(t, i + 2);
        TimeWord before = i > 0 ? t->item[i - 1] : (TimeWord){ 0 };
        bool after_point = before.kind == TIME_POINT;
        size_t took = read_parts(t, i, due);
        if (!took) took = read_range(t, i, due);
        if (!took) took = read_date(t, i, local, due);
        if (took) {
            i += took - 1;
            continue;
        }
        if (is_count(w) && is_days(next, WEEK_SECONDS)) { /* "a week on Tuesday", "a week tomorrow" */
            TimeWord on = third.kind == TIME_ON ? at_or_none(t, i + 3) : third;
            int64_t days = on.kind == TIME_DAY ? on.value : (on.value - now_weekday + WEEK_DAYS - 1) % WEEK_DAYS + 1;
            if (on.kind == TIME_DAY || on.kind == TIME_WEEKDAY) {
                due->days = days + WEEK_DAYS * w.value;
                i += third.kind == TIME_ON ? 3 : 2;
                continue;
            }
        }
        if (w.kind == TIME_UNIT && is_days(w, DAY_SECONDS) && next.kind == TIME_WITHIN && third.kind == TIME_DAY) {
            due->days = third.value + 1; /* the day after tomorrow */
            i += 2;
            continue;
        }
        if (is_count(w) && next.kind == TIME_UNIT) {
            due->within_ms = w.value * next.value * 1000;
            i++;
            continue;
        }
        if (is_count(w) && next.kind == TIME_WORKING && is_days(third, DAY_SECONDS)) {
            due->days = working_days(w.value, now_weekday);
            i += 2;
            continue;
        }
        if (is_count(w) && is_count(next) &&
            third.kind == TIME_UNIT) { /* "a couple [of] hours", "forty five minutes", "24 to 48" */
            due->within_ms = MAX(next.value, w.value >= 20 && next.value < 10 ? w.value + next.value : next.value) *
                             third.value * 1000;
            i += 2;
            continue;
        }
        took = read_end(t, i, after_point, now_weekday, due);
        if (!took) took = read_clock(t, i, after_point, due);
        if (took) {
            i += took - 1;
            continue;
        }
        if (w.kind == TIME_DAY) due->days = w.value;
        if (w.kind == TIME_WEEKDAY && !due->dated) {
            due->days = (w.value - now_weekday + WEEK_DAYS - 1) % WEEK_DAYS + 1;
            if (is_days(next, WEEK_SECONDS)) due->days += WEEK_DAYS; /* Tuesday week */
        }
        if (w.kind == TIME_NEXT && next.kind == TIME_UNIT && next.value >= DAY_SECONDS)
            due->days = next.value / DAY_SECONDS;
        if (w.kind == TIME_UNIT && w.value < DAY_SECONDS && /* within the hour, in the next hour */
            ((before.kind == TIME_WITHIN && before.value) || before.kind == TIME_NEXT))
            due->within_ms = w.value * 1000;
        due->first_thing |= w.kind == TIME_FIRST && next.kind == TIME_THING && next.value;
        due->morning |= w.kind == TIME_MORNING;
        due->next_morning |= w.kind == TIME_MORNING && before.kind == TIME_WITHIN;
        due->after_noon |= w.kind == TIME_AFTER;
        if ((w.kind == TIME_AFTER || w.kind == TIME_MORNING) && due->minutes < 0) {
            due->minutes = w.value;
            if (due->days < 0) due->days = 0;
        }
    }
}

int64_t promise_due(const TimeWords *words, Str promise, int64_t said, int offset_minutes)
{
    if (said == WHEN_NONE) return WHEN_NONE;
    Times times;
    Due due = { .minutes = -1, .days = -1, .within_ms = -1 };
    read_times(words, promise, &times);
    int64_t local = said + (int64_t)offset_minutes * MINUTE_MS;
    read_due(&times, local, &due);
    if (due.half_known && due.after_noon && due.minutes < NOON_MINUTES && due.minutes >= 0) due.minutes += NOON_MINUTES;
    if (due.half_known && due.morning && due.minutes > NOON_MINUTES) due.minutes -= NOON_MINUTES;
    if (due.first_thing && (due.days >= 0 || due.next_morning)) due.minutes = FIRST_THING_MINUTES;
    if (due.next_morning && due.days == 0 && (due.minutes == NOON_MINUTES || due.first_thing)) due.days = 1;
    if (due.within_ms >= 0 && due.days < 0 && due.minutes < 0) return said + due.within_ms;
    if (due.days < 0 && due.minutes < 0) return WHEN_NONE;
    int64_t midnight = local - ((local % DAY_MS) + DAY_MS) % DAY_MS;
    int64_t minutes = due.minutes < 0 ? WORKDAY_ENDS * 60 : due.minutes;
    int64_t at = midnight + MAX(due.days, 0) * DAY_MS + minutes * MINUTE_MS;
    if (due.days < 0 && at <= local) at += DAY_MS; /* "by nine", said at ten: tomorrow's */
    if (due.days == 0 && due.minutes < 0 && at <= local)
        at = midnight + DAY_MS - MINUTE_MS; /* "today", in the evening */
    return at - (int64_t)offset_minutes * MINUTE_MS;
}
