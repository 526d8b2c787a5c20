/* pasted.h -- a whole chat or call that stands as text in one message, taken apart into its turns.
 *
 *   (09:58:30 AM) Visitor 4821: is anyone there?         Agent: thank you for calling
 *   (09:58:51 AM) *** Kim joined the chat ***            Customer: hello, my parcel …
 *   (09:59:02 AM) Kim: good morning!
 *
 * Promise: false, and nothing taken, unless the text clearly is such a thing.
 */
#ifndef GOODWILL_IMPORT_PASTED_H
#define GOODWILL_IMPORT_PASTED_H

#include "import/conversation.h"

typedef struct PastedTurn {
    Str name;         /* as written before the colon */
    Role role;        /* when the name is a word for one */
    int64_t after_ms; /* from the first stamp; WHEN_NONE without stamps */
    Str text;
} PastedTurn;

typedef struct Pasted {
    PastedTurn *turn;
    size_t count, capacity;
} Pasted;

/* Lines of "(clock) Name: text"; what stands before the first is a heading, and lines of "*** … ***" are events: both
 * go. */
bool pasted_chat(Str text, Arena *arena, Pasted *ret) MUST_USE;

/* Lines of "Agent: text", where the names are words for roles. */
bool pasted_call(Str text, Arena *arena, Pasted *ret) MUST_USE;

#endif
