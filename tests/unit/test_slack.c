/* test_slack.c -- a workspace's export, packed here from small files, in; threads and stretches out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "import/slack.h"
#include "reader_case.h"

typedef struct File {
    const char *path, *text;
} File;

static la_ssize_t on_write(struct archive *a, void *data, const void *bytes, size_t len)
{
    (void)a;
    buf_add(data, str_make(bytes, len));
    return (la_ssize_t)len;
}

static Buf pack(const File *file, size_t count, bool zip)
{
    Buf out = { 0 };
    struct archive *a = archive_write_new();
    if (zip)
        archive_write_set_format_zip(a);
    else
        archive_write_set_format_pax_restricted(a);
    archive_write_open(a, &out, NULL, on_write, NULL);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, file[i].path);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, (la_int64_t)strlen(file[i].text));
        assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
        archive_write_data(a, file[i].text, strlen(file[i].text));
        archive_entry_free(entry);
    }
    archive_write_free(a);
    return out;
}

static const char USERS[] =
    "[{\"id\":\"U1\",\"name\":\"ann\",\"team_id\":\"T1\",\"profile\":{\"real_name\":\"Ann "
    "Berg\",\"email\":\"ann@lamps.example\"}},{\"id\":\"U2\",\"name\":\"rosa\",\"team_id\":\"T9\"},{\"id\":\"U3\",\"name\":"
    "\"helper\",\"is_bot\":true,\"team_id\":\"T1\"},{\"id\":\"U4\",\"real_name\":\"Cy\",\"team_id\":\"T1\"}]";
static const char CHANNELS[] = "[{\"id\":\"C1\",\"name\":\"lamps\"}]";
static const char DMS[] = "[{\"id\":\"D7\",\"members\":[\"U1\",\"U4\"]}]";

static const File EXPORT[] = {
    { "out/channels.json", CHANNELS },
    { "out/dms.json", DMS },
    { "out/users.json", USERS },
    { "out/lamps/2024-03-02.json",
      "[{\"type\":\"message\",\"user\":\"U2\",\"text\":\"still "
      "dark\",\"ts\":\"1709373600.000300\",\"thread_ts\":\"1709287200.000200\"},{\"type\":\"message\",\"text\":\"later\","
      "\"user\":\"U4\",\"ts\":\"1709373600.000100\"},{\"type\":\"message\"}]" },
    { "out/lamps/2024-03-01.json",
      "[{\"type\":\"message\",\"subtype\":\"channel_join\",\"user\":\"U2\",\"text\":\"<@U2> has "
      "joined\",\"ts\":\"1709287100.000100\"},{\"type\":\"message\",\"user\":\"U2\",\"text\":\"<@U1> my lamp &amp; "
      "<https://shop.example/l|this one> broke <!here>\",\"ts\":\"1709287200.000200\",\"files\":[{\"name\":\"a.jpg\"}]},"
      "{\"type\":\"message\",\"user\":\"U4\",\"text\":\"morning\",\"ts\":\"1709287205.000200\"},{\"type\":\"message\","
      "\"user\":\"U1\",\"text\":\"Sorry!\",\"ts\":\"1709287260.500000\",\"thread_ts\":\"1709287200.000200\"},{\"type\":"
      "\"message\",\"subtype\":\"bot_message\",\"username\":\"Deploy\",\"text\":\"\",\"attachments\":[{\"pretext\":\"one\","
      "\"text\":\"two\"},{\"fallback\":\"three\"}],\"ts\":\"1709287300.000200\"}]" },
    { "out/D7/2024-03-01.json",
      "[{\"type\":\"message\",\"user\":\"U1\",\"text\":\"psst\",\"ts\":\"1709287200.000900\"},{\"type\":\"message\",\"user\":"
      "\"U3\",\"text\":\"beep\",\"ts\":\"1709287201.000900\"}]" },
    { "out/D7/2024-03-02.json", "[{\"broken\":" },
};

static void export_read(void **state)
{
    (void)state;
    for (int zip = 0; zip < 2; zip++) {
        Buf packed = pack(EXPORT, COUNT(EXPORT), zip);
        char *out = case_read(&format_slack, buf_str(&packed), "export", NULL, false);
        assert_string_equal(out, "! 0: lamps/2024-03-02.json: 1 messages without a time\n"
                                 "= chat 2024-03-01T09:58:20Z \"#lamps\" C1-1709287205.000200\n"
                                 "system rosa 0: @rosa has joined\n"
                                 "unknown Cy 105000: morning\n"
                                 "bot Deploy 200000: one|two|three\n"
                                 "= chat 2024-03-02T10:00:00Z \"#lamps\" C1-1709373600.000100\n"
                                 "unknown Cy 0: later\n"
                                 "= chat 2024-03-01T10:00:00Z \"#lamps\" C1-1709287200.000200\n"
                                 "customer rosa 0: @Ann Berg my lamp & this one broke @here\n"
                                 "system rosa 0: attached: a.jpg\n"
                                 "agent Ann Berg 60500: Sorry!\n"
                                 "customer rosa 86400000: still dark\n"
                                 "! 0: D7/2024-03-02.json: byte 11: the json ends too early\n"
                                 "= chat 2024-03-01T10:00:00Z D7-1709287200.000900\n"
                                 "unknown Ann Berg 0: psst\n"
                                 "bot helper 1000: beep\n");
        free(out);
        buf_clear(&packed);
    }
}

static void markup(void **state)
{
    (void)state;
    Arena arena = { 0 };
    SlackIndex index = { 0 };
    static const struct {
        const char *in, *out;
    } row[] = {
        { "<@U9|ann> <@U9>", "@ann @U9" },
        { "<#C1|lamps> <#C1>", "#lamps #C1" },
        { "<!subteam^S1|@crew> <!channel> <!date^1^{date}|3 March>", "@crew @channel 3 March" },
        { "<mailto:a@b.example|a@b.example> <mailto:a@b.example> <https://x.example/?a=1&amp;b=2>",
          "a@b.example a@b.example https://x.example/?a=1&b=2" },
        { "1 &lt; 2 &gt; 0 &amp;lt; &copy; <> < open", "1 < 2 > 0 &lt; &copy; <> < open" },
    };
    slack_sort(&index);
    for (size_t i = 0; i < COUNT(row); i++)
        assert_string_equal(slack_text(&index, &arena, str_from(row[i].in)).data, row[i].out);
    arena_clear(&arena);
}

static void damaged(void **state)
{
    (void)state;
    char *out = case_read(&format_slack, STR("PK\x03\x04 and no more"), "x.zip", NULL, false);
    assert_true(out[0] == '!');
    free(out);
    static const File none[] = { { "users.json", "[]" } };
    Buf packed = pack(none, 1, true);
    out = case_read(&format_slack, buf_str(&packed), "x.zip", NULL, false);
    assert_string_equal(out, "! 0: no Slack export: no channel has a day\n");
    free(out);
    buf_clear(&packed);
    packed = pack(EXPORT, COUNT(EXPORT), false);
    for (size_t len = 0; len < packed.len; len += 97)
        free(case_read(&format_slack, str_make(packed.data, len), "x", NULL, false));
    buf_clear(&packed);
}

static void samples(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    Err err;
    if (!file_read("../shared/formats/samples/slack-export.zip", 1 << 20, &bytes, &err)) {
        print_message("no samples here: skipped\n");
        skip();
    }
    char *out = case_read(&format_slack, buf_str(&bytes), "slack.zip", NULL, false);
    assert_null(strchr(out, '!') == out ? out : NULL);
    assert_non_null(strstr(out, "\"#enrique\" C0JGLMMNX-1452837352.000006\n"));
    assert_non_null(strstr(out, "\"#traveling-sailor\" C0JL6CGQ2-"));
    assert_null(strstr(out, "<@U"));
    free(out);
    buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_read),
        cmocka_unit_test(markup),
        cmocka_unit_test(damaged),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
