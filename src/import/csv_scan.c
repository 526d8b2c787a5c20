/* csv_scan.c -- CSV bytes taken apart: records, and the fields of one.
 *
 * A quote opens a quoted field only at the field's beginning; elsewhere it is
 * a letter like any other.  What stands between the closing quote and the
 * separator, where nothing should, belongs to the field.
 */
#include "import/csv.h"

/* Behind the quote that closes the field whose text begins at `at`; NULL when none does. */
static const char *quoted_end(const char *at, const char *end)
{
    while ((at = memchr(at, '"', (size_t)(end - at)))) {
        if (at + 1 == end || at[1] != '"') return at + 1;
        at += 2; /* two are one quote of the text */
        if (at == end) return NULL;
    }
    return NULL;
}

/* The separator, line break or end at which the field at `at` ends; NULL when a quote is not closed. */
static const char *field_end(const char *at, const char *end, char separator)
{
    if (at < end && *at == '"') {
        at = at + 1 < end ? quoted_end(at + 1, end) : NULL;
        if (!at) return NULL;
    }
    while (at < end && *at != separator && *at != '\n') at++;
    return at;
}

bool csv_next_record(CsvScan *scan, Str *ret, bool *in_quotes)
{
    const char *at = scan->at;
    *in_quotes = false;
    for (;;) {
        at = field_end(at, scan->end, scan->separator);
        if (!at || at == scan->end) {
            *in_quotes = !at;
            return false;
        }
        if (*at++ == '\n') break;
    }
    *ret = str_make(scan->at, (size_t)(at - scan->at));
    scan->line += import_line_count(*ret);
    scan->at = at;
    return true;
}

/* A quoted field's text; `raw` begins with the quote. */
static Str unquoted(Str raw, Arena *arena)
{
    const char *begin = raw.data + 1, *end = raw.data + raw.len, *close = begin < end ? quoted_end(begin, end) : NULL;
    if (!close) return str_from_byte(raw, 1);
    Str inside = str_make(begin, (size_t)(close - 1 - begin)), behind = str_make(close, (size_t)(end - close));
    if (behind.len == 0 && !(inside.len && memchr(inside.data, '"', inside.len))) return inside;
    char *out = arena_alloc(arena, inside.len + behind.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < inside.len; i++) {
        out[len++] = inside.data[i];
        if (inside.data[i] == '"') i++;
    }
    if (behind.len) memcpy(out + len, behind.data, behind.len);
    return str_make(out, len + behind.len);
}

static Str record_text(Str record)
{
    if (record.len && record.data[record.len - 1] == '\n') record.len--;
    if (record.len && record.data[record.len - 1] == '\r') record.len--;
    return record;
}

/* Takes the next field off, as it stands there. */
static bool next_raw(const char **at, const char *end, char separator, Str *ret)
{
    if (!*at) return false;
    const char *begin = *at, *stop = begin;
    if (begin < end && *begin == '"') {
        const char *close = begin + 1 < end ? quoted_end(begin + 1, end) : NULL;
        stop = close ? close : end;
    }
    while (stop < end && *stop != separator) stop++;
    *ret = str_make(begin, (size_t)(stop - begin));
    *at = stop < end ? stop + 1 : NULL;
    return true;
}

size_t csv_fields(Str record, char separator, Arena *arena, Str *ret, size_t limit)
{
    record = record_text(record);
    const char *at = record.data;
    size_t count = 0;
    for (Str raw; count < limit && next_raw(&at, record.data + record.len, separator, &raw); count++)
        ret[count] = raw.len && raw.data[0] == '"' ? unquoted(raw, arena) : raw;
    return count;
}

Str csv_field(Str record, char separator, size_t index, Arena *arena)
{
    record = record_text(record);
    const char *at = record.data;
    Str raw = { 0 };
    for (size_t i = 0; i <= index; i++)
        if (!next_raw(&at, record.data + record.len, separator, &raw)) return (Str){ 0 };
    return raw.len && raw.data[0] == '"' ? unquoted(raw, arena) : raw;
}

/* ---- What stands before the rows. ---- */

/* Excel's first line "sep=;". */
static bool is_separator_line(Str bytes) { return str_starts_nocase(bytes, STR("sep=")) && bytes.len > 4; }

/* The one of the four that the header has most of, outside quotes. */
static char separator_of(Str header)
{
    static const char CANDIDATE[] = ",;\t|";
    size_t count[COUNT(CANDIDATE) - 1] = { 0 }, best = 0;
    bool in_quotes = false;
    for (size_t i = 0; i < header.len; i++) {
        char c = header.data[i];
        if (c == '"')
            in_quotes = !in_quotes;
        else if (c == '\n' && !in_quotes)
            break;
        else if (!in_quotes)
            for (size_t k = 0; k < COUNT(count); k++) count[k] += c == CANDIDATE[k];
    }
    for (size_t k = 1; k < COUNT(count); k++)
        if (count[k] > count[best]) best = k;
    return CANDIDATE[best];
}

Str csv_header(Str preamble, char *separator)
{
    Str rest = preamble, line;
    if (is_separator_line(preamble) && str_next_line(&rest, &line)) {
        *separator = preamble.data[4];
        return rest;
    }
    *separator = separator_of(preamble);
    return preamble;
}

size_t csv_header_len(Str bytes, bool is_all)
{
    char separator;
    Str header = csv_header(bytes, &separator), record;
    CsvScan scan = { header.data, header.data + header.len, separator, 1 };
    bool in_quotes;
    if (csv_next_record(&scan, &record, &in_quotes)) return (size_t)(scan.at - bytes.data);
    return is_all ? bytes.len : 0;
}
