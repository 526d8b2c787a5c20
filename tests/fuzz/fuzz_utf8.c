/* fuzz_utf8.c -- foreign bytes as text of every encoding that we read: what comes out is valid UTF-8, and a repair
 * changes only what was bad; all that we write of it (JSON, HTML, CSV, messages) stays so. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) abort();
}

static void check_repair(Arena *arena, Str s)
{
    Str repaired = utf8_repair(arena, s);
    size_t good = utf8_valid_len(s);
    demand(utf8_valid(repaired) && utf8_count(repaired) <= s.len);
    demand(str_equal(str_sub(s, 0, good), str_sub(repaired, 0, good)));
    demand((good == s.len) == (repaired.data == s.data));
    Str again = utf8_repair(arena, repaired);
    demand(again.data == repaired.data);
    size_t at = 0, count = 0;
    int32_t c;
    while (at < repaired.len) {
        char text[4];
        size_t used = utf8_decode(repaired, at, &c);
        demand(utf8_encode(c, text) == used && memcmp(text, repaired.data + at, used) == 0);
        at += used;
        count++;
    }
    demand(count == utf8_count(repaired));
}

static void check_written(Arena *arena, Str s)
{
    Buf bad = { 0 }, good = { 0 };
    Str repaired = utf8_repair(arena, s);
    buf_json(&bad, s);
    buf_json(&good, repaired);
    demand(str_equal(buf_str(&bad), buf_str(&good)) && utf8_valid(buf_str(&bad)));
    good.len = 0;
    buf_html(&good, repaired);
    demand(utf8_valid(buf_str(&good)) && str_find_char(buf_str(&good), '<') == STR_NOT_FOUND);
    good.len = 0;
    buf_csv(&good, repaired);
    demand(utf8_valid(buf_str(&good)));
    Err err = { 0 };
    err_set(&err, ERR_INPUT, "%.*s", STR_ARG(s));
    demand(utf8_valid(str_from(err.text)) && !strchr(err.text, '\n'));
    buf_clear(&bad);
    buf_clear(&good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = { 0 };
    Str s = { (const char *)data, size };
    check_repair(&arena, s);
    check_written(&arena, s);
    demand(utf8_valid(utf8_from_latin1(&arena, s)));
    demand(utf8_valid(utf8_from_utf16(&arena, s, false)));
    demand(utf8_valid(utf8_from_utf16(&arena, s, true)));
    Str folded = utf8_fold(&arena, s);
    demand(utf8_valid(folded) && str_equal(utf8_fold(&arena, folded), folded));
    Str rest = s, line;
    while (str_next_line(&rest, &line)) {
        demand(line.data == s.data || line.data[-1] == '\n' || line.data[-1] == '\r');
        demand(str_find_char(line, '\n') == STR_NOT_FOUND && str_find_char(line, '\r') == STR_NOT_FOUND);
    }
    arena_clear(&arena);
    return 0;
}
