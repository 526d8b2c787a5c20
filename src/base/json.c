/* json.c -- the parser: one pass, no recursion, sixteen bytes at a time inside strings.
 *
 * The containers that are open stand in a fixed stack of JSON_DEPTH_MAX; each
 * value is hung behind the last one of the innermost.  A string is looked
 * through once for its end; only when a backslash or a byte beyond ASCII was
 * met on the way is it unescaped or checked.
 */
#include "base/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"

typedef struct Level {
    Json *container;
    const Json **link; /* where its next item is to be hung */
} Level;

typedef struct Parser {
    const char *begin, *at, *end;
    Arena *arena;
    Err *err;
    size_t values;
    int depth;
    Level level[JSON_DEPTH_MAX];
} Parser;

static bool fail(Parser *p, const char *at, const char *reason)
{
    p->at = at;
    return err_set(p->err, ERR_INPUT, "%s", reason);
}

/* For where a value, name or mark was awaited: the text may just have ended too early. */
static bool fail_here(Parser *p, const char *reason)
{
    return fail(p, p->at, p->at == p->end ? "the json ends too early" : reason);
}

static inline void skip_space(Parser *p)
{
    const char *at = p->at, *end = p->end;
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    p->at = at;
}

/* The first quote, backslash or control byte; *high tells whether a byte beyond ASCII was passed. */
static inline const char *scan_string(const char *at, const char *end, bool *high)
{
    unsigned beyond = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (; end - at >= 16; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(x, control), x),
                                    _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash)));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop), bits = (unsigned)_mm_movemask_epi8(x);
        if (mask) {
            unsigned place = (unsigned)__builtin_ctz(mask);
            *high |= (beyond | (bits & ((1u << place) - 1))) != 0;
            return at + place;
        }
        beyond |= bits;
    }
#endif
    for (; at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
        beyond |= (unsigned char)*at & 0x80;
    *high |= beyond != 0;
    return at;
}

/* Four hexadecimal digits, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i], low = ascii_lower(c);
        if (ascii_digit(c))
            value = value << 4 | (c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value << 4 | (low - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* At "uXXXX", perhaps with the second half of a pair after it; returns what follows, NULL on bad digits. */
static const char *unescape_unicode(const char *at, const char *end, char **out)
{
    int32_t unit = hex4(at + 1, end);
    if (unit < 0) return NULL;
    at += 5;
    if (unit >= 0xD800 && unit <= 0xDBFF && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        int32_t low = hex4(at + 2, end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
    }
    *out += utf8_encode(unit, *out); /* a lone surrogate becomes U+FFFD there: 3 bytes for 6 */
    return at;
}

/* [at, end) has balanced escapes, as far as the quote at `end` was found; the text grows never. */
static bool unescape(Parser *p, const char *at, const char *end, Str *ret)
{
    char *begin = arena_alloc(p->arena, (size_t)(end - at) + 1), *out = begin;
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((slash ? slash : end) - at);
        memcpy(out, at, plain);
        out += plain;
        if (!slash) break;
        at = slash + 1;
        switch (*at++) {
        case '"': *out++ = '"'; break;
        case '\\': *out++ = '\\'; break;
        case '/': *out++ = '/'; break;
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u':
            at = unescape_unicode(at - 1, end, &out);
            if (!at) return fail(p, slash, "the json has a bad \\u escape");
            break;
        default: return fail(p, slash, "the json has a bad escape in a string");
        }
    }
    *out = 0;
    *ret = (Str){ begin, (size_t)(out - begin) };
    return true;
}

/* At the opening quote; behind the closing one afterwards. */
static bool parse_string(Parser *p, Str *ret)
{
    const char *begin = p->at + 1;
    bool high = false, escaped = false;
    const char *at = scan_string(begin, p->end, &high);
    while (at < p->end && *at == '\\') {
        escaped = true;
        at = p->end - at < 2 ? p->end : scan_string(at + 2, p->end, &high);
    }
    if (at == p->end) return fail(p, at, "the json ends too early");
    if (*at == '\n' || *at == '\r') return fail(p, at, "the line ends within a string of the json");
    if (*at != '"') return fail(p, at, "the json has a bare control character in a string");
    Str raw = { begin, (size_t)(at - begin) };
    if (high) {
        size_t good = utf8_valid_len(raw);
        if (good != raw.len) return fail(p, begin + good, "the json has bytes that are not utf-8");
    }
    if (!escaped)
        *ret = raw;
    else if (!unescape(p, begin, at, ret))
        return false;
    p->at = at + 1;
    return true;
}

static inline const char *skip_digits(const char *at, const char *end)
{
    while (at < end && ascii_digit(*at)) at++;
    return at;
}

static bool parse_number(Parser *p, Str *ret)
{
    const char *begin = p->at, *at = begin, *end = p->end, *digits;
    if (*at == '-') at++;
    digits = at;
    at = at < end && *at == '0' ? at + 1 : skip_digits(at, end);
    if (at == digits) goto bad;
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits) goto bad;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        digits = at;
        at = skip_digits(at, end);
        if (at == digits) goto bad;
    }
    *ret = (Str){ begin, (size_t)(at - begin) };
    p->at = at;
    return true;
bad:
    p->at = at;
    return fail_here(p, "the json has a bad number");
}

static bool parse_word(Parser *p, Str word)
{
    if (!str_starts((Str){ p->at, (size_t)(p->end - p->at) }, word))
        return fail_here(p, "the json has something that is no value");
    p->at += word.len;
    return true;
}

