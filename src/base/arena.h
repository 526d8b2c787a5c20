/* arena.h -- memory by lifetime: taken piece by piece, given back at once.
 *
 * An Arena belongs to one thread.  Memory is aligned to 16 bytes.  With a
 * budget, memory is given past it too, but arena_ok() says so: callers that
 * read foreign bytes ask at each record, and json_parse at each value.  Only
 * exhaustion of the process aborts.  Under the address sanitizer each
 * allocation is its own malloc, so every edge is seen.
 */
#ifndef GOODWILL_BASE_ARENA_H
#define GOODWILL_BASE_ARENA_H

#include "base/str.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    ArenaBlock *first, *current;
    size_t used;   /* bytes handed out since the last reset, in steps of 16 */
    size_t budget; /* bytes; 0 for none; set by the owner */
} Arena;

typedef struct ArenaMark {
    ArenaBlock *block;
    size_t at, used;
} ArenaMark;

/* An all-zero Arena is ready for use. */
void *arena_alloc(Arena *arena, size_t size);              /* not cleared; size 0 gives a valid pointer */
void *arena_zero(Arena *arena, size_t count, size_t size); /* cleared */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size); /* in place when it was the last piece */
Str arena_str(Arena *arena, Str s); /* a copy, NUL-terminated behind its length */
Str arena_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_reset(Arena *arena); /* all pieces end; up to 64 MB of blocks are kept for reuse */
void arena_clear(Arena *arena); /* all memory goes back */
ArenaMark arena_mark(const Arena *arena);
void arena_back_to(Arena *arena, ArenaMark mark); /* pieces made since the mark end */

static inline bool arena_ok(const Arena *arena) { return arena->budget == 0 || arena->used <= arena->budget; }

#define ARENA_NEW(arena, Type, count) ((Type *)arena_zero((arena), (count), sizeof(Type)))

/* Room for one more item of an arena-held list {item, count, capacity}; evaluates to a pointer to it (not cleared). */
#define ARENA_PUSH(arena, list_item, list_count, list_capacity)                                                        \
    ((list_count) == (list_capacity)                                                                                   \
         ? ((list_item) = arena_grow((arena), (list_item), (list_capacity) * sizeof *(list_item),                      \
                                     ((list_capacity) ? (list_capacity)*2 : 8) * sizeof *(list_item)),                 \
            (list_capacity) = (list_capacity) ? (list_capacity)*2 : 8, &(list_item)[(list_count)++])                   \
         : &(list_item)[(list_count)++])

#endif
