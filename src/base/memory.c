/* memory.c -- asks the heap, and ends the process with one line when it has no more: going on would lose data. */
#include "base/memory.h"

#include <stdlib.h>
#include <unistd.h>

void *memory_grow(void *old, size_t size)
{
    void *fresh = size <= PTRDIFF_MAX ? realloc(old, size) : NULL;
    if (UNLIKELY(!fresh)) {
        static const char text[] = "goodwill: out of memory\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        abort();
    }
    return fresh;
}
