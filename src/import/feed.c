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
#include "import/formats.h"
#include "import/open.h"

enum {
    HEAD_BYTES = 64 << 10,  /* what recognition looks at */
    READ_MARGIN = 64 << 10, /* so that a block and what is carried fit one buffer */
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
    uint64_t line, offset; /* of carry's first byte */
    bool ended;            /* the stream has no more to read */
    bool first;            /* no block of it was given yet */
    bool too_long;         /* passing over the rest of a record that is too long */
    Err broken;            /* why the stream ended early */
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
    feed->carry.len = 0;
    feed->preamble.len = 0;
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

/* Reads on until `carry` holds `wanted` bytes or the stream ends.  A stream that breaks off ends there; why is kept. */
static void fill(Feed *feed, size_t wanted)
{
    while (!feed->ended && feed->carry.len < wanted) {
        size_t len = wanted - feed->carry.len;
        ptrdiff_t got = opened_read(feed->opened, buf_room(&feed->carry, len), len, &feed->broken);
        if (got > 0) feed->carry.len += (size_t)got;
        feed->ended = got <= 0;
    }
    __atomic_store_n(&feed->bytes_read, feed->bytes_before + opened_bytes_read(feed->opened), __ATOMIC_RELAXED);
}

static void drop_front(Buf *buf, size_t len)
{
    memmove(buf->data, buf->data + len, buf->len - len);
    buf->len -= len;
}

/* ---- The beginning of a stream: its encoding and its form. ---- */

/* Makes the carried bytes UTF-8 when a byte order mark says that they are not. */
static bool decode(Feed *feed, Err *err)
{
    Str head = buf_str(&feed->carry);
    if (str_starts(head, STR("\xEF\xBB\xBF"))) {
        drop_front(&feed->carry, 3);
        feed->offset = 3;
    }
    bool little = str_starts(head, STR("\xFF\xFE")), big = str_starts(head, STR("\xFE\xFF"));
    if (!little && !big) return true;
    fill(feed, (size_t)IMPORT_WHOLE_MAX + 1);
    if (feed->carry.len > IMPORT_WHOLE_MAX) {
        err_set(err, ERR_LIMIT, "%s: a UTF-16 file of more than %d MB", opened_name(feed->opened),
                IMPORT_WHOLE_MAX >> 20);
        return err_hint(err, "Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8.");
    }
    Arena arena = { 0 };
    Str text = utf8_from_utf16(&arena, str_from_byte(buf_str(&feed->carry), 2), big);
    feed->carry.len = 0;
    buf_add(&feed->carry, text);
    arena_clear(&arena);
    return true;
}

static const Format *format_of(const Feed *feed)
{
    if (opened_is_slack(feed->opened)) return import_format_named(STR("slack"));
    if (feed->force) return feed->force;
    bool whole = feed->ended && feed->carry.len <= HEAD_BYTES;
    return import_recognise(str_sub(buf_str(&feed->carry), 0, HEAD_BYTES), str_from(opened_name(feed->opened)), whole);
}

static bool begin_stream(Feed *feed, Err *err)
{
    const char *name = opened_name(feed->opened);
    feed->carry.len = feed->preamble.len = 0;
    feed->line = 1;
    feed->offset = 0;
    feed->first = true;
    feed->ended = feed->too_long = false;
    feed->broken = (Err){ 0 };
    fill(feed, HEAD_BYTES);
    if (feed->broken.kind && feed->carry.len == 0) {
        *err = feed->broken;
        return false;
    }
    if (!decode(feed, err)) return false;
    if (feed->ended && str_trim(buf_str(&feed->carry)).len == 0)
        return err_set(err, ERR_INPUT, "%s: nothing in it", name);
    feed->format = format_of(feed);
    if (!feed->format) {
        err_set(err, ERR_INPUT, "%s: not in a form that goodwill reads", name);
        return err_hint(err, "`goodwill formats` lists the forms; --format NAME says which one it is.");
    }
    feed->in_stream = true;
    return true;
}

/* ---- Blocks. ---- */

typedef enum Step { STEP_GIVEN, STEP_FAILED, STEP_ENDED } Step;

/* Hands over the first `len` carried bytes and keeps what stands behind them. */
static Step give(Feed *feed, size_t len, uint64_t line_count, FeedBlock *ret)
{
    Str rest = str_from_byte(buf_str(&feed->carry), len);
    bool all = feed->first && feed->ended && rest.len == 0;
    Buf carry = { 0 };
    if (!feed->ended || rest.len) {
        buf_room(&carry, MAX(rest.len, FEED_BLOCK) + READ_MARGIN);
        buf_add(&carry, rest);
    }
    feed->carry.len = len;
    *ret = (FeedBlock){ .format = feed->format, .bytes = feed->carry };
    Arena arena = { 0 };
    buf_add(&ret->name, utf8_repair(&arena, str_from(opened_name(feed->opened))));
    arena_clear(&arena);
    buf_add(&ret->preamble, buf_str(&feed->preamble));
    ret->block = (ImportBlock){ .file = buf_str(&ret->name),
                                .bytes = buf_str(&ret->bytes),
                                .line = feed->line,
                                .offset = feed->offset,
                                .whole = all,
                                .format = feed->format->name,
                                .preamble = buf_str(&ret->preamble),
                                .options = &feed->options };
    feed->carry = carry;
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
    if (feed->carry.len > IMPORT_WHOLE_MAX) {
        err_set(err, ERR_LIMIT, "%s: more than %d MB, and %s must be read whole", opened_name(feed->opened),
                IMPORT_WHOLE_MAX >> 20, feed->format->name);
        return fail(feed, err, err);
    }
    return give(feed, feed->carry.len, 0, ret);
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
    const char *line_end;
    while (!(line_end = feed->carry.len ? memchr(feed->carry.data, '\n', feed->carry.len) : NULL)) {
        feed->offset += feed->carry.len;
        feed->carry.len = 0;
        fill(feed, FEED_BLOCK);
        if (feed->carry.len == 0) break;
    }
    size_t len = line_end ? (size_t)(line_end - feed->carry.data) + 1 : feed->carry.len;
    if (len) drop_front(&feed->carry, len);
    feed->offset += len;
    feed->line++;
    feed->too_long = false;
}

static Step next_block(Feed *feed, FeedBlock *ret, Err *err)
{
    if (!feed->format->cut) return whole_file(feed, ret, err);
    if (feed->too_long) pass_over_line(feed);
    for (size_t wanted = FEED_BLOCK;; wanted = MIN(feed->carry.len * 2, (size_t)RECORD_MAX + 1)) {
        fill(feed, wanted);
        uint64_t line_count = 0;
        Str bytes = buf_str(&feed->carry);
        if (feed->ended && !feed->broken.kind) return bytes.len ? give(feed, bytes.len, 0, ret) : STEP_ENDED;
        size_t len = bytes.len ? feed->format->cut(bytes, buf_str(&feed->preamble), &feed->options, &line_count) : 0;
        if (len) return give(feed, len, line_count, ret);
        if (feed->ended) return fail(feed, &feed->broken, err); /* the last record is not whole */
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
