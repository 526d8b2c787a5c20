/* test_store.c -- what is stored comes back; again, grown, other words, other readers; who may write; what is not ours.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/load.h"

/* ---- a folder for each test, two readers for all ---- */

static Hearer *reader_one, *reader_two;
static char folder[64], db[96];

static void make_folder(void)
{
    strcpy(folder, "/tmp/goodwill-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(db, sizeof db, "%s/t.db", folder);
}

static int open_readers(void **state)
{
    (void)state;
    char words[96], rules[112], file[128];
    Err err = { 0 };
    make_folder();
    snprintf(words, sizeof words, "%s/words", folder);
    snprintf(rules, sizeof rules, "%s/rules", words);
    snprintf(file, sizeof file, "%s/own.rules", rules);
    assert_int_equal(mkdir(words, 0700), 0);
    assert_int_equal(mkdir(rules, 0700), 0);
    assert_true(file_write(file, STR("# a company's own file makes another version of the reader\n"), &err));
    reader_one = hear_open(NULL, &err);
    reader_two = hear_open(words, &err);
    unlink(file);
    rmdir(rules);
    rmdir(words);
    rmdir(folder);
    return reader_one && reader_two ? 0 : -1;
}

static int close_readers(void **state)
{
    (void)state;
    hear_free(reader_one);
    hear_free(reader_two);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    make_folder();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
    for (size_t i = 0; i < COUNT(ends); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", db, ends[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static Store *writer(void)
{
    Err err = { 0 };
    Store *store = store_open_writer(db, 0, &err);
    if (!store) print_message("%s\n", err.text);
    assert_non_null(store);
    return store;
}

static int64_t number(const char *sql)
{
    sqlite3 *handle;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(db, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return value;
}

/* ---- conversations ---- */

static Conversation conversation(Arena *arena, const char *id, size_t turns)
{
    static const char *const said[] = { "I have been waiting nine days.",         "I'm sorry that we lost your parcel.",
                                        "It is a present d\xC3\xA9j\xC3\xA0 vu.", "I'll call you by five.",
                                        "Thank you, that is settled then.",       "Goodbye." };
    assert_true(turns <= COUNT(said));
    Conversation c;
    conversation_init(&c);
    c.id = arena_str(arena, str_from(id));
    c.id_given = true;
    c.channel = CHANNEL_CHAT;
    c.started = 1772442900000;
    c.offset_minutes = 60;
    c.source = STR("test");
    c.file = STR("export.jsonl");
    c.line = 7;
    c.subject = STR("a lost parcel");
    uint32_t customer = conversation_participant(&c, arena, STR("c1"), STR("Dana Ruiz"), ROLE_CUSTOMER);
    uint32_t staff = conversation_participant(&c, arena, STR("a1"), STR("Lena Voss"), ROLE_AGENT);
    for (size_t i = 0; i < turns; i++) {
        Utterance *u = conversation_say(&c, arena, i % 2 ? staff : customer, ROLE_UNKNOWN, str_from(said[i]));
        u->at_ms = (int64_t)i * 1000;
    }
    return c;
}

static uint16_t behaviour(const char *id)
{
    size_t index;
    assert_true(hear_behaviour_named(reader_one, str_from(id), &index));
    return (uint16_t)index;
}

/* Three marks when there are turns enough for them. */
static Marks marks_of(Arena *arena, const Conversation *c)
{
    static const struct {
        const char *behaviour;
        uint32_t turn, begin, end;
        uint8_t quality;
    } row[] = {
        { "customer.complaint", 0, 0, 30, 50 },
        { "recovery.apology", 1, 0, 35, 100 },
        { "harm.vague_deferral", 3, 0, 13, 30 },
    };
    Marks marks = { .item = ARENA_NEW(arena, Mark, COUNT(row)) };
    for (size_t i = 0; i < COUNT(row) && row[i].turn < c->utterance_count; i++)
        marks.item[marks.count++] = (Mark){ .behaviour = behaviour(row[i].behaviour),
                                            .quality = row[i].quality,
                                            .confidence = 80,
                                            .utterance = row[i].turn,
                                            .begin = row[i].begin,
                                            .end = row[i].end };
    return marks;
}

static Reading reading_of(Arena *arena, const Conversation *c)
{
    Reading r = { .outcome = OUTCOME_RESOLVED,
                  .outcome_confidence = 77,
                  .ends = ENDS_CALM,
                  .talk_share = 46,
                  .response_median_ms = 1000,
                  .response_max_ms = WHEN_NONE };
    r.emotion.item = ARENA_NEW(arena, Emotion, 1);
    r.emotion.item[0] = (Emotion){ 0, -40 };
    r.emotion.count = 1;
    (void)c;
    return r;
}

static Saved save(Store *store, const Hearer *hearer, const Conversation *c, Adopt adopt)
{
    Arena arena = { 0 };
    Err err = { 0 };
    Saved saved;
    Marks marks = marks_of(&arena, c);
    Reading reading = reading_of(&arena, c);
    assert_true(store_begin(store, &err));
    if (!store_save(store, hearer, c, marks, &reading, adopt, 1000, &saved, &err)) fail_msg("%s", err.text);
    assert_true(store_commit(store, &err));
    arena_clear(&arena);
    return saved;
}

static Stored get(Store *store, int64_t id, Arena *arena)
{
    Stored stored;
    bool found;
    Err err = { 0 };
    if (!store_get(store, id, arena, &stored, &found, &err)) fail_msg("%s", err.text);
    assert_true(found);
    return stored;
}

/* ---- the tests ---- */

static void what_is_stored_comes_back(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Store *store = writer();
    Conversation c = conversation(&arena, "t-1", 4);
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);

    Stored s = get(store, 1, &arena);
    assert_true(str_equal(s.conversation.id, STR("t-1")) && str_equal(s.conversation.source, STR("test")));
    assert_true(str_equal(s.conversation.subject, c.subject) && str_equal(s.conversation.file, c.file));
    assert_true(s.conversation.started == c.started && s.conversation.offset_minutes == 60 && s.conversation.line == 7);
    assert_int_equal(s.conversation.channel, CHANNEL_CHAT);
    assert_int_equal(s.conversation.participant_count, 2);
    assert_true(str_equal(s.conversation.participant[1].name, STR("Lena Voss")));
    assert_int_equal(s.conversation.utterance_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const Utterance *a = &c.utterance[i], *b = &s.conversation.utterance[i];
        assert_true(str_equal(a->text, b->text) && a->role == b->role && a->at_ms == b->at_ms &&
                    a->end_ms == b->end_ms);
        assert_true(a->participant == b->participant && a->is_public == b->is_public && a->doubtful == b->doubtful);
    }
    assert_true(s.has_reading && s.damage.len == 0);
    assert_int_equal(s.read_count, 4);
    assert_int_equal(s.marks.count, 3);
    assert_true(str_equal(s.behaviour[s.marks.item[1].behaviour].id, STR("recovery.apology")));
    assert_true(str_equal(s.behaviour[s.marks.item[1].behaviour].family, STR("recovery")));
    assert_int_equal(s.marks.item[1].quality, 100);
    assert_int_equal(s.reading.outcome, OUTCOME_RESOLVED);
    assert_int_equal(s.reading.outcome_confidence, 77);
    assert_int_equal(s.reading.first_contact, ANSWER_UNSURE);
    assert_int_equal(s.reading.ends, ENDS_CALM);
    assert_int_equal(s.reading.emotion.item[0].value, -40);
    assert_true(s.reading.response_max_ms == WHEN_NONE);
    assert_true(str_equal(s.rules, hear_rules_hash(reader_one)));
    store_close(store);
    arena_clear(&arena);
}

static void the_same_again_adds_nothing(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Store *store = writer();
    Conversation c = conversation(&arena, "t-1", 4);
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_UNCHANGED);
    assert_int_equal(save(store, reader_one, &c, STORE_ADOPT), SAVED_UNCHANGED);
    c.source = STR("another"); /* the same id elsewhere is another conversation */
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    store_close(store);
    assert_int_equal(number("SELECT count(*) FROM conversation"), 2);
    assert_int_equal(number("SELECT count(*) FROM utterance"), 8);
    assert_int_equal(number("SELECT count(*) FROM reading"), 2);
    assert_int_equal(number("SELECT count(*) FROM person"), 1);
    assert_int_equal(number("SELECT count(*) FROM reader"), 1);
    arena_clear(&arena);
}

static void a_longer_version_extends_and_a_shorter_one_changes_nothing(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Store *store = writer();
    Conversation early = conversation(&arena, "t-1", 2), late = conversation(&arena, "t-1", 5);
    assert_int_equal(save(store, reader_one, &early, STORE_KEEP), SAVED_NEW);
    assert_int_equal(save(store, reader_one, &late, STORE_KEEP), SAVED_GROWN);
    Stored s = get(store, 1, &arena);
    assert_int_equal(s.conversation.utterance_count, 5);
    assert_int_equal(s.read_count, 5);
    assert_int_equal(s.marks.count, 3);
    assert_int_equal(s.other_readings, 0); /* the same reader's reading of the beginning has ended */
    assert_int_equal(save(store, reader_one, &early, STORE_KEEP), SAVED_UNCHANGED);
    assert_int_equal(save(store, reader_one, &late, STORE_KEEP), SAVED_UNCHANGED);
    store_close(store);
    assert_int_equal(number("SELECT count(*) FROM utterance"), 5);
    assert_int_equal(number("SELECT count(*) FROM counter"), 3);
    arena_clear(&arena);
}

static void other_words_leave_what_we_have(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Store *store = writer();
    Conversation c = conversation(&arena, "t-1", 4), other = conversation(&arena, "t-1", 5),
                 shorter = conversation(&arena, "t-1", 2);
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    other.utterance[2].text = STR("It is a gift.");
    assert_int_equal(save(store, reader_one, &other, STORE_KEEP), SAVED_DIFFERS);
    other.utterance_count = 4;
    assert_int_equal(save(store, reader_one, &other, STORE_KEEP), SAVED_DIFFERS);
    shorter.utterance[1].text = STR("Sorry.");
    assert_int_equal(save(store, reader_one, &shorter, STORE_KEEP), SAVED_DIFFERS);
    Stored s = get(store, 1, &arena);
    assert_int_equal(s.conversation.utterance_count, 4);
    assert_true(str_equal(s.conversation.utterance[2].text, c.utterance[2].text));
    store_close(store);
    arena_clear(&arena);
}

static void a_new_reader_does_not_take_the_place_of_the_old_one_by_itself(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Str one = hear_rules_hash(reader_one), two = hear_rules_hash(reader_two);
    assert_false(str_equal(one, two));
    Store *store = writer();
    Conversation c = conversation(&arena, "t-1", 2), grown = conversation(&arena, "t-1", 4);
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    assert_int_equal(save(store, reader_two, &c, STORE_KEEP), SAVED_REREAD);
    Stored s = get(store, 1, &arena);
    assert_true(str_equal(s.rules, one));
    assert_int_equal(s.other_readings, 1);
    assert_int_equal(save(store, reader_two, &c, STORE_KEEP), SAVED_UNCHANGED);

    assert_int_equal(save(store, reader_two, &c, STORE_ADOPT), SAVED_REREAD); /* put in force, not made again */
    assert_true(str_equal(get(store, 1, &arena).rules, two));
    assert_int_equal(save(store, reader_one, &c, STORE_ADOPT), SAVED_REREAD); /* and back */
    assert_true(str_equal(get(store, 1, &arena).rules, one));

    assert_int_equal(save(store, reader_two, &grown, STORE_KEEP), SAVED_GROWN); /* nobody else has read its end */
    s = get(store, 1, &arena);
    assert_true(str_equal(s.rules, two) && s.read_count == 4);
    assert_int_equal(s.other_readings, 1);
    assert_int_equal(save(store, reader_one, &grown, STORE_KEEP), SAVED_REREAD);
    assert_true(str_equal(get(store, 1, &arena).rules, two));
    store_close(store);
    assert_int_equal(number("SELECT count(*) FROM reading"), 2);
    assert_int_equal(number("SELECT min(utterance_count) FROM reading"), 4);
    arena_clear(&arena);
}

static void the_list_filters_and_pages(void **state)
{
    (void)state;
    enum { COUNT_ALL = 25 };
    Arena arena = { 0 };
    Err err = { 0 };
    Store *store = writer();
    for (int i = 0; i < COUNT_ALL; i++) {
        Conversation c = conversation(&arena, arena_printf(&arena, "t-%d", i).data, i % 5 == 0 ? 1 : 4);
        c.started = i % 7 == 0 ? WHEN_NONE : c.started + (i % 4) * 1000; /* many at the same moment, some at none */
        c.channel = i % 3 == 0 ? CHANNEL_PHONE : CHANNEL_CHAT;
        if (i % 2) c.participant[1].name = STR("Amir Haddad");
        assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    }
    static const struct {
        StoreFilter filter;
        size_t expect;
    } row[] = {
        { { 0 }, 25 },
        { { .channel = CHANNEL_PHONE }, 9 },
        { { .behaviour = { "harm.vague_deferral", 19 } }, 20 },
        { { .behaviour = { "no.such", 7 } }, 0 },
        { { .outcome = OUTCOME_RESOLVED }, 25 },
        { { .outcome = OUTCOME_REFUSED }, 0 },
        { { .outcome_unsure = true }, 0 },
        { { .person = 1 }, 13 },
        { { .person = 2, .channel = CHANNEL_PHONE }, 4 },
        { { .person = 1, .behaviour = { "recovery.apology", 16 } }, 10 },
        { { .person = 99 }, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        for (size_t page_size = 1; page_size <= 26; page_size += 5) {
            StoreCursor after = { 0 };
            size_t seen = 0;
            int64_t listed = INT64_MAX, id = INT64_MAX;
            do {
                StorePage page;
                assert_true(store_list(store, &row[i].filter, after, page_size, &arena, &page, &err));
                assert_true(page.count <= page_size);
                for (size_t k = 0; k < page.count; k++) {
                    int64_t at = page.row[k].started == WHEN_NONE ? 0 : page.row[k].started;
                    assert_true(at < listed || (at == listed && page.row[k].id < id)); /* newest first, none twice */
                    listed = at;
                    id = page.row[k].id;
                }
                seen += page.count;
                after = page.next;
            } while (after.set);
            if (seen != row[i].expect) fail_msg("row %zu: %zu seen, %zu expected", i, seen, row[i].expect);
        }
    StoreChoices people, behaviours;
    assert_true(store_people(store, &arena, &people, &err) && store_behaviours(store, &arena, &behaviours, &err));
    assert_int_equal(people.count, 2);
    assert_true(str_equal(people.item[0].title, STR("Amir Haddad")));
    assert_int_equal(behaviours.count, 3);
    store_close(store);
    arena_clear(&arena);
}

static void staff_are_known_by_name_and_nobody_by_a_role(void **state)
{
    (void)state;
    static const struct {
        const char *id, *name;
        bool is_person;
    } row[] = {
        { "77", "Lena Voss", true }, { "78", "LENA VOSS", false }, /* the same person */
        { "agent", "", false },      { "a-77", "", true },         { "x", "[NAME]", false }, { "y", "Agent", false },
    };
    Arena arena = { 0 };
    Store *store = writer();
    int64_t expect = 0;
    for (size_t i = 0; i < COUNT(row); i++) {
        Conversation c = conversation(&arena, arena_printf(&arena, "t-%zu", i).data, 2);
        c.participant[1].id = str_from(row[i].id);
        c.participant[1].name = str_from(row[i].name);
        assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
        expect += row[i].is_person;
    }
    store_close(store);
    assert_int_equal(number("SELECT count(*) FROM person"), expect);
    arena_clear(&arena);
}

static void what_was_undone_leaves_no_trace(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Err err = { 0 };
    Saved saved;
    Store *store = writer();
    Conversation c = conversation(&arena, "t-1", 4);
    Marks marks = marks_of(&arena, &c);
    Reading reading = reading_of(&arena, &c);
    assert_true(store_begin(store, &err));
    assert_true(store_save(store, reader_one, &c, marks, &reading, STORE_KEEP, 1, &saved, &err));
    store_undo(store);
    /* Numbers of rows that are gone must not be used again: the readers', sources' and behaviours' are kept in memory.
     */
    assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
    Stored s = get(store, 1, &arena);
    assert_int_equal(s.marks.count, 3);
    assert_int_equal(s.damage.len, 0);
    store_close(store);
    assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    arena_clear(&arena);
}

static void batches_are_committed_as_they_fill(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Err err = { 0 };
    Store *store = writer();
    Load load = { .store = store, .hearer = reader_one };
    for (int i = 0; i < LOAD_BATCH + 3; i++) {
        Saved saved;
        Conversation c = conversation(&arena, arena_printf(&arena, "t-%d", i).data, 1);
        Reading reading = reading_of(&arena, &c);
        assert_true(load_save(&load, &c, (Marks){ 0 }, &reading, &saved, &err));
    }
    assert_int_equal(load_count(&load), LOAD_BATCH);
    store_close(store); /* without load_end: as if it had been cut off */
    assert_int_equal(number("SELECT count(*) FROM conversation"), LOAD_BATCH);
    arena_clear(&arena);
}

static void damage_is_shown_and_the_rest_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *damage;
        size_t marks;
    } row[] = {
        { "UPDATE reading SET marks = x'01FF'", "marks", 0 },
        { "UPDATE reading SET marks = x'02'", "version", 0 },
        { "UPDATE reading SET marks = x'010100004001016464'", "outside", 0 },
        { "UPDATE reading SET detail = x'01'", "reading", 3 },
        { "UPDATE utterance SET text = 'short' WHERE number = 1", "outside", 0 },
        { "DELETE FROM utterance WHERE number = 3", "mark 3", 0 },
        { "DELETE FROM reader_behaviour", "unknown behaviour", 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Arena arena = { 0 };
        Store *store = writer();
        Conversation c = conversation(&arena, "t-1", 4);
        assert_int_equal(save(store, reader_one, &c, STORE_KEEP), SAVED_NEW);
        store_close(store);
        sqlite3 *handle;
        assert_int_equal(sqlite3_open(db, &handle), SQLITE_OK);
        assert_int_equal(sqlite3_exec(handle, row[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(handle);
        Err err = { 0 };
        store = store_open_reader(db, &err);
        assert_non_null(store);
        Stored s = get(store, 1, &arena);
        if (s.damage.len == 0 || str_find(s.damage, str_from(row[i].damage)) == STR_NOT_FOUND)
            fail_msg("row %zu: \"%.*s\"", i, STR_ARG(s.damage));
        assert_int_equal(s.marks.count, row[i].marks);
        assert_true(str_equal(s.conversation.utterance[0].text, c.utterance[0].text));
        assert_int_equal(s.reading.outcome, OUTCOME_RESOLVED);
        store_close(store);
        arena_clear(&arena);
        unlink(db);
    }
}

static void only_one_may_write_and_readers_cannot(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Err err = { 0 };
    Store *first = writer();
    assert_null(store_open_writer(db, 0, &err));
    assert_int_equal(err.kind, ERR_STORE);
    assert_non_null(strstr(err.text, "another goodwill (process "));
    assert_true(err.hint[0] != '\0');

    Conversation c = conversation(&arena, "t-1", 2);
    assert_int_equal(save(first, reader_one, &c, STORE_KEEP), SAVED_NEW);
    Store *reader = store_open_reader(db, &err); /* while the writer is there */
    assert_non_null(reader);
    assert_int_equal(get(reader, 1, &arena).conversation.utterance_count, 2);
    Reading reading = reading_of(&arena, &c);
    Saved saved;
    c.id = STR("t-2");
    assert_true(store_begin(reader, &err));
    assert_false(store_save(reader, reader_one, &c, (Marks){ 0 }, &reading, STORE_KEEP, 1, &saved, &err));
    store_undo(reader);
    store_close(first);
    store_close(writer()); /* the next one may, also beside a reader */
    uint64_t count;
    assert_true(store_count(reader, &count, &err));
    assert_int_equal(count, 1);
    store_close(reader);
    arena_clear(&arena);
}

static void what_is_not_ours_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *told;
    } row[] = {
        { "CREATE TABLE cake (size)", "another program" },
        { "PRAGMA application_id = 7; CREATE TABLE cake (size)", "another program" },
        { "PRAGMA application_id = 1196902732; PRAGMA user_version = 999", "newer goodwill" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        sqlite3 *handle;
        Err err = { 0 };
        assert_int_equal(sqlite3_open(db, &handle), SQLITE_OK);
        assert_int_equal(sqlite3_exec(handle, row[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(handle);
        Buf before = { 0 }, after = { 0 };
        assert_true(file_read(db, 1 << 20, &before, &err));
        assert_null(store_open_writer(db, 0, &err));
        assert_non_null(strstr(err.text, row[i].told));
        assert_null(store_open_reader(db, &err));
        assert_non_null(strstr(err.text, row[i].told));
        assert_true(file_read(db, 1 << 20, &after, &err));
        assert_true(str_equal(buf_str(&before), buf_str(&after)));
        buf_clear(&before);
        buf_clear(&after);
        unlink(db);
    }
    Err err = { 0 };
    assert_true(
        file_write(db, STR("# channel: chat\ncustomer: this is no database, but long enough to look at\n"), &err));
    assert_null(store_open_writer(db, 0, &err));
    assert_non_null(strstr(err.text, "not a goodwill database"));
    assert_null(store_open_reader("/nowhere/at/all.db", &err));
    assert_non_null(strstr(err.text, "cannot be opened"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_stored_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_again_adds_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_longer_version_extends_and_a_shorter_one_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(other_words_leave_what_we_have, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_reader_does_not_take_the_place_of_the_old_one_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_filters_and_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(staff_are_known_by_name_and_nobody_by_a_role, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_undone_leaves_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(batches_are_committed_as_they_fill, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_shown_and_the_rest_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(only_one_may_write_and_readers_cannot, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_ours_is_left_alone, setup, teardown),
    };
    return cmocka_run_group_tests(tests, open_readers, close_readers);
}
