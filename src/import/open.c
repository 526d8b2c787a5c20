/* open.c -- see open.h.
 *
 * A file is a pile of layers.  The lowest reads the file; a layer that turns
 * out to be packed gets libarchive on top, and each of its entries is a layer
 * above it, looked at in the same way:
 *
 *   export.zip (a file) ─► zip ─► monday.jsonl.gz (an entry) ─► gzip ─► its one entry: the stream
 */
#include "import/open.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "import/import.h"

enum {
    LAYER_READ_BYTES = 64 << 10, /* what libarchive is given at a time */
    LOOKED_AT_BYTES = 1024,      /* tar's mark stands at byte 257 */
};

typedef enum Source { FROM_FILE, FROM_MEMORY, FROM_BELOW } Source;
typedef enum Packing { PACKED_NOT, PACKED_STREAM, PACKED_SOUGHT } Packing; /* zip and 7z have their index at the end */

typedef struct Layer {
    Opened *opened;
    Source source;
    int fd;
    bool seekable; /* a regular file, or memory */
    Buf memory;
    size_t memory_at;
    Buf head; /* read ahead of its time, to see what this is */
    size_t head_at;
    struct archive *archive; /* when packed: what is above comes out of it */
    Buf name;
    char *io; /* LAYER_READ_BYTES for libarchive */
    Err err;  /* what went wrong in a read that libarchive asked for */
} Layer;

struct Opened {
    const Found *found;
    Layer layer[OPEN_LAYERS_MAX + 1];
    size_t layers;
    bool as_is, slack, begun;
    uint64_t packed_bytes; /* of the file, where it is known */
    uint64_t grown_bytes;  /* that came out of archives */
    uint64_t entries;
    uint64_t bytes_read; /* read by other threads */
};

/* ---- One layer's bytes. ---- */

static ptrdiff_t read_file(Layer *l, char *to, size_t len, Err *err)
{
    for (;;) {
        ssize_t got = read(l->fd, to, len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            err_system(err, "cannot read", l->name.data);
            return -1;
        }
        uint64_t total = l->opened->bytes_read + (uint64_t)got;
        __atomic_store_n(&l->opened->bytes_read, total, __ATOMIC_RELAXED);
        return got;
    }
}

static bool grown_too_far(const Opened *o)
{
    uint64_t packed = MAX(o->packed_bytes, o->found->kind == FOUND_FILE ? 0 : o->bytes_read);
    return o->grown_bytes > OPEN_GROWN_BYTES_MIN && o->grown_bytes / OPEN_RATIO_MAX > packed;
}

static bool archive_failed(const Layer *l, const char *name, Err *err)
{
    if (l->err.kind) {
        *err = l->err;
        return false;
    }
    const char *why = archive_error_string(l->archive);
    return err_set(err, ERR_INPUT, "%s: damaged or of a kind that cannot be opened: %s", name,
                   why ? why : "no reason known");
}

static ptrdiff_t read_below(Layer *l, char *to, size_t len, Err *err)
{
    Layer *below = l - 1;
    ssize_t got = archive_read_data(below->archive, to, len);
    if (got < 0) {
        archive_failed(below, l->name.data, err);
        return -1;
    }
    l->opened->grown_bytes += (uint64_t)got;
    if (grown_too_far(l->opened)) {
        err_set(err, ERR_LIMIT, "%s: unpacks to more than %d times its size", l->name.data, OPEN_RATIO_MAX);
        return -1;
    }
    return got;
}

static ptrdiff_t layer_fill(Layer *l, char *to, size_t len, Err *err)
{
    if (l->source == FROM_FILE) return read_file(l, to, len, err);
    if (l->source == FROM_BELOW) return read_below(l, to, len, err);
    size_t got = MIN(len, l->memory.len - l->memory_at);
    if (got) memcpy(to, l->memory.data + l->memory_at, got);
    l->memory_at += got;
    return (ptrdiff_t)got;
}

static ptrdiff_t layer_read(Layer *l, char *to, size_t len, Err *err)
{
    size_t ahead = l->head.len - l->head_at;
    if (!ahead) return layer_fill(l, to, len, err);
    ahead = MIN(ahead, len);
    memcpy(to, l->head.data + l->head_at, ahead);
    l->head_at += ahead;
    return (ptrdiff_t)ahead;
}

static bool look_ahead(Layer *l, Err *err)
{
    while (l->head.len < LOOKED_AT_BYTES) {
        ptrdiff_t got = layer_fill(l, buf_room(&l->head, LOOKED_AT_BYTES), LOOKED_AT_BYTES, err);
        if (got < 0) return false;
        if (got == 0) break;
        l->head.len += (size_t)got;
    }
    return true;
}

