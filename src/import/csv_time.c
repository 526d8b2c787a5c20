/* csv_time.c -- the times that spreadsheets and exports write, and whether days or months come first in them.
 *
 * Read: RFC 3339 and its relatives (when.h); epoch seconds, milli- and microseconds;
 * "02/03/2026 09:15", with '/', '.' or '-', two or four digits of the year, AM
 * and PM; months as words (worded_date.h); and from the start of the
 * conversation: "00:41", "1:02:03", seconds.
 */
#include "import/csv.h"
#include "import/worded_date.h"

/* Numbers below this are seconds (or milliseconds) from the start; as an epoch they would be the year 1973. */
static const double EPOCH_SECONDS_MIN = 1e8, EPOCH_MILLISECONDS_MIN = 1e11, EPOCH_MILLISECONDS_MAX = 1e14,
                    EPOCH_MICROSECONDS_MAX = 1e17;

static bool take_number(Str *s, int *ret)
{
    size_t len = 0;
    int value = 0;
    while (len < s->len && len < 5 && ascii_digit(s->data[len])) value = value * 10 + (s->data[len++] - '0');
    if (len == 0 || len == 5) return false;
    *ret = value;
    *s = str_from_byte(*s, len);
    return true;
}

static bool take_char(Str *s, char c)
{
    if (s->len == 0 || s->data[0] != c) return false;
    *s = str_from_byte(*s, 1);
    return true;
}

/* "2/3/2026" as its three numbers, off the front. */
static bool take_numeric_date(Str *s, int part[3])
{
    Str rest = str_trim(*s);
    if (!take_number(&rest, &part[0]) || rest.len == 0) return false;
    char mark = rest.data[0];
    if (mark != '/' && mark != '.' && mark != '-') return false;
    if (!take_char(&rest, mark) || !take_number(&rest, &part[1]) || !take_char(&rest, mark) ||
        !take_number(&rest, &part[2]))
        return false;
    *s = rest;
    return true;
}

/* "09:15[:30[.250]] [AM]" off the front. */
static bool take_clock(Str *s, Date *date)
{
    Str rest = str_trim(*s);
    if (!take_number(&rest, &date->hour) || !take_char(&rest, ':') || !take_number(&rest, &date->minute)) return false;
    if (take_char(&rest, ':') && !take_number(&rest, &date->second)) return false;
    if (take_char(&rest, '.')) {
        int scale = 100;
        while (rest.len && ascii_digit(rest.data[0])) {
            date->millisecond += (rest.data[0] - '0') * scale;
            scale /= 10;
            rest = str_from_byte(rest, 1);
        }
    }
    if (!half_day_hour(take_half_day(&rest), &date->hour)) return false;
    *s = str_trim(rest);
    return true;
}

/* Why "02/03/2026" is read one way: 1 days first, -1 months first, 0 nothing says. */
static int says(Str s)
{
    int part[3];
    if (!take_numeric_date(&s, part) || part[0] > 31) return 0; /* 2026-03-02 says nothing */
    if (part[0] > 12 && part[1] <= 12) return 1;
    if (part[1] > 12 && part[0] <= 12) return -1;
    return 0;
}

static bool numeric_date(Str s, int day_first, CsvTime *ret)
{
    int part[3];
    Date date = { 0 };
    if (!take_numeric_date(&s, part)) return false;
    if (part[0] > 31) {
        date.year = part[0], date.month = part[1], date.day = part[2];
    } else {
        bool days = day_first >= 0;
        if (part[0] > 12)
            days = true;
        else if (part[1] > 12)
            days = false;
        date.year = part[2] < 100 ? 2000 + part[2] : part[2];
        date.day = days ? part[0] : part[1];
        date.month = days ? part[1] : part[0];
    }
    take_char(&s, ',');
    take_char(&s, 'T');
    if (str_trim(s).len && !take_clock(&s, &date)) return false;
    if (str_trim(s).len && !str_equal_nocase(str_trim(s), STR("utc")) && !str_equal(str_trim(s), STR("Z")))
        return false;
    if (!date_valid(date)) return false;
    *ret = (CsvTime){ .at = when_from_date(date),
                      .is_guess = part[0] <= 12 && part[1] <= 12 && day_first == 0 && part[0] != part[1] };
    return true;
}

