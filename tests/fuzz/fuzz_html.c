/* fuzz_html.c -- any bytes as HTML, with and without marking of quotes. */
#include <stdlib.h>

#include "base/utf8.h"
#include "import/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = { 0 };
    for (int i = 0; i < 2; i++) {
        Str text = html_text(&arena, str_make((const char *)data, size), i ? HTML_QUOTES_MARK : HTML_QUOTES_PLAIN);
        if (!utf8_valid(text) || (text.len && memchr(text.data, 0, text.len))) abort();
    }
    arena_clear(&arena);
    return 0;
}