static int64_t layer_seek(Layer *l, int64_t offset, int whence)
{
    l->head_at = l->head.len;
    if (l->source == FROM_FILE) return lseek(l->fd, offset, whence);
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)l->memory_at : (int64_t)l->memory.len;
    int64_t to;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || to > (int64_t)l->memory.len) return -1;
    l->memory_at = (size_t)to;
    return to;
}

/* ---- libarchive's view of a layer. ---- */

static la_ssize_t on_read(struct archive *a, void *data, const void **buffer)
{
    Layer *l = data;
    ptrdiff_t got = layer_read(l, l->io, LAYER_READ_BYTES, &l->err);
    if (got < 0) archive_set_error(a, EIO, "%s", l->err.text);
    *buffer = l->io;
    return got;
}

static la_int64_t on_seek(struct archive *a, void *data, la_int64_t offset, int whence)
{
    int64_t at = layer_seek(data, offset, whence);
    if (at < 0) archive_set_error(a, EINVAL, "a place outside of the file is named");
    return at < 0 ? ARCHIVE_FATAL : at;
}

static bool open_archive(Layer *l, Err *err)
{
    l->archive = archive_read_new();
    if (!l->archive) return err_set(err, ERR_SYSTEM, "%s: no memory for opening it", l->name.data);
    if (!l->io) l->io = memory_grow(NULL, LAYER_READ_BYTES);
    archive_read_support_filter_gzip(l->archive);
    archive_read_support_filter_bzip2(l->archive);
    archive_read_support_filter_xz(l->archive);
    archive_read_support_filter_zstd(l->archive);
    archive_read_support_format_zip(l->archive);
    archive_read_support_format_tar(l->archive);
    archive_read_support_format_7zip(l->archive);
    archive_read_support_format_raw(l->archive);
    archive_read_set_read_callback(l->archive, on_read);
    if (l->seekable) archive_read_set_seek_callback(l->archive, on_seek);
    archive_read_set_callback_data(l->archive, l);
    if (archive_read_open1(l->archive) == ARCHIVE_OK) return true;
    return archive_failed(l, l->name.data, err);
}

static void close_archive(Layer *l)
{
    if (l->archive) archive_read_free(l->archive);
    l->archive = NULL;
}

static Packing packing_of(Str head)
{
    static const struct {
        Str mark;
        Packing packing;
    } MARK[] = {
        { { "\x1f\x8b\x08", 3 }, PACKED_STREAM },     /* gzip */
        { { "\xfd\x37zXZ\0", 6 }, PACKED_STREAM },    /* xz */
        { { "\x28\xb5\x2f\xfd", 4 }, PACKED_STREAM }, /* zstd */
        { { "PK\x03\x04", 4 }, PACKED_SOUGHT },       /* zip */
        { { "PK\x05\x06", 4 }, PACKED_SOUGHT },       /* a zip with nothing in it */
        { { "7z\xbc\xaf\x27\x1c", 6 }, PACKED_SOUGHT },
    };
    for (size_t i = 0; i < COUNT(MARK); i++)
        if (str_starts(head, MARK[i].mark)) return MARK[i].packing;
    if (str_starts(head, STR("BZh")) && str_starts(str_from_byte(head, 4), STR("1AY&SY"))) return PACKED_STREAM;
    return str_equal(str_sub(head, 257, 262), STR("ustar")) ? PACKED_STREAM : PACKED_NOT;
}

static const char *entry_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    return name ? name : "an entry without a name";
}

/* Does any part of the path begin with a dot, or is it what a Mac adds to every zip? */
static bool is_hidden(const char *path)
{
    if (str_starts(str_from(path), STR("__MACOSX/"))) return true;
    for (const char *part = path; part; part = strchr(part, '/'), part = part ? part + 1 : NULL)
        if (part[0] == '.' && part[1] != '/' && part[1] != '.') return true;
    return false;
}

/* ---- Slack's export: a zip or folder that is one thing. ---- */

/* Looks through the names of an archive that can be sought in. */
static bool is_slack_archive(Layer *l)
{
    Err ignored;
    bool users = false, channels = false, day = false;
    if (!open_archive(l, &ignored)) {
        close_archive(l);
        l->err = (Err){ 0 };
        return false;
    }
    struct archive_entry *entry;
    for (int i = 0; i < IMPORT_ENTRIES_MAX && !(users && channels && day); i++) {
        if (archive_read_next_header(l->archive, &entry) < ARCHIVE_WARN) break;
        const char *name = entry_name(entry), *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
        users |= strcmp(last, "users.json") == 0;
        channels |= strcmp(last, "channels.json") == 0;
        day |= slash && walk_is_slack_day(last);
    }
    close_archive(l);
    l->err = (Err){ 0 };
    return users && channels && day;
}

