/* test_klaus.c -- the Zendesk QA import body on one side, the conversations on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "two tickets; a note; html; newest first",
      "{\"data\":[{\"id\":\"T-1\",\"subject\":\"Late\",\"description\":\"Where is my "
      "parcel?\",\"channel\":\"email\",\"created\":\"2026-03-02T09:15:00Z\","
      "\"assigneeEmail\":\"kim@shop.example\",\"customerName\":\"Dana "
      "Ruiz\",\"customerEmail\":\"dana@example.org\",\"comments\":["
      "{\"id\":\"2\",\"authorName\":\"Kim "
      "Osei\",\"authorEmail\":\"kim@shop.example\",\"authorIsNotClient\":true,\"public\":true,\"comment\":\"<p>On its "
      "way &amp; soon there.</p>\",\"created\":\"2026-03-02T09:20:00Z\"},"
      "{\"id\":\"3\",\"authorName\":\"Kim "
      "Osei\",\"authorEmail\":\"kim@shop.example\",\"authorIsNotClient\":true,\"public\":false,\"comment\":\"lost "
      "twice\",\"created\":\"2026-03-02T09:21:00Z\"},"
      "{\"id\":\"1\",\"authorName\":\"Dana "
      "Ruiz\",\"authorEmail\":\"dana@example.org\",\"authorIsNotClient\":false,\"public\":true,\"comment\":\"Where is "
      "my parcel?\",\"created\":\"2026-03-02T09:15:00Z\"}]},\n"
      "{\"id\":7,\"channel\":\"chat\",\"comments\":[{\"authorName\":\"Bo\",\"comment\":\"2 < 3\",\"public\":true}]}]}",
      "# T-1 email 2026-03-02T09:15:00Z \"Late\" [klaus line 1]\n"
      "@ 0 agent \"Kim Osei\" <kim@shop.example>\n"
      "@ 1 customer \"Dana Ruiz\" <dana@example.org>\n"
      "1 0ms customer: Where is my parcel?\n"
      "0 300000ms agent: On its way & soon there.\n"
      "0 360000ms agent (note): lost twice\n"
      "# 7 chat - [klaus line 2]\n"
      "@ 0 unknown \"Bo\"\n"
      "0 - unknown: 2 < 3\n" },
    { "what is false is left out: client, and internal when staff",
      "{\"data\":[{\"id\":\"T-2\",\"comments\":["
      "{\"authorName\":\"Dana\",\"comment\":\"Hello?\"},"
      "{\"authorName\":\"Kim\",\"authorIsNotClient\":true,\"public\":true,\"comment\":\"Hi.\"},"
      "{\"authorName\":\"Kim\",\"authorIsNotClient\":true,\"comment\":\"rude one\"}]}]}",
      "# T-2 unknown - [klaus line 1]\n"
      "@ 0 customer \"Dana\"\n"
      "@ 1 agent \"Kim\"\n"
      "0 - customer: Hello?\n"
      "1 - agent: Hi.\n"
      "1 - agent (note): rude one\n" },
    { "nobody says staff or client: the ticket's own people decide; a person without a name keeps none",
      "{\"data\":[{\"id\":\"T-3\",\"assigneeEmail\":\"Kim@shop.example\",\"customerEmail\":\"dana@example.org\","
      "\"customerName\":\"Dana\",\"comments\":["
      "{\"authorEmail\":\"dana@example.org\",\"comment\":\"a\",\"public\":true},{\"authorEmail\":\"kim@shop.example\","
      "\"comment\":\"b\",\"public\":true},"
      "{\"authorName\":\"Lou\",\"comment\":\"c\",\"public\":false},{\"authorName\":\"Max\",\"comment\":\"d\","
      "\"public\":true}]}]}",
      "# T-3 unknown - [klaus line 1]\n"
      "@ 0 customer speaker 1 <dana@example.org>\n"
      "@ 1 agent speaker 2 <kim@shop.example>\n"
      "@ 2 agent \"Lou\"\n"
      "@ 3 unknown \"Max\"\n"
      "0 - customer: a\n"
      "1 - agent: b\n"
      "2 - agent (note): c\n"
      "3 - unknown: d\n" },
    { "no comments: the description is what the customer said; a call; a user; a ticket alone as it is given back",
      "{\"data\":[{\"id\":\"T-4\",\"description\":\"It "
      "broke.\",\"customerName\":\"Dana\",\"created\":\"1772442900\"},\n"
      "{\"id\":\"T-5\",\"comments\":[{\"authorName\":\"Kim\",\"authorIsNotClient\":true,\"comment\":\"Rang "
      "her.\",\"callDuration\":\"61\",\"public\":true}]},\n"
      "{\"userEmail\":\"kim@shop.example\",\"userName\":\"Kim\"}]}\n"
      "{\"externalId\":\"T-6\",\"comments\":[{\"externalId\":\"1\",\"authorName\":\"Dana\",\"comment\":\"Well?\","
      "\"public\":true}],\"customerName\":\"dana\"}",
      "# T-4 unknown 2026-03-02T09:15:00Z [klaus line 1]\n"
      "@ 0 customer \"Dana\"\n"
      "0 0ms customer: It broke.\n"
      "# T-5 phone - [klaus line 2]\n"
      "@ 0 agent \"Kim\"\n"
      "0 - agent: Rang her.\n"
      "! line 3: a user, not a ticket\n"
      "# T-6 unknown - [klaus line 4]\n"
      "@ 0 customer \"Dana\"\n"
      "0 - customer: Well?\n" },
    { "wrong types",
      "{\"data\":[{\"id\":[],\"comments\":{\"a\":{\"comment\":1}}},{\"comments\":[5,{\"comment\":\"x\",\"authorName\":"
      "7,\"created\":{},\"authorIsNotClient\":\"yes\"}]},[]]}",
      "! line 1: the conversation has no turns\n"
      "# (made) unknown - [klaus line 1]\n"
      "- - unknown: x\n"
      "! line 1: an object was expected here\n" },
    { "a list that ends in the middle keeps what came before",
      "{\"data\":[{\"id\":\"1\",\"comments\":[{\"authorName\":\"D\",\"comment\":\"x\"}]},{\"id\":\"2\",\"comm",
      "# 1 unknown - [klaus line 1]\n"
      "@ 0 unknown \"D\"\n"
      "0 - unknown: x\n"
      "! line 1: the json ends too early\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_klaus, CASES, COUNT(CASES)), 0);
}

static void recognised(void **state)
{
    (void)state;
    static const char *const yes[] = { "{\"data\":[{\"id\":\"1\",\"comments\":[{\"authorIsNotClient\":true",
                                       "{ \"data\" : [ { \"comments\" : [ { \"comment\" : \"x\", \"authorName\" :",
                                       "{\"comments\":[{\"comment\":\"x\",\"authorEmail\":\"" };
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_ptr_equal(import_recognise(str_from(yes[i]), STR("x"), false), &format_klaus);
    Buf file = { 0 };
    if (!dump_shared("formats/samples/klaus-import-openapi.json", &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    assert_null(
        import_recognise(buf_str(&file), STR("x.json"), true)); /* a description of the form is not in the form */
    buf_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
