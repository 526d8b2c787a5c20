/* test_template.c -- compiled templates: what each kind of hole prints, escaped for its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/template.h"
#include "sample_templates.h"

static void assert_text(const Buf *out, const char *expect)
{
    Str got = buf_str(out);
    if (!str_equal(got, str_from(expect))) fail_msg("printed:\n%.*s\nexpected:\n%s", STR_ARG(got), expect);
}

static void prints_nothing_for_what_is_empty(void **state)
{
    (void)state;
    Buf out = { 0 };
    SamplePageView view = { .title = STR("T"), .head = { STR("en") } };
    sample_page_html(&out, &view);
    assert_text(&out, "<html lang=\"en\">\n"
                      "<h1 title=\"about T\">T</h1>\n"
                      "in time\n"
                      "<a href=\"\">next</a> <a href=\"/find?q=&amp;n=0\" style=\"width: 0%\">0</a>\n"
                      "\n"
                      "\n"
                      "nobody\n");
    buf_clear(&out);
}

static void escapes_every_text_for_its_place(void **state)
{
    (void)state;
    static const SampleMarkView marks[] = { { STR("a<b") }, { STR("\"&'") } };
    static const SamplePageRow rows[] = { { STR("Ann"), { marks, 2 } }, { STR("Bo<script>"), { 0 } } };
    Buf out = { 0 };
    SamplePageView view = { .title = STR("\"><x>"),
                            .head = { STR("e\"n") },
                            .count = -7,
                            .sure = 85,
                            .late = true,
                            .next = { STR("/list?after=3&by=day") },
                            .query = STR("a b&c=\"d\"/\xc3\xa9"),
                            .curve = { STR("<svg/>") },
                            .rows = { rows, 2 } };
    sample_page_html(&out, &view);
    assert_text(
        &out, "<html lang=\"e&quot;n\">\n"
              "<h1 title=\"about &quot;&gt;&lt;x&gt;\">&quot;&gt;&lt;x&gt;</h1>\n"
              "<b>late</b>\n"
              "\n"
              "<a href=\"/list?after=3&amp;by=day\">next</a> "
              "<a href=\"/find?q=a%20b%26c%3D%22d%22%2F%C3%A9&amp;n=-7\" style=\"width: -7%\" class=\"late\">0.85</a>\n"
              "<svg/>\n"
              "<ul><li>Ann of &quot;&gt;&lt;x&gt;: <i>a&lt;b</i>\n <i>&quot;&amp;&#39;</i>\n</li>"
              "<li>Bo&lt;script&gt; of &quot;&gt;&lt;x&gt;: nothing</li></ul>\n"
              "\n");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_nothing_for_what_is_empty),
        cmocka_unit_test(escapes_every_text_for_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
