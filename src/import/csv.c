/* csv.c -- tables of messages, one row a turn, become Conversations.
 *
 * In: rows with a header, in the order of the columns that csv_columns.c finds.
 * Out: Conversations in the order of their first rows; rows of one conversation
 * that stand apart within the block come together.  Turns are put in the order
 * of their numbers, else of their times, else of the file.  A bad row is
 * refused by its line; the rest of its conversation is read.
 */
#include "import/csv.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "import/draft.h"
#include "import/formats.h"
#include "import/pasted.h"
#include "import/speaker.h"

enum { OPEN_QUOTES_MAX = 20 }; /* quoted fields that never end, before the rest of the block is given up */

typedef struct Row {
    const char *begin;
    uint32_t len, group;
    uint64_t line;
} Row;

typedef struct Reader {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch; /* of one conversation */
    Arena arena;    /* of the block */
    CsvColumns columns;
    Str *field; /* of the row at hand */
    size_t field_count;
    int day_first;
    bool first_block, told_of_guess, told_of_time, told_of_bytes;
    Row *row;
    size_t row_count, row_capacity;
    Str *group; /* the conversations' ids */
    size_t group_count, group_capacity;
    uint32_t *table; /* of the groups by id: index + 1 */
    size_t table_size;
    bool apart; /* a conversation came back after another */
} Reader;

/* ---- The rows of each conversation. ---- */

static uint32_t *table_slot(Reader *r, Str id)
{
    size_t at = str_hash(id) & (r->table_size - 1);
    while (r->table[at] && !str_equal(r->group[r->table[at] - 1], id)) at = (at + 1) & (r->table_size - 1);
    return &r->table[at];
}

static uint32_t group_of(Reader *r, Str id)
{
    if (r->group_count && str_equal(r->group[r->row[r->row_count - 1].group], id))
        return r->row[r->row_count - 1].group;
    if (r->group_count * 2 >= r->table_size) {
        r->table_size = r->table_size ? r->table_size * 2 : 1024;
        r->table = ARENA_NEW(&r->arena, uint32_t, r->table_size);
        for (size_t i = 0; i < r->group_count; i++) *table_slot(r, r->group[i]) = (uint32_t)i + 1;
    }
    uint32_t *slot = table_slot(r, id);
    if (*slot) {
        r->apart = true;
        return *slot - 1;
    }
    *ARENA_PUSH(&r->arena, r->group, r->group_count, r->group_capacity) = id;
    *slot = (uint32_t)r->group_count;
    return (uint32_t)r->group_count - 1;
}

/* False when the sink wants no more. */
static bool add_row(Reader *r, Str record, uint64_t line)
{
    if (str_trim(record).len == 0) return true;
    Str id = { 0 };
    int column = r->columns.at[CSV_CONVERSATION];
    if (column >= 0) {
        id = str_trim(csv_field(record, r->columns.separator, (size_t)column, &r->arena));
        if (id.len == 0) return import_reject(r->sink, r->block, line, UINT64_MAX, "a row without a conversation");
    }
    if (record.len > IMPORT_CONVERSATION_MAX)
        return import_reject(r->sink, r->block, line, UINT64_MAX, "a row of more than %d MB",
                             IMPORT_CONVERSATION_MAX >> 20);
    uint32_t group = group_of(r, id);
    *ARENA_PUSH(&r->arena, r->row, r->row_count, r->row_capacity) =
        (Row){ record.data, (uint32_t)record.len, group, line };
    return true;
}

/* A quote that is never closed would swallow the rest: its line alone is given up. */
static bool pass_open_quote(Reader *r, CsvScan *scan, int *count)
{
    const char *line_end = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));
    bool give_up = ++*count > OPEN_QUOTES_MAX || !line_end;
    uint64_t line = scan->line++;
    scan->at = give_up ? scan->end : line_end + 1;
    return import_reject(r->sink, r->block, line, UINT64_MAX, "a quoted field is not closed%s",
                         give_up && line_end ? "; nothing is read behind it" : "");
}

static bool find_rows(Reader *r, Str bytes, uint64_t line)
{
    CsvScan scan = { bytes.data, bytes.data + bytes.len, r->columns.separator, line };
    Str record;
    bool in_quotes, go_on = true;
    int open_quotes = 0;
    while (go_on && scan.at < scan.end) {
        uint64_t at_line = scan.line;
        if (csv_next_record(&scan, &record, &in_quotes)) {
            go_on = add_row(r, record, at_line);
        } else if (in_quotes) {
            go_on = pass_open_quote(r, &scan, &open_quotes);
        } else {
            go_on = add_row(r, str_make(scan.at, (size_t)(scan.end - scan.at)), at_line);
            scan.at = scan.end;
        }
    }
    return go_on;
}

