/* test_when.c -- points in time: as exports write them, as we print them, and the calendar between. */
#include "unit.h"

#include <time.h>

#include "base/when.h"
#include "random.h"

static void parses(void **state)
{
    (void)state;
    /* Expected values: `date -u -d ... +%s`, times 1000. */
    static const struct {
        Str text;
        int64_t when;
        int offset;
    } row[] = {
        { TEXT("1970-01-01T00:00:00Z"), 0, 0 },
        { TEXT("2024-02-29T12:34:56Z"), 1709210096000, 0 },
        { TEXT("2024-02-29t12:34:56z"), 1709210096000, 0 },
        { TEXT("2024-02-29 12:34:56"), 1709210096000, 0 },
        { TEXT("2024-02-29T12:34"), 1709210040000, 0 },
        { TEXT("2024-02-29 12:34Z"), 1709210040000, 0 },
        { TEXT("2024-02-29T12:34:56.7Z"), 1709210096700, 0 },
        { TEXT("2024-02-29T12:34:56.123456789Z"), 1709210096123, 0 },
        { TEXT("2024-02-29 12:34:56,123"), 1709210096123, 0 },
        { TEXT("2024-02-29T12:34:56.0009Z"), 1709210096000, 0 },
        { TEXT("2024-02-29T12:34:56+05:30"), 1709190296000, 330 },
        { TEXT("2024-02-29T12:34:56-0800"), 1709238896000, -480 },
        { TEXT("2024-02-29T12:34:56+00"), 1709210096000, 0 },
        { TEXT("2024-02-29 12:34:56 +0000"), 1709210096000, 0 },
        { TEXT("2024-02-29 12:34:56 UTC"), 1709210096000, 0 },
        { TEXT("2024-02-29T12:34:56-00:00"), 1709210096000, 0 },
        { TEXT("2024-02-29T12:34:56+18:00"), 1709145296000, 1080 },
        { TEXT("2016-12-31T23:59:60Z"), 1483228799999, 0 },
        { TEXT("2016-12-31T23:59:60.5Z"), 1483228799999, 0 },
        { TEXT("1969-12-31T23:59:59.999Z"), -1, 0 },
        { TEXT("0001-01-01T00:00:00Z"), -62135596800000, 0 },
        { TEXT("9999-12-31T23:59:59.999Z"), 253402300799999, 0 },
        { TEXT("2000-02-29T00:00Z"), 951782400000, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t when = 42;
        int offset = 42;
        if (!when_parse(row[i].text, &when, &offset)) print_error("%.*s\n", STR_ARG(row[i].text));
        assert_true(when == row[i].when);
        assert_int_equal(offset, row[i].offset);
        assert_true(when_parse(row[i].text, &when, NULL));
    }
}

static void refuses(void **state)
{
    (void)state;
    static const Str row[] = {
        TEXT(""),
        TEXT("2024"),
        TEXT("2024-02-29"),
        TEXT("2024-02-29T"),
        TEXT("2024-02-29T12"),
        TEXT("2024-02-29T12:"),
        TEXT("2024-02-29T12:3"),
        TEXT("2024-02-29T12:34:"),
        TEXT("2024-02-29T12:34:5"),
        TEXT("2024-02-29T12:34:56."),
        TEXT("2024-02-29T12:34.5"),
        TEXT("2024-02-29T12:34:56Z "),
        TEXT(" 2024-02-29T12:34:56Z"),
        TEXT("2024-02-29T12:34:56Zx"),
        TEXT("2024-02-29T12:34:56+"),
        TEXT("2024-02-29T12:34:56+5"),
        TEXT("2024-02-29T12:34:56+05:"),
        TEXT("2024-02-29T12:34:56+05:3"),
        TEXT("2024-02-29T12:34:56+05:60"),
        TEXT("2024-02-29T12:34:56+18:01"),
        TEXT("2024-02-29T12:34:56+0530 "),
        TEXT("2024-02-29T12:34:56 "),
        TEXT("2024-02-29T12:34:56 Z5"),
        TEXT("2024-02-29T24:00:00Z"),
        TEXT("2024-02-29T12:60:00Z"),
        TEXT("2024-02-29T12:34:61Z"),
        TEXT("2023-02-29T12:34:56Z"),
        TEXT("1900-02-29T12:34:56Z"),
        TEXT("2024-04-31T12:34:56Z"),
        TEXT("2024-00-10T12:34:56Z"),
        TEXT("2024-13-10T12:34:56Z"),
        TEXT("2024-01-00T12:34:56Z"),
        TEXT("2024-01-32T12:34:56Z"),
        TEXT("0000-01-01T00:00:00Z"),
        TEXT("0001-01-01T00:00:00+00:01"),
        TEXT("9999-12-31T23:59:59-00:01"),
        TEXT("12024-01-01T00:00:00Z"),
        TEXT("-024-01-01T00:00:00Z"),
        TEXT("2024/01/01T00:00:00Z"),
        TEXT("2024-01-01_00:00:00Z"),
        TEXT("2024-01-01T00:00:00\0"),
        TEXT("2024-1-1T00:00:00Z"),
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t when = 42;
        int offset = 42;
        if (when_parse(row[i], &when, &offset)) fail_msg("accepted %.*s", STR_ARG(row[i]));
        assert_true(when == 42 && offset == 42);
    }
}

static void prints(void **state)
{
    (void)state;
    static const struct {
        int64_t when;
        int offset;
        const char *expect;
    } row[] = {
        { 0, 0, "1970-01-01T00:00:00Z" },
        { -1, 0, "1969-12-31T23:59:59.999Z" },
        { 1709210096007, 0, "2024-02-29T12:34:56.007Z" },
        { 1709210096000, 330, "2024-02-29T18:04:56+05:30" },
        { 1709210096000, -570, "2024-02-29T03:04:56-09:30" },
        { -62135596800000, 0, "0001-01-01T00:00:00Z" },
    };
    Buf buf = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        buf.len = 0;
        when_print(&buf, row[i].when, row[i].offset);
        assert_str(buf_str(&buf), str_from(row[i].expect));
    }
    when_print(&buf, INT64_MAX, 60); /* no time that anybody wrote, but no undefined behaviour either */
    when_print(&buf, INT64_MIN, -60);
    buf_clear(&buf);
}

