/* json.h -- JSON read into a tree of views, in one pass.
 *
 * In: bytes of one RFC 8259 value.  Out: a tree in the arena; strings without
 * escapes are views of the input, the others are unescaped into the arena, so
 * both must live as long as the tree.  Object members keep their order;
 * duplicate names stay (json_get gives the first).  Strings are valid UTF-8
 * afterwards: a lone surrogate escape becomes U+FFFD, and bytes that are not
 * UTF-8 are an error.  Depth is limited to JSON_DEPTH_MAX and values to
 * JSON_VALUES_MAX, and to the arena's budget where it has one (64 bytes a
 * value): ERR_LIMIT.  NUL may come out of \u0000.  Numbers keep their text;
 * nothing is lost in a double.
 *
 * Every reading helper takes NULL or a value of another type and answers
 * "nothing", so chains need no checks.
 */
#ifndef GOODWILL_BASE_JSON_H
#define GOODWILL_BASE_JSON_H

#include "base/arena.h"
#include "base/err.h"

enum { JSON_DEPTH_MAX = 64, JSON_VALUES_MAX = 50000000 };

typedef enum JsonType { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } JsonType;

typedef struct Json Json;
struct Json {
    JsonType type;
    uint32_t count;    /* items of an array or object */
    Str key;           /* name in the object around it, unescaped; else empty */
    Str text;          /* STRING: unescaped; NUMBER: as written */
    const Json *first; /* first item of an array or object */
    const Json *next;  /* next item of the one around it */
};

/* All of `text` but white space must be one value.  On error *at gets the byte offset; err names only the reason. */
const Json *json_parse(Str text, Arena *arena, size_t *at, Err *err) MUST_USE;

const Json *json_get(const Json *object, const char *name);         /* member, or NULL */
const Json *json_path(const Json *object, const char *dotted_path); /* "a.b.c" */
Str json_str(const Json *value);                                    /* STRING's text, else empty */
Str json_scalar(const Json *value); /* STRING's or NUMBER's text, else empty (ids come as either) */
bool json_is(const Json *value, JsonType type);
bool json_true(const Json *value);                       /* the literal true alone */
bool json_i64(const Json *value, int64_t *ret) MUST_USE; /* NUMBER, or STRING that holds one; fractions are cut */
bool json_double(const Json *value, double *ret) MUST_USE;
#define JSON_EACH(item, list)                                                                                          \
    for (const Json *item = (list) && ((list)->type == JSON_ARRAY || (list)->type == JSON_OBJECT) ? (list)->first      \
                                                                                                  : NULL;              \
         item; item = item->next)

/* Offset of a value's own bytes is not kept; readers name records by line or by index. */

#endif
