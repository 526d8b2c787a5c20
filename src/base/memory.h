/* memory.h -- the heap, for those few who own growing memory (buf, arena): never NULL, exhaustion ends the process. */
#ifndef GOODWILL_BASE_MEMORY_H
#define GOODWILL_BASE_MEMORY_H

#include "base/base.h"

/* What malloc and its like gave, or the end of the process when it was nothing. */
void *memory_must(void *memory);

void *memory_grow(void *old, size_t size); /* realloc; size > 0; freed with free() */

/* Cleared, for tables that are asked at random places: in large pages where the system has them, so that an asking
 * costs no second one for the page.  Freed with free(). */
void *memory_table(size_t size);

#endif
