/* test_file.c -- whole files in and out, in a folder of its own below TMPDIR; and the words built into the program. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "base/file.h"
#include "base/utf8.h"

static char folder[512];

static const char *in_folder(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t files_in_folder(void)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void written_comes_back(void **state)
{
    (void)state;
    Err err = { 0 };
    Buf buf = { 0 };
    Arena arena = { 0 };
    Str big = { arena_zero(&arena, 300000, 1), 300000 };
    assert_true(file_write(in_folder("a"), STR("one\0two"), &err));
    buf_lit(&buf, "before:");
    assert_true(file_read(in_folder("a"), 7, &buf, &err));
    assert_str(buf_str(&buf), STR("before:one\0two"));
    assert_true(file_write(in_folder("a"), big, &err));
    buf.len = 0;
    assert_true(file_read(in_folder("a"), SIZE_MAX, &buf, &err));
    assert_str(buf_str(&buf), big);
    assert_true(file_write(in_folder("a"), (Str){ 0 }, &err));
    buf.len = 0;
    assert_true(file_read(in_folder("a"), 0, &buf, &err));
    assert_int_equal(buf.len, 0);
    assert_int_equal(files_in_folder(), 1); /* nothing left beside it */
    unlink(in_folder("a"));
    buf_clear(&buf);
    arena_clear(&arena);
}

static void limits_and_failures_are_named(void **state)
{
    (void)state;
    Err err = { 0 };
    Buf buf = { 0 };
    buf_lit(&buf, "kept");
    assert_true(file_write(in_folder("b"), STR("12345"), &err));
    assert_false(file_read(in_folder("b"), 4, &buf, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_non_null(strstr(err.text, "/b: the file has more than 4 bytes"));
    assert_str(buf_str(&buf), STR("kept"));
    assert_false(file_read(in_folder("missing"), 4, &buf, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_non_null(strstr(err.text, "/missing: No such file"));
    assert_false(file_read(folder, 4, &buf, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_write(folder, STR("x"), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(file_write(in_folder("no/such/place"), STR("x"), &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_str(buf_str(&buf), STR("kept"));
    unlink(in_folder("b"));
    assert_int_equal(files_in_folder(), 0);
    buf_clear(&buf);
}

static void mode_and_link_stay(void **state)
{
    (void)state;
    Err err = { 0 };
    struct stat about;
    char target[1024];
    assert_true(file_write(in_folder("c"), STR("1"), &err));
    assert_int_equal(chmod(in_folder("c"), 0640), 0);
    snprintf(target, sizeof target, "%s", in_folder("c"));
    assert_int_equal(symlink("c", in_folder("link")), 0);
    assert_true(file_write(in_folder("link"), STR("22"), &err));
    assert_int_equal(lstat(in_folder("link"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(target, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0640);
    assert_int_equal(about.st_size, 2);
    unlink(in_folder("link"));
    unlink(target);
    assert_true(file_write("/dev/null", STR("gone"), &err)); /* written through, not replaced */
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void write_all_reports(void **state)
{
    (void)state;
    Err err = { 0 };
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) {
        print_message("skipped: no /dev/full\n");
        return;
    }
    assert_false(file_write_all(full, STR("x"), "the report", &err));
    assert_string_equal(err.text, "cannot write the report: No space left on device");
    close(full);
}

static void words_are_found(void **state)
{
    (void)state;
    static const Embedded item[] = { { TEXT("a"), TEXT("1") }, { TEXT("a/b"), TEXT("2") }, { TEXT("c"), TEXT("3") } };
    const EmbeddedTable table = { item, COUNT(item) };
    for (size_t i = 0; i < COUNT(item); i++) assert_ptr_equal(embedded_find(&table, item[i].name), &item[i]);
    assert_null(embedded_find(&table, STR("")));
    assert_null(embedded_find(&table, STR("a/")));
    assert_null(embedded_find(&table, STR("d")));
    assert_null(embedded_find(&(EmbeddedTable){ 0 }, STR("a")));
    assert_true(embedded_words.count > 0);
    for (size_t i = 0; i < embedded_words.count; i++) {
        assert_ptr_equal(embedded_find(&embedded_words, embedded_words.item[i].name), &embedded_words.item[i]);
        if (!str_ends(embedded_words.item[i].name, STR(".gwm"))) /* models are numbers */
            assert_true(utf8_valid(embedded_words.item[i].bytes));
    }
}

static int make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/goodwill-test-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_comes_back), cmocka_unit_test(limits_and_failures_are_named),
        cmocka_unit_test(mode_and_link_stay), cmocka_unit_test(write_all_reports),
        cmocka_unit_test(words_are_found),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
