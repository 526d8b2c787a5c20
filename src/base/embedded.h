/* embedded.h -- files that the build put into the program: words and the browser's part. */
#ifndef GOODWILL_BASE_EMBEDDED_H
#define GOODWILL_BASE_EMBEDDED_H

#include "base/str.h"

typedef struct Embedded {
    Str name; /* path below words/ or web/: "rules/recovery.rules" */
    Str bytes;
} Embedded;

typedef struct EmbeddedTable {
    const Embedded *item; /* sorted by name */
    size_t count;
} EmbeddedTable;

extern const EmbeddedTable embedded_words;  /* words/, as it is */
extern const EmbeddedTable embedded_assets; /* web/ and the npm packages named in web/meson.build, gzipped */

const Embedded *embedded_find(const EmbeddedTable *table, Str name); /* NULL when there is none */

#endif
