/* fuzz_marks_blob.c -- any bytes as packed marks and as a packed reading: refused, or values that can be, that pack to
 * the very same bytes again. */
#include <stdlib.h>

#include "base/utf8.h"
#include "store/marks.h"
#include "store/reading_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS = 1000 };

static void demand(bool holds)
{
    if (!holds) abort();
}

static void try_marks(Str bytes, Arena *arena, Buf *again)
{
    Marks marks;
    Err err = { 0 };
    if (!marks_unpack(bytes, TURNS, arena, &marks, &err)) {
        demand(err.kind == ERR_STORE && err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        demand(m->utterance < TURNS && m->begin < m->end && m->quality <= 100 && m->confidence <= 100);
        if (i) demand(m[-1].utterance < m->utterance || (m[-1].utterance == m->utterance && m[-1].begin <= m->begin));
    }
    marks_pack(again, marks);
    demand(str_equal(buf_str(again), bytes));
}

static void try_reading(Str bytes, Arena *arena, Buf *again)
{
    Reading reading = { 0 };
    Err err = { 0 };
    if (!reading_unpack(bytes, TURNS, arena, &reading, &err)) {
        demand(err.kind == ERR_STORE && err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < reading.promises.count; i++) demand(utf8_valid(reading.promises.item[i].what));
    again->len = 0;
    reading_pack(again, &reading);
    demand(str_equal(buf_str(again), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena = { 0 };
    Buf again = { 0 };
    Str bytes = { (const char *)data, size };
    try_marks(bytes, &arena, &again);
    try_reading(bytes, &arena, &again);
    buf_clear(&again);
    arena_clear(&arena);
    return 0;
}
