/* test_tidio.c -- Tidio tickets on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "two tickets; a note; the contact stands in for a nameless author; a broken line",
      "{\"contact\":{\"name\":\"Dana\",\"email\":\"dana@example.org\"},\"status\":\"open\",\"subject\":\"Late\",\"createdAt\":\"2026-03-02T09:15:00Z\",\"messages\":["
      "{\"author\":{\"type\":\"contact\"},\"content\":\"<p>Where is it?</p>\",\"createdAt\":\"2026-03-02T09:15:00Z\"},"
      "{\"author\":{\"type\":\"operator\",\"email\":\"kim@shop.example\"},\"type\":\"internal\",\"content\":\"lost\",\"createdAt\":\"2026-03-02T09:16:00Z\"},"
      "{\"author\":{\"type\":\"operator\",\"email\":\"kim@shop.example\"},\"type\":\"public\",\"content\":\"Soon.\",\"createdAt\":\"2026-03-02T09:17:00Z\"}]}\n"
      "{\"contact\":\n"
      "{\"id\":9,\"contact_id\":\"c\",\"status\":\"solved\",\"subject\":\"\",\"messages\":[{\"author_type\":\"contact\",\"author_id\":\"c\",\"message_type\":\"public\",\"content\":\"Hm\"},{\"author\":7,\"content\":{}}]}\n"
      "{\"messages\":{}}\n",
      "# (made) email 2026-03-02T09:15:00Z \"Late\" [tidio line 1]\n"
      "@ 0 customer \"Dana\" <dana@example.org>\n"
      "@ 1 agent speaker 2 <kim@shop.example>\n"
      "0 0ms customer: Where is it?\n"
      "1 60000ms agent (note): lost\n"
      "1 120000ms agent: Soon.\n"
      "! line 4: the json has no comma or closing mark after a value\n"
      "# 9 email - [tidio line 3]\n"
      "@ 0 customer c\n"
      "0 - customer: Hm\n"
      "! line 4: a ticket without messages\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_tidio, CASES, COUNT(CASES)), 0);
}

static void recognised(void **state)
{
    (void)state;
    assert_ptr_equal(import_recognise(str_from(CASES[0].text), STR("x"), true), &format_tidio);
    assert_ptr_not_equal(import_recognise(STR("{\"contact\":1,\"status\":2}"), STR("x"), true), &format_tidio);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
