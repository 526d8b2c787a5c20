/* feed.c -- see feed.h.
 *
 *   walk.c: paths ─► files     open.c: a file ─► streams     here: a stream ─► its form ─► blocks
 *
 * One thread calls this for all workers, so it does no more than read and look
 * for the last record's end.  What stands behind it is carried into the next
 * block.
 */
#include "import/feed.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "import/csv.h"
#include "import/formats.h"
#include "import/open.h"

enum {
    HEAD_BYTES = 64 << 10,         /* what recognition looks at */
    CSV_LOOKED_AT_BYTES = 8 << 20, /* before a table is taken for sorted */
    READ_MARGIN = 64 << 10,        /* so that a block and what is carried fit one buffer */
    RECORD_MAX = IMPORT_CONVERSATION_MAX + FEED_BLOCK,
};

struct Feed {
    Arena arena;
    FoundList found;
    size_t next_found;
    const Format *force;
    ImportOptions options;
    uint64_t bytes_total;  /* of all files; 0 when not known */
    uint64_t bytes_before; /* of the files that are done with */
    uint64_t bytes_read;   /* so far; other threads read it */

    Opened *opened;
    bool in_stream;
    const Format *format; /* of the stream */
    Buf carry, preamble;
    size_t carry_at;       /* what stands before it was handed over */
    uint64_t line, offset; /* of carry's first byte */
    bool ended;            /* the stream has no more to read */
    bool first;            /* no block of it was given yet */
    bool too_long;         /* passing over the rest of a record that is too long */
    Err broken;            /* why the stream ended early */
    bool in_one_piece;     /* this file is read whole, though its form may not ask for it */
    int day_first;         /* of a table: see ImportBlock */
    CsvOrder *order;       /* of a table that streams; NULL once late rows have been told of */
};

Feed *feed_open(const char *const *paths, size_t count, const Format *force, const ImportOptions *options, Err *err)
{
    (void)err;
    static const char *const STANDARD_INPUT[] = { "-" };
    Feed *feed = memory_grow(NULL, sizeof *feed);
    *feed = (Feed){ .force = force };
    if (options) feed->options = *options;
    walk(count ? paths : STANDARD_INPUT, count ? count : 1, &feed->arena, &feed->found);
    bool known = true;
    for (size_t i = 0; i < feed->found.count; i++) {
        known = known && feed->found.item[i].kind != FOUND_PIPE;
        feed->bytes_total += feed->found.item[i].bytes;
    }
    if (!known) feed->bytes_total = 0;
    return feed;
}

static void end_stream(Feed *feed)
{
    feed->in_stream = false;
    csv_order_free(feed->order);
    feed->order = NULL;
    feed->carry.len = feed->carry_at = feed->preamble.len = 0;
}

static void end_file(Feed *feed)
{
    end_stream(feed);
    if (feed->opened) feed->bytes_before += opened_bytes_read(feed->opened);
    opened_end(feed->opened);
    feed->opened = NULL;
}

void feed_close(Feed *feed)
{
    if (!feed) return;
    end_file(feed);
    buf_clear(&feed->carry);
    buf_clear(&feed->preamble);
    arena_clear(&feed->arena);
    free(feed);
}

void feed_done(FeedBlock *block)
{
    buf_clear(&block->bytes);
    buf_clear(&block->name);
    buf_clear(&block->preamble);
    *block = (FeedBlock){ 0 };
}

uint64_t feed_bytes_read(const Feed *feed) { return __atomic_load_n(&feed->bytes_read, __ATOMIC_RELAXED); }
uint64_t feed_bytes_total(const Feed *feed) { return feed->bytes_total; }

/* ---- Bytes of the stream. ---- */

static Str carried(const Feed *feed) { return str_from_byte(buf_str(&feed->carry), feed->carry_at); }

static void drop_carried(Feed *feed, size_t len) { feed->carry_at += len; }

