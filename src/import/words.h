/* words.h -- the tables in words/import, looked up by phrase.
 *
 * In: a table of lines "kind TAB phrase" that is in the program.  Out: the kinds
 * a phrase stands for.  Filled once for the whole process, read only after that.
 */
#ifndef GOODWILL_IMPORT_WORDS_H
#define GOODWILL_IMPORT_WORDS_H

#include <pthread.h>

#include "base/str.h"

enum { WORDS_PHRASE_MAX = 64 /* bytes */ };

typedef struct WordTable {
    const char *file;         /* "import/whatsapp.tsv" */
    const char *const *kinds; /* NULL-terminated, at most 32; other kinds in the file are a mistake of ours */
    struct WordSlot *slot;    /* open addressing; lives as long as the process */
    size_t size;
} WordTable;

/* Reads the table; call it under a pthread_once. */
void words_fill(WordTable *table);

/* Bits of the kinds (1 << index) that list this phrase, in any letter case. 0: none. */
uint32_t words_find(const WordTable *table, Str phrase);

#endif
