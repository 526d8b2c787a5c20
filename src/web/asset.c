/* asset.c -- finds and gunzips embedded files. */
#include "web/asset.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/embedded.h"

/* gzip ends with the length of what it holds, four bytes, low ones first (RFC 1952). */
static uint32_t length_of(Str gzip)
{
    const uint8_t *end = (const uint8_t *)gzip.data + gzip.len - 4;
    return end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 | (uint32_t)end[3] << 24;
}

Str asset_text(Str name, Arena *arena)
{
    const Embedded *file = embedded_find(&embedded_assets, name);
    assert(file && file->bytes.len > 18); /* header and end of an empty one */
    uint32_t length = length_of(file->bytes);
    char *text = arena_alloc(arena, (size_t)length + 1);
    z_stream z = { .next_in = (Bytef *)(uintptr_t)file->bytes.data,
                   .avail_in = (uInt)file->bytes.len,
                   .next_out = (Bytef *)text,
                   .avail_out = length + 1 };
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) abort(); /* only without memory */
    int status = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    assert(status == Z_STREAM_END && z.total_out == length);
    (void)status;
    text[length] = '\0';
    return str_make(text, length);
}

static void tag_of(const Embedded *file, size_t count, char ret[17])
{
    uint8_t hash[16]; /* the least that BLAKE2b gives; half of it is enough to tell versions apart */
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(&state, (const uint8_t *)file[i].bytes.data, file[i].bytes.len);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(ret, 17, hash, 8);
}

bool asset_find(Str name, Asset *ret)
{
    const Embedded *file = embedded_find(&embedded_assets, name);
    if (!file) return false;
    ret->gzip = file->bytes;
    tag_of(file, 1, ret->tag);
    return true;
}

static char version[17];

static void make_version(void) { tag_of(embedded_assets.item, embedded_assets.count, version); }

Str asset_version(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_version);
    return str_from(version);
}
