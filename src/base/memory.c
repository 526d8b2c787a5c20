/* memory.c -- asks the heap, and ends the process with one line when it has no more: going on would lose data. */
#include "base/memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void no_more(void) __attribute__((noreturn));

void *memory_must(void *memory)
{
    if (UNLIKELY(!memory)) no_more();
    return memory;
}

void *memory_grow(void *old, size_t size)
{
    void *fresh = size <= PTRDIFF_MAX ? realloc(old, size) : NULL;
    if (UNLIKELY(!fresh)) no_more();
    return fresh;
}

static void no_more(void)
{
    static const char text[] = "goodwill: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

void *memory_table(size_t size)
{
    enum { PAGE_LARGE = 2 << 20, LINE = 64 };
    bool large = size >= PAGE_LARGE / 4;
    size_t whole = (size + (large ? PAGE_LARGE : LINE) - 1) / (large ? PAGE_LARGE : LINE) * (large ? PAGE_LARGE : LINE);
    void *fresh =
        whole >= size && whole <= PTRDIFF_MAX ? aligned_alloc(large ? PAGE_LARGE : LINE, MAX(whole, LINE)) : NULL;
    if (UNLIKELY(!fresh)) no_more();
    if (large) (void)madvise(fresh, whole, MADV_HUGEPAGE); /* a wish: nothing changes but speed */
    memset(fresh, 0, size);
    return fresh;
}
