/* shape.c -- one forward walk over the bytes; strings are stepped over, brackets are counted. */
#include "import/shape.h"

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

size_t shape_skip_space(Str text, size_t at)
{
    while (at < text.len && is_space(text.data[at])) at++;
    return at;
}

/* Where the outermost value begins. */
static size_t first_byte(Str head)
{
    static const Str bom = { "\xEF\xBB\xBF", 3 };
    return shape_skip_space(head, str_starts(head, bom) ? bom.len : 0);
}

/* `at` stands on the opening quote.  Most strings hold no backslash: then the next quote ends them. */
static size_t string_end(Str text, size_t at, bool one_line)
{
    const char *begin = text.data + at + 1, *end = memchr(begin, '"', text.len - at - 1);
    if (!end) return STR_NOT_FOUND;
    size_t len = (size_t)(end - begin);
    if (one_line && memchr(begin, '\n', len)) return STR_NOT_FOUND;
    if (!memchr(begin, '\\', len)) return at + len + 2;
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

typedef struct Sought {
    Str path, value; /* value.data NULL: any */
} Sought;

typedef struct Walk {
    char path[PATH_LEN_MAX];
    size_t path_len;
    size_t base[WALK_DEPTH_MAX];    /* length of the path of the container at this depth */
    bool is_object[WALK_DEPTH_MAX]; /* what it is */
    size_t depth;                   /* containers open */
    Sought sought[SHAPE_MARKS_MAX];
    size_t sought_count;
    bool has_length[PATH_LEN_MAX]; /* some mark's path is as long: most names fall through here */
} Walk;

static void walk_init(Walk *walk, const char *const *marks, size_t count)
{
    memset(walk, 0, sizeof *walk);
    assert(count <= SHAPE_MARKS_MAX);
    for (size_t i = 0; i < count; i++) {
        Str mark = str_from(marks[i]);
        size_t equals = str_find_char(mark, '=');
        Str value = equals == STR_NOT_FOUND ? (Str){ NULL, 0 } : str_from_byte(mark, equals + 1);
        walk->sought[i] = (Sought){ .path = str_sub(mark, 0, equals), .value = value };
        assert(walk->sought[i].path.len < PATH_LEN_MAX);
        walk->has_length[walk->sought[i].path.len] = true;
    }
    walk->sought_count = count;
}

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
static uint32_t met(const Walk *walk, Str value)
{
    uint32_t bits = 0;
    if (walk->path_len == PATH_LEN_MAX || !walk->has_length[walk->path_len]) return 0;
    Str path = str_make(walk->path, walk->path_len);
    for (size_t i = 0; i < walk->sought_count; i++) {
        const Sought *sought = &walk->sought[i];
        if (str_equal(sought->path, path) && (!sought->value.data || str_equal(sought->value, value))) bits |= 1u << i;
    }
    return bits;
}

static bool enter(Walk *walk, bool is_object)
{
    if (walk->depth == WALK_DEPTH_MAX) return false;
    walk->is_object[walk->depth] = is_object;
    walk->base[walk->depth] = walk->depth ? walk->path_len : 0;
    walk->path_len = walk->base[walk->depth];
    walk->depth++;
    return true;
}

static void leave(Walk *walk)
{
    if (walk->depth) walk->path_len = walk->base[--walk->depth];
}

/* A string that is a member's name or not; returns where to go on, which is behind a value that is a string too. */
static size_t string_met(Walk *walk, Str head, size_t at, size_t end, uint32_t *bits)
{
    size_t colon = shape_skip_space(head, end);
    bool is_name = walk->depth && walk->is_object[walk->depth - 1] && colon < head.len && head.data[colon] == ':';
    if (!is_name) return end;
    walk_to(walk, str_sub(head, at + 1, end - 1));
    size_t begin = shape_skip_space(head, colon + 1);
    bool is_text = begin < head.len && head.data[begin] == '"';
    size_t value_end = is_text ? string_end(head, begin, true) : STR_NOT_FOUND;
    *bits |= met(walk, value_end == STR_NOT_FOUND ? (Str){ NULL, 0 } : str_sub(head, begin + 1, value_end - 1));
    return value_end == STR_NOT_FOUND ? begin : value_end;
}

uint32_t shape_marks(Str head, const char *const *marks, size_t count)
{
    Walk walk;
    walk_init(&walk, marks, count);
    uint32_t bits = 0;
    size_t at = first_byte(head);
    if (at >= head.len || (head.data[at] != '{' && head.data[at] != '[')) return 0;
    while (at < head.len) {
        char c = head.data[at];
        if (c == '"') {
            size_t end = string_end(head, at, true);
            if (end != STR_NOT_FOUND) {
                at = string_met(&walk, head, at, end, &bits);
                continue;
            }
            /* A broken line: what stands on the next one is looked at afresh. */
            size_t line = str_find_char(str_from_byte(head, at), '\n');
            if (line == STR_NOT_FOUND) break;
            at += line;
            walk.depth = walk.path_len = 0;
        } else if (c == '{' || c == '[') {
            if (!enter(&walk, c == '{')) break;
        } else if (c == '}' || c == ']') {
            leave(&walk);
        }
        at++;
    }
    return bits;
}

/* ---- JSON Lines. ---- */

enum { LINES_LOOKED_AT = 20 }; /* the first may be broken */

static bool is_object_on_a_line(Str line)
{
    line = str_trim(line);
    return str_starts(line, STR("{")) && shape_value_end(line, 0, true) == line.len;
}

bool shape_is_line(Str head, bool *more_follow)
{
    Str rest = str_from_byte(head, first_byte(head)), line;
    *more_follow = false;
    for (int i = 0; i < LINES_LOOKED_AT && str_next_line(&rest, &line); i++) {
        bool next = str_starts(rest, STR("{"));
        if (i == 0 && !str_starts(line, STR("{"))) return false;
        if (i == 0 && rest.len == 0)
            return shape_value_end(line, 0, true) == STR_NOT_FOUND || is_object_on_a_line(line);
        if (is_object_on_a_line(line) && (i == 0 || next || rest.len == 0)) {
            *more_follow = next || i > 0;
            return true;
        }
    }
    return false;
}