static la_ssize_t on_write(struct archive *a, void *data, const void *bytes, size_t len)
{
    (void)a;
    buf_add(data, str_make(bytes, len));
    return (la_ssize_t)len;
}

static bool add_to_tar(struct archive *tar, const char *path, size_t folder_len, size_t limit, Err *err)
{
    Buf bytes = { 0 };
    bool good = file_read(path, limit, &bytes, err);
    struct archive_entry *entry = archive_entry_new();
    if (good && entry) {
        archive_entry_set_pathname(entry, path + folder_len);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_size(entry, (la_int64_t)bytes.len);
        if (archive_write_header(tar, entry) < ARCHIVE_WARN ||
            archive_write_data(tar, bytes.data, bytes.len) != (la_ssize_t)bytes.len)
            good = err_set(err, ERR_SYSTEM, "%s: %s", path, archive_error_string(tar));
    }
    archive_entry_free(entry);
    buf_clear(&bytes);
    return good;
}

/* The files of an unpacked export as one tar, so that its reader has a single way in. */
static bool tar_of_folder(const char *folder, Buf *ret, Err *err)
{
    Arena arena = { 0 };
    FoundList files = { 0 };
    struct archive *tar = archive_write_new();
    bool good = walk_slack(folder, &arena, &files, err);
    size_t folder_len = strlen(folder);
    while (good && files.count && files.item[0].path[folder_len] == '/') folder_len++;
    archive_write_set_format_pax_restricted(tar);
    archive_write_set_bytes_per_block(tar, 0);
    archive_write_open(tar, ret, NULL, on_write, NULL);
    for (size_t i = 0; good && i < files.count; i++) {
        size_t room = ret->len < IMPORT_WHOLE_MAX ? IMPORT_WHOLE_MAX - ret->len : 0;
        good = add_to_tar(tar, files.item[i].path, folder_len, room, err);
    }
    if (archive_write_free(tar) != ARCHIVE_OK && good)
        good = err_set(err, ERR_SYSTEM, "%s: the export's files cannot be put together", folder);
    arena_clear(&arena);
    return good;
}

/* ---- The pile. ---- */

static Layer *push(Opened *o, Source source, const char *name)
{
    assert(o->layers < COUNT(o->layer));
    Layer *l = &o->layer[o->layers++];
    *l = (Layer){ .opened = o, .source = source, .fd = -1, .seekable = source == FROM_MEMORY };
    buf_add(&l->name, str_from(name));
    buf_char(&l->name, 0);
    return l;
}

static void pop(Opened *o)
{
    Layer *l = &o->layer[--o->layers];
    close_archive(l);
    if (l->fd > 0) close(l->fd);
    buf_clear(&l->memory);
    buf_clear(&l->head);
    buf_clear(&l->name);
    free(l->io);
    *l = (Layer){ 0 };
}

static Layer *top(Opened *o) { return o->layers ? &o->layer[o->layers - 1] : NULL; }

/* All that is left of the layer, into memory, so that it can be sought in. */
static bool hold_in_memory(Layer *l, Err *err)
{
    Buf memory = { 0 };
    ptrdiff_t got;
    do {
        got = layer_read(l, buf_room(&memory, LAYER_READ_BYTES), LAYER_READ_BYTES, err);
        if (got > 0) memory.len += (size_t)got;
        if (memory.len > IMPORT_WHOLE_MAX) {
            err_set(err, ERR_LIMIT, "%s: an archive in a pipe or in another archive, of more than %d MB", l->name.data,
                    IMPORT_WHOLE_MAX >> 20);
            err_hint(err, "Save it to a file of its own and read that.");
            got = -1;
        }
    } while (got > 0);
    if (got < 0) {
        buf_clear(&memory);
        return false;
    }
    l->memory = memory;
    l->memory_at = 0;
    l->source = FROM_MEMORY;
    l->seekable = true;
    return true;
}