/* Puts the rows of each conversation together, each in the order of the file. */
static void gather(Reader *r)
{
    size_t *next = ARENA_NEW(&r->arena, size_t, r->group_count + 1);
    Row *sorted = arena_alloc(&r->arena, r->row_count * sizeof *sorted);
    for (size_t i = 0; i < r->row_count; i++) next[r->row[i].group + 1]++;
    for (size_t i = 0; i < r->group_count; i++) next[i + 1] += next[i];
    for (size_t i = 0; i < r->row_count; i++) sorted[next[r->row[i].group]++] = r->row[i];
    r->row = sorted;
}

/* ---- One row. ---- */

typedef struct Turn {
    Utterance said;
    CsvTime time;
    int64_t number;
    bool timed, numbered;
    uint32_t index;
} Turn;

static Str field(const Reader *r, CsvColumn column)
{
    int at = r->columns.at[column];
    return at >= 0 && (size_t)at < r->field_count ? str_trim(r->field[at]) : (Str){ 0 };
}

/* Spreadsheets write Windows-1252 where they are not told otherwise; a field that has whole characters of UTF-8 before
 * the bad byte is not that, but damaged. */
static bool read_bytes(Reader *r, uint64_t line, bool *go_on)
{
    bool other = false;
    for (size_t i = 0; i < r->field_count; i++) {
        size_t good = utf8_valid_len(r->field[i]);
        if (good == r->field[i].len) continue;
        bool ascii = true;
        for (size_t k = 0; k < good && ascii; k++) ascii = (unsigned char)r->field[i].data[k] < 0x80;
        if (!ascii) continue;
        r->field[i] = utf8_from_latin1(r->scratch, r->field[i]);
        other = true;
    }
    if (!other || r->told_of_bytes) return true;
    r->told_of_bytes = true;
    *go_on = import_warn(r->sink, r->block, line, UINT64_MAX, "not in UTF-8: read as Windows-1252");
    return *go_on;
}

static bool is_word_of(Str s, const char *words)
{
    Str rest = str_from(words), word;
    while (str_next_part(&rest, ' ', &word))
        if (str_equal_nocase(s, word)) return true;
    return false;
}

static bool is_true(Str s) { return is_word_of(s, "true t 1 yes y"); }
static bool is_false(Str s) { return is_word_of(s, "false f 0 no n"); }

static Role row_role(const Reader *r)
{
    Str word = field(r, CSV_ROLE);
    bool true_is_customer = r->columns.role_kind == CSV_ROLE_TRUE_IS_CUSTOMER;
    if (r->columns.role_kind != CSV_ROLE_WORD && (is_true(word) || is_false(word)))
        return is_true(word) == true_is_customer ? ROLE_CUSTOMER : ROLE_AGENT;
    return speaker_role(word, r->block->options);
}

static uint32_t row_participant(Reader *r, Conversation *c, Role *role)
{
    Str name = field(r, CSV_AUTHOR), email = field(r, CSV_EMAIL), word = field(r, CSV_ROLE);
    if (*role == ROLE_UNKNOWN) *role = speaker_role(name, r->block->options);
    if (role_from(name) != ROLE_UNKNOWN) name = (Str){ 0 }; /* "agent" is nobody's name */
    if (name.len == 0 && *role == ROLE_AGENT) name = field(r, CSV_AGENT);
    if (name.len == 0 && *role == ROLE_CUSTOMER) name = field(r, CSV_CUSTOMER);
    if (name.len == 0 && *role == ROLE_UNKNOWN && r->columns.role_may_name) name = word;
    if (name.len == 0 && email.len == 0) return NO_PARTICIPANT;
    uint32_t index = conversation_participant(c, r->scratch, name.len ? (Str){ 0 } : email, name, *role);
    if (c->participant[index].email.len == 0) c->participant[index].email = email;
    return index;
}

static bool row_is_public(const Reader *r)
{
    Str open = field(r, CSV_PUBLIC), internal = field(r, CSV_INTERNAL);
    if (is_false(open) || is_word_of(open, "internal private note")) return false;
    return !is_true(internal) && !is_word_of(internal, "internal private note");
}

static bool row_time(Reader *r, uint64_t line, Turn *turn, bool *go_on)
{
    Str time = field(r, CSV_TIME), date = field(r, CSV_DATE);
    if (date.len)
        time = arena_printf(r->scratch, "%.*s %.*s", STR_ARG(str_sub(date, 0, 60)), STR_ARG(str_sub(time, 0, 60)));
    bool good = csv_time(time, r->day_first, r->columns.is_milliseconds, &turn->time);
    if (!good && date.len) good = csv_time(field(r, CSV_TIME), r->day_first, r->columns.is_milliseconds, &turn->time);
    if (good && turn->time.is_guess && !r->told_of_guess && r->first_block) {
        r->told_of_guess = true;
        *go_on = import_warn(r->sink, r->block, line, UINT64_MAX, "dates like %.*s are read with the day first",
                             STR_ARG(str_sub(time, 0, 40)));
    }
    if (!good && str_trim(time).len && !r->told_of_time) {
        r->told_of_time = true;
        *go_on = import_warn(r->sink, r->block, line, UINT64_MAX, "the time %.*s cannot be read, so the turn has none",
                             STR_ARG(str_sub(str_trim(time), 0, 40)));
    }
    return good;
}

