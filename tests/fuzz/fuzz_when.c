/* fuzz_when.c -- foreign bytes as a time and as a number: what is taken prints as what is taken again, and means the
 * same. */
#include <stdlib.h>

#include "base/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) abort();
}

static void check_time(Str s)
{
    Buf buf = { 0 };
    int64_t when, again;
    int offset, offset_again;
    if (when_parse(s, &when, &offset)) {
        demand(date_valid(when_to_date(when)) && when_from_date(when_to_date(when)) == when);
        demand(date_weekday(when) >= 0 && date_weekday(when) <= 6);
        when_print(&buf, when, offset);
        demand(when_parse(buf_str(&buf), &again, &offset_again) && again == when && offset_again == offset);
    }
    if (s.len >= 8) { /* any 64 bits are a point that can be shown */
        memcpy(&when, s.data, 8);
        Date date = when_to_date(when);
        demand(date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 && date.hour <= 23);
        when_print(&buf, when, 60);
    }
    buf_clear(&buf);
}

static void check_number(Str s)
{
    int64_t whole, again;
    double real;
    if (!str_to_i64(s, &whole)) return;
    Buf buf = { 0 };
    buf_i64(&buf, whole);
    demand(str_to_i64(buf_str(&buf), &again) && again == whole && str_to_double(s, &real));
    buf_clear(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str s = { (const char *)data, size };
    double real;
    check_time(s);
    check_number(s);
    if (str_to_double(s, &real)) demand(real - real == 0);
    return 0;
}
