/* unit.h -- what every unit test includes: cmocka with what it needs before it, and a comparison of views. */
#ifndef GOODWILL_TESTS_UNIT_H
#define GOODWILL_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

/* Bytes with their length, as in TEXT("a\0b"); unlike STR it may stand in a static table. */
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }

#define assert_str(got, expected) check_str((got), (expected), __FILE__, __LINE__)

static inline void check_str(Str got, Str expected, const char *file, int line)
{
    if (str_equal(got, expected)) return;
    print_error("got      \"%.*s\"\nexpected \"%.*s\"\n", STR_ARG(got), STR_ARG(expected));
    _fail(file, line);
}

#endif
