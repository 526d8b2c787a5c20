/* test_feed.c -- files, folders, archives and pipes as blocks: the order, the lines, the limits. */
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "import/feed.h"
#include "import/formats.h"
#include "import/open.h"
#include "reading.h"

static char folder[] = "/tmp/goodwill-feed-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder); /* the name is mkdtemp's */
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put(const char *path, Str bytes)
{
    Err err;
    if (!file_write(path, bytes, &err)) fail_msg("%s", err.text);
}

/* What a whole feed gives: "FILE:LINE id" a conversation, "ERR …" a failure, rejects as in reading.h. */
typedef struct Seen {
    ImportSink sink;
    Buf out;
    size_t blocks, conversations, largest;
    uint64_t lines; /* sum of the lines told, to see that they are right in a long file */
    bool quiet;
} Seen;

static bool see_conversation(ImportSink *sink, Conversation *c)
{
    Seen *seen = (Seen *)(void *)sink;
    seen->conversations++;
    seen->lines += c->line;
    if (!seen->quiet)
        buf_printf(&seen->out, "%.*s:%llu %.*s\n", STR_ARG(c->file), (unsigned long long)c->line,
                   STR_ARG(c->id_given ? c->id : STR("-")));
    return true;
}

static bool see_reject(ImportSink *sink, const Reject *reject)
{
    Seen *seen = (Seen *)(void *)sink;
    if (!reject->warning)
        buf_printf(&seen->out, "%.*s:%llu %.*s\n", STR_ARG(reject->file), (unsigned long long)reject->line,
                   STR_ARG(reject->reason));
    return true;
}

static Seen feed_of(const char *const *paths, size_t count, bool quiet)
{
    Seen seen = { .sink = { see_conversation, see_reject }, .quiet = quiet };
    Err err = { 0 };
    Feed *feed = feed_open(paths, count, NULL, NULL, &err);
    Arena scratch = { 0 };
    FeedBlock block;
    for (;;) {
        if (feed_next(feed, &block, &err)) {
            Err failed = { 0 };
            seen.blocks++;
            seen.largest = MAX(seen.largest, block.block.bytes.len);
            if (!block.format->read(&block.block, &seen.sink, &scratch, &failed))
                buf_printf(&seen.out, "READ %s\n", failed.text);
            feed_done(&block);
        } else if (err.kind) {
            buf_printf(&seen.out, "ERR %s\n", err.text);
        } else {
            break;
        }
    }
    if (feed_bytes_total(feed)) assert_true(feed_bytes_read(feed) <= feed_bytes_total(feed));
    arena_clear(&scratch);
    feed_close(feed);
    return seen;
}

static void gives(const char *path, const char *expected)
{
    Seen seen = feed_of(&path, 1, false);
    assert_str(buf_str(&seen.out), str_from(expected));
    buf_clear(&seen.out);
}

#define ONE(id) "{\"id\":\"" id "\",\"turns\":[{\"role\":\"agent\",\"text\":\"hello\"}]}\n"

static void walks_folders(void **state)
{
    (void)state;
    mkdir("walk", 0755), mkdir("walk/b", 0755), mkdir("walk/.hidden", 0755), mkdir("walk/empty", 0755);
    put("walk/c.jsonl", STR(ONE("c")));
    put("walk/a.jsonl", STR(ONE("a1") ONE("a2")));
    put("walk/b/z.talk", STR("agent: hello\n"));
    put("walk/b/nothing", STR(" \n"));
    put("walk/b/letter.txt", STR("Dear all,\nno.\n"));
    put("walk/.hidden/x.jsonl", STR(ONE("x")));
    put("walk/.x.jsonl", STR(ONE("x")));
    assert_int_equal(symlink("..", "walk/b/loop"), 0);
    gives("walk", "walk/a.jsonl:1 a1\nwalk/a.jsonl:2 a2\n"
                  "ERR walk/b/letter.txt: not in a form that goodwill reads\n"
                  "ERR walk/b/nothing: nothing in it\n"
                  "walk/b/z.talk:1 -\nwalk/c.jsonl:1 c\n");
    gives("walk/empty", "ERR walk/empty: the folder holds no files\n");
    gives("walk/none", "ERR cannot open walk/none: No such file or directory\n");
    /* a link to a file is the file */
    assert_int_equal(symlink("walk/c.jsonl", "link"), 0);
    gives("link", "link:1 c\n");
}

