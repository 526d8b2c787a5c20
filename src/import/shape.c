/* shape.c -- one forward walk over the bytes; strings are stepped over, brackets are counted. */
#include "import/shape.h"

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

size_t shape_skip_space(Str text, size_t at)
{
    while (at < text.len && is_space(text.data[at])) at++;
    return at;
}

/* `at` stands on the opening quote. */
static size_t string_end(Str text, size_t at, bool one_line)
{
    for (at++; at < text.len; at++) {
        char c = text.data[at];
        if (c == '"') return at + 1;
        if (c == '\\') at++;
        if (one_line && c == '\n') break;
    }
    return STR_NOT_FOUND;
}

static size_t scalar_end(Str text, size_t at)
{
    size_t begin = at;
    while (at < text.len && (ascii_alnum(text.data[at]) || strchr("+-.", text.data[at])) && text.data[at]) at++;
    return at > begin ? at : STR_NOT_FOUND;
}

size_t shape_value_end(Str text, size_t at, bool one_line)
{
    if (at >= text.len) return STR_NOT_FOUND;
    if (text.data[at] == '"') return string_end(text, at, one_line);
    if (text.data[at] != '{' && text.data[at] != '[') return scalar_end(text, at);
    for (size_t depth = 0; at < text.len; at++) {
        char c = text.data[at];
        if (c == '"') {
            at = string_end(text, at, one_line);
            if (at == STR_NOT_FOUND) return at;
            at--;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return STR_NOT_FOUND;
}

bool shape_next_member(Str text, size_t *at, Str *key, size_t *begin, size_t *end)
{
    size_t here = shape_skip_space(text, *at);
    if (here < text.len && text.data[here] == ',') here = shape_skip_space(text, here + 1);
    *at = here;
    if (here >= text.len || text.data[here] != '"') return false;
    size_t key_end = string_end(text, here, false);
    if (key_end == STR_NOT_FOUND) return false;
    *key = str_sub(text, here, key_end);
    here = shape_skip_space(text, key_end);
    if (here >= text.len || text.data[here] != ':') return false;
    *begin = shape_skip_space(text, here + 1);
    *end = shape_value_end(text, *begin, false);
    if (*end != STR_NOT_FOUND) *at = *end;
    return true;
}

/* ---- Marks: the path to where the walk stands, as "a.b.c". ---- */

enum { PATH_LEN_MAX = 120, WALK_DEPTH_MAX = 64 };

typedef struct Walk {
    char path[PATH_LEN_MAX];
    size_t path_len;
    size_t base[WALK_DEPTH_MAX];    /* length of the path of the container at this depth */
    bool is_object[WALK_DEPTH_MAX]; /* what it is */
    size_t depth;                   /* containers open */
} Walk;

/* Sets the path to the container's and this name; a path too long for any mark matches none. */
static void walk_to(Walk *walk, Str name)
{
    size_t base = walk->depth ? walk->base[walk->depth - 1] : 0;
    size_t dot = base > 0 ? 1 : 0;
    if (base == PATH_LEN_MAX || base + dot + name.len >= PATH_LEN_MAX) {
        walk->path_len = PATH_LEN_MAX;
        return;
    }
    if (dot) walk->path[base] = '.';
    memcpy(walk->path + base + dot, name.data, name.len);
    walk->path_len = base + dot + name.len;
}

/* `value`: what stands behind the name, for the marks with a '='. */
static uint32_t met(const Walk *walk, Str value, const char *const *marks, size_t count)
{
    uint32_t bits = 0;
    if (walk->path_len == PATH_LEN_MAX) return 0;
    for (size_t i = 0; i < count && i < SHAPE_MARKS_MAX; i++) {
        Str mark = str_from(marks[i]), path = str_make(walk->path, walk->path_len);
        size_t equals = str_find_char(mark, '=');
        if (!str_equal(str_sub(mark, 0, equals), path)) continue;
        if (equals == STR_NOT_FOUND || str_equal(str_from_byte(mark, equals + 1), value)) bits |= 1u << i;
    }
    return bits;
}

uint32_t shape_marks(Str head, const char *const *marks, size_t count)
{
    static const Str bom = { "\xEF\xBB\xBF", 3 };
    Walk walk = { .depth = 0 };
    uint32_t bits = 0;
    size_t at = shape_skip_space(head, str_starts(head, bom) ? bom.len : 0);
    if (at >= head.len || (head.data[at] != '{' && head.data[at] != '[')) return 0;
    while (at < head.len) {
        char c = head.data[at];
        if (c == '{' || c == '[') {
            if (walk.depth == WALK_DEPTH_MAX) break;
            walk.is_object[walk.depth] = c == '{';
            walk.base[walk.depth] = walk.depth ? walk.path_len : 0;
            walk.path_len = walk.base[walk.depth];
            walk.depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (walk.depth) walk.path_len = walk.base[--walk.depth];
            at++;
        } else if (c == '"') {
            size_t end = string_end(head, at, false);
            if (end == STR_NOT_FOUND) break;
            size_t colon = shape_skip_space(head, end);
            if (walk.depth && walk.is_object[walk.depth - 1] && colon < head.len && head.data[colon] == ':') {
                walk_to(&walk, str_sub(head, at + 1, end - 1));
                size_t begin = shape_skip_space(head, colon + 1);
                Str value = { NULL, 0 };
                if (begin < head.len && head.data[begin] == '"') {
                    size_t value_end = string_end(head, begin, false);
                    if (value_end != STR_NOT_FOUND) value = str_sub(head, begin + 1, value_end - 1);
                }
                bits |= met(&walk, value, marks, count);
                at = begin;
                if (begin < head.len && head.data[begin] == '"') at = string_end(head, begin, false);
                if (at == STR_NOT_FOUND) break;
            } else {
                at = end;
            }
        } else {
            at++;
        }
    }
    return bits;
}

bool shape_is_line(Str head, bool *more_follow)
{
    static const Str bom = { "\xEF\xBB\xBF", 3 };
    size_t at = shape_skip_space(head, str_starts(head, bom) ? bom.len : 0);
    size_t end = shape_value_end(head, at, true);
    Str value = str_sub(head, at, end);
    *more_follow = false;
    if (at >= head.len || head.data[at] != '{' || str_find_char(value, '\n') != STR_NOT_FOUND) return false;
    if (end == STR_NOT_FOUND) return true;
    size_t next = shape_skip_space(head, end);
    *more_follow = next < head.len && head.data[next] == '{';
    return true;
}
