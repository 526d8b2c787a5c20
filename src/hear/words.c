/* words.c -- see words.h. */
#include "hear/words.h"

#include "base/file.h"
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct Adding {
    Words *words;
    size_t capacity;
    Arena *arena;
} Adding;

static void put(Adding *adding, Str name, Str bytes)
{
    for (size_t i = 0; i < adding->words->count; i++)
        if (str_equal(adding->words->item[i].name, name)) {
            adding->words->item[i].bytes = bytes;
            return;
        }
    *ARENA_PUSH(adding->arena, adding->words->item, adding->words->count, adding->capacity) = (Embedded){ name, bytes };
}

static bool put_file(Adding *adding, const char *path, Str name, Err *err)
{
    Buf buf = { 0 };
    if (!file_read(path, WORDS_FILE_MAX, &buf, err)) {
        buf_clear(&buf);
        return false;
    }
    put(adding, name, arena_str(adding->arena, buf_str(&buf)));
    buf_clear(&buf);
    return true;
}

static bool put_folder(Adding *adding, const char *path, Str below, int depth, Err *err)
{
    if (depth > 4) return err_set(err, ERR_LIMIT, "%s: folders of words are nested more than 4 deep", path);
    struct dirent **entry = NULL;
    int count = scandir(path, &entry, NULL, alphasort);
    if (count < 0) return err_system(err, "cannot read the folder", path);
    bool good = true;
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name;
        if (good && name[0] != '.') {
            Str full = arena_printf(adding->arena, "%s/%s", path, name);
            Str known = below.len ? arena_printf(adding->arena, "%.*s/%s", STR_ARG(below), name)
                                  : arena_str(adding->arena, str_from(name));
            struct stat info;
            if (adding->words->count >= WORDS_FILES_MAX)
                good = err_set(err, ERR_LIMIT, "%s: more than %d files of words", path, WORDS_FILES_MAX);
            else if (stat(full.data, &info) != 0)
                good = err_system(err, "cannot read", full.data);
            else if (S_ISDIR(info.st_mode))
                good = put_folder(adding, full.data, known, depth + 1, err);
            else if (S_ISREG(info.st_mode))
                good = put_file(adding, full.data, known, err);
        }
        free(entry[i]);
    }
    free(entry);
    return good;
}

static int name_order(const void *a, const void *b)
{
    return str_compare(((const Embedded *)a)->name, ((const Embedded *)b)->name);
}

bool words_open(const char *folder, Arena *arena, Words *ret, Err *err)
{
    Words words = { 0 };
    Adding adding = { .words = &words, .arena = arena };
    for (size_t i = 0; i < embedded_words.count; i++)
        put(&adding, embedded_words.item[i].name, embedded_words.item[i].bytes);
    if (folder && !put_folder(&adding, folder, STR(""), 0, err)) return false;
    if (words.count) qsort(words.item, words.count, sizeof *words.item, name_order);
    *ret = words;
    return true;
}

Str words_bytes(const Words *words, Str name)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->item[i].name, name)) return words->item[i].bytes;
    return STR("");
}

Str words_hash(Arena *arena, const Words *words)
{
    crypto_generichash_state state;
    unsigned char out[16];
    crypto_generichash_init(&state, NULL, 0, sizeof out);
    for (size_t i = 0; i < words->count; i++) {
        if (str_equal(words->item[i].name, STR("agreement.tsv"))) continue;
        uint64_t sizes[2] = { words->item[i].name.len, words->item[i].bytes.len };
        crypto_generichash_update(&state, (const unsigned char *)sizes, sizeof sizes);
        crypto_generichash_update(&state, (const unsigned char *)words->item[i].name.data, words->item[i].name.len);
        crypto_generichash_update(&state, (const unsigned char *)words->item[i].bytes.data, words->item[i].bytes.len);
    }
    crypto_generichash_final(&state, out, sizeof out);
    char hex[17];
    sodium_bin2hex(hex, sizeof hex, out, 8);
    return arena_str(arena, str_make(hex, 16));
}