/* Reads on until `wanted` bytes are carried or the stream ends.  A stream that breaks off ends there; why is kept. */
static void fill(Feed *feed, size_t wanted)
{
    Str left = carried(feed);
    if (!feed->ended && feed->carry_at && left.len < wanted) {
        memmove(feed->carry.data, left.data, left.len);
        feed->carry.len = left.len;
        feed->carry_at = 0;
    }
    while (!feed->ended && feed->carry.len < wanted) {
        size_t len = wanted - feed->carry.len;
        ptrdiff_t got = opened_read(feed->opened, buf_room(&feed->carry, len), len, &feed->broken);
        if (got > 0) feed->carry.len += (size_t)got;
        feed->ended = got <= 0;
    }
    __atomic_store_n(&feed->bytes_read, feed->bytes_before + opened_bytes_read(feed->opened), __ATOMIC_RELAXED);
}

/* ---- The beginning of a stream: its encoding and its form. ---- */

/* Makes the carried bytes UTF-8 when a byte order mark says that they are not. */
static bool decode(Feed *feed, Err *err)
{
    Str head = carried(feed);
    if (str_starts(head, STR("\xEF\xBB\xBF"))) {
        drop_carried(feed, 3);
        feed->offset = 3;
    }
    bool little = str_starts(head, STR("\xFF\xFE")), big = str_starts(head, STR("\xFE\xFF"));
    if (!little && !big) return true;
    fill(feed, (size_t)IMPORT_WHOLE_MAX + 1);
    if (carried(feed).len > IMPORT_WHOLE_MAX) {
        err_set(err, ERR_LIMIT, "%s: a UTF-16 file of more than %d MB", opened_name(feed->opened),
                IMPORT_WHOLE_MAX >> 20);
        return err_hint(err, "Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8.");
    }
    Arena arena = { 0 };
    Str text = utf8_from_utf16(&arena, str_from_byte(carried(feed), 2), big);
    feed->carry.len = feed->carry_at = 0;
    buf_add(&feed->carry, text);
    arena_clear(&arena);
    return true;
}

static const Format *format_of(const Feed *feed)
{
    if (opened_is_slack(feed->opened)) return import_format_named(STR("slack"));
    if (feed->force) return feed->force;
    bool whole = feed->ended && carried(feed).len <= HEAD_BYTES;
    return import_recognise(str_sub(carried(feed), 0, HEAD_BYTES), str_from(opened_name(feed->opened)), whole);
}

/* A table: its header goes before every block, and a look at the first rows tells how it is to be read. */
static bool begin_table(Feed *feed, Err *err)
{
    const char *name = opened_name(feed->opened);
    fill(feed, CSV_LOOKED_AT_BYTES);
    size_t len = csv_header_len(str_sub(carried(feed), 0, HEAD_BYTES), feed->ended);
    if (len == 0)
        return err_set(err, ERR_INPUT, "%s line 1: the header does not end within %d KB", name, HEAD_BYTES >> 10);
    buf_add(&feed->preamble, str_sub(carried(feed), 0, len));
    drop_carried(feed, len);
    feed->offset += len;
    Str header = buf_str(&feed->preamble), rows = carried(feed);
    feed->line += import_line_count(header);
    if (feed->ended && str_trim(rows).len == 0)
        return err_set(err, ERR_INPUT, "%s line 1: a header, and no row below it", name);
    Arena arena = { 0 };
    CsvColumns *columns = arena_alloc(&arena, sizeof *columns);
    bool good = csv_columns(header, str_from(name), feed->options.map, &arena, columns, err);
    arena_clear(&arena);
    if (!good) return false;
    feed->day_first = csv_day_first(rows, header, &feed->options);
    feed->in_one_piece = csv_is_unsorted(rows, header, &feed->options);
    if (!feed->in_one_piece) feed->order = csv_order_new();
    return true;
}

