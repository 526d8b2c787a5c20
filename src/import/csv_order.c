/* csv_order.c -- are the rows of one conversation together?  Where the last conversation of some bytes begins.
 *
 * A file that is sorted by conversation streams in blocks.  What has ended is
 * remembered as a 64-bit hash, so a late row is noticed in any file of up to
 * ORDER_MAX conversations.
 */
#include "import/csv.h"

#include <stdlib.h>

#include "base/memory.h"

enum { ORDER_START = 1 << 12, ORDER_MAX = 1 << 22 }; /* 32 MB at most */

struct CsvOrder {
    uint64_t *hash; /* open addressing; 0 is empty */
    size_t size, count;
};

CsvOrder *csv_order_new(void)
{
    CsvOrder *order = memory_grow(NULL, sizeof *order);
    *order = (CsvOrder){ .size = ORDER_START, .hash = memory_grow(NULL, ORDER_START * sizeof(uint64_t)) };
    memset(order->hash, 0, ORDER_START * sizeof(uint64_t));
    return order;
}

void csv_order_free(CsvOrder *order)
{
    if (!order) return;
    free(order->hash);
    free(order);
}

/* Adds; false when it was there. */
static bool put(uint64_t *table, size_t size, uint64_t hash)
{
    size_t at = hash & (size - 1);
    for (; table[at]; at = (at + 1) & (size - 1))
        if (table[at] == hash) return false;
    table[at] = hash;
    return true;
}

static void grow(CsvOrder *order)
{
    size_t size = order->size * 2;
    uint64_t *table = memory_grow(NULL, size * sizeof *table);
    memset(table, 0, size * sizeof *table);
    for (size_t i = 0; i < order->size; i++)
        if (order->hash[i]) put(table, size, order->hash[i]);
    free(order->hash);
    order->hash = table;
    order->size = size;
}

/* False when the conversation was there already. */
static bool remember(CsvOrder *order, uint64_t hash)
{
    if (order->count * 2 >= order->size) {
        if (order->size >= ORDER_MAX * 2) return true; /* too many to remember: no more is noticed */
        grow(order);
    }
    if (!put(order->hash, order->size, hash)) return false;
    order->count++;
    return true;
}

/* Walks the records, run by run: a run is rows after each other with the same conversation. */
typedef struct Runs {
    CsvScan scan;
    Arena arena;
    int column;
    Str id;            /* of the run at hand */
    const char *begin; /* of the run at hand */
    uint64_t line;
    bool any;
} Runs;

static bool runs_start(Runs *runs, Str bytes, Str preamble, const ImportOptions *options)
{
    *runs = (Runs){ 0 };
    Err err;
    CsvColumns *columns = arena_alloc(&runs->arena, sizeof *columns);
    size_t header = preamble.len ? 0 : csv_header_len(bytes, false);
    if (!csv_columns(preamble.len ? preamble : str_sub(bytes, 0, header), STR(""), options ? options->map : NULL,
                     &runs->arena, columns, &err))
        return false;
    runs->column = columns->at[CSV_CONVERSATION];
    runs->scan = (CsvScan){ bytes.data + header, bytes.data + bytes.len, columns->separator,
                            1 + import_line_count(str_sub(bytes, 0, header)) };
    return runs->column >= 0;
}

/* To the first row of the next run; *ended gets the hash of the run before it. */
static bool next_run(Runs *runs, uint64_t *ended)
{
    Str record;
    bool in_quotes;
    for (;;) {
        const char *begin = runs->scan.at;
        uint64_t line = runs->scan.line;
        if (!csv_next_record(&runs->scan, &record, &in_quotes)) return false;
        Str id = str_trim(csv_field(record, runs->scan.separator, (size_t)runs->column, &runs->arena));
        if (id.len == 0 || (runs->any && str_equal(id, runs->id))) continue; /* a row without one stays where it is */
        *ended = runs->any ? str_hash(runs->id) | 1 : 0;
        runs->any = true;
        runs->id = id;
        runs->begin = begin;
        runs->line = line;
        return true;
    }
}

size_t csv_cut(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count, CsvOrder *order,
               uint64_t *late)
{
    Runs runs;
    uint64_t ended;
    size_t len = 0;
    *late = 0;
    if (runs_start(&runs, bytes, preamble, options)) {
        uint64_t line_before = 1;
        for (; next_run(&runs, &ended); line_before = runs.line) {
            if (!ended) continue;
            len = (size_t)(runs.begin - bytes.data);
            *line_count = runs.line - 1;
            /* What has ended is in the part cut off, so it is remembered once. */
            if (order && !remember(order, ended) && !*late) *late = line_before;
        }
    }
    arena_clear(&runs.arena);
    return len;
}

bool csv_is_unsorted(Str bytes, Str preamble, const ImportOptions *options)
{
    Runs runs;
    uint64_t ended;
    bool unsorted = false;
    CsvOrder *order = csv_order_new();
    if (runs_start(&runs, bytes, preamble, options)) {
        while (!unsorted && next_run(&runs, &ended)) unsorted = ended && !remember(order, ended);
        /* The last run has not ended, but must not have begun before either. */
        if (!unsorted && runs.any) unsorted = !remember(order, str_hash(runs.id) | 1);
    }
    arena_clear(&runs.arena);
    csv_order_free(order);
    return unsorted;
}
