/* records.c -- finding records by their brackets, and bringing those of one conversation together. */
#include "import/records.h"

#include <stdlib.h>

#include "import/shape.h"

/* A record that waits for the others of its conversation. */
typedef struct Waiting {
    Str key;
    size_t begin, end; /* in the block's bytes */
    uint64_t line;
    const Json *around;
    const void *prepared;
} Waiting;

typedef struct Walk {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    const RecordReader *reader;
    Str bytes;
    size_t line_at; /* lines are counted up to here */
    uint64_t line;
    const Json *around; /* of the list the walk is in */
    const void *prepared;
    Arena index; /* holds what waits, its keys and what stood around it */
    Waiting *waiting;
    size_t waiting_count, waiting_capacity;
    size_t refused; /* records beyond the limit */
} Walk;

/* Offsets are asked for in rising order, so that all the lines are counted once. */
static uint64_t line_of(Walk *walk, size_t offset)
{
    const char *at = walk->bytes.data + walk->line_at, *end = walk->bytes.data + MIN(offset, walk->bytes.len);
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        walk->line++;
        at++;
    }
    if (offset > walk->line_at) walk->line_at = MIN(offset, walk->bytes.len);
    return walk->line;
}

static bool reject_at(Walk *walk, size_t offset, const char *reason)
{
    return import_reject(walk->sink, walk->block, line_of(walk, offset), walk->block->offset + offset, "%s", reason);
}

/* Parses [begin, end); NULL after a Reject. */
static const Json *parse(Walk *walk, size_t begin, size_t end, bool *go_on)
{
    size_t at = 0;
    Err err = { 0 };
    const Json *json = json_parse(str_sub(walk->bytes, begin, end), walk->scratch, &at, &err);
    *go_on = json || reject_at(walk, begin + at, err.text);
    return json;
}

static bool wait_for_group(Walk *walk, Str key, size_t begin, size_t end, uint64_t line)
{
    if (walk->waiting_count == RECORDS_WAITING_MAX)
        return walk->refused++ > 0 ||
               import_reject(walk->sink, walk->block, line, walk->block->offset + begin,
                             "more than %d records of conversations in pieces; from here on they are left out",
                             RECORDS_WAITING_MAX);
    Waiting *w = ARENA_PUSH(&walk->index, walk->waiting, walk->waiting_count, walk->waiting_capacity);
    *w = (Waiting){ .key = arena_str(&walk->index, key),
                    .begin = begin,
                    .end = end,
                    .line = line,
                    .around = walk->around,
                    .prepared = walk->prepared };
    return true;
}

static bool one_record(Walk *walk, size_t begin, size_t end)
{
    uint64_t line = line_of(walk, begin);
    if (walk->bytes.data[begin] != '{') return reject_at(walk, begin, "an object was expected here");
    if (end - begin > IMPORT_CONVERSATION_MAX)
        return import_reject(walk->sink, walk->block, line, walk->block->offset + begin,
                             "a conversation of more than %d MB", IMPORT_CONVERSATION_MAX >> 20);
    ArenaMark mark = arena_mark(walk->scratch);
    bool go_on;
    Record record = {
        .around = walk->around, .prepared = walk->prepared, .line = line, .offset = walk->block->offset + begin
    };
    record.json = parse(walk, begin, end, &go_on);
    if (record.json) {
        Str key = { NULL, 0 };
        if (walk->reader->group && walk->reader->group(&record, walk->scratch, &key))
            go_on = wait_for_group(walk, key, begin, end, line);
        else
            go_on = walk->reader->read(walk->block, walk->sink, walk->scratch, &record, 1);
    }
    arena_back_to(walk->scratch, mark);
    return go_on;
}

/* The value at `begin` never ends or is broken: the parser knows best where and why. */
static bool broken(Walk *walk, size_t begin)
{
    bool go_on;
    ArenaMark mark = arena_mark(walk->scratch);
    uint64_t line = line_of(walk, begin);
    size_t line_at = walk->line_at;
    const Json *json = parse(walk, begin, walk->bytes.len, &go_on);
    if (json) go_on = reject_at(walk, begin, "this value belongs to no record");
    arena_back_to(walk->scratch, mark);
    walk->line = line; /* the lines behind it may still be looked at */
    walk->line_at = line_at;
    return go_on;
}

