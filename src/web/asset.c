/* asset.c -- gunzips an embedded file. */
#include "web/asset.h"

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