static bool open_container(Parser *p, Json *value, JsonType type)
{
    if (p->depth == JSON_DEPTH_MAX)
        return err_set(p->err, ERR_LIMIT, "the json is nested more than %d deep", JSON_DEPTH_MAX);
    value->type = type;
    p->level[p->depth++] = (Level){ value, &value->first };
    p->at++;
    return true;
}

/* Reads a value's own part: all of a scalar, the opening mark of a container. */
static bool parse_value(Parser *p, Json *value)
{
    switch (p->at < p->end ? *p->at : 0) {
    case '"': value->type = JSON_STRING; return parse_string(p, &value->text);
    case '{': return open_container(p, value, JSON_OBJECT);
    case '[': return open_container(p, value, JSON_ARRAY);
    case 't': value->type = JSON_TRUE; return parse_word(p, STR("true"));
    case 'f': value->type = JSON_FALSE; return parse_word(p, STR("false"));
    case 'n': value->type = JSON_NULL; return parse_word(p, STR("null"));
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': value->type = JSON_NUMBER; return parse_number(p, &value->text);
    default: return fail_here(p, "the json has something that is no value");
    }
}

static Json *new_value(Parser *p)
{
    if (++p->values > JSON_VALUES_MAX) {
        err_set(p->err, ERR_LIMIT, "the json has more than %d values", JSON_VALUES_MAX);
        return NULL;
    }
    if (!arena_ok(p->arena)) {
        err_set(p->err, ERR_LIMIT, "the json takes more than the %zu bytes of memory set aside for it",
                p->arena->budget);
        return NULL;
    }
    Json *value = arena_alloc(p->arena, sizeof *value);
    *value = (Json){ 0 };
    return value;
}

/* "name" : */
static bool parse_key(Parser *p, Str *ret)
{
    if (p->at == p->end || *p->at != '"') return fail_here(p, "the json has no name where an object's member begins");
    if (!parse_string(p, ret)) return false;
    skip_space(p);
    if (p->at == p->end || *p->at != ':') return fail_here(p, "the json has no colon after a name");
    p->at++;
    skip_space(p);
    return true;
}

/* One item of the innermost container, hung into it. */
static bool parse_item(Parser *p)
{
    Level *level = &p->level[p->depth - 1];
    Json *value = new_value(p);
    if (!value) return false;
    if (level->container->type == JSON_OBJECT && !parse_key(p, &value->key)) return false;
    *level->link = value;
    level->link = &value->next;
    level->container->count++;
    return parse_value(p, value);
}

/* Goes on until all containers are closed. */
static bool parse_open(Parser *p)
{
    while (p->depth) {
        const Json *container = p->level[p->depth - 1].container;
        char closing = container->type == JSON_OBJECT ? '}' : ']';
        skip_space(p);
        if (p->at < p->end && *p->at == closing) {
            p->at++;
            p->depth--;
            continue;
        }
        if (container->count) {
            if (p->at == p->end || *p->at != ',')
                return fail_here(p, "the json has no comma or closing mark after a value");
            p->at++;
            skip_space(p);
        }
        if (!parse_item(p)) return false;
    }
    return true;
}

const Json *json_parse(Str text, Arena *arena, size_t *at, Err *err)
{
    Parser p;
    p.begin = p.at = text.data ? text.data : "";
    p.end = p.begin + text.len;
    p.arena = arena;
    p.err = err;
    p.values = 0;
    p.depth = 0;
    skip_space(&p);
    Json *root = new_value(&p);
    bool done = root && parse_value(&p, root) && parse_open(&p);
    if (done) {
        skip_space(&p);
        if (p.at < p.end) done = fail(&p, p.at, "the json goes on after its value");
    }
    if (!done && at) *at = (size_t)(p.at - p.begin);
    return done ? root : NULL;
}

static const Json *get(const Json *object, Str name)
{
    if (!json_is(object, JSON_OBJECT)) return NULL;
    for (const Json *item = object->first; item; item = item->next)
        if (str_equal(item->key, name)) return item;
    return NULL;
}

const Json *json_get(const Json *object, const char *name) { return get(object, str_from(name)); }

const Json *json_path(const Json *object, const char *dotted_path)
{
    Str rest = str_from(dotted_path), name;
    while (object && str_next_part(&rest, '.', &name)) object = get(object, name);
    return object;
}

bool json_is(const Json *value, JsonType type) { return value && value->type == type; }

bool json_true(const Json *value) { return json_is(value, JSON_TRUE); }

Str json_str(const Json *value) { return json_is(value, JSON_STRING) ? value->text : (Str){ 0 }; }

Str json_scalar(const Json *value)
{
    return json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER) ? value->text : (Str){ 0 };
}

bool json_double(const Json *value, double *ret) { return str_to_double(json_scalar(value), ret); }

bool json_i64(const Json *value, int64_t *ret)
{
    Str text = json_scalar(value);
    double number;
    if (str_to_i64(text, ret)) return true;
    if (!str_to_double(text, &number)) return false;
    /* Without an exponent the digits before the point say it exactly, which a double past 2^53 does not. */
    size_t point = str_find_char(text, '.');
    if (point != STR_NOT_FOUND && str_find_nocase(text, STR("e")) == STR_NOT_FOUND &&
        str_to_i64(str_sub(text, 0, point), ret))
        return true;
    if (number < -0x1p63 || number >= 0x1p63) return false;
    *ret = (int64_t)number;
    return true;
}
