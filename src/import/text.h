/* text.h -- text files of unknown encoding become UTF-8; for the readers of plain text. */
#ifndef GOODWILL_IMPORT_TEXT_H
#define GOODWILL_IMPORT_TEXT_H

#include "base/arena.h"

/* By byte order mark: UTF-8, UTF-16 of either order; without one UTF-8 when it is, else Windows-1252.  The result has
 * no byte order mark. */
Str text_from_bytes(Arena *arena, Str bytes);

/* The same for the first bytes of a file, which may end in the middle of a character. */
Str text_from_head(Arena *arena, Str head);

#endif
