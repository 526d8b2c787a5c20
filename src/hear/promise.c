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
    TIME_DIGITS, /* a number in figures; minutes after midnight when it is a clock */
} TimeKind;

static const struct {
    const char *name;
    TimeKind kind;
} KINDS[] = { { "day", TIME_DAY },         { "weekday", TIME_WEEKDAY }, { "unit", TIME_UNIT },
              { "clock", TIME_CLOCK },     { "number", TIME_NUMBER },   { "after", TIME_AFTER },
              { "morning", TIME_MORNING }, { "half", TIME_HALF },       { "quarter", TIME_QUARTER },
              { "past", TIME_PAST },       { "to", TIME_TO },           { "within", TIME_WITHIN },
              { "point", TIME_POINT },     { "next", TIME_NEXT },       { "end", TIME_END },
              { "working", TIME_WORKING }, { "skip", TIME_SKIP } };

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
} Due;

enum { WEEK_DAYS = 7, FRIDAY = 4, DAY_SECONDS = 86400, WEEK_SECONDS = 604800, NOON_MINUTES = 720 };

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

static void read_due(const Times *t, int64_t now_weekday, Due *due)
{
    for (size_t i = 0; i < t->count; i++) {
        TimeWord w = t->item[i], next = at_or_none(t, i + 1), third = at_or_none(t, i + 2);
        bool after_point = i > 0 && t->item[i - 1].kind == TIME_POINT;
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
        if (w.kind == TIME_HALF && third.kind == TIME_UNIT) { /* half an hour */
            due->within_ms = third.value * 500;
            i += 2;
            continue;
        }
        size_t took = read_end(t, i, after_point, now_weekday, due);
        if (!took) took = read_clock(t, i, after_point, due);
        if (took) {
            i += took - 1;
            continue;
        }
        if (w.kind == TIME_DAY) due->days = w.value;
        if (w.kind == TIME_WEEKDAY)
            due->days = (w.value - now_weekday + 7) % 7 == 0 ? 7 : (w.value - now_weekday + 7) % 7;
        if (w.kind == TIME_NEXT && next.kind == TIME_UNIT) due->days = next.value / 86400;
        due->morning |= w.kind == TIME_MORNING;
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
    read_due(&times, date_weekday(local), &due);
    if (due.half_known && due.after_noon && due.minutes < NOON_MINUTES && due.minutes >= 0) due.minutes += NOON_MINUTES;
    if (due.half_known && due.morning && due.minutes > NOON_MINUTES) due.minutes -= NOON_MINUTES;
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