static Str row_text(const Reader *r)
{
    Str text = field(r, CSV_TEXT);
    bool tagged = text.len > 6 && text.data[0] == '<' && text.data[text.len - 1] == '>' &&
                  str_find(text, STR("</")) != STR_NOT_FOUND;
    return r->columns.is_html || tagged ? import_html_text(r->scratch, text) : text;
}

/* False when the row holds no turn; what is wrong has been told. */
static bool read_row(Reader *r, const Row *row, Conversation *c, Turn *ret, bool *go_on)
{
    r->field_count =
        csv_fields(str_make(row->begin, row->len), r->columns.separator, r->scratch, r->field, r->columns.field_count);
    if (r->field_count <= (size_t)r->columns.at[CSV_TEXT]) {
        *go_on = import_reject(r->sink, r->block, row->line, UINT64_MAX, "%zu of %zu columns: there is no text",
                               r->field_count, r->columns.field_count);
        return false;
    }
    if (!read_bytes(r, row->line, go_on)) return false;
    if (c->channel == CHANNEL_UNKNOWN) c->channel = channel_from(field(r, CSV_CHANNEL));
    if (c->subject.len == 0) c->subject = field(r, CSV_SUBJECT);
    Str text = row_text(r);
    if (text.len == 0) return false; /* an attachment, an event */
    *ret = (Turn){ .said = { .is_public = row_is_public(r), .text = text, .role = row_role(r) } };
    ret->said.participant = row_participant(r, c, &ret->said.role);
    ret->timed = row_time(r, row->line, ret, go_on);
    ret->numbered = str_to_i64(field(r, CSV_TURN), &ret->number);
    return true;
}

/* ---- One conversation. ---- */

static int by_number(const void *a, const void *b)
{
    const Turn *x = a, *y = b;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static int by_time(const void *a, const void *b)
{
    const Turn *x = a, *y = b;
    if (x->time.at != y->time.at) return x->time.at < y->time.at ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static void put_in_order(Turn *turn, size_t count)
{
    bool numbered = count > 0, timed = count > 0;
    for (size_t i = 0; i < count; i++) {
        turn[i].index = (uint32_t)i;
        numbered = numbered && turn[i].numbered;
        timed = timed && turn[i].timed && turn[i].time.is_relative == turn[0].time.is_relative;
    }
    if (numbered)
        qsort(turn, count, sizeof *turn, by_number);
    else if (timed)
        qsort(turn, count, sizeof *turn, by_time);
}

static void find_start(Conversation *c, const Turn *turn, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!turn[i].timed || turn[i].time.is_relative) continue;
        if (c->started != WHEN_NONE && c->started <= turn[i].time.at) continue;
        c->started = turn[i].time.at;
        c->offset_minutes = turn[i].time.offset_minutes;
    }
}

static int64_t at_ms(const Conversation *c, const Turn *turn)
{
    if (!turn->timed) return WHEN_NONE;
    return turn->time.is_relative ? turn->time.at : turn->time.at - c->started;
}

/* A whole call in one field, a line a turn: "Agent: …", "Customer: …". */
static bool says_who(Reader *r, Conversation *c, const Turn *turn)
{
    Pasted pasted = { .count = 0 };
    if (r->columns.at[CSV_ROLE] >= 0 || r->columns.at[CSV_AUTHOR] >= 0) return false;
    if (!pasted_call(turn->said.text, r->scratch, &pasted)) return false;
    for (size_t i = 0; i < pasted.count; i++) {
        Utterance *u = conversation_say(c, r->scratch, NO_PARTICIPANT, pasted.turn[i].role, pasted.turn[i].text);
        u->is_public = turn->said.is_public;
        u->at_ms = i == 0 ? at_ms(c, turn) : WHEN_NONE;
    }
    return true;
}