static bool begin_stream(Feed *feed, Err *err)
{
    const char *name = opened_name(feed->opened);
    feed->carry.len = feed->carry_at = feed->preamble.len = 0;
    feed->line = 1;
    feed->offset = 0;
    feed->day_first = 0;
    feed->first = true;
    feed->ended = feed->too_long = false;
    feed->broken = (Err){ 0 };
    fill(feed, HEAD_BYTES);
    if (feed->broken.kind && carried(feed).len == 0) {
        *err = feed->broken;
        return false;
    }
    if (!decode(feed, err)) return false;
    if (feed->ended && str_trim(carried(feed)).len == 0) return err_set(err, ERR_INPUT, "%s: nothing in it", name);
    feed->format = format_of(feed);
    if (!feed->format) {
        err_set(err, ERR_INPUT, "%s: not in a form that goodwill reads", name);
        return err_hint(err, "`goodwill formats` lists the forms; --format NAME says which one it is.");
    }
    feed->in_one_piece = feed->format->cut == NULL;
    feed->in_stream = feed->format != &format_csv || begin_table(feed, err);
    return feed->in_stream;
}

/* ---- Blocks. ---- */

typedef enum Step { STEP_GIVEN, STEP_FAILED, STEP_ENDED } Step;

/* The first `len` carried bytes as a buffer of their own.  Of the two parts the shorter one is copied. */
static Str take(Feed *feed, size_t len, Buf *ret)
{
    Str bytes = str_sub(carried(feed), 0, len), rest = str_from_byte(carried(feed), len);
    Buf kept = { 0 };
    if (rest.len > len) {
        buf_add(ret, bytes);
        drop_carried(feed, len);
        return buf_str(ret);
    }
    if (!feed->ended) buf_room(&kept, FEED_BLOCK + READ_MARGIN);
    buf_add(&kept, rest);
    *ret = feed->carry;
    feed->carry = kept;
    feed->carry_at = 0;
    return bytes;
}

/* Hands over the first `len` carried bytes. */
static Step give(Feed *feed, size_t len, uint64_t line_count, FeedBlock *ret)
{
    bool all = feed->first && feed->ended && carried(feed).len == len;
    *ret = (FeedBlock){ .format = feed->format };
    Str bytes = take(feed, len, &ret->bytes);
    Arena arena = { 0 };
    buf_add(&ret->name, utf8_repair(&arena, str_from(opened_name(feed->opened))));
    arena_clear(&arena);
    buf_add(&ret->preamble, buf_str(&feed->preamble));
    ret->block = (ImportBlock){ .file = buf_str(&ret->name),
                                .bytes = bytes,
                                .line = feed->line,
                                .offset = feed->offset,
                                .whole = all,
                                .format = feed->format->name,
                                .preamble = buf_str(&ret->preamble),
                                .day_first = feed->day_first,
                                .options = &feed->options };
    feed->line += line_count;
    feed->offset += len;
    feed->first = false;
    return STEP_GIVEN;
}

static Step fail(Feed *feed, const Err *why, Err *err)
{
    if (why != err) *err = *why;
    end_stream(feed);
    return STEP_FAILED;
}

static Step whole_file(Feed *feed, FeedBlock *ret, Err *err)
{
    fill(feed, (size_t)IMPORT_WHOLE_MAX + 1);
    if (feed->broken.kind) return fail(feed, &feed->broken, err);
    if (!feed->first) return STEP_ENDED;
    if (carried(feed).len > IMPORT_WHOLE_MAX) {
        bool unsorted = feed->format == &format_csv;
        err_set(err, ERR_LIMIT, "%s: more than %d MB, and %s must be read whole", opened_name(feed->opened),
                IMPORT_WHOLE_MAX >> 20, unsorted ? "a table not sorted by conversation" : feed->format->name);
        if (unsorted) err_hint(err, "Sort it by conversation first; then it can be of any size.");
        return fail(feed, err, err);
    }
    return give(feed, carried(feed).len, 0, ret);
}

/* A record outgrew its limit.  Where each record is a line the next one follows; elsewhere nobody knows where it ends.
 */