/* The items of a list; *at stands behind '['.  Afterwards behind ']', or at the end of the bytes when it is broken. */
static bool list_items(Walk *walk, size_t *at)
{
    bool first = true;
    for (;; first = false) {
        size_t here = shape_skip_space(walk->bytes, *at);
        bool comma = !first && here < walk->bytes.len && walk->bytes.data[here] == ',';
        if (comma) here = shape_skip_space(walk->bytes, here + 1);
        if (here < walk->bytes.len && walk->bytes.data[here] == ']' && !comma) {
            *at = here + 1;
            return true;
        }
        *at = walk->bytes.len;
        if (here >= walk->bytes.len) return reject_at(walk, here, "the list ends in the middle");
        if (!first && !comma) return reject_at(walk, here, "a comma was expected here");
        size_t end = shape_value_end(walk->bytes, here, false);
        if (end == STR_NOT_FOUND) return broken(walk, here);
        if (!one_record(walk, here, end)) return false;
        *at = end;
    }
}

/* ---- An outermost object with a list of records. ---- */

static bool is_list_name(const RecordReader *reader, Str quoted_key)
{
    for (const char *const *name = reader->lists; name && *name; name++)
        if (str_equal(str_sub(quoted_key, 1, quoted_key.len - 1), str_from(*name))) return true;
    return false;
}

/* Where the list of records in the object at `begin` stands: the offset of its '[', or STR_NOT_FOUND. */
static size_t find_list(Walk *walk, size_t begin)
{
    size_t at = begin + 1, value, end;
    Str key;
    if (!walk->reader->lists) return STR_NOT_FOUND;
    while (shape_next_member(walk->bytes, &at, &key, &value, &end)) {
        if (is_list_name(walk->reader, key) && value < walk->bytes.len && walk->bytes.data[value] == '[') return value;
        if (end == STR_NOT_FOUND) break;
    }
    return STR_NOT_FOUND;
}

/* The object without its lists of records, put together from its other members; those that are broken are left out. */
static const Json *parse_around(Walk *walk, size_t begin, Arena *arena)
{
    Json *object = ARENA_NEW(arena, Json, 1);
    object->type = JSON_OBJECT;
    const Json **tail = &object->first;
    size_t at = begin + 1, value, end;
    Str key;
    while (shape_next_member(walk->bytes, &at, &key, &value, &end) && end != STR_NOT_FOUND) {
        Err err = { 0 };
        size_t where;
        if (is_list_name(walk->reader, key) && walk->bytes.data[value] == '[') continue;
        const Json *name = json_parse(key, arena, &where, &err);
        const Json *parsed = json_parse(str_sub(walk->bytes, value, end), arena, &where, &err);
        if (!name || !parsed) continue;
        Json *member = ARENA_NEW(arena, Json, 1);
        *member = *parsed;
        member->key = json_str(name);
        member->next = NULL;
        *tail = member;
        tail = &member->next;
        object->count++;
    }
    return object;
}

static bool wrapped_list(Walk *walk, size_t begin, size_t list)
{
    ArenaMark mark = arena_mark(walk->scratch);
    Arena *arena = walk->reader->group ? &walk->index : walk->scratch; /* groups are read when the list is over */
    walk->around = parse_around(walk, begin, arena);
    walk->prepared = walk->reader->prepare ? walk->reader->prepare(walk->around, arena) : NULL;
    size_t at = list + 1;
    bool go_on = list_items(walk, &at);
    walk->around = NULL;
    walk->prepared = NULL;
    arena_back_to(walk->scratch, mark);
    return go_on;
}

/* ---- The outermost values. ---- */

/* A record that never ends hides those behind it.  In JSON Lines they can be told again: the next line that begins with
 * '{' and ends with '}' is taken to be one; each such line is tried by itself, so that the cost stays linear. */
static bool lines_after(Walk *walk, size_t at)
{
    Str rest = str_from_byte(walk->bytes, at), line;
    bool go_on = str_next_line(&rest, &line);
    while (go_on && rest.len && str_next_line(&rest, &line)) {
        size_t begin = (size_t)(line.data - walk->bytes.data);
        Str trimmed = str_trim(line);
        if (!str_starts(line, STR("{")) || !str_ends(trimmed, STR("}"))) continue;
        go_on = one_record(walk, begin, begin + trimmed.len);
    }
    return go_on;
}

