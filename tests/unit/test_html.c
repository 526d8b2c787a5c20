/* test_html.c -- HTML in, the text of a page out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "import/html.h"
#include "import/import.h"

static const struct {
    const char *html, *text;
} ROW[] = {
    { "<p>One parcel</p><p>two parcels</p>", "One parcel\n\ntwo parcels" },
    { "Dear team,<br>my lamp broke.<br/><br />Rosa", "Dear team,\nmy lamp broke.\n\nRosa" },
    { "<div>first</div><div><br></div><div>third</div>", "first\n\nthird" },
    { "  a \n\t b&nbsp;&nbsp;c  ", "a\nb c" }, /* no tags: lines stay */
    { "<b> a \n\t b&nbsp;&nbsp;c  </b>", "a b c" },
    { "Tom &amp; Ann &lt;3 &euro;5 &#39;ok&#x27; &hellip; &copy 2024", "Tom & Ann <3 \xE2\x82\xAC"
                                                                       "5 'ok' \xE2\x80\xA6 \xC2\xA9 2024" },
    { "<i>Tom &amp; Ann &lt;3 &euro;5 &#39;ok&#x27;</i>", "Tom & Ann <3 \xE2\x82\xAC"
                                                          "5 'ok'" },
    { "<p>5 < 6 and <3 you</p>", "5 < 6 and <3 you" },
    { "see <a href=\"https://shop.example/x?a=1&b=2\">our page</a> please", "see our page please" },
    { "<style>p { color: red }</style><p>seen</p><script>if (a<b) alert('</p>')</script>", "seen" },
    { "a<script>never closed <p>x", "a" },
    { "<!-- <a title=\"--> shown", "shown" },
    { "<!--[if mso]><p>Outlook</p><![endif]--><p>all</p>", "all" },
    { "<![if !mso]><p>all</p><![endif]>", "all" },
    { "<html><head><meta charset=latin1><title>no</title></head><body>caf\xC3\xA9</body></html>", "caf\xC3\xA9" },
    { "<meta><custom-tag>kept</custom-tag>", "kept" },
    { "<table><tr><td>Order</td><td>4711</td></tr><tr><td>Sum</td><td>9</td></tr></table>", "Order 4711\nSum 9" },
    { "<ul><li>one</li><li>two</li></ul>after", "one\ntwo\nafter" },
    { "<pre>a  b\nc</pre>", "a  b\nc" },
    { "<p>un<b>believ</b>able</p>", "unbelievable" },
    { "<p title='a > b' hidden>text</p>", "text" },
    { "x\xE2\x80\x8By\xC2\xADz<br>", "xyz" },
    { "<p>bad \xFF byte</p>", "bad \xEF\xBF\xBD byte" },
    { "<p>caf&eacute; na&iuml;ve \xE6\x97\xA5\xE6\x9C\xAC</p>", "caf\xC3\xA9 na\xC3\xAFve \xE6\x97\xA5\xE6\x9C\xAC" },
    { "<o:p></o:p><p class=MsoNormal>Hello<o:p></o:p></p>", "Hello" },
    { "", "" },
    { "<p></p>", "" },
    { "just words", "just words" },
};

static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ROW); i++) {
        Arena arena = { 0 };
        Str text = import_html_text(&arena, str_from(ROW[i].html));
        assert_string_equal(arena_str(&arena, text).data, ROW[i].text);
        arena_clear(&arena);
    }
}

static void quotes(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Str text = html_text(&arena,
                         STR("<div>Yes.<div class=\"gmail_quote\"><div>On Monday:</div><blockquote type=cite>Is it "
                             "in?<br>Ann</blockquote></div></div><div>after</div>"),
                         HTML_QUOTES_MARK);
    assert_string_equal(text.data, "Yes.\n> On Monday:\n> > Is it in?\n> > Ann\nafter");
    text = html_text(&arena, STR("<blockquote>a saying</blockquote>"), HTML_QUOTES_MARK);
    assert_string_equal(text.data, "a saying");
    arena_clear(&arena);
}

static double seconds_for(const char *piece, size_t times, const char *tail_piece, size_t tail_times)
{
    Buf buf = { 0 };
    for (size_t i = 0; i < times; i++) buf_add(&buf, str_from(piece));
    for (size_t i = 0; i < tail_times; i++) buf_add(&buf, str_from(tail_piece));
    Arena arena = { 0 };
    struct timespec a, b;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    (void)import_html_text(&arena, buf_str(&buf));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    arena_clear(&arena);
    buf_clear(&buf);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* Each of these takes minutes or hours where cost is quadratic. */
static void hostile_is_linear(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
        const char *tail;
        size_t tail_times;
    } row[] = {
        { "<b>", 250000, "</i>", 125000 },   { "<div>", 200, "</b>", 200000 },   { "<p ", 1, "a ", 125000 },
        { "<i><div>", 120, "</i>", 250000 }, { "<script>", 125000, "", 0 },      { "<!--", 125000, "", 0 },
        { "<a b='", 125000, "", 0 },         { "&amp", 250000, "", 0 },          { "&#", 250000, "", 0 },
        { "<table><tr><td>", 75000, "", 0 }, { "<form><select>", 75000, "", 0 }, { "</", 250000, "", 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        assert_true(seconds_for(row[i].piece, row[i].times, row[i].tail, row[i].tail_times) < 10);
}

static void references(void **state)
{
    (void)state;
    char out[4];
    size_t len = 0;
    assert_int_equal(html_reference(STR("&lrm;x"), 0, out, &len), 5);
    assert_int_equal(len, 3);
    assert_int_equal(html_reference(STR("&ampx"), 0, out, &len), 4);
    assert_int_equal(html_reference(STR("&hellipx"), 0, out, &len), 0);
    assert_int_equal(html_reference(STR("&"), 0, out, &len), 0);
    assert_int_equal(html_reference(STR("&#;"), 0, out, &len), 0);
    assert_int_equal(html_reference(STR("&#x110000;"), 0, out, &len), 10);
    assert_memory_equal(out, "\xEF\xBF\xBD", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(quotes),
        cmocka_unit_test(references),
        cmocka_unit_test(hostile_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