static void stops_deep_down(void **state)
{
    (void)state;
    char path[IMPORT_FOLDER_DEPTH_MAX * 2 + 64] = "deep";
    mkdir(path, 0755);
    for (int i = 0; i < IMPORT_FOLDER_DEPTH_MAX; i++) {
        strcat(path, "/d");
        mkdir(path, 0755);
    }
    char expected[sizeof path + 64];
    snprintf(expected, sizeof expected, "ERR %s: more than %d folders deep\n", path, IMPORT_FOLDER_DEPTH_MAX);
    gives("deep", expected);
}

/* A file of several blocks, with one record longer than a block. */
static size_t long_lines(Buf *ret)
{
    static const size_t COUNT_OF_LINES = 20000, LONG_LINE = 7777, LONG_BYTES = 3 << 20;
    for (size_t i = 1; i <= COUNT_OF_LINES; i++) {
        buf_printf(ret, "{\"id\":\"%zu\",\"turns\":[{\"role\":\"agent\",\"text\":\"", i);
        for (size_t k = i == LONG_LINE ? LONG_BYTES : i * 7919 % 300; k; k--) buf_char(ret, 'x');
        buf_lit(ret, "\"}]}\n");
    }
    return COUNT_OF_LINES;
}

static void all_of(const char *path, size_t count)
{
    Seen seen = feed_of(&path, 1, true);
    assert_str(buf_str(&seen.out), STR(""));
    assert_int_equal(seen.conversations, count);
    assert_int_equal(seen.lines, (uint64_t)count * (count + 1) / 2);
    assert_true(seen.blocks > 3);
    assert_true(seen.largest < 5 << 20);
    buf_clear(&seen.out);
}

static void put_gzip(const char *path, Str bytes)
{
    gzFile file = gzopen(path, "wb1");
    assert_non_null(file);
    for (Str rest = bytes; rest.len; rest = str_from_byte(rest, 1 << 20))
        assert_true(gzwrite(file, rest.data, (unsigned)MIN(rest.len, 1 << 20)) > 0);
    assert_int_equal(gzclose(file), Z_OK);
}

static void cuts_long_files(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    size_t count = long_lines(&bytes);
    put("long.jsonl", buf_str(&bytes));
    put_gzip("long.jsonl.gz", buf_str(&bytes));
    all_of("long.jsonl", count);
    all_of("long.jsonl.gz", count);
    /* broken off: what is whole is read, then the reason is told */
    Buf packed = { 0 };
    Err err;
    assert_true(file_read("long.jsonl.gz", SIZE_MAX, &packed, &err));
    put("half.gz", str_sub(buf_str(&packed), 0, packed.len / 2));
    const char *path = "half.gz";
    Seen seen = feed_of(&path, 1, true);
    assert_str(buf_str(&seen.out),
               STR("ERR half.gz: damaged or of a kind that cannot be opened: truncated gzip input\n"));
    assert_true(seen.conversations > 1000 && seen.conversations < count);
    buf_clear(&seen.out);
    buf_clear(&packed);
    buf_clear(&bytes);
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    buf_lit(&bytes, ONE("before") "{\"id\":\"long\",\"x\":\"");
    size_t len = (size_t)IMPORT_CONVERSATION_MAX + 3 * FEED_BLOCK;
    memset(buf_room(&bytes, len), 'x', len);
    bytes.len += len;
    buf_lit(&bytes, "\"}\n" ONE("behind"));
    put("too-long.jsonl", buf_str(&bytes));
    gives("too-long.jsonl", "too-long.jsonl:1 before\nERR too-long.jsonl line 2: a conversation of more than 64 MB\n"
                            "too-long.jsonl:3 behind\n");
    bytes.len = 0;
    buf_lit(&bytes, "== a\nagent: a\n== b\nagent: ");
    memset(buf_room(&bytes, len), 'x', len);
    bytes.len += len;
    buf_lit(&bytes, "\n== c\nagent: c\n");
    put("too-long.talk", buf_str(&bytes));
    gives("too-long.talk", "too-long.talk:1 -\n"
                           "ERR too-long.talk line 3: a conversation of more than 64 MB; nothing is read behind it\n");
    buf_clear(&bytes);
}

