/* document.c -- for the readers of whole JSON documents: parsing a block, and naming a line in it. */
#include "import/import.h"

#include "base/json.h"

uint64_t import_line_of(const ImportBlock *block, size_t offset)
{
    uint64_t line = block->line ? block->line : 1;
    const char *at = block->bytes.data, *end = at + MIN(offset, block->bytes.len);
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        line++;
        at++;
    }
    return line;
}

const Json *import_json(const ImportBlock *block, ImportSink *sink, Arena *scratch, bool *go_on)
{
    static const Str bom = { "\xEF\xBB\xBF", 3 };
    size_t skip = str_starts(block->bytes, bom) ? bom.len : 0, at = 0;
    Err err = { 0 };
    const Json *json = json_parse(str_from_byte(block->bytes, skip), scratch, &at, &err);
    *go_on = true;
    if (!json)
        *go_on =
            import_reject(sink, block, import_line_of(block, skip + at), block->offset + skip + at, "%s", err.text);
    return json;
}