static Step refuse_long(Feed *feed, Err *err)
{
    bool by_line = feed->format->cut == import_cut_line;
    err_set(err, ERR_LIMIT, "%s line %llu: a conversation of more than %d MB%s", opened_name(feed->opened),
            (unsigned long long)feed->line, IMPORT_CONVERSATION_MAX >> 20,
            by_line ? "" : "; nothing is read behind it");
    if (!by_line) return fail(feed, err, err);
    feed->too_long = true;
    return STEP_FAILED;
}

static void pass_over_line(Feed *feed)
{
    size_t line_end;
    while ((line_end = str_find_char(carried(feed), '\n')) == STR_NOT_FOUND && carried(feed).len) {
        feed->offset += carried(feed).len;
        drop_carried(feed, carried(feed).len);
        fill(feed, FEED_BLOCK);
    }
    size_t len = line_end == STR_NOT_FOUND ? 0 : line_end + 1;
    drop_carried(feed, len);
    feed->offset += len;
    feed->line++;
    feed->too_long = false;
}

/* Where the last record of these carried bytes ends.  A table's late rows are told of once; 0 and *err then. */
static size_t cut(Feed *feed, Str bytes, uint64_t *line_count, Err *err)
{
    uint64_t late = 0;
    if (feed->format != &format_csv)
        return feed->format->cut(bytes, buf_str(&feed->preamble), &feed->options, line_count);
    size_t len = csv_cut(bytes, buf_str(&feed->preamble), &feed->options, line_count, feed->order, &late);
    if (!late) return len;
    csv_order_free(feed->order);
    feed->order = NULL;
    err_set(err, ERR_INPUT, "%s line %llu: rows of a conversation that had ended before; it is read as two",
            opened_name(feed->opened), (unsigned long long)(feed->line + late - 1));
    err_hint(err, "Sort the table by conversation.");
    return 0;
}

static Step next_block(Feed *feed, FeedBlock *ret, Err *err)
{
    if (feed->in_one_piece) return whole_file(feed, ret, err);
    if (feed->too_long) pass_over_line(feed);
    for (size_t wanted = FEED_BLOCK;; wanted = MIN(wanted * 2, (size_t)RECORD_MAX + 1)) {
        fill(feed, wanted);
        uint64_t line_count = 0;
        Str bytes = str_sub(carried(feed), 0, wanted);
        bool last = feed->ended && bytes.len == carried(feed).len;
        if (last && bytes.len == 0) return feed->broken.kind ? fail(feed, &feed->broken, err) : STEP_ENDED;
        size_t len = cut(feed, bytes, &line_count, err);
        if (err->kind) return STEP_FAILED;
        if (last && !feed->broken.kind) return give(feed, bytes.len, 0, ret);
        if (len) return give(feed, len, line_count, ret);
        if (last) return fail(feed, &feed->broken, err); /* the last record is not whole */
        if (bytes.len > RECORD_MAX) return refuse_long(feed, err);
    }
}

bool feed_next(Feed *feed, FeedBlock *ret, Err *err)
{
    *ret = (FeedBlock){ 0 };
    err->kind = ERR_NONE;
    for (;;) {
        if (feed->in_stream) {
            Step step = next_block(feed, ret, err);
            if (step != STEP_ENDED) return step == STEP_GIVEN;
            end_stream(feed);
        } else if (feed->opened) {
            if (opened_next(feed->opened, err)) {
                if (!begin_stream(feed, err)) return false;
            } else if (err->kind) {
                return false;
            } else {
                end_file(feed);
            }
        } else if (feed->next_found < feed->found.count) {
            const Found *found = &feed->found.item[feed->next_found++];
            bool as_is = feed->force && str_equal(str_from(feed->force->name), STR("slack"));
            if (found->kind == FOUND_ERROR)
                *err = *found->err;
            else
                feed->opened = opened_start(found, as_is, err);
            if (!feed->opened) return false;
        } else {
            return false;
        }
    }
}
