/* csv.h -- the parts of the CSV reader: records, columns, times, and the order of the rows.
 *
 *   csv_scan.c      bytes ─► records ─► fields (RFC 4180; comma, semicolon, tab or bar)
 *   csv_columns.c   a header ─► which column is what
 *   csv_order.c     are the rows of one conversation together?
 *   csv.c           rows ─► Conversations
 */
#ifndef GOODWILL_IMPORT_CSV_H
#define GOODWILL_IMPORT_CSV_H

#include "import/import.h"

/* ---- Records. ---- */

typedef struct CsvScan {
    const char *at, *end;
    char separator;
    uint64_t line; /* of `at`, from whatever it was set to */
} CsvScan;

enum { CSV_FIELDS_MAX = 1000 };

/* Takes the next whole record, its line break included.  False when the bytes end within it; *in_quotes says whether a
 * quoted field is open then. */
bool csv_next_record(CsvScan *scan, Str *ret, bool *in_quotes) MUST_USE;

/* The fields of a record, unquoted; those behind `limit` are dropped. Views of the record, or copies in the arena. */
size_t csv_fields(Str record, char separator, Arena *arena, Str *ret, size_t limit);

/* One field alone, without looking at those behind it. */
Str csv_field(Str record, char separator, size_t index, Arena *arena);

/* The length of what stands before the rows: Excel's "sep=;" line and the header; 0 when it is not whole within
 * `bytes`. */
size_t csv_header_len(Str bytes, bool is_all);

/* The header's record and separator. */
Str csv_header(Str preamble, char *separator);

/* ---- Columns. ---- */

typedef enum CsvColumn {
    CSV_CONVERSATION,
    CSV_TEXT,
    CSV_ROLE,
    CSV_AUTHOR,
    CSV_EMAIL,
    CSV_TIME,
    CSV_DATE,
    CSV_TURN,
    CSV_CHANNEL,
    CSV_PUBLIC,
    CSV_INTERNAL,
    CSV_SUBJECT,
    CSV_AGENT,
    CSV_CUSTOMER,
    CSV_COLUMN_COUNT
} CsvColumn;

enum { CSV_NO_COLUMN = -1 };

/* How a role column says it. */
typedef enum CsvRoleKind { CSV_ROLE_WORD, CSV_ROLE_TRUE_IS_CUSTOMER, CSV_ROLE_TRUE_IS_AGENT } CsvRoleKind;

typedef struct CsvColumns {
    int at[CSV_COLUMN_COUNT]; /* index of the field, or CSV_NO_COLUMN */
    CsvRoleKind role_kind;
    bool role_may_name;   /* a role word that is unknown may be somebody's name ("Lena"), not a type's */
    bool is_html;         /* the text column says so in its name */
    bool is_milliseconds; /* likewise the time column */
    char separator;
    size_t field_count;
    Str *name;           /* as the header spells them */
    Str *plain;          /* lower case, letters and digits, the rest as '_' */
    uint64_t plain_bits; /* a bit a name by its hash: most guesses need no search */
} CsvColumns;

/* Finds the columns by `map` ("conversation_id=Ticket,text=Body") and by the names that other systems use.  False when
 * there is no column of texts or the map names what is not there. */
bool csv_columns(Str preamble, Str file, const char *map, Arena *arena, CsvColumns *ret, Err *err) MUST_USE;
bool csv_map_check(const char *map, Err *err) MUST_USE;      /* are its keys ones that we have? */
void csv_columns_print(const CsvColumns *columns, Buf *ret); /* "conversation_id=Ticket, text=Body; not read: …" */

/* ---- Order. ---- */

/* Remembers the conversations that have ended, to notice rows that come too late. */
typedef struct CsvOrder CsvOrder;

CsvOrder *csv_order_new(void);
void csv_order_free(CsvOrder *order); /* NULL is fine */

/* Format.cut for CSV: before the last conversation.  With an order, *late gets the line (from 1, within `bytes`) of the
 * first row of the part cut off whose conversation had ended before it, or 0. */
size_t csv_cut(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count, CsvOrder *order,
               uint64_t *late);

/* Do the rows of any conversation stand apart in these bytes (the last record may be cut off)? */
bool csv_is_unsorted(Str bytes, Str preamble, const ImportOptions *options);

/* ---- Times. ---- */

/* "02/03/2026": 1 when these bytes can only be read with days first, -1 with months first, 0 when nothing decides. */
int csv_day_first(Str bytes, Str preamble, const ImportOptions *options);

typedef struct CsvTime {
    bool is_guess;    /* nothing said whether the day or the month comes first */
    bool is_relative; /* `at` is milliseconds from the start, else a point in time */
    int64_t at;
    int offset_minutes;
} CsvTime;

bool csv_time(Str s, int day_first, bool is_milliseconds, CsvTime *ret) MUST_USE;

#endif
