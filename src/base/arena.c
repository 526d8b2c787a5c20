/* arena.c -- blocks in a chain; the pieces are cut off the current one, and what follows it is spare.
 *
 *   first -> [block] -> [block: current] -> [spare] -> [spare]
 *
 * With the address sanitizer a block is one piece, and there are no spares.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#define EACH_ALONE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ALONE 1
#endif
#endif

enum {
    ALIGNMENT = 16,
    BLOCK_BYTES_FIRST = 64 << 10,
    BLOCK_BYTES_MAX = 4 << 20, /* larger ones are made for one large piece */
    KEPT_BYTES_MAX = 64 << 20, /* one huge conversation shall not stay resident for ever */
};

struct ArenaBlock {
    _Alignas(ALIGNMENT) ArenaBlock *next; /* EACH_ALONE: the one made before */
    size_t capacity, at;                  /* bytes behind this head, and how many of them are handed out */
};

static char *bytes_of(ArenaBlock *block) { return (char *)(block + 1); }

static ArenaBlock *block_new(size_t capacity)
{
    ArenaBlock *block = memory_grow(NULL, sizeof *block + capacity);
    *block = (ArenaBlock){ .capacity = capacity };
    return block;
}

static size_t rounded(size_t size)
{
    if (size > (size_t)PTRDIFF_MAX / 2) (void)memory_grow(NULL, SIZE_MAX); /* ends the process */
    return size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

#ifdef EACH_ALONE

#include <sanitizer/asan_interface.h>

void *arena_alloc(Arena *arena, size_t size)
{
    arena->used += rounded(size);
    ArenaBlock *block = block_new(size);
    block->next = arena->current;
    arena->current = block;
    return bytes_of(block);
}

/* Always moves, and makes the old place unreadable: who kept a pointer to it is found out. */
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    assert(old || old_size == 0);
    if (old && new_size <= old_size) return old;
    char *fresh = arena_alloc(arena, new_size);
    if (old) {
        arena->used -= rounded(old_size); /* as if in place */
        memcpy(fresh, old, old_size);
        ASAN_POISON_MEMORY_REGION(old, old_size);
    }
    return fresh;
}

void arena_back_to(Arena *arena, ArenaMark mark)
{
    while (arena->current != mark.block) {
        ArenaBlock *ended = arena->current;
        assert(ended);
        arena->current = ended->next;
        ASAN_UNPOISON_MEMORY_REGION(bytes_of(ended), ended->capacity);
        free(ended);
    }
    arena->used = mark.used;
}

ArenaMark arena_mark(const Arena *arena) { return (ArenaMark){ .block = arena->current, .used = arena->used }; }

void arena_reset(Arena *arena) { arena_back_to(arena, (ArenaMark){ 0 }); }

void arena_clear(Arena *arena) { arena_reset(arena); }

#else

/* Makes a block with `size` free bytes the current one.  A spare that is too small goes back: were it kept, pieces of
 * growing size would pile up spares. */
static void next_block(Arena *arena, size_t size)
{
    ArenaBlock **link = arena->current ? &arena->current->next : &arena->first;
    while (*link && (*link)->capacity < size) {
        ArenaBlock *small = *link;
        *link = small->next;
        free(small);
    }
    if (!*link) {
        size_t capacity =
            arena->current ? MIN(arena->current->capacity * 2, (size_t)BLOCK_BYTES_MAX) : BLOCK_BYTES_FIRST;
        capacity = MAX(capacity - sizeof(ArenaBlock), size);
        *link = block_new(capacity);
    }
    arena->current = *link;
    arena->current->at = 0;
}

void *arena_alloc(Arena *arena, size_t size)
{
    size_t whole = rounded(size);
    ArenaBlock *block = arena->current;
    if (UNLIKELY(!block || block->capacity - block->at < whole)) {
        next_block(arena, whole);
        block = arena->current;
    }
    char *piece = bytes_of(block) + block->at;
    block->at += whole;
    arena->used += whole;
    return piece;
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    assert(old || old_size == 0);
    if (!old) return arena_alloc(arena, new_size);
    size_t had = rounded(old_size), wants = rounded(new_size);
    if (wants <= had) return old;
    ArenaBlock *block = arena->current;
    bool last = bytes_of(block) + block->at == (char *)old + had;
    if (last && block->capacity - block->at >= wants - had) {
        block->at += wants - had;
        arena->used += wants - had;
        return old;
    }
    char *fresh = arena_alloc(arena, new_size);
    memcpy(fresh, old, old_size);
    return fresh;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){ .block = arena->current, .at = arena->current ? arena->current->at : 0, .used = arena->used };
}

void arena_back_to(Arena *arena, ArenaMark mark)
{
    arena->current = mark.block;
    if (mark.block) {
        assert(mark.at <= mark.block->at);
        mark.block->at = mark.at;
    }
    arena->used = mark.used;
}

void arena_clear(Arena *arena)
{
    while (arena->first) {
        ArenaBlock *ended = arena->first;
        arena->first = ended->next;
        free(ended);
    }
    arena->current = NULL;
    arena->used = 0;
}

void arena_reset(Arena *arena)
{
    size_t kept = 0;
    ArenaBlock **link = &arena->first;
    while (*link) {
        ArenaBlock *block = *link;
        if (block->capacity > KEPT_BYTES_MAX - kept) {
            *link = block->next;
            free(block);
        } else {
            kept += block->capacity;
            link = &block->next;
        }
    }
    arena->current = NULL; /* the first block is a spare now, as all others */
    arena->used = 0;
}

#endif

void *arena_zero(Arena *arena, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) whole = SIZE_MAX; /* ends the process */
    void *piece = arena_alloc(arena, whole);
    memset(piece, 0, whole);
    return piece;
}

Str arena_str(Arena *arena, Str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len) memcpy(copy, s.data, s.len);
    copy[s.len] = 0;
    return (Str){ copy, s.len };
}

Str arena_printf(Arena *arena, const char *format, ...)
{
    va_list list, again;
    assert(format); /* gcc 12 under the sanitizer takes it for NULL otherwise */
    va_start(list, format);
    va_copy(again, list);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (len < 0) len = 0; /* past INT_MAX */
    char *text = arena_alloc(arena, (size_t)len + 1);
    text[0] = 0;
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (Str){ text, (size_t)len };
}