static bool number(double value, bool is_milliseconds, CsvTime *ret)
{
    if (!(value >= 0 && value < EPOCH_MICROSECONDS_MAX)) return false;
    if (value >= EPOCH_MILLISECONDS_MAX) value /= 1000;
    ret->offset_minutes = 0;
    ret->is_relative = value < EPOCH_SECONDS_MIN;
    if (ret->is_relative)
        ret->at = (int64_t)(is_milliseconds ? value : value * 1000 + 0.5);
    else
        ret->at = (int64_t)(value < EPOCH_MILLISECONDS_MIN ? value * 1000 + 0.5 : value);
    return true;
}

/* "00:41" and "1:02:03" count from the start. */
static bool relative_clock(Str s, CsvTime *ret)
{
    int64_t seconds = 0;
    int part, parts = 0;
    double fraction = 0;
    do {
        if (!take_number(&s, &part) || (parts && part > 59)) return false;
        seconds = seconds * 60 + part;
        parts++;
    } while (parts < 3 && take_char(&s, ':'));
    if (s.len && (s.data[0] != '.' || !str_to_double(s, &fraction))) return false;
    *ret = (CsvTime){ .is_relative = true, .at = seconds * 1000 + (int64_t)(fraction * 1000 + 0.5) };
    return parts > 1;
}

bool csv_time(Str s, int day_first, bool is_milliseconds, CsvTime *ret)
{
    double value;
    s = str_trim(s);
    if (s.len == 0) return false;
    if (str_to_double(s, &value)) return number(value, is_milliseconds, ret);
    *ret = (CsvTime){ 0 };
    if (when_parse(s, &ret->at, &ret->offset_minutes)) return true;
    return numeric_date(s, day_first, ret) || relative_clock(s, ret) || worded_date(s, &ret->at, &ret->offset_minutes);
}

enum { DATE_ROWS_LOOKED_AT = 200000 };

static bool ends_in_half_day(Str s)
{
    static const char *const half[] = { "am", "pm", "a.m.", "p.m." };
    for (size_t i = 0; i < COUNT(half); i++) {
        size_t len = strlen(half[i]);
        if (s.len > len && str_equal_nocase(str_from_byte(s, s.len - len), str_make(half[i], len))) return true;
    }
    return false;
}

int csv_day_first(Str bytes, Str preamble, const ImportOptions *options)
{
    Arena arena = { 0 };
    Err err;
    CsvColumns *columns = arena_alloc(&arena, sizeof *columns);
    int answer = 0;
    bool american_clock = false, in_quotes;
    if (csv_columns(preamble, STR(""), options ? options->map : NULL, &arena, columns, &err)) {
        int column = columns->at[columns->at[CSV_DATE] != CSV_NO_COLUMN ? CSV_DATE : CSV_TIME];
        CsvScan scan = { bytes.data, bytes.data + bytes.len, columns->separator, 1 };
        Str record;
        for (int i = 0;
             column >= 0 && !answer && i < DATE_ROWS_LOOKED_AT && csv_next_record(&scan, &record, &in_quotes); i++) {
            ArenaMark mark = arena_mark(&arena);
            Str text = str_trim(csv_field(record, columns->separator, (size_t)column, &arena));
            answer = says(text);
            american_clock |= ends_in_half_day(text);
            arena_back_to(&arena, mark);
        }
    }
    arena_clear(&arena);
    return answer ? answer : american_clock ? -1 : 0; /* a clock of twelve hours is mostly an American's */
}