static void printed_comes_back(void **state)
{
    (void)state;
    Random random = random_start("when");
    Buf buf = { 0 };
    for (int round = 0; round < 50000; round++) {
        /* A day inside of the years 1 and 9999, so that no offset leaves them. */
        int64_t when = -62135510400000 + (int64_t)(random_u64(&random) % 315537810799999u), back;
        int offset = (int)random_below(&random, 2161) - 1080, offset_back;
        if (random_below(&random, 2)) when -= ((when % 1000) + 1000) % 1000;
        buf.len = 0;
        when_print(&buf, when, offset);
        assert_true(when_parse(buf_str(&buf), &back, &offset_back));
        assert_true(back == when);
        assert_int_equal(offset_back, offset);
        Date date = when_to_date(when);
        assert_true(date_valid(date));
        assert_true(when_from_date(date) == when);
    }
    buf_clear(&buf);
}

/* The C library's calendar is another hand's work: day by day over 800 years both must agree. */
static void agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -140000; day < 152200; day++) {
        time_t seconds = (time_t)(day * 86400 + 45296);
        struct tm expect;
        assert_non_null(gmtime_r(&seconds, &expect));
        Date date = when_to_date((int64_t)seconds * 1000 + 5);
        assert_int_equal(date.year, expect.tm_year + 1900);
        assert_int_equal(date.month, expect.tm_mon + 1);
        assert_int_equal(date.day, expect.tm_mday);
        assert_int_equal(date.hour, 12);
        assert_int_equal(date.minute, 34);
        assert_int_equal(date.second, 56);
        assert_int_equal(date.millisecond, 5);
        assert_int_equal(date_weekday((int64_t)seconds * 1000), (expect.tm_wday + 6) % 7);
        assert_true(when_from_date(date) == (int64_t)seconds * 1000 + 5);
    }
}

static void valid_dates(void **state)
{
    (void)state;
    static const struct {
        Date date;
        bool valid;
    } row[] = {
        { { 2024, 2, 29, 0, 0, 0, 0 }, true },         { { 2023, 2, 29, 0, 0, 0, 0 }, false },
        { { 2100, 2, 29, 0, 0, 0, 0 }, false },        { { 2024, 12, 31, 23, 59, 59, 999 }, true },
        { { 2024, 12, 31, 24, 0, 0, 0 }, false },      { { 2024, 12, 31, 0, 60, 0, 0 }, false },
        { { 2024, 12, 31, 0, 0, 60, 0 }, false },      { { 2024, 12, 31, 0, 0, 0, 1000 }, false },
        { { 2024, 12, 31, 0, 0, 0, -1 }, false },      { { 0, 1, 1, 0, 0, 0, 0 }, false },
        { { 10000, 1, 1, 0, 0, 0, 0 }, false },        { { 2024, INT32_MIN, 1, 0, 0, 0, 0 }, false },
        { { 2024, 1, INT32_MAX, 0, 0, 0, 0 }, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_int_equal(date_valid(row[i].date), row[i].valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(prints),
        cmocka_unit_test(printed_comes_back),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(valid_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
