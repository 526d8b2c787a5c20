/* test_chatwoot.c -- Chatwoot messages on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "a page of messages: activity goes, a note stays, a template is the system's; two conversations",
      "{\"meta\":{},\"payload\":["
      "{\"id\":1,\"content\":\"Hello?\",\"account_id\":1,\"inbox_id\":2,\"conversation_id\":77,\"message_type\":0,\"created_at\":1772442900,\"private\":false,\"sender\":{\"id\":5,\"name\":\"Dana\",\"email\":\"dana@example.org\",\"type\":\"contact\"}},\n"
      "{\"content\":\"Kim joined\",\"inbox_id\":2,\"conversation_id\":77,\"message_type\":2,\"created_at\":1772442901},\n"
      "{\"content\":\"her third time\",\"inbox_id\":2,\"conversation_id\":77,\"message_type\":1,\"created_at\":1772442902,\"private\":true,\"sender\":{\"id\":5,\"name\":\"Kim\",\"type\":\"user\"}},\n"
      "{\"content\":\"elsewhere\",\"conversation_id\":78,\"message_type\":\"incoming\"},\n"
      "{\"content\":\"We will be back\",\"conversation_id\":77,\"message_type\":3,\"created_at\":1772442903},\n"
      "{\"content\":\"I am Bo\",\"conversation_id\":77,\"message_type\":1,\"created_at\":1772442904,\"sender_type\":\"AgentBot\",\"sender_id\":9},\n"
      "{\"content\":null,\"conversation_id\":77,\"message_type\":0}]}",
      "# 77 chat 2026-03-02T09:15:00Z [chatwoot line 1]\n"
      "@ 0 customer customer 5 \"Dana\" <dana@example.org>\n"
      "@ 1 agent agent 5 \"Kim\"\n"
      "@ 2 bot bot 9\n"
      "0 0ms customer: Hello?\n"
      "1 2000ms agent (note): her third time\n"
      "- 3000ms system: We will be back\n"
      "2 4000ms bot: I am Bo\n"
      "# 78 chat - [chatwoot line 4]\n"
      "- - customer: elsewhere\n" },
    { "a conversation with its messages; a webhook; wrong types",
      "{\"id\":3,\"meta\":{\"channel\":\"Channel::Email\"},\"messages\":[{\"content\":\"a\",\"message_type\":1,\"conversation_id\":3}]}\n"
      "{\"event\":\"message_created\",\"content\":\"b\",\"message_type\":\"outgoing\",\"conversation\":{\"id\":4}}\n"
      "{\"messages\":[1,{},{\"content\":[]},{\"content\":\"c\",\"message_type\":9,\"sender\":[],\"created_at\":{}}]}\n{\"x\":1}",
      "# 3 email - [chatwoot line 1]\n- - agent: a\n"
      "# (made) chat - [chatwoot line 3]\n- - unknown: c\n"
      "! line 4: neither a message nor a conversation\n"
      "# 4 chat - [chatwoot line 2]\n- - agent: b\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_chatwoot, CASES, COUNT(CASES)), 0);
}

static void recognised(void **state)
{
    (void)state;
    assert_ptr_equal(import_recognise(str_from(CASES[0].text), STR("x"), true), &format_chatwoot);
    assert_ptr_not_equal(
        import_recognise(STR("{\"messages\":[{\"content\":\"x\",\"role\":\"user\"}]}"), STR("x"), true),
        &format_chatwoot);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