/* Sees what the top layer is and opens it when it is packed. */
static bool unpack(Opened *o, Err *err)
{
    Layer *l = top(o);
    if (o->as_is || o->slack) return true;
    if (!look_ahead(l, err)) return false;
    Packing packing = packing_of(buf_str(&l->head));
    if (packing == PACKED_NOT) return true;
    if (o->layers > OPEN_LAYERS_MAX)
        return err_set(err, ERR_LIMIT, "%s: archives more than %d deep in each other", l->name.data, OPEN_LAYERS_MAX);
    if (packing == PACKED_SOUGHT && !l->seekable && !hold_in_memory(l, err)) return false;
    if (l->seekable) layer_seek(l, 0, SEEK_SET);
    if (packing == PACKED_SOUGHT && is_slack_archive(l)) {
        layer_seek(l, 0, SEEK_SET);
        o->slack = true;
        return true;
    }
    if (l->seekable) layer_seek(l, 0, SEEK_SET);
    return open_archive(l, err);
}

/* Puts the next entry of the top layer's archive on the pile; false at its end and on an error. */
static bool push_entry(Opened *o, Err *err)
{
    Layer *l = top(o);
    struct archive_entry *entry;
    for (;;) {
        int status = archive_read_next_header(l->archive, &entry);
        if (status == ARCHIVE_EOF) return false;
        if (status < ARCHIVE_WARN) return archive_failed(l, l->name.data, err);
        if (++o->entries > IMPORT_ENTRIES_MAX)
            return err_set(err, ERR_LIMIT, "%s: more than %d files in an archive", l->name.data, IMPORT_ENTRIES_MAX);
        bool alone = archive_format(l->archive) == ARCHIVE_FORMAT_RAW;
        const char *name = entry_name(entry);
        if (!alone && (archive_entry_filetype(entry) != AE_IFREG || is_hidden(name))) continue;
        Layer *above = push(o, FROM_BELOW, l->name.data);
        if (!alone) {
            above->name.len--;
            buf_char(&above->name, '/');
            Arena arena = { 0 };
            buf_add(&above->name, utf8_repair(&arena, str_from(name)));
            arena_clear(&arena);
            buf_char(&above->name, 0);
        }
        return true;
    }
}

static bool next_stream(Opened *o, Err *err)
{
    if (!o->begun) {
        o->begun = true;
        if (!unpack(o, err)) return false;
        if (!top(o)->archive) return true;
    } else if (o->layers) {
        pop(o); /* the stream that was read before */
        o->slack = false;
    }
    while (o->layers) {
        if (!push_entry(o, err)) {
            if (err->kind) return false; /* the broken archive is popped by the next call, the ones below go on */
            pop(o);
        } else if (!unpack(o, err)) {
            return false;
        } else if (!top(o)->archive) {
            return true;
        }
    }
    return false;
}

bool opened_next(Opened *o, Err *err)
{
    err->kind = ERR_NONE;
    return next_stream(o, err);
}

ptrdiff_t opened_read(Opened *o, char *to, size_t len, Err *err) { return layer_read(top(o), to, len, err); }

const char *opened_name(const Opened *o) { return o->layers ? o->layer[o->layers - 1].name.data : o->found->path; }
bool opened_is_slack(const Opened *o) { return o->slack; }
/* Archives are read back and forth, so more may be read than there is. */
uint64_t opened_bytes_read(const Opened *o)
{
    uint64_t read = __atomic_load_n(&o->bytes_read, __ATOMIC_RELAXED);
    return o->found->kind == FOUND_FILE ? MIN(read, o->packed_bytes) : read;
}

static bool open_lowest(Opened *o, Err *err)
{
    const Found *found = o->found;
    if (found->kind == FOUND_SLACK_FOLDER) {
        o->slack = true;
        return tar_of_folder(found->path, &push(o, FROM_MEMORY, found->path)->memory, err);
    }
    bool is_standard_input = found->kind == FOUND_PIPE && strcmp(found->path, "-") == 0;
    Layer *l = push(o, FROM_FILE, is_standard_input ? "standard input" : found->path);
    l->fd = is_standard_input ? STDIN_FILENO : open(found->path, O_RDONLY | O_CLOEXEC);
    if (l->fd < 0) return err_system(err, "cannot open", found->path);
    l->seekable = found->kind == FOUND_FILE;
    o->packed_bytes = found->bytes;
    if (found->kind == FOUND_FILE) (void)posix_fadvise(l->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

Opened *opened_start(const Found *found, bool as_is, Err *err)
{
    Opened *o = memory_grow(NULL, sizeof *o);
    *o = (Opened){ .found = found, .as_is = as_is };
    if (open_lowest(o, err)) return o;
    opened_end(o);
    return NULL;
}

void opened_end(Opened *o)
{
    if (!o) return;
    while (o->layers) pop(o);
    free(o);
}