static void reads_other_encodings(void **state)
{
    (void)state;
    put("bom.jsonl", STR("\xEF\xBB\xBF" ONE("bom")));
    gives("bom.jsonl", "bom.jsonl:1 bom\n");
    static const char TALK[] = "agent: \xC3\xA9\n";
    for (int big = 0; big < 2; big++) {
        Buf bytes = { 0 };
        buf_add(&bytes, big ? STR("\xFE\xFF") : STR("\xFF\xFE"));
        for (const char *c = "agent: hello\n"; *c; c++) {
            if (big) buf_char(&bytes, 0);
            buf_char(&bytes, *c);
            if (!big) buf_char(&bytes, 0);
        }
        put("wide.txt", buf_str(&bytes));
        gives("wide.txt", "wide.txt:1 -\n");
        buf_clear(&bytes);
    }
    put("accent.talk", str_from(TALK));
    gives("accent.talk", "accent.talk:1 -\n");
}

/* ---- Archives. ---- */

typedef struct Entry {
    const char *name;
    Str bytes;
} Entry;

static void put_archive(const char *path, bool zip, const Entry *entry, size_t count)
{
    struct archive *a = archive_write_new();
    assert_int_equal(zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax_restricted(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, entry[i].name);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, (la_int64_t)entry[i].bytes.len);
        assert_true(archive_write_header(a, e) >= ARCHIVE_WARN); /* it minds an accent where the locale has none */
        assert_int_equal(archive_write_data(a, entry[i].bytes.data, entry[i].bytes.len), entry[i].bytes.len);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static void opens_archives(void **state)
{
    (void)state;
    static const Entry ENTRY[] = {
        { "b/two.jsonl", TEXT(ONE("2") ONE("3")) },
        { "one.talk", TEXT("agent: hello\n") },
        { ".hidden", TEXT(ONE("x")) },
        { "__MACOSX/one.talk", TEXT("agent: hello\n") },
        { "nothing", TEXT("") },
        { "n\xC3\xA9.talk", TEXT("bot: hi\n") },
    };
    for (int zip = 0; zip < 2; zip++) {
        const char *path = zip ? "some.zip" : "some.tar";
        put_archive(path, zip, ENTRY, COUNT(ENTRY));
        char expected[512];
        snprintf(expected, sizeof expected,
                 "%1$s/b/two.jsonl:1 2\n%1$s/b/two.jsonl:2 3\n%1$s/one.talk:1 -\nERR %1$s/nothing: nothing in it\n"
                 "%1$s/n\xC3\xA9.talk:1 -\n",
                 path);
        gives(path, expected);
    }
    Buf inner = { 0 }, packed = { 0 };
    Err err;
    put_gzip("line.gz", STR(ONE("gz")));
    assert_true(file_read("some.zip", SIZE_MAX, &inner, &err) && file_read("line.gz", SIZE_MAX, &packed, &err));
    Entry nested[] = { { "in.zip", buf_str(&inner) },
                       { "broken.zip", str_sub(buf_str(&inner), 0, 60) },
                       { "line.jsonl.gz", buf_str(&packed) } };
    put_archive("nested.zip", true, nested, COUNT(nested));
    const char *path = "nested.zip";
    Seen seen = feed_of(&path, 1, false);
    Str out = buf_str(&seen.out);
    assert_true(str_find(out, STR("nested.zip/in.zip/one.talk:1 -\n")) != STR_NOT_FOUND);
    assert_true(str_find(out, STR("ERR nested.zip/broken.zip")) != STR_NOT_FOUND);
    assert_true(str_ends(out, STR("nested.zip/line.jsonl.gz:1 gz\n")));
    buf_clear(&seen.out);
    buf_clear(&inner);
    buf_clear(&packed);
    put("empty.zip", STR("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    gives("empty.zip", "");
}

static void opens_no_bombs(void **state)
{
    (void)state;
    /* blanks pack to about a thousandth of their size, twice over to a millionth */
    Buf bytes = { 0 };
    buf_lit(&bytes, ONE("1"));
    size_t len = (size_t)OPEN_GROWN_BYTES_MIN * 2;
    for (size_t i = 0; i < len / 1024; i++) {
        memset(buf_room(&bytes, 1024), ' ', 1024);
        bytes.data[bytes.len + 1023] = '\n';
        bytes.len += 1024;
    }
    gzFile file = gzopen("bomb.gz", "wb9");
    for (Str rest = buf_str(&bytes); rest.len; rest = str_from_byte(rest, 1 << 20))
        assert_true(gzwrite(file, rest.data, (unsigned)MIN(rest.len, 1 << 20)) > 0);
    gzclose(file);
    Buf once = { 0 };
    Err err;
    assert_true(file_read("bomb.gz", SIZE_MAX, &once, &err));
    file = gzopen("bomb.gz.gz", "wb9");
    assert_true(gzwrite(file, once.data, (unsigned)once.len) > 0);
    gzclose(file);
    const char *path = "bomb.gz.gz";
    Seen seen = feed_of(&path, 1, false);
    assert_str(buf_str(&seen.out), STR("bomb.gz.gz:1 1\nERR bomb.gz.gz: unpacks to more than 1000 times its size\n"));
    buf_clear(&seen.out);
    buf_clear(&once);
    buf_clear(&bytes);
    /* archives in archives in archives */
    put("layer0", STR(ONE("deep")));
    for (int i = 0; i <= OPEN_LAYERS_MAX; i++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "layer%d", i);
        snprintf(to, sizeof to, "layer%d", i + 1);
        Buf inner = { 0 };
        assert_true(file_read(from, SIZE_MAX, &inner, &err));
        put_archive(to, false, &(Entry){ "x", buf_str(&inner) }, 1);
        buf_clear(&inner);
    }
    gives("layer4", "layer4/x/x/x/x:1 deep\n");
    gives("layer5", "ERR layer5/x/x/x/x: archives more than 4 deep in each other\n");
}

static void keeps_a_slack_export_whole(void **state)
{
    (void)state;
    static const Entry ENTRY[] = { { "channels.json", TEXT("[]") },
                                   { "users.json", TEXT("[]") },
                                   { "help/2026-03-02.json", TEXT("[]") } };
    put_archive("slack.zip", true, ENTRY, COUNT(ENTRY));
    mkdir("slack", 0755), mkdir("slack/help", 0755);
    for (size_t i = 0; i < COUNT(ENTRY); i++) {
        char path[64];
        snprintf(path, sizeof path, "slack/%s", ENTRY[i].name);
        put(path, ENTRY[i].bytes);
    }
    if (!import_format_named(STR("slack"))) skip();
    static const char *const PATH[] = { "slack.zip", "slack", "slack/" };
    for (size_t i = 0; i < COUNT(PATH); i++) {
        Err err = { 0 };
        Feed *feed = feed_open(&PATH[i], 1, NULL, NULL, &err);
        FeedBlock block;
        assert_true(feed_next(feed, &block, &err));
        assert_str(str_from(block.format->name), STR("slack"));
        assert_true(block.block.whole);
        assert_true(str_find(block.block.bytes, STR("help/2026-03-02.json")) != STR_NOT_FOUND);
        feed_done(&block);
        assert_false(feed_next(feed, &block, &err));
        assert_int_equal(err.kind, ERR_NONE);
        feed_close(feed);
    }
}

/* ---- Tables. ---- */

static void reads_tables_in_any_order(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    buf_lit(&bytes, "ticket,role,text\n");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 2000; i++)
            buf_printf(&bytes, "t%d,agent,round %d of a table that is sorted by time\n", i, round);
    put("by-time.csv", buf_str(&bytes));
    const char *path = "by-time.csv";
    Seen seen = feed_of(&path, 1, true);
    assert_str(buf_str(&seen.out), STR(""));
    assert_int_equal(seen.conversations, 2000);
    assert_int_equal(seen.blocks, 1);
    buf_clear(&seen.out);
    /* sorted, so long that it streams, and then a row that comes too late */
    bytes.len = 0;
    buf_lit(&bytes, "ticket,role,text\n");
    size_t count = 0;
    for (; bytes.len < 12 << 20; count++)
        for (int turn = 0; turn < 4; turn++)
            buf_printf(&bytes, "t%zu,%s,\"a text of some words, \"\"quoted\"\"\nand broken\"\n", count,
                       turn % 2 ? "agent" : "customer");
    buf_lit(&bytes, "t3,agent,late\nlast,agent,z\n");
    put("sorted.csv", buf_str(&bytes));
    path = "sorted.csv";
    seen = feed_of(&path, 1, true);
    assert_int_equal(seen.conversations, count + 2);
    assert_true(seen.blocks > 10);
    /* each of the conversations has four rows of two lines, the header one */
    uint64_t expected = 0;
    for (uint64_t i = 0; i < count; i++) expected += 2 + i * 8;
    assert_int_equal(seen.lines, expected + (2 + count * 8) + (3 + count * 8));
    char told[200];
    snprintf(told, sizeof told,
             "ERR sorted.csv line %zu: rows of a conversation that had ended before; it is read as two\n",
             2 + count * 8);
    assert_str(buf_str(&seen.out), str_from(told));
    buf_clear(&seen.out);
    put("no-text.csv", STR("a,b\n1,2\n"));
    gives("no-text.csv", "ERR no-text.csv: no column holds what was said; its columns are: a, b\n");
    buf_clear(&bytes);
}

static void reads_several_paths(void **state)
{
    (void)state;
    put("p1", STR(ONE("1")));
    put("p2", STR(ONE("2")));
    static const char *const PATH[] = { "p2", "missing", "p1" };
    Seen seen = feed_of(PATH, COUNT(PATH), false);
    assert_str(buf_str(&seen.out), STR("p2:1 2\nERR cannot open missing: No such file or directory\np1:1 1\n"));
    buf_clear(&seen.out);
}

static void reads_standard_input(void **state)
{
    (void)state;
    static const Entry ENTRY[] = { { "a.jsonl", TEXT(ONE("1")) } };
    put_archive("pipe.zip", true, ENTRY, 1);
    put("pipe.jsonl", STR(ONE("1")));
    for (int zip = 0; zip < 2; zip++) {
        int saved = dup(STDIN_FILENO);
        FILE *pipe_end = popen(zip ? "cat pipe.zip" : "cat pipe.jsonl", "r");
        assert_non_null(pipe_end);
        assert_true(dup2(fileno(pipe_end), STDIN_FILENO) >= 0);
        gives("-", zip ? "standard input/a.jsonl:1 1\n" : "standard input:1 1\n");
        assert_true(dup2(saved, STDIN_FILENO) >= 0);
        close(saved);
        pclose(pipe_end);
    }
}

/* Sixteen at a time, in columns that may count to 255 only. */
static void lines_are_counted(void **state)
{
    (void)state;
    static char text[10000];
    memset(text, '\n', sizeof text);
    static const size_t len[] = { 0, 1, 15, 16, 17, 255 * 16, 255 * 16 + 1, 256 * 16, 510 * 16 + 7, sizeof text };
    for (size_t i = 0; i < COUNT(len); i++) assert_int_equal(import_line_count(str_make(text, len[i])), len[i]);
    for (size_t i = 0; i < sizeof text; i += 3) text[i] = 'a';
    assert_int_equal(import_line_count(str_make(text, sizeof text)), sizeof text - (sizeof text + 2) / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_counted),
        cmocka_unit_test(walks_folders),
        cmocka_unit_test(stops_deep_down),
        cmocka_unit_test(cuts_long_files),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(reads_other_encodings),
        cmocka_unit_test(opens_archives),
        cmocka_unit_test(opens_no_bombs),
        cmocka_unit_test(keeps_a_slack_export_whole),
        cmocka_unit_test(reads_tables_in_any_order),
        cmocka_unit_test(reads_several_paths),
        cmocka_unit_test(reads_standard_input),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