static bool give_conversation(Reader *r, const Row *row, size_t row_count)
{
    bool go_on = true;
    arena_reset(r->scratch);
    Conversation c;
    conversation_init(&c);
    if (r->columns.at[CSV_CONVERSATION] >= 0) c.id = r->group[row->group];
    size_t bytes = 0, count = 0;
    for (size_t i = 0; i < row_count; i++) bytes += row[i].len;
    if (bytes > IMPORT_CONVERSATION_MAX)
        return import_reject(r->sink, r->block, row->line, UINT64_MAX, "conversation %.*s is of more than %d MB",
                             STR_ARG(str_sub(c.id, 0, 80)), IMPORT_CONVERSATION_MAX >> 20);
    Turn *turn = arena_alloc(r->scratch, MIN(row_count, IMPORT_TURNS_MAX + 1) * sizeof *turn);
    for (size_t i = 0; go_on && i < row_count && count <= IMPORT_TURNS_MAX; i++)
        count += read_row(r, &row[i], &c, &turn[count], &go_on);
    if (!go_on) return false;
    put_in_order(turn, count);
    find_start(&c, turn, count);
    for (size_t i = 0; i < count; i++) {
        if (says_who(r, &c, &turn[i])) continue;
        Utterance *u = conversation_say(&c, r->scratch, turn[i].said.participant, turn[i].said.role, turn[i].said.text);
        u->is_public = turn[i].said.is_public;
        u->at_ms = at_ms(&c, &turn[i]);
    }
    draft_roles(&c, r->block->options);
    draft_hide_addresses(&c, r->scratch);
    return import_give(r->sink, r->block, &c, row->line, r->scratch);
}

static bool tell_columns(Reader *r)
{
    Buf text = { 0 };
    csv_columns_print(&r->columns, &text);
    bool whole_file = r->columns.at[CSV_CONVERSATION] < 0;
    bool go_on = import_warn(r->sink, r->block, 1, UINT64_MAX, "columns read: %.*s%s", STR_ARG(buf_str(&text)),
                             whole_file ? "; no column names the conversation, so the file is one" : "");
    buf_clear(&text);
    return go_on;
}

static bool read_rows(Reader *r, Err *err)
{
    const ImportBlock *block = r->block;
    Str header = block->preamble, bytes = block->bytes;
    uint64_t line = block->line;
    if (header.len == 0) {
        header = str_sub(bytes, 0, csv_header_len(bytes, true));
        bytes = str_from_byte(bytes, header.len);
        line += import_line_count(header);
        r->first_block = true;
    } else {
        r->first_block = line <= 1 + import_line_count(header);
    }
    if (!csv_columns(header, block->file, block->options ? block->options->map : NULL, &r->arena, &r->columns, err))
        return false;
    r->field = ARENA_NEW(&r->arena, Str, r->columns.field_count + 1);
    r->day_first = block->day_first;
    if (!r->day_first && block->preamble.len == 0) r->day_first = csv_day_first(bytes, header, block->options);
    if (r->first_block && !tell_columns(r)) return false;
    if (!find_rows(r, bytes, line)) return false;
    if (r->apart) gather(r);
    for (size_t begin = 0, end; begin < r->row_count; begin = end) {
        for (end = begin + 1; end < r->row_count && r->row[end].group == r->row[begin].group;) end++;
        if (!give_conversation(r, &r->row[begin], end - begin)) return false;
    }
    return true;
}

static bool read_csv(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    Arena arena = { 0 };
    Reader *r = arena_zero(&arena, 1, sizeof *r);
    *r = (Reader){ .block = block, .sink = sink, .scratch = scratch };
    bool good = read_rows(r, err);
    arena_clear(&r->arena);
    arena_clear(&arena);
    return good;
}

static size_t cut_csv(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count)
{
    uint64_t late;
    return csv_cut(bytes, preamble, options, line_count, NULL, &late);
}

/* ---- Recognising. ---- */

static int recognise_csv(Str head, Str file_name, bool whole)
{
    bool named = str_ends(file_name, STR(".csv")) || str_ends(file_name, STR(".tsv"));
    size_t len = csv_header_len(head, whole);
    if (len == 0 || memchr(head.data, 0, len) || head.data[0] == '{' || head.data[0] == '[') return 0;
    Arena arena = { 0 };
    Err err;
    CsvColumns *columns = arena_alloc(&arena, sizeof *columns);
    bool has_text = csv_columns(str_sub(head, 0, len), file_name, NULL, &arena, columns, &err);
    bool has_more = columns->at[CSV_CONVERSATION] >= 0 || columns->at[CSV_ROLE] >= 0 || columns->at[CSV_AUTHOR] >= 0 ||
                    columns->at[CSV_TIME] >= 0 || columns->at[CSV_CUSTOMER] >= 0;
    int score = 0;
    if (has_text && has_more && columns->field_count > 1) score = columns->at[CSV_CONVERSATION] >= 0 ? 80 : 70;
    if (named && columns->field_count > 1) score = MAX(score, 40); /* so that it is refused by what is missing */
    arena_clear(&arena);
    return score;
}

const Format format_csv = {
    .name = "csv",
    .about = "a table of messages with a header, sorted by conversation (columns guessed, or told by --map)",
    .recognise = recognise_csv,
    .cut = cut_csv,
    .read = read_csv,
};
