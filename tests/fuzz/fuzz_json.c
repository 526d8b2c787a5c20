/* fuzz_json.c -- foreign bytes as JSON: what is taken prints as JSON that is taken again and prints the same. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) abort();
}

/* Depth is bounded by JSON_DEPTH_MAX. */
static void print_tree(Buf *buf, const Json *value)
{
    static const char *const word[] = { "null", "false", "true" };
    uint32_t count = 0;
    int64_t whole;
    double real;
    demand(utf8_valid(value->key) && utf8_valid(value->text));
    if (json_i64(value, &whole)) demand(json_double(value, &real) || json_is(value, JSON_STRING));
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE: buf_add(buf, str_from(word[value->type])); return;
    case JSON_NUMBER: buf_add(buf, value->text); return;
    case JSON_STRING: buf_json(buf, value->text); return;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    buf_char(buf, value->type == JSON_ARRAY ? '[' : '{');
    JSON_EACH(item, value)
    {
        if (count++) buf_char(buf, ',');
        if (value->type == JSON_OBJECT) {
            buf_json(buf, item->key);
            buf_char(buf, ':');
        }
        print_tree(buf, item);
    }
    demand(count == value->count);
    buf_char(buf, value->type == JSON_ARRAY ? ']' : '}');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = { .budget = 1 << 20 };
    Err err = { 0 };
    size_t at = SIZE_MAX;
    Buf once = { 0 }, twice = { 0 };
    const Json *value = json_parse((Str){ (const char *)data, size }, &arena, &at, &err);
    if (value) {
        print_tree(&once, value);
        arena.budget = 0;
        const Json *again = json_parse(buf_str(&once), &arena, &at, &err);
        demand(again);
        print_tree(&twice, again);
        demand(str_equal(buf_str(&once), buf_str(&twice)));
    } else {
        demand(at <= size && err.kind != ERR_NONE && err.text[0]);
    }
    buf_clear(&once);
    buf_clear(&twice);
    arena_clear(&arena);
    return 0;
}