static bool outermost_object(Walk *walk, size_t *at)
{
    size_t begin = *at, list = find_list(walk, begin);
    size_t end = shape_value_end(walk->bytes, begin, list == STR_NOT_FOUND);
    *at = end == STR_NOT_FOUND ? walk->bytes.len : end;
    if (list != STR_NOT_FOUND) return wrapped_list(walk, begin, list);
    if (end != STR_NOT_FOUND) return one_record(walk, begin, end);
    return broken(walk, begin) && lines_after(walk, begin);
}

/* Lines that belong to nothing are one fault: a whole file of another form would have as many as it has lines. */
static size_t next_opening_line(Str bytes, size_t at)
{
    Str rest = str_from_byte(bytes, at), line;
    while (str_next_line(&rest, &line) && rest.len && rest.data[0] != '{' && rest.data[0] != '[') {
    }
    return bytes.len - rest.len;
}

static bool outermost_values(Walk *walk)
{
    static const Str bom = { "\xEF\xBB\xBF", 3 };
    size_t at = str_starts(walk->bytes, bom) ? bom.len : 0;
    bool go_on = true;
    while (go_on && (at = shape_skip_space(walk->bytes, at)) < walk->bytes.len) {
        if (walk->bytes.data[at] == '{') {
            go_on = outermost_object(walk, &at);
        } else if (walk->bytes.data[at] == '[') {
            at++;
            go_on = list_items(walk, &at);
        } else {
            go_on = reject_at(walk, at, "a record that begins with '{' was expected here");
            at = next_opening_line(walk->bytes, at);
        }
    }
    return go_on;
}

/* ---- Groups. ---- */

static int by_key(const void *a, const void *b)
{
    const Waiting *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order ? order : (x->begin > y->begin) - (x->begin < y->begin);
}

typedef struct Group {
    size_t first, count; /* in waiting[] */
    size_t begin;        /* of its first record */
} Group;

static int by_begin(const void *a, const void *b)
{
    const Group *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool read_group(Walk *walk, const Group *group)
{
    const Waiting *first = &walk->waiting[group->first];
    size_t bytes = 0;
    for (size_t i = 0; i < group->count; i++) bytes += first[i].end - first[i].begin;
    if (bytes > IMPORT_CONVERSATION_MAX)
        return import_reject(walk->sink, walk->block, first->line, walk->block->offset + first->begin,
                             "conversation %.*s has more than %d MB", STR_ARG(str_sub(first->key, 0, 80)),
                             IMPORT_CONVERSATION_MAX >> 20);
    ArenaMark mark = arena_mark(walk->scratch);
    Record *record = ARENA_NEW(walk->scratch, Record, group->count);
    size_t count = 0;
    bool go_on = true;
    for (size_t i = 0; go_on && i < group->count; i++) {
        const Json *json = parse(walk, first[i].begin, first[i].end, &go_on);
        if (json)
            record[count++] = (Record){ .json = json,
                                        .around = first[i].around,
                                        .prepared = first[i].prepared,
                                        .line = first[i].line,
                                        .offset = walk->block->offset + first[i].begin };
    }
    if (go_on && count) go_on = walk->reader->read(walk->block, walk->sink, walk->scratch, record, count);
    arena_back_to(walk->scratch, mark);
    return go_on;
}

static bool read_groups(Walk *walk)
{
    if (walk->waiting_count == 0) return true;
    qsort(walk->waiting, walk->waiting_count, sizeof *walk->waiting, by_key);
    Group *group = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < walk->waiting_count; i++) {
        if (count == 0 || !str_equal(walk->waiting[i].key, walk->waiting[i - 1].key))
            *ARENA_PUSH(&walk->index, group, count, capacity) = (Group){ .first = i, .begin = walk->waiting[i].begin };
        group[count - 1].count++;
    }
    qsort(group, count, sizeof *group, by_begin);
    bool go_on = true;
    for (size_t i = 0; go_on && i < count; i++) go_on = read_group(walk, &group[i]);
    return go_on;
}

bool records_read(const ImportBlock *block, ImportSink *sink, Arena *scratch, const RecordReader *reader, Err *err)
{
    (void)err; /* what cannot be read is told record by record */
    Walk walk = { .block = block,
                  .sink = sink,
                  .scratch = scratch,
                  .reader = reader,
                  .bytes = block->bytes,
                  .line = block->line ? block->line : 1 };
    bool go_on = outermost_values(&walk) && read_groups(&walk);
    arena_clear(&walk.index);
    return go_on;
}
