/* test_command.c -- near words, numbers and shards as the command line takes them. */
#include "unit.h"

#include "cli/command.h"
#include "cli/pipeline.h"

static void nearest(void **state)
{
    (void)state;
    static const char *const NAMES[] = { "hear", "import", "rules", "formats", "serve", NULL };
    static const struct {
        const char *word, *expect;
    } row[] = {
        { "hear", "hear" },      { "haer", "hear" },
        { "her", "hear" },       { "imp", "import" },
        { "imprt", "import" },   { "rule", "rules" },
        { "format", "formats" }, { "sevre", "serve" },
        { "x", NULL },           { "", NULL },
        { "practise", NULL },    { "a-word-that-is-longer-than-any-command-could-be", NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *got = command_nearest(row[i].word, NAMES);
        if (!row[i].expect)
            assert_null(got);
        else
            assert_string_equal(got ? got : "nothing", row[i].expect);
    }
}

static void numbers(void **state)
{
    (void)state;
    long n = 7;
    assert_true(command_number("1", 1, 256, &n) && n == 1);
    assert_true(command_number("256", 1, 256, &n) && n == 256);
    static const char *const BAD[] = { "", "0", "257", "-1", "1x", "x", " 1", "99999999999999999999" };
    for (size_t i = 0; i < COUNT(BAD); i++) assert_false(command_number(BAD[i], 1, 256, &n));
    assert_int_equal(n, 256);
}

static void shards(void **state)
{
    (void)state;
    uint32_t i = 0, n = 0;
    assert_true(pipeline_shard_from("3/8", &i, &n) && i == 3 && n == 8);
    assert_true(pipeline_shard_from("1/1", &i, &n) && i == 1 && n == 1);
    static const char *const BAD[] = { "",  "/",   "0/4", "5/4",   "1/",   "/4",
                                       "1", "a/b", "1/0", "1/2/3", "-1/4", "1/99999999999" };
    for (size_t k = 0; k < COUNT(BAD); k++) assert_false(pipeline_shard_from(BAD[k], &i, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nearest), cmocka_unit_test(numbers),
                                        cmocka_unit_test(shards) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
